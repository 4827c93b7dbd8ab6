"""Who may come in: login with a password, sessions of the screens, API keys of other systems.

Passwords are argon2id hashes; session tokens and API keys are random and only their SHA-256 is stored.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.core.errors import TramaError
from engine.services.permissions import RIGHTS, Role, holds
from engine.services.runtime import Runtime
from engine.store import audit
from engine.store import people as store
from engine.store.people import ApiKey, Person

SESSION_HOURS = 12
SCOPES = tuple(RIGHTS)
_hasher = PasswordHasher()
# Checked when the address is unknown, so that the answer takes as long as for a known one.
_NOBODY = _hasher.hash(secrets.token_hex(8))


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: a person (`person` set) or another system (`key` set), in one company."""

    tenant: int
    name: str
    person: int | None = None
    key: int | None = None
    roles: list[str] = []
    scopes: list[str] = []
    language: str = "pt-BR"

    def may(self, scope: str) -> bool:
        """A key needs the right itself; people get theirs from their roles."""
        return scope in self.scopes if self.key is not None else holds(self.roles, scope)


class Login(msgspec.Struct, frozen=True, kw_only=True):
    token: str
    principal: Principal

    def __repr__(self) -> str:
        return f"Login({self.principal.person})"


async def login(rt: Runtime, email: str, password: str, *, client: str = "") -> Login:
    """Raises `people:wrong-login` (never saying which half) or `people:locked` after five failures in a row."""
    tenant = await store.tenant_of_email(rt.db, email)
    known = None
    if tenant is not None:
        async with rt.db.tenant(tenant) as c:
            known = await store.credentials(c, email)
    locked = known is not None and known.locked_until is not None and known.locked_until > rt.now()
    right = await asyncio.to_thread(_verify, known.password_hash if known else _NOBODY, password)
    if locked:
        raise TramaError("people:locked", "too many wrong passwords; try again in some minutes")
    if tenant is None or known is None or not right or known.person.state != "active":
        if tenant is not None and known is not None:
            async with rt.db.tenant(tenant) as c:
                await store.login_failed(c, known.person.id)
        raise TramaError("people:wrong-login", "the address or the password is not right")
    token = secrets.token_urlsafe(32)
    async with rt.db.tenant(tenant) as c:
        await store.open_session(c, known.person.id, _hash(token), SESSION_HOURS, client)
        await audit.note(c, "logged_in", f"person:{known.person.id}", person=known.person.id)
    return Login(token=token, principal=_principal(tenant, known.person))


async def who(rt: Runtime, token: str) -> Principal | None:
    """Whose session this token is; None when it is unknown or over."""
    if not token:
        return None
    hashed = _hash(token)
    tenant = await store.tenant_of_login(rt.db, hashed)
    if tenant is None:
        return None
    async with rt.db.tenant(tenant) as c:
        person = await store.session_person(c, hashed)
    return None if person is None else _principal(tenant, person)


async def logout(rt: Runtime, token: str) -> None:
    hashed = _hash(token)
    tenant = await store.tenant_of_login(rt.db, hashed)
    if tenant is not None:
        async with rt.db.tenant(tenant) as c:
            await store.close_session(c, hashed)


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
    """Create a person or bring one up to date. Raises `people:weak-password`, `people:email-taken`."""
    if len(password) < 7:
        raise TramaError("people:weak-password", "a password has at least 7 characters", path="/password")
    hashed = await asyncio.to_thread(_hasher.hash, password)
    async with rt.db.tenant(tenant) as c:
        person = await store.save(c, email.strip(), name, hashed, list(roles), language)
        await audit.note(c, "person_saved", f"person:{person.id}")
    return person


async def people(rt: Runtime, tenant: int) -> list[Person]:
    async with rt.db.tenant(tenant) as c:
        return await store.everyone(c)


async def create_api_key(
    rt: Runtime, tenant: int, name: str, scopes: list[str], *, person: int | None = None
) -> tuple[ApiKey, str]:
    """The key's row and the key itself, which is shown this once. Raises `people:unknown-scope`."""
    for n, scope in enumerate(scopes):
        if scope not in SCOPES:
            raise TramaError(
                "people:unknown-scope", f"{scope}; known: {', '.join(SCOPES)}", path=f"/scopes/{n}"
            )
    key = "trama_" + secrets.token_urlsafe(32)
    async with rt.db.tenant(tenant) as c:
        row = await store.add_api_key(c, name, key[:12], _hash(key), scopes)
        await audit.note(c, "api_key_created", f"api_key:{row.id}", person=person, scopes=scopes)
    return row, key


async def api_principal(rt: Runtime, key: str) -> Principal | None:
    """Whose API key this is; None when it is unknown or revoked."""
    if not key.startswith("trama_"):
        return None
    hashed = _hash(key)
    tenant = await store.tenant_of_api_key(rt.db, hashed)
    if tenant is None:
        return None
    async with rt.db.tenant(tenant) as c:
        row = await store.use_api_key(c, hashed)
    return None if row is None else Principal(tenant=tenant, name=row.name, key=row.id, scopes=row.scopes)


async def api_keys(rt: Runtime, tenant: int) -> list[ApiKey]:
    async with rt.db.tenant(tenant) as c:
        return await store.api_keys(c)


async def revoke_api_key(rt: Runtime, tenant: int, ident: int, *, person: int | None = None) -> None:
    """Raises `people:unknown-key`."""
    async with rt.db.tenant(tenant) as c:
        if not await store.revoke_api_key(c, ident):
            raise TramaError("people:unknown-key", f"there is no valid key {ident}")
        await audit.note(c, "api_key_revoked", f"api_key:{ident}", person=person)


def _principal(tenant: int, person: Person) -> Principal:
    return Principal(
        tenant=tenant, name=person.name, person=person.id, roles=person.roles, language=person.language
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
