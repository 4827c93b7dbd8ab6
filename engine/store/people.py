"""People who work here, their login sessions and the API keys of other systems."""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from datetime import datetime

import asyncpg
import msgspec

from engine.core.errors import TramaError
from engine.store.database import Connection, Database


class Person(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    email: str
    name: str
    roles: list[str]
    language: str = "pt-BR"
    state: str = "active"


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    person: Person
    password_hash: str
    locked_until: datetime | None

    def __repr__(self) -> str:
        return f"Credentials({self.person.id})"


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """`prefix` is what people recognise the key by; the key itself is shown once and never stored."""

    id: int
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


_PERSON = "id, email, name, roles, language, state"
_KEY = "id, name, prefix, scopes, created_at, used_at, revoked_at"


async def tenant_of_email(db: Database, email: str) -> int | None:
    async with db.system() as c:
        found: int | None = await c.fetchval("SELECT trama_tenant_of_email($1)", email)
        return found


async def tenant_of_login(db: Database, token_hash: bytes) -> int | None:
    async with db.system() as c:
        found: int | None = await c.fetchval("SELECT trama_tenant_of_login($1)", token_hash)
        return found


async def tenant_of_api_key(db: Database, key_hash: bytes) -> int | None:
    async with db.system() as c:
        found: int | None = await c.fetchval("SELECT trama_tenant_of_api_key($1)", key_hash)
        return found


async def credentials(c: Connection, email: str) -> Credentials | None:
    row = await c.fetchrow(
        f"SELECT {_PERSON}, password_hash, locked_until FROM person WHERE email = lower($1)", email
    )
    if row is None:
        return None
    return Credentials(
        person=_person(row), password_hash=row["password_hash"], locked_until=row["locked_until"]
    )


async def login_failed(c: Connection, person: int) -> None:
    """From the fifth failure in a row on the person waits: 1, 2, 4 … at most 60 minutes."""
    await c.execute(
        "UPDATE person SET failed_logins = failed_logins + 1, locked_until = CASE WHEN failed_logins >= 4 "
        "THEN now() + make_interval(mins => least(60, 2 ^ least(failed_logins - 4, 6))::int) END WHERE id = $1",
        person,
    )


async def open_session(c: Connection, person: int, token_hash: bytes, hours: int, client: str) -> None:
    await c.execute(
        "UPDATE person SET failed_logins = 0, locked_until = NULL, last_login_at = now() WHERE id = $1",
        person,
    )
    await c.execute(
        "INSERT INTO login_session (token_hash, person_id, expires_at, client) "
        "VALUES ($1, $2, now() + make_interval(hours => $3), left($4, 200))",
        token_hash,
        person,
        hours,
        client,
    )


async def session_person(c: Connection, token_hash: bytes) -> Person | None:
    row = await c.fetchrow(
        "SELECT p.id, p.email, p.name, p.roles, p.language, p.state FROM login_session s "
        "JOIN person p ON p.id = s.person_id "
        "WHERE s.token_hash = $1 AND s.expires_at > now() AND p.state = 'active'",
        token_hash,
    )
    return None if row is None else _person(row)


async def close_session(c: Connection, token_hash: bytes) -> None:
    await c.execute("DELETE FROM login_session WHERE token_hash = $1", token_hash)


async def save(
    c: Connection, email: str, name: str, password_hash: str, roles: list[str], language: str
) -> Person:
    """Create the person, or bring an existing one up to date. Raises `people:email-taken` (another company)."""
    try:
        row = await c.fetchrow(
            "INSERT INTO person (email, name, password_hash, roles, language) VALUES (lower($1), $2, $3, $4, $5) "
            "ON CONFLICT (email) DO UPDATE SET name = excluded.name, password_hash = excluded.password_hash, "
            f"roles = excluded.roles, language = excluded.language RETURNING {_PERSON}",
            email,
            name,
            password_hash,
            roles,
            language,
        )
    except asyncpg.InsufficientPrivilegeError:
        raise TramaError(
            "people:email-taken", "this address belongs to another company", path="/email"
        ) from None
    assert row is not None
    return _person(row)


async def everyone(c: Connection) -> list[Person]:
    return [_person(r) for r in await c.fetch(f"SELECT {_PERSON} FROM person ORDER BY name, id")]


async def close_sessions_of(c: Connection, person: int) -> None:
    await c.execute("DELETE FROM login_session WHERE person_id = $1", person)


async def add_api_key(c: Connection, name: str, prefix: str, key_hash: bytes, scopes: list[str]) -> ApiKey:
    row = await c.fetchrow(
        f"INSERT INTO api_key (name, prefix, key_hash, scopes) VALUES ($1, $2, $3, $4) RETURNING {_KEY}",
        name,
        prefix,
        key_hash,
        scopes,
    )
    assert row is not None
    return ApiKey(**dict(row))


async def use_api_key(c: Connection, key_hash: bytes) -> ApiKey | None:
    """The key if it is valid; its last use is noted once a minute at most."""
    row = await c.fetchrow(f"SELECT {_KEY} FROM api_key WHERE key_hash = $1 AND revoked_at IS NULL", key_hash)
    if row is None:
        return None
    await c.execute(
        "UPDATE api_key SET used_at = now() "
        "WHERE id = $1 AND (used_at IS NULL OR used_at < now() - interval '1 minute')",
        row["id"],
    )
    return ApiKey(**dict(row))


async def api_keys(c: Connection) -> list[ApiKey]:
    return [ApiKey(**dict(r)) for r in await c.fetch(f"SELECT {_KEY} FROM api_key ORDER BY id DESC")]


async def revoke_api_key(c: Connection, ident: int) -> bool:
    return bool(
        await c.fetchval(
            "UPDATE api_key SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING true", ident
        )
    )


def _person(row: asyncpg.Record) -> Person:
    return Person(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        roles=row["roles"],
        language=row["language"],
        state=row["state"],
    )
