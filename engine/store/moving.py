"""A conversation that goes on over another channel: one thread, whichever way each of its bubbles took."""

from __future__ import annotations

import msgspec

from engine.store.database import Connection


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """A channel of the company, and how the contact is known there ("" if not at all)."""

    channel: int
    kind: str
    name: str
    address: str


async def reaches(c: Connection, contact: int, besides: int) -> list[Reach]:
    """The active channels other than `besides`."""
    rows = await c.fetch(
        "SELECT ch.id AS channel, ch.kind, ch.name, coalesce((SELECT i.kind || ':' || i.value FROM contact_identity i "
        "WHERE i.contact_id = $1 AND i.channel_id = ch.id ORDER BY i.id DESC LIMIT 1), '') AS address "
        "FROM channel ch WHERE ch.state = 'active' AND ch.id <> $2 ORDER BY ch.name, ch.id",
        contact,
        besides,
    )
    return [Reach(**dict(r)) for r in rows]


async def name_contact(
    c: Connection, contact: int, channel: int, kind: str, value: str, evidence: str
) -> None:
    """The contact is known under this name on the channel; a name that is somebody else's stays theirs."""
    await c.execute(
        "INSERT INTO contact_identity (channel_id, kind, value, contact_id, evidence) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT DO NOTHING",
        channel,
        kind,
        value,
        contact,
        evidence,
    )


_ALONG = (
    "UPDATE message SET conversation_id = $1 WHERE conversation_id = $2",
    "UPDATE note SET conversation_id = $1 WHERE conversation_id = $2",
    "UPDATE outbox SET conversation_id = $1 WHERE conversation_id = $2",
    "UPDATE inbox SET conversation_id = $1 WHERE conversation_id = $2 AND state = 'new' AND kind = 'message'",
)


async def join(c: Connection, conversation: int, contact: int, channel: int) -> int:
    """What the contact has open on that channel becomes part of this conversation; the id of what was joined, 0 if
    there was nothing. What waits to be sent or to have its turn comes along."""
    other: int | None = await c.fetchval(
        "SELECT id FROM conversation WHERE contact_id = $1 AND channel_id = $2 AND state = 'open' AND id <> $3 "
        "FOR UPDATE",
        contact,
        channel,
        conversation,
    )
    if other is None:
        return 0
    for statement in _ALONG:
        await c.execute(statement, conversation, other)
    await c.execute(
        "UPDATE conversation v SET messages = v.messages + o.messages, unread = v.unread + o.unread "
        "FROM conversation o WHERE v.id = $1 AND o.id = $2",
        conversation,
        other,
    )
    await c.execute(
        "UPDATE conversation SET state = 'closed', closed_at = now(), close_reason = 'desk:joined', owner = 'bot', "
        "person_id = NULL, epoch = epoch + 1, messages = 0, unread = 0, session = NULL WHERE id = $1",
        other,
    )
    return other


async def move(c: Connection, conversation: int, channel: int, address: str) -> None:
    """From now on everything said goes over this channel. The bot's session, if one waits, goes on over it too."""
    await c.execute(
        "UPDATE conversation SET channel_id = $2, address = $3, last_inbound_at = (SELECT max(created_at) FROM message "
        "WHERE conversation_id = $1 AND channel_id = $2 AND direction = 'in') WHERE id = $1",
        conversation,
        channel,
        address,
    )


async def use_once(c: Connection, key: str) -> bool:
    """Whether this invitation was not used before; from now on it was."""
    return bool(
        await c.fetchval(
            "INSERT INTO idempotency (scope, key, request_hash) VALUES ('moving', $1, '') ON CONFLICT DO NOTHING "
            "RETURNING true",
            key,
        )
    )
