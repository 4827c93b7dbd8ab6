"""What a webchat visitor may see: the bubbles of their own conversations on one channel."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.store.database import Connection


class Bubble(msgspec.Struct, frozen=True, kw_only=True):
    """`content` is JSON as in `engine.core.message`; `external_id` the channel's own name of it."""

    id: int
    direction: str
    author: str
    content: bytes
    external_id: str
    created_at: datetime


async def conversation(c: Connection, channel: int, visitor: str) -> int | None:
    """The visitor's open conversation."""
    found: int | None = await c.fetchval(
        "SELECT v.id FROM contact_identity i JOIN conversation v "
        "ON v.contact_id = i.contact_id AND v.channel_id = i.channel_id AND v.state = 'open' "
        "WHERE i.channel_id = $1 AND i.kind = 'webchat' AND i.value = $2",
        channel,
        visitor,
    )
    return found


_THEIRS = (
    # bubbles that went over another channel of the same thread are not for whoever sits at this one
    "FROM contact_identity i JOIN conversation v ON v.contact_id = i.contact_id "
    "JOIN message m ON m.conversation_id = v.id AND m.channel_id = i.channel_id "
    "WHERE i.channel_id = $1 AND i.kind = 'webchat' AND i.value = $2"
)


async def since(c: Connection, channel: int, visitor: str, after: int, limit: int) -> list[Bubble]:
    """The first `limit` bubbles after `after`, oldest first."""
    return await _bubbles(
        c, f"{_THEIRS} AND m.id > $3 ORDER BY m.id LIMIT $4", channel, visitor, after, limit
    )


async def last(c: Connection, channel: int, visitor: str, limit: int) -> list[Bubble]:
    """The last `limit` bubbles, oldest first."""
    found = await _bubbles(c, f"{_THEIRS} ORDER BY m.id DESC LIMIT $3", channel, visitor, limit)
    return found[::-1]


async def _bubbles(c: Connection, tail: str, *args: object) -> list[Bubble]:
    rows = await c.fetch(
        f"SELECT m.id, m.direction, m.author, m.content, m.external_id, m.created_at {tail}",
        *args,
    )
    return [Bubble(**dict(r)) for r in rows]


async def sent_to(
    c: Connection, channel: int, visitor: str, upto: int, status_below: int, limit: int
) -> list[str]:
    """Outbox ids of bubbles to the visitor with ids up to `upto` whose status ranks below."""
    rows = await c.fetch(
        f"SELECT m.outbox_id {_THEIRS} AND m.id <= $3 AND m.direction = 'out' AND m.status_rank < $4 "
        "AND m.outbox_id IS NOT NULL ORDER BY m.id DESC LIMIT $5",
        channel,
        visitor,
        upto,
        status_below,
        limit,
    )
    return [r[0] for r in rows]
