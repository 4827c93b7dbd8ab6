"""Tokens for programs of people (OAuth 2.0): JWT access tokens for fifteen minutes, refresh tokens that rotate.

The algorithm is pinned to HS256 with a key of its own, derived from the installation's. An access token names the
family of its refresh tokens and is good as long as that family is: who is disabled, changes the password or whose
token was stolen and used twice is out as soon as the look-up is repeated (`api.sessions.FRESH_SECONDS`).
"""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

from engine.core.errors import TramaError
from engine.services import logins, signed
from engine.services.logins import Proven
from engine.services.passwords import token_hash
from engine.services.principal import Principal
from engine.services.runtime import Runtime
from engine.services.second_factor import Factor
from engine.store import audit, people
from engine.store import logins as store
from engine.store import tokens as refresh
from engine.store.logins import Seen

ACCESS_SECONDS = 15 * 60
REFRESH_DAYS = 30
AUDIENCE = "trama:api"
_REQUIRED = ["sub", "tid", "fam", "jti"]


class TokenSet(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of RFC 6749, section 5.1."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"  # noqa: S105
    expires_in: int = ACCESS_SECONDS

    def __repr__(self) -> str:
        return "TokenSet(…)"


async def by_password(rt: Runtime, email: str, password: str, *, otp: str = "", client: str = "") -> TokenSet:
    """Raises `people:wrong-login`, `people:locked`, `people:second-factor-needed`, `people:wrong-code`,
    `people:password-change-needed`, `people:second-factor-setup`."""
    proven = await logins.prove(rt, email, password)
    factor: Factor = ""
    if proven.needs_code:
        if not otp:
            raise TramaError("people:second-factor-needed", "send otp, the code of the second factor")
        factor = await logins.show_code(rt, proven, otp)
    await _refuse_pending(rt, proven)
    family = secrets.token_urlsafe(12)
    token = secrets.token_urlsafe(32)
    async with rt.db.tenant(proven.tenant) as c:
        await store.unlock(c, proven.person)
        await refresh.add(c, proven.person, token_hash(token), family, REFRESH_DAYS, client)
        await audit.note(
            c,
            "token_issued",
            f"person:{proven.person}",
            person=proven.person,
            client=client[:200],
            factor=factor,
        )
    return _made(rt, proven.tenant, proven.person, family, token)


async def by_refresh(rt: Runtime, token: str) -> TokenSet:
    """The next of the family. Raises `tokens:invalid`; one that was used before ends its family."""
    hashed = token_hash(token)
    tenant = await refresh.tenant_of_refresh(rt.db, hashed)
    if tenant is None:
        raise TramaError("tokens:invalid", "this refresh token is unknown")
    following = secrets.token_urlsafe(32)
    async with rt.db.tenant(tenant) as c:
        known = await refresh.take(c, hashed)
        good = known is not None and known.valid and not known.used
        if known is not None and known.used and await refresh.revoke_family(c, known.family):
            await audit.note(
                c, "token_reused", f"person:{known.person}", person=known.person, client=known.client
            )
        if known is not None and good:
            person = await people.one(c, known.person)
            good = person is not None and person.state == "active"
            await refresh.add(
                c, known.person, token_hash(following), known.family, REFRESH_DAYS, known.client
            )
    if known is None or not good:
        raise TramaError("tokens:invalid", "this refresh token is over, was used or was revoked")
    return _made(rt, tenant, known.person, known.family, following)


async def revoke(rt: Runtime, token: str) -> None:
    """End the family of a refresh or access token; one that is unknown is as good as ended (RFC 7009)."""
    claims = _claims(rt, token) if token.count(".") == 2 else None
    if claims is not None:
        tenant, family, person = int(claims["tid"]), str(claims["fam"]), int(claims["sub"])
    else:
        hashed = token_hash(token)
        found = await refresh.tenant_of_refresh(rt.db, hashed)
        if found is None:
            return
        tenant = found
        async with rt.db.tenant(tenant) as c:
            known = await refresh.take(c, hashed)
        if known is None:
            return
        family, person = known.family, known.person
    async with rt.db.tenant(tenant) as c:
        if await refresh.revoke_family(c, family):
            await audit.note(c, "token_revoked", f"person:{person}", person=person)


async def bearer(rt: Runtime, token: str) -> Principal | None:
    """Whose access token this is; None when it is not ours, over, or its family was revoked."""
    claims = _claims(rt, token)
    if claims is None:
        return None
    tenant = int(claims["tid"])
    async with rt.db.tenant(tenant) as c:
        seen = await store.family_person(c, int(claims["sub"]), str(claims["fam"]))
    return None if seen is None else logins.principal(rt, tenant, seen)


def _made(rt: Runtime, tenant: int, person: int, family: str, token: str) -> TokenSet:
    claims = {"sub": str(person), "tid": tenant, "fam": family, "jti": secrets.token_urlsafe(12)}
    return TokenSet(access_token=signed.sign(rt, AUDIENCE, ACCESS_SECONDS, claims), refresh_token=token)


def _claims(rt: Runtime, token: str) -> dict[str, Any] | None:
    return signed.read(rt, AUDIENCE, token, _REQUIRED)


async def _refuse_pending(rt: Runtime, proven: Proven) -> None:
    async with rt.db.tenant(proven.tenant) as c:
        person = await people.one(c, proven.person)
        assert person is not None
        seen = Seen(person=person, session=None, strict=await store.strict_roles(c))
    match logins.principal(rt, proven.tenant, seen).pending:
        case "password":
            raise TramaError("people:password-change-needed", "log in on the screens and choose a password")
        case "second-factor":
            raise TramaError("people:second-factor-setup", "log in on the screens and set up a second factor")
