"""The people of a company: let in, changed, sent away; each sees to their own account.

Who changes people gives no right that they do not hold, raises nobody above themselves and does not take the last
administrator away. How people come in is `engine.services.logins`, keys of other systems `engine.services.keys`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Literal

import msgspec

from engine.core.errors import TramaError
from engine.services import passwords, reset, tickets
from engine.services.keys import SCOPES, api_keys, api_principal, create_api_key, revoke_api_key
from engine.services.logins import SESSION_HOURS, Login, login, logout, who
from engine.services.permissions import RIGHTS, ROLES, Role, holds
from engine.services.principal import Principal
from engine.services.runtime import Runtime
from engine.store import audit, logins, tokens
from engine.store import people as store
from engine.store.database import Connection
from engine.store.people import Person

LEAST_AT_SETUP = 7
"""Of passwords that are given on the command line and by the demonstration. Those that people choose are longer."""
PersonState = Literal["active", "disabled"]


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody new. `password` is for one login and is shown this once; "" when `invited` by e-mail."""

    person: Person
    password: str = ""
    invited: bool = False

    def __repr__(self) -> str:
        return f"Added({self.person.id})"


async def save_person(
    rt: Runtime,
    tenant: int,
    email: str,
    name: str,
    password: str,
    roles: list[Role],
    *,
    language: str = "pt-BR",
) -> Person:
    """Create a person or bring one up to date, for whoever runs the installation. Raises `people:weak-password`,
    `people:email-taken`."""
    if len(password) < LEAST_AT_SETUP:
        raise TramaError(
            "people:weak-password", f"a password has at least {LEAST_AT_SETUP} characters", path="/password"
        )
    hashed = await passwords.hashed(password)
    async with rt.db.tenant(tenant) as c:
        person = await store.save(c, email.strip(), name, hashed, list(roles), language)
        await audit.note(c, "person_saved", f"person:{person.id}", after=told(person))
    return person


async def people(
    rt: Runtime,
    tenant: int,
    *,
    words: str = "",
    state: PersonState | Literal[""] = "",
    after: tuple[str, int] | None = None,
    limit: int = 1000,
) -> list[Person]:
    """By name; `after` is name and id of the last one of the page before."""
    async with rt.db.tenant(tenant) as c:
        return await store.everyone(c, words=words, state=state, after=after, limit=limit)


async def person(rt: Runtime, tenant: int, ident: int) -> Person:
    """Raises `people:unknown`."""
    async with rt.db.tenant(tenant) as c:
        return await _known(c, ident)


async def add(
    rt: Runtime, by: Principal, email: str, name: str, roles: Sequence[Role], *, language: str, invite: bool
) -> Added:
    """Let somebody in. Raises `people:email-taken`, `people:bad-email`, `people:nameless`, `people:no-role`,
    `people:role-not-held`. With `invite` a mail brings them a link; where no mail server takes it, and without
    `invite`, a one-time password is given back."""
    address = email.strip().lower()
    local, _, domain = address.rpartition("@")
    if not local or "." not in domain or any(c.isspace() or not c.isprintable() for c in address):
        raise TramaError("people:bad-email", "this is no e-mail address", path="/email")
    _may_give(by, roles)
    password = passwords.one_time()
    hashed = await passwords.hashed(password)
    async with rt.db.tenant(by.tenant) as c:
        made = await store.add(c, address, _name(name), hashed, _distinct(roles), language)
        if made is None:
            raise TramaError("people:email-taken", "somebody comes in with this address", path="/email")
        await audit.note(c, "person_added", f"person:{made.id}", person=by.person, after=told(made))
    if invite and await reset.invite(rt, by.tenant, made):
        # nobody knows the first password then
        unknown = await passwords.hashed(secrets.token_urlsafe(32))
        async with rt.db.tenant(by.tenant) as c:
            await logins.set_password(c, made.id, unknown, must_change=True)
        return Added(person=made, invited=True)
    return Added(person=made, password=password)


