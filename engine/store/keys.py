"""The API keys of other systems. Only hashes are kept."""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.store.database import Connection, Database


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """`prefix` is what people recognise the key by; the key itself is shown once and never stored."""

    id: int
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    created_by: int | None = None
    used_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: int | None = None


_KEY = "id, name, prefix, scopes, created_at, created_by, used_at, expires_at, revoked_at, revoked_by"


async def tenant_of_api_key(db: Database, key_hash: bytes) -> int | None:
    async with db.system() as c:
        found: int | None = await c.fetchval("SELECT trama_tenant_of_api_key($1)", key_hash)
        return found


async def add(
    c: Connection,
    name: str,
    prefix: str,
    key_hash: bytes,
    scopes: list[str],
    *,
    expires_at: datetime | None = None,
    created_by: int | None = None,
) -> ApiKey:
    row = await c.fetchrow(
        "INSERT INTO api_key (name, prefix, key_hash, scopes, expires_at, created_by) "
        f"VALUES ($1, $2, $3, $4, $5, $6) RETURNING {_KEY}",
        name,
        prefix,
        key_hash,
        scopes,
        expires_at,
        created_by,
    )
    assert row is not None
    return ApiKey(**dict(row))


async def use(c: Connection, key_hash: bytes) -> ApiKey | None:
    """The key if it is valid; its last use is noted once a minute at most."""
    row = await c.fetchrow(
        f"SELECT {_KEY} FROM api_key WHERE key_hash = $1 AND revoked_at IS NULL "
        "AND (expires_at IS NULL OR expires_at > now())",
        key_hash,
    )
    if row is None:
        return None
    await c.execute(
        "UPDATE api_key SET used_at = now() "
        "WHERE id = $1 AND (used_at IS NULL OR used_at < now() - interval '1 minute')",
        row["id"],
    )
    return ApiKey(**dict(row))


async def everything(c: Connection) -> list[ApiKey]:
    return [ApiKey(**dict(r)) for r in await c.fetch(f"SELECT {_KEY} FROM api_key ORDER BY id DESC")]


async def revoke(c: Connection, ident: int, by: int | None) -> ApiKey | None:
    """None for a key that is not there or was revoked before."""
    row = await c.fetchrow(
        "UPDATE api_key SET revoked_at = now(), revoked_by = $2 "
        f"WHERE id = $1 AND revoked_at IS NULL RETURNING {_KEY}",
        ident,
        by,
    )
    return None if row is None else ApiKey(**dict(row))
