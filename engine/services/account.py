"""One's own account: name, language, password. Second factor and sessions have files of their own."""

from __future__ import annotations

from engine.core.errors import TramaError
from engine.services import passwords, people
from engine.services.principal import Principal
from engine.services.runtime import Runtime
from engine.store import audit, logins, tokens
from engine.store import people as store
from engine.store.people import Person


def own(by: Principal) -> int:
    """Whose account it is. Raises `access:person-needed` for a key."""
    if by.person is None:
        raise TramaError("access:person-needed", "this is for people; a key has no account")
    return by.person


async def change(
    rt: Runtime, by: Principal, *, name: str | None = None, language: str | None = None
) -> Person:
    """Raises `people:nameless`."""
    if name is not None and not name.strip():
        raise TramaError("people:nameless", "somebody has a name", path="/name")
    ident = own(by)
    async with rt.db.tenant(by.tenant) as c:
        before = await store.one(c, ident, lock=True)
        if before is None:
            raise TramaError("people:unknown", f"there is nobody {ident}")
        after = await store.change(
            c,
            ident,
            name=before.name if name is None else name.strip(),
            roles=before.roles,
            language=language or before.language,
            state=before.state,
        )
        if after != before:
            await audit.note(
                c,
                "person_changed",
                f"person:{ident}",
                person=ident,
                before=people.told(before),
                after=people.told(after),
            )
    return after


async def confirm_password(rt: Runtime, by: Principal, password: str) -> None:
    """That it is they who sit there. Wrong ones count as failed logins. Raises `people:wrong-password`,
    `people:locked`."""
    ident = own(by)
    async with rt.db.tenant(by.tenant) as c:
        known = await logins.credentials(c, person=ident)
    right = await passwords.right(known.password_hash if known else "", password)
    until = known.person.locked_until if known is not None else None
    if until is not None and until > rt.now():
        raise TramaError("people:locked", "too many wrong passwords; try again in some minutes")
    if not right:
        async with rt.db.tenant(by.tenant) as c:
            await logins.failed(c, ident)
        raise TramaError("people:wrong-password", "this is not your password", path="/old")


async def change_password(rt: Runtime, by: Principal, old: str, new: str) -> None:
    """Every other session and all tokens end. Raises `people:wrong-password`, `people:locked`, `people:same-password`
    and what `passwords.check` raises."""
    ident = own(by)
    await confirm_password(rt, by, old)
    known = await people.person(rt, by.tenant, ident)
    passwords.check(new, known.email, path="/new")
    if new == old:
        raise TramaError("people:same-password", "this is the password that you have", path="/new")
    hashed = await passwords.hashed(new)
    async with rt.db.tenant(by.tenant) as c:
        await logins.set_password(c, ident, hashed)
        await logins.end_sessions(c, ident, but=by.session)
        await tokens.revoke_all(c, ident)
        await audit.note(c, "password_changed", f"person:{ident}", person=ident)
