"""The second factor: time-based codes (TOTP, RFC 6238: SHA-1, 6 digits, 30 s) and ten recovery codes.

A code may be one step early or late and is taken once. Secrets are sealed; of recovery codes a keyed hash is kept,
because 50 bits alone could be tried out by whoever has a copy of the database.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Literal

import msgspec
import pyotp

from engine.core.errors import TramaError
from engine.services.runtime import Runtime
from engine.store import audit
from engine.store import logins as store
from engine.store.database import Connection
from engine.store.logins import Credentials

STEP_SECONDS = 30
CODES = 10
FIELD = "person.totp"
ISSUER = "Trama"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
Factor = Literal["", "totp", "recovery"]


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What an authenticator app needs. `uri` is `otpauth://…`, for a QR code; `secret` is the same to type in."""

    secret: str
    uri: str

    def __repr__(self) -> str:
        return "Setup(…)"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """`codes_left`: recovery codes that were not used. `wanted`: a role of theirs must have a second factor."""

    enabled: bool
    codes_left: int
    wanted: bool


async def standing(rt: Runtime, tenant: int, person: int) -> Standing:
    """Raises `people:unknown`."""
    async with rt.db.tenant(tenant) as c:
        known = await _known(c, person)
        return Standing(
            enabled=known.totp is not None,
            codes_left=await store.recovery_codes_left(c, person),
            wanted=wanted(rt, known.person.roles, await store.strict_roles(c)),
        )


def wanted(rt: Runtime, roles: list[str], strict: list[str]) -> bool:
    """Whether somebody of these roles must have a second factor. In a demonstration nobody must."""
    return not rt.settings.demo and not set(strict).isdisjoint(roles)


async def begin(rt: Runtime, tenant: int, person: int) -> Setup:
    """A new secret that counts once `confirm` has seen a code of it. Raises `people:second-factor-on`."""
    secret = pyotp.random_base32()
    async with rt.db.tenant(tenant) as c:
        known = await _known(c, person)
        if known.totp is not None:
            raise TramaError("people:second-factor-on", "it is in force already; remove it first")
        await store.prepare_totp(c, person, rt.vault.seal(secret.encode(), tenant=tenant, field=FIELD))
    return Setup(
        secret=secret, uri=pyotp.TOTP(secret).provisioning_uri(name=known.person.email, issuer_name=ISSUER)
    )


async def confirm(rt: Runtime, tenant: int, person: int, code: str) -> list[str]:
    """From now on it is asked for; the recovery codes, which are shown this once. Raises `people:wrong-code`,
    `people:second-factor-not-begun`."""
    codes = _made_up()
    async with rt.db.tenant(tenant) as c:
        sealed = await store.pending_totp(c, person)
        if sealed is None:
            raise TramaError("people:second-factor-not-begun", "begin first, or it is in force already")
        step = _step(rt.vault.open(sealed, tenant=tenant, field=FIELD).decode(), code, rt.now(), after=0)
        if step is None:
            raise TramaError("people:wrong-code", "this is not the code that is shown now", path="/code")
        await store.enable_totp(c, person, step)
        await store.set_recovery_codes(c, person, [recovery_hash(rt, code) for code in codes])
        await audit.note(c, "second_factor_enabled", f"person:{person}", person=person)
    return codes


async def new_codes(rt: Runtime, tenant: int, person: int) -> list[str]:
    """Ten new recovery codes; the old ones are void. Raises `people:second-factor-off`."""
    codes = _made_up()
    async with rt.db.tenant(tenant) as c:
        if (await _known(c, person)).totp is None:
            raise TramaError("people:second-factor-off", "there is no second factor")
        await store.set_recovery_codes(c, person, [recovery_hash(rt, code) for code in codes])
        await audit.note(c, "recovery_codes_made", f"person:{person}", person=person)
    return codes


async def remove(rt: Runtime, tenant: int, person: int, *, by: int | None) -> None:
    """Take it away: one's own, or that of somebody who lost their phone. Raises `people:second-factor-off`."""
    async with rt.db.tenant(tenant) as c:
        await _known(c, person)
        if not await store.disable_totp(c, person):
            raise TramaError("people:second-factor-off", "there is no second factor")
        await audit.note(c, "second_factor_removed", f"person:{person}", person=by)


async def shown(rt: Runtime, c: Connection, tenant: int, known: Credentials, code: str) -> Factor:
    """How the code proves the person, "" when it does not. `known` must be locked, so that no code counts twice."""
    assert known.totp is not None
    plain = "".join(code.split()).lower()
    secret = rt.vault.open(known.totp, tenant=tenant, field=FIELD).decode()
    step = _step(secret, plain, rt.now(), after=known.step)
    if step is not None:
        await store.take_step(c, known.person.id, step)
        return "totp"
    if await store.use_recovery_code(c, known.person.id, recovery_hash(rt, plain)):
        left = await store.recovery_codes_left(c, known.person.id)
        await audit.note(
            c, "recovery_code_used", f"person:{known.person.id}", person=known.person.id, left=left
        )
        return "recovery"
    return ""


def recovery_hash(rt: Runtime, code: str) -> bytes:
    key = hmac.new(rt.settings.secret_key, b"trama recovery codes", hashlib.sha256).digest()
    plain = "".join(c for c in code.lower() if c in _LETTERS)
    return hmac.new(key, plain.encode(), hashlib.sha256).digest()


def _step(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """The time step that the code belongs to: now, one before or one after, and later than `after`."""
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    totp, here = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    for step in (here, here - 1, here + 1):
        if hmac.compare_digest(totp.generate_otp(step), code) and step > after:
            return step
    return None


def _made_up() -> list[str]:
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2)) for _ in range(CODES)
    ]


async def _known(c: Connection, person: int) -> Credentials:
    known = await store.credentials(c, person=person, lock=True)
    if known is None:
        raise TramaError("people:unknown", f"there is nobody {person}")
    return known
