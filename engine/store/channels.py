"""Channels and services as they are stored: open settings as JSON, secret ones sealed by the caller."""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from typing import Literal

import asyncpg
import msgspec

from engine.core.errors import TramaError
from engine.store.database import Connection, Database


class ChannelRow(msgspec.Struct, frozen=True, kw_only=True):
    """`state` stopped keeps the outbox and takes in what comes; `reason` says why it was stopped."""

    id: int
    kind: str
    name: str
    settings: bytes
    secrets: bytes | None
    state: Literal["active", "stopped"]
    reason: str
    rev: int


class ServiceRow(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    name: str
    kind: str
    settings: bytes
    secrets: bytes | None


_CHANNEL = "id, kind, name, settings, secrets, state, reason, rev"
_SERVICE = "id, name, kind, settings, secrets"


async def tenant_of(db: Database, channel: int) -> int | None:
    async with db.system() as c:
        found: int | None = await c.fetchval("SELECT trama_tenant_of_channel($1)", channel)
        return found


async def get(c: Connection, channel: int) -> ChannelRow:
    """Raises `channel:unknown`."""
    row = await c.fetchrow(f"SELECT {_CHANNEL} FROM channel WHERE id = $1", channel)
    if row is None:
        raise TramaError("channel:unknown", f"there is no channel {channel}")
    return ChannelRow(**dict(row))


async def listed(c: Connection) -> list[ChannelRow]:
    return [ChannelRow(**dict(r)) for r in await c.fetch(f"SELECT {_CHANNEL} FROM channel ORDER BY id")]


async def reserve(c: Connection, kind: str, name: str) -> int:
    """A channel of that name without settings, or the one that has it. Its id is part of what seals its secrets.
    Raises `channel:name-taken` when the name belongs to another kind."""
    row = await c.fetchrow(
        "INSERT INTO channel (kind, name) VALUES ($1, $2) "
        "ON CONFLICT (tenant_id, name) DO UPDATE SET name = excluded.name RETURNING id, kind",
        kind,
        name,
    )
    assert row is not None
    if row["kind"] != kind:
        raise TramaError("channel:name-taken", f"{name} is a channel of kind {row['kind']}", path="/name")
    ident: int = row["id"]
    return ident


async def save(c: Connection, channel: int, name: str, settings: bytes, secrets: bytes | None) -> None:
    try:
        await c.execute(
            "UPDATE channel SET name = $2, settings = $3, secrets = $4, rev = rev + 1 WHERE id = $1",
            channel,
            name,
            settings,
            secrets,
        )
    except asyncpg.UniqueViolationError:
        raise TramaError("channel:name-taken", f"there is a channel {name} already", path="/name") from None


async def rename(c: Connection, channel: int, name: str) -> None:
    await c.execute("UPDATE channel SET name = $2, rev = rev + 1 WHERE id = $1", channel, name)


async def set_state(c: Connection, channel: int, state: str, reason: str) -> bool:
    """Whether this changed anything."""
    return bool(
        await c.fetchval(
            "UPDATE channel SET state = $2, reason = left($3, 500), rev = rev + 1 "
            "WHERE id = $1 AND state <> $2 RETURNING true",
            channel,
            state,
            reason,
        )
    )


async def service(c: Connection, name: str) -> ServiceRow | None:
    row = await c.fetchrow(f"SELECT {_SERVICE} FROM service WHERE name = $1", name)
    return None if row is None else ServiceRow(**dict(row))


async def save_service(c: Connection, name: str, kind: str, settings: bytes, secrets: bytes | None) -> None:
    await c.execute(
        "INSERT INTO service (name, kind, settings, secrets) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (tenant_id, name) DO UPDATE SET kind = excluded.kind, settings = excluded.settings, "
        "secrets = excluded.secrets",
        name,
        kind,
        settings,
        secrets,
    )


async def services(c: Connection) -> list[ServiceRow]:
    return [ServiceRow(**dict(r)) for r in await c.fetch(f"SELECT {_SERVICE} FROM service ORDER BY name")]


async def secret(c: Connection, name: str) -> bytes | None:
    found: bytes | None = await c.fetchval("SELECT value FROM secret WHERE name = $1", name)
    return found


async def save_secret(c: Connection, name: str, value: bytes) -> None:
    await c.execute(
        "INSERT INTO secret (name, value) VALUES ($1, $2) "
        "ON CONFLICT (tenant_id, name) DO UPDATE SET value = excluded.value, updated_at = now()",
        name,
        value,
    )
