"""What channels tell besides messages and statuses: corrections, withdrawals, new numbers, preferences, notices,
and what could not be read. Each is kept once, as an inbox row that is already done.
"""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.core.inbound import (
    EditIn,
    IdentityChanged,
    Notice,
    PreferenceChanged,
    RefusedIn,
    RevokeIn,
)
from engine.core.message import Inbound, Unsupported, plain
from engine.store.database import Connection
from engine.store.payloads import clean, encode

RAW_BYTES = 65_536
"""How much of an unreadable delivery is kept."""

Happening = EditIn | RevokeIn | IdentityChanged | PreferenceChanged | Notice


class RefusedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery, or a part of one, that could not be read. `size` is that of the whole; `raw` is capped."""

    id: int
    channel_id: int
    code: str
    path: str
    detail: str
    raw: bytes
    size: int
    at: datetime


async def store(c: Connection, channel: int, event: Happening) -> list[tuple[int, int]]:
    """Keep it and let it take effect; (message, conversation) of the messages that changed."""
    match event:
        case EditIn(message=target) | RevokeIn(message=target):
            pass
        case _:
            target = ""
    new = await c.fetchval(
        "INSERT INTO inbox (channel_id, key, kind, payload, state, done_at, target) "
        "VALUES ($1, $2, $3, $4, 'done', now(), $5) ON CONFLICT DO NOTHING RETURNING true",
        channel,
        clean(event.key),
        str(event.__struct_config__.tag),
        encode(event),
        clean(target),
    )
    if not new:
        return []
    match event:
        case EditIn(content=content):
            return await _replace(c, channel, target, content, "edited_at")
        case RevokeIn():
            return await _replace(c, channel, target, Unsupported(kind="revoked"), "revoked_at")
        case IdentityChanged():
            await _renumber(c, channel, event)
        case PreferenceChanged():
            await _prefer(c, channel, event)
    return []


async def catch_up(c: Connection, messages: list[int]) -> None:
    """Corrections and withdrawals that were told before these messages."""
    rows = await c.fetch(
        "SELECT r.channel_id, r.target, r.kind, r.payload FROM message m JOIN inbox r "
        "ON r.channel_id = m.channel_id AND r.target = m.external_id WHERE m.id = ANY($1::bigint[]) ORDER BY r.id",
        messages,
    )
    for r in rows:
        if r["kind"] == "revoke":
            await _replace(c, r["channel_id"], r["target"], Unsupported(kind="revoked"), "revoked_at")
        else:
            edit = msgspec.json.decode(r["payload"], type=EditIn)
            await _replace(c, r["channel_id"], r["target"], edit.content, "edited_at")


async def _replace(
    c: Connection, channel: int, target: str, content: Inbound, stamp: str
) -> list[tuple[int, int]]:
    """The content goes everywhere where we keep it: the message, and what waits for its turn."""
    await c.execute(
        "UPDATE inbox SET payload = jsonb_set(payload, '{content}', $3) "
        "WHERE channel_id = $1 AND key = $2 AND kind = 'message'",
        channel,
        clean(target),
        encode(content),
    )
    rows = await c.fetch(
        f"UPDATE message SET content = $3, text = $4, {stamp} = now() "
        "WHERE channel_id = $1 AND external_id = $2 AND direction = 'in' AND revoked_at IS NULL "
        "RETURNING id, conversation_id",
        channel,
        clean(target),
        encode(content),
        clean(plain(content)),
    )
    return [(r["id"], r["conversation_id"]) for r in rows]


async def _renumber(c: Connection, channel: int, event: IdentityChanged) -> None:
    """The new name joins the contact, unless it is somebody else's already: then a person must look at it."""
    await c.execute(
        "INSERT INTO contact_identity (channel_id, kind, value, contact_id, evidence) "
        "SELECT $1, $2, $3, contact_id, 'changed from ' || value FROM contact_identity "
        "WHERE channel_id = $1 AND kind = $4 AND value = $5 ON CONFLICT DO NOTHING",
        channel,
        event.new.kind,
        clean(event.new.value),
        event.old.kind,
        clean(event.old.value),
    )


async def _prefer(c: Connection, channel: int, event: PreferenceChanged) -> None:
    names = event.sender.identities
    await c.execute(
        "INSERT INTO consent (contact_id, channel_id, topic, granted, source) "
        "SELECT DISTINCT contact_id, $1::bigint, 'marketing', $4::boolean, 'channel' FROM contact_identity i "
        "JOIN unnest($2::text[], $3::text[]) w(kind, value) USING (kind, value) WHERE i.channel_id = $1",
        channel,
        [n.kind for n in names],
        [clean(n.value) for n in names],
        event.wants_marketing,
    )


async def refuse(c: Connection, channel: int, events: list[RefusedIn], raw: bytes) -> None:
    """Keep what could not be read, with the bytes that it came in (the first 64 KiB)."""
    await c.execute(
        "INSERT INTO refused (channel_id, code, path, detail, raw, size) "
        "SELECT $1, x.code, x.path, x.detail, $5, $6 FROM unnest($2::text[], $3::text[], $4::text[]) "
        "x(code, path, detail)",
        channel,
        [e.code for e in events],
        [clean(e.path)[:500] for e in events],
        [clean(e.detail)[:500] for e in events],
        raw[:RAW_BYTES],
        len(raw),
    )


async def refused(c: Connection, *, before: int = 2**62, limit: int = 50) -> list[RefusedRow]:
    rows = await c.fetch("SELECT * FROM refused WHERE id < $1 ORDER BY id DESC LIMIT $2", before, limit)
    fields: tuple[str, ...] = RefusedRow.__struct_fields__
    return [RefusedRow(**{f: r[f] for f in fields}) for r in rows]
