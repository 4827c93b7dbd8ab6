"""A new password by e-mail, for who forgot theirs and for who is invited.

Asking is answered the same way and as quickly for every address: the work is done after the answer. The token travels
behind the `#` of the link, which browsers send to nobody. It works once.
"""

from __future__ import annotations

import asyncio
import secrets

import structlog

from connectors.calls import Ok
from engine.core.errors import TramaError
from engine.services import companies, letters, notices, passwords
from engine.services.passwords import token_hash
from engine.services.runtime import Runtime
from engine.services.throttle import Throttle
from engine.store import audit, people, tokens
from engine.store import logins as store
from engine.store.people import Person

MINUTES = 30
INVITATION_DAYS = 3
MOST_AN_HOUR = 3
_log = structlog.get_logger(__name__)
_asks = Throttle(every=60, burst=10)
_tries = Throttle(every=10, burst=20)
_working: set[asyncio.Task[None]] = set()


def ask(rt: Runtime, email: str, *, address: str = "") -> None:
    """Begin the work and return at once. Raises `people:too-many-tries` by the asker's network address alone."""
    if not _asks.allows(address, rt.now()):
        raise TramaError("people:too-many-tries", "too many from this address; try again in some minutes")
    task = asyncio.create_task(_answer(rt, email.strip().replace("\x00", "")), name="password reset")
    _working.add(task)
    task.add_done_callback(_working.discard)


async def settle() -> None:
    """Until everything that was asked for is done."""
    await asyncio.gather(*_working)


async def invite(rt: Runtime, tenant: int, person: Person) -> bool:
    """Send the way in to somebody new. Whether a mail server took it."""
    token = secrets.token_urlsafe(32)
    async with rt.db.tenant(tenant) as c:
        await store.add_reset(c, person.id, token_hash(token), INVITATION_DAYS * 24 * 60, 1_000)
    company = (await companies.company(rt, tenant)).name
    letter = letters.invitation(
        person.language, company=company, name=person.name, link=link(rt, token), days=INVITATION_DAYS
    )
    return await _send(rt, tenant, person, letter, token)


async def valid(rt: Runtime, token: str) -> bool:
    """Whether a new password can be set with this."""
    tenant = await store.tenant_of_reset(rt.db, token_hash(token))
    if tenant is None:
        return False
    async with rt.db.tenant(tenant) as c:
        return await store.reset_person(c, token_hash(token)) is not None


async def finish(rt: Runtime, token: str, password: str, *, address: str = "") -> None:
    """Set the password; every session and token of the person ends. The second factor stays.

    Raises `people:reset-over` (unknown, used or too old) and what `passwords.check` raises."""
    if not _tries.allows(address, rt.now()):
        raise TramaError("people:too-many-tries", "too many from this address; try again in some minutes")
    hashed = token_hash(token)
    tenant = await store.tenant_of_reset(rt.db, hashed)
    person = None
    if tenant is not None:
        async with rt.db.tenant(tenant) as c:
            ident = await store.reset_person(c, hashed)
            person = await people.one(c, ident) if ident is not None else None
    if tenant is None or person is None or person.state != "active":
        raise TramaError("people:reset-over", "this link was used or is too old; ask for a new one")
    passwords.check(password, person.email)
    made = await passwords.hashed(password)
    async with rt.db.tenant(tenant) as c:
        if await store.reset_person(c, hashed, use=True) is None:
            raise TramaError("people:reset-over", "this link was used or is too old; ask for a new one")
        await store.set_password(c, person.id, made)
        await store.end_sessions(c, person.id)
        await tokens.revoke_all(c, person.id)
        await audit.note(c, "password_reset", f"person:{person.id}", person=person.id)


def link(rt: Runtime, token: str) -> str:
    """Made of the installation's own address and never of what a request says its host is."""
    base = rt.settings.public_url or f"http://{rt.settings.host}:{rt.settings.port}"
    return f"{base}/login/reset#{token}"


async def _answer(rt: Runtime, email: str) -> None:
    tenant = await people.tenant_of_email(rt.db, email)
    if tenant is None:
        return
    token = secrets.token_urlsafe(32)
    async with rt.db.tenant(tenant) as c:
        known = await store.credentials(c, email=email)
        if known is None or known.person.state != "active":
            return
        person = known.person
        if not await store.add_reset(c, person.id, token_hash(token), MINUTES, MOST_AN_HOUR):
            return
        await audit.note(c, "password_reset_asked", f"person:{person.id}")
    company = (await companies.company(rt, tenant)).name
    letter = letters.reset(
        person.language, company=company, name=person.name, link=link(rt, token), minutes=MINUTES
    )
    await _send(rt, tenant, person, letter, token)


async def _send(rt: Runtime, tenant: int, person: Person, letter: letters.Letter, token: str) -> bool:
    args = {"to": person.email, "subject": letter.subject, "text": letter.text}
    key = "reset-" + token_hash(token).hex()[:32]
    sent = await notices.tell(rt, tenant, "email", args, conversation=0, key=key)
    if not isinstance(sent, Ok):
        _log.warning("letter_not_sent", tenant=tenant, person=person.id, code=sent.code)
    return isinstance(sent, Ok)
