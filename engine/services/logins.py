"""Coming in: a password, a code where there is a second factor, and then a session.

Whoever is locked out is told so whatever they type: a different answer for the right password would tell it. While
somebody is locked out their tries do not count, so the wait ends when it was said to end.
"""

from __future__ import annotations

import secrets

import msgspec

from engine.core.errors import TramaError
from engine.services import passwords, second_factor, signed
from engine.services.passwords import token_hash
from engine.services.principal import Pending, Principal
from engine.services.runtime import Runtime
from engine.services.second_factor import Factor
from engine.store import audit, people, tokens
from engine.store import logins as store
from engine.store.database import AWAY
from engine.store.logins import Credentials, Seen, SessionRow

SESSION_HOURS = 12
STEP_MINUTES = 5
"""How long one has for the code after the password."""
_STEP_AUDIENCE = "trama:login"


class Login(msgspec.Struct, frozen=True, kw_only=True):
    token: str
    principal: Principal

    def __repr__(self) -> str:
        return f"Login({self.principal.person})"


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose password was right. `needs_code`: that is not enough."""

    tenant: int
    person: int
    needs_code: bool


async def prove(rt: Runtime, email: str, password: str) -> Proven:
    """Raises `people:wrong-login` (never saying which half) or `people:locked` after five failures in a row."""
    # neither address nor text of the database has such a character
    email = email.strip().replace("\x00", "")
    tenant = await people.tenant_of_email(rt.db, email)
    known = None
    if tenant is not None:
        async with rt.db.tenant(tenant) as c:
            known = await store.credentials(c, email=email)
    right = await passwords.right(known.password_hash if known else passwords.NOBODY, password)
    if known is not None:
        _refuse_locked(rt, known)
    if tenant is None or known is None or not right or known.person.state != "active":
        if tenant is not None and known is not None:
            await _count_failure(rt, tenant, known.person.id)
        raise TramaError("people:wrong-login", "the address or the password is not right")
    return Proven(tenant=tenant, person=known.person.id, needs_code=known.totp is not None)


async def show_code(rt: Runtime, proven: Proven, code: str) -> Factor:
    """How the second factor was shown. Raises `people:wrong-code`, `people:locked`, `people:wrong-login` for
    somebody who was disabled since."""
    async with rt.db.tenant(proven.tenant) as c:
        known = await store.credentials(c, person=proven.person, lock=True)
        if known is None or known.person.state != "active":
            raise TramaError("people:wrong-login", "the address or the password is not right")
        _refuse_locked(rt, known)
        if known.totp is None:
            return ""
        factor = await second_factor.shown(rt, c, proven.tenant, known, code)
    if not factor:
        await _count_failure(rt, proven.tenant, proven.person)
        raise TramaError("people:wrong-code", "the code is not right, or it was used", path="/code")
    return factor


async def come_in(
    rt: Runtime, proven: Proven, *, factor: Factor = "", client: str = "", address: str = ""
) -> Login:
    """A session. Raises `people:second-factor-needed` when the code was not asked for."""
    if proven.needs_code and not factor:
        raise TramaError("people:second-factor-needed", "give the code of the second factor", path="/code")
    token = secrets.token_urlsafe(32)
    async with rt.db.tenant(proven.tenant) as c:
        session = await store.open_session(
            c, proven.person, token_hash(token), SESSION_HOURS, client=client, address=address, factor=factor
        )
        person = await people.one(c, proven.person)
        assert person is not None
        seen = Seen(person=person, session=session, strict=await store.strict_roles(c))
        await audit.note(
            c, "logged_in", f"person:{person.id}", person=person.id, **({"factor": factor} if factor else {})
        )
    return Login(token=token, principal=principal(rt, proven.tenant, seen))


async def login(
    rt: Runtime, email: str, password: str, *, code: str = "", client: str = "", address: str = ""
) -> Login:
    """All steps at once. Raises what they raise, `people:second-factor-needed` without a code that is needed."""
    proven = await prove(rt, email, password)
    factor: Factor = await show_code(rt, proven, code) if proven.needs_code and code else ""
    return await come_in(rt, proven, factor=factor, client=client, address=address)


def step(rt: Runtime, proven: Proven) -> str:
    """A note for the browser between password and code: who proved themselves, for five minutes."""
    claims = {"sub": str(proven.person), "tid": proven.tenant}
    return signed.sign(rt, _STEP_AUDIENCE, STEP_MINUTES * 60, claims)


def stepped(rt: Runtime, note: str) -> Proven:
    """Raises `people:login-again` for a note that is over or not ours."""
    claims = signed.read(rt, _STEP_AUDIENCE, note, ["sub", "tid"])
    if claims is None:
        raise TramaError("people:login-again", "that took too long; begin again")
    return Proven(tenant=claims["tid"], person=int(claims["sub"]), needs_code=True)


async def who(rt: Runtime, token: str) -> Principal | None:
    """Whose session this token is; None when it is unknown or over."""
    if not token:
        return None
    hashed = token_hash(token)
    tenant = await store.tenant_of_login(rt.db, hashed)
    if tenant is None:
        return None
    async with rt.db.tenant(tenant) as c:
        seen = await store.session_person(c, hashed)
    return None if seen is None else principal(rt, tenant, seen)


async def logout(rt: Runtime, token: str) -> None:
    hashed = token_hash(token)
    tenant = await store.tenant_of_login(rt.db, hashed)
    if tenant is not None:
        async with rt.db.tenant(tenant) as c:
            person = await store.close_session(c, hashed)
            if person is not None:
                await audit.note(c, "logged_out", f"person:{person}", person=person)


async def holding(rt: Runtime, tenant: int, idents: list[int]) -> dict[int, list[str]]:
    """Which of these sessions still hold, with the roles that their people have now. For pages that stay open.
    Raises `store:unreachable`."""
    try:
        async with rt.db.tenant(tenant) as c:
            return await store.holding(c, idents)
    except AWAY as fault:
        raise TramaError("store:unreachable", "the database does not answer") from fault


async def sessions(rt: Runtime, tenant: int, person: int) -> list[SessionRow]:
    """The browsers in which the person is logged in, the latest used first. Raises `people:unknown`."""
    async with rt.db.tenant(tenant) as c:
        if await people.one(c, person) is None:
            raise TramaError("people:unknown", f"there is nobody {person}")
        return await store.sessions(c, person)


async def end_session(rt: Runtime, tenant: int, person: int, ident: int, *, by: int | None) -> None:
    """Raises `sessions:unknown`."""
    async with rt.db.tenant(tenant) as c:
        if not await store.end_session(c, person, ident):
            raise TramaError("sessions:unknown", f"there is no session {ident}")
        await audit.note(c, "session_ended", f"person:{person}", person=by, session=ident)


async def end_sessions(
    rt: Runtime, tenant: int, person: int, *, by: int | None, but: int | None = None
) -> int:
    """End all sessions and tokens of programs, `but` one's own; how many sessions. Raises `people:unknown`."""
    async with rt.db.tenant(tenant) as c:
        if await people.one(c, person) is None:
            raise TramaError("people:unknown", f"there is nobody {person}")
        ended = await store.end_sessions(c, person, but=but)
        await tokens.revoke_all(c, person)
        await audit.note(c, "sessions_ended", f"person:{person}", person=by, sessions=ended)
    return ended


def principal(rt: Runtime, tenant: int, seen: Seen) -> Principal:
    person = seen.person
    pending: Pending = ""
    if person.must_change:
        pending = "password"
    elif not person.second_factor and second_factor.wanted(rt, person.roles, seen.strict):
        pending = "second-factor"
    return Principal(
        tenant=tenant,
        name=person.name,
        person=person.id,
        roles=person.roles,
        language=person.language,
        session=seen.session,
        pending=pending,
    )


def _refuse_locked(rt: Runtime, known: Credentials) -> None:
    until = known.person.locked_until
    if until is not None and until > rt.now():
        raise TramaError("people:locked", "too many wrong passwords; try again in some minutes")


async def _count_failure(rt: Runtime, tenant: int, person: int) -> None:
    async with rt.db.tenant(tenant) as c:
        if await store.failed(c, person):
            await audit.note(c, "locked_out", f"person:{person}")