async def change(
    rt: Runtime,
    by: Principal,
    ident: int,
    *,
    name: str | None = None,
    roles: Sequence[Role] | None = None,
    language: str | None = None,
    state: PersonState | None = None,
) -> Person:
    """What is given is changed. Disabling ends sessions and tokens and gives open tickets back to their queues.

    Raises `people:unknown`, `people:last-administrator`, `people:not-yourself` (more rights, or one's own end),
    `people:role-not-held`, `people:no-role`, `people:nameless`."""
    async with rt.db.tenant(by.tenant) as c:
        administrators = await store.lock_administrators(c)
        before = await _known(c, ident, lock=True)
        wanted = before.roles if roles is None else _distinct(roles)
        added = set(wanted) - set(before.roles)
        standing = state or before.state
        if ident == by.person and (_rights(wanted) - _rights(before.roles) or standing != "active"):
            raise TramaError("people:not-yourself", "somebody else has to do this", path="/roles")
        if roles is not None:
            _may_give(by, [role for role in ROLES if role in wanted], added=added)
        leaves = "administrator" not in wanted or standing != "active"
        if administrators == [ident] and leaves:
            raise TramaError(
                "people:last-administrator", "without them nobody could change anything", path="/roles"
            )
        after = await store.change(
            c,
            ident,
            name=before.name if name is None else _name(name),
            roles=wanted,
            language=language or before.language,
            state=standing,
        )
        if after.state != "active":
            await logins.end_sessions(c, ident)
            await tokens.revoke_all(c, ident)
        if told(after) != told(before):
            action = {("active", "disabled"): "person_disabled", ("disabled", "active"): "person_enabled"}
            await audit.note(
                c,
                action.get((before.state, after.state), "person_changed"),
                f"person:{ident}",
                person=by.person,
                before=told(before),
                after=told(after),
            )
    if before.state == "active" and after.state != "active":
        await tickets.release(rt, by.tenant, ident, by=by.person)
    return after


async def give_password(rt: Runtime, by: Principal, ident: int) -> str:
    """A one-time password for somebody who cannot come in; it ends their sessions and is shown this once.

    Raises `people:unknown`, `people:not-yourself`, `people:role-not-held`: who could come in as them would hold what
    they hold."""
    password = passwords.one_time()
    hashed = await passwords.hashed(password)
    async with rt.db.tenant(by.tenant) as c:
        known = await _known(c, ident, lock=True)
        _may_act_for(by, known)
        await logins.set_password(c, ident, hashed, must_change=True)
        await logins.end_sessions(c, ident)
        await tokens.revoke_all(c, ident)
        await audit.note(c, "password_given", f"person:{ident}", person=by.person)
    return password


async def unlock(rt: Runtime, by: Principal, ident: int) -> Person:
    """Let somebody try again who is locked out. Raises `people:unknown`."""
    async with rt.db.tenant(by.tenant) as c:
        await _known(c, ident, lock=True)
        await logins.unlock(c, ident)
        await audit.note(c, "person_unlocked", f"person:{ident}", person=by.person)
        return await _known(c, ident)


async def may_act_for(rt: Runtime, by: Principal, ident: int) -> None:
    """Raises `people:unknown`, `people:not-yourself`, `people:role-not-held`."""
    async with rt.db.tenant(by.tenant) as c:
        _may_act_for(by, await _known(c, ident))


def told(known: Person) -> dict[str, object]:
    """What the log says of a person."""
    return {
        "email": known.email,
        "name": known.name,
        "roles": known.roles,
        "language": known.language,
        "state": known.state,
    }


def _may_act_for(by: Principal, known: Person) -> None:
    if known.id == by.person:
        raise TramaError("people:not-yourself", "see to your own account under /settings/me")
    _may_give(by, [role for role in ROLES if role in known.roles], added=set(known.roles))


def _may_give(by: Principal, roles: Sequence[Role], *, added: set[str] | None = None) -> None:
    if not roles and added is None:
        raise TramaError("people:no-role", "somebody without a role could do nothing", path="/roles")
    for n, role in enumerate(roles):
        if added is not None and role not in added:
            continue
        missing = [right for right, held in RIGHTS.items() if role in held and not by.may(right)]
        if missing:
            raise TramaError("people:role-not-held", f"you do not hold {missing[0]}", path=f"/roles/{n}")


def _rights(roles: Sequence[str]) -> set[str]:
    return {right for right in RIGHTS if holds(roles, right)}


def _distinct(roles: Sequence[Role]) -> list[str]:
    if not roles:
        raise TramaError("people:no-role", "somebody without a role could do nothing", path="/roles")
    return [role for role in ROLES if role in roles]


def _name(name: str) -> str:
    if not name.strip():
        raise TramaError("people:nameless", "somebody has a name", path="/name")
    return name.strip()


async def _known(c: Connection, ident: int, *, lock: bool = False) -> Person:
    found = await store.one(c, ident, lock=lock)
    if found is None:
        raise TramaError("people:unknown", f"there is nobody {ident}")
    return found


__all__ = [
    "SCOPES",
    "SESSION_HOURS",
    "Added",
    "Login",
    "Person",
    "PersonState",
    "Principal",
    "add",
    "api_keys",
    "api_principal",
    "change",
    "create_api_key",
    "give_password",
    "login",
    "logout",
    "may_act_for",
    "people",
    "person",
    "revoke_api_key",
    "save_person",
    "told",
    "unlock",
    "who",
]
