"""The names under which channels know a contact, and what the contact agreed to."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.core.errors import TramaError
from engine.store.database import Connection
from engine.store.payloads import clean


class IdentityRow(msgspec.Struct, frozen=True, kw_only=True):
    """`channel_id` 0: known without a channel. `evidence` says where we have it from."""

    id: int
    channel_id: int
    kind: str
    value: str
    evidence: str
    created_at: datetime


class ConsentRow(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    channel_id: int
    topic: str
    granted: bool
    words: str
    source: str
    at: datetime


async def identities(c: Connection, contact: int) -> list[IdentityRow]:
    rows = await c.fetch(
        "SELECT id, channel_id, kind, value, evidence, created_at FROM contact_identity WHERE contact_id = $1 "
        "ORDER BY id",
        contact,
    )
    return [IdentityRow(**dict(r)) for r in rows]


async def add(c: Connection, contact: int, channel: int, kind: str, value: str, evidence: str) -> int:
    """The identity's id. One that the contact has already is left as it is. Raises `contact:identity-taken` when
    it is another contact's, `channel:unknown`."""
    if channel and not await c.fetchval("SELECT true FROM channel WHERE id = $1", channel):
        raise TramaError("channel:unknown", f"there is no channel {channel}", path="/channel")
    ident: int | None = await c.fetchval(
        "INSERT INTO contact_identity (contact_id, channel_id, kind, value, evidence) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (tenant_id, channel_id, kind, value) DO UPDATE SET kind = excluded.kind "
        "WHERE contact_identity.contact_id = excluded.contact_id RETURNING id",
        contact,
        channel,
        kind,
        clean(value),
        clean(evidence),
    )
    if ident is None:
        other = await owner(c, channel, kind, value)
        raise TramaError("contact:identity-taken", f"contact {other} is known by it", path="/value")
    return ident


async def owner(c: Connection, channel: int, kind: str, value: str) -> int | None:
    found: int | None = await c.fetchval(
        "SELECT contact_id FROM contact_identity WHERE channel_id = $1 AND kind = $2 AND value = $3",
        channel,
        kind,
        clean(value),
    )
    return found


async def remove(c: Connection, contact: int, ident: int) -> IdentityRow:
    """Raises `identity:unknown`."""
    row = await c.fetchrow(
        "DELETE FROM contact_identity WHERE id = $1 AND contact_id = $2 "
        "RETURNING id, channel_id, kind, value, evidence, created_at",
        ident,
        contact,
    )
    if row is None:
        raise TramaError("identity:unknown", f"contact {contact} has no identity {ident}")
    return IdentityRow(**dict(row))


async def consents(c: Connection, contact: int) -> list[ConsentRow]:
    """The log, latest first."""
    rows = await c.fetch(
        "SELECT id, channel_id, topic, granted, words, source, at FROM consent WHERE contact_id = $1 "
        "ORDER BY id DESC LIMIT 200",
        contact,
    )
    return [ConsentRow(**dict(r)) for r in rows]


async def consent(
    c: Connection,
    contact: int,
    *,
    topic: str,
    granted: bool,
    words: str,
    source: str,
    channel: int,
    at: datetime,
) -> int:
    """A line of the log. Raises `channel:unknown`."""
    if channel and not await c.fetchval("SELECT true FROM channel WHERE id = $1", channel):
        raise TramaError("channel:unknown", f"there is no channel {channel}", path="/channel")
    ident: int = await c.fetchval(
        "INSERT INTO consent (contact_id, channel_id, topic, granted, words, source, at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        contact,
        channel,
        clean(topic),
        granted,
        clean(words),
        clean(source),
        at,
    )
    return ident
