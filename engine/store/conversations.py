"""Conversations and messages as people read them: keyset pages, newest first; and what agents do with them."""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import asyncpg
import msgspec

from engine.core.errors import TramaError
from engine.store.database import Connection
from engine.store.payloads import clean

State = Literal["open", "closed"]
OwnerName = Literal["bot", "ai", "person"]


class ConversationRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the inbox. `flow` and `node` tell where the bot stands ("" where it does not)."""

    id: int
    contact_id: int
    contact_name: str
    contact_phone: str
    channel_id: int
    channel_kind: str
    protocol: str
    state: State
    owner: OwnerName
    person_id: int | None
    epoch: int
    flow: str
    flow_version: int
    node: str
    unread: int
    messages: int
    last_text: str
    last_inbound_at: datetime | None
    last_message_at: datetime
    created_at: datetime
    closed_at: datetime | None
    close_reason: str


class MessageRow(msgspec.Struct, frozen=True, kw_only=True):
    """One bubble. `content` as in `engine.core.message`; `status` queued, accepted, sent, delivered, read, played
    or failed for what went out."""

    id: int
    conversation_id: int
    direction: Literal["in", "out"]
    author: Literal["contact", "bot", "ai", "person", "system"]
    person_id: int | None
    content: dict[str, Any]
    text: str
    external_id: str
    reply_to: str
    status: str
    error: str
    created_at: datetime
    edited_at: datetime | None
    revoked_at: datetime | None


class NoteRow(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    person_id: int | None
    text: str
    at: datetime


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a page of conversations ended."""

    at: datetime
    id: int


_ROW = """
SELECT v.id, v.contact_id, k.name AS contact_name, k.phone AS contact_phone, v.channel_id, ch.kind AS channel_kind,
       v.protocol, v.state, v.owner, v.person_id, v.epoch, v.flow, v.flow_version, v.node, v.unread, v.messages,
       v.last_text, v.last_inbound_at, v.last_message_at, v.created_at, v.closed_at, v.close_reason
FROM conversation v JOIN contact k ON k.id = v.contact_id JOIN channel ch ON ch.id = v.channel_id
"""
_MESSAGE = (
    "id, conversation_id, direction, author, person_id, content, text, external_id, reply_to, status, error, "
    "created_at, edited_at, revoked_at"
)


async def page(
    c: Connection, *, state: State | None, owner: OwnerName | None, after: Cursor | None, limit: int
) -> list[ConversationRow]:
    """The next `limit` conversations after the cursor, latest message first."""
    where, args = ["v.tenant_id = trama_tenant()"], []
    for column, value in (("v.state", state), ("v.owner", owner)):
        if value is not None:
            args.append(value)
            where.append(f"{column} = ${len(args)}")
    if after is not None:
        args += [after.at, after.id]  # type: ignore[list-item]
        where.append(f"(v.last_message_at, v.id) < (${len(args) - 1}, ${len(args)})")
    rows = await c.fetch(
        f"{_ROW} WHERE {' AND '.join(where)} ORDER BY v.last_message_at DESC, v.id DESC LIMIT {int(limit)}",
        *args,
    )
    return [ConversationRow(**dict(r)) for r in rows]


async def get(c: Connection, ident: int) -> ConversationRow:
    """Raises `conversation:unknown`."""
    row = await c.fetchrow(f"{_ROW} WHERE v.id = $1", ident)
    if row is None:
        raise TramaError("conversation:unknown", f"there is no conversation {ident}")
    return ConversationRow(**dict(row))


async def of_contact(c: Connection, contact: int, limit: int) -> list[ConversationRow]:
    rows = await c.fetch(f"{_ROW} WHERE v.contact_id = $1 ORDER BY v.id DESC LIMIT $2", contact, limit)
    return [ConversationRow(**dict(r)) for r in rows]


async def messages(c: Connection, conversation: int, *, before: int, limit: int) -> list[MessageRow]:
    """The `limit` messages before the id `before`, newest first."""
    rows = await c.fetch(
        f"SELECT {_MESSAGE} FROM message WHERE conversation_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        conversation,
        before,
        limit,
    )
    return [_message(r) for r in rows]


async def messages_since(c: Connection, conversation: int, *, after: int, limit: int) -> list[MessageRow]:
    """The `limit` messages after the id `after`, oldest first: what a client that was away missed."""
    rows = await c.fetch(
        f"SELECT {_MESSAGE} FROM message WHERE conversation_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        conversation,
        after,
        limit,
    )
    return [_message(r) for r in rows]


async def search(c: Connection, words: str, *, before: int, limit: int) -> list[MessageRow]:
    """Messages that hold all words (case and accents do not matter), newest first."""
    rows = await c.fetch(
        f"SELECT {_MESSAGE} FROM message "
        "WHERE id = ANY(ARRAY(SELECT id FROM trama_search_messages($1, $2, $3))) ORDER BY id DESC",
        words,
        before,
        limit,
    )
    return [_message(r) for r in rows]


async def change_owner(
    c: Connection, ident: int, owner: OwnerName, person: int | None, *, expect: int | None
) -> int:
    """Give the conversation to another owner; the new epoch. Raises `conversation:taken` when somebody else was
    quicker (`expect` is the epoch that the caller saw), `conversation:unknown`."""
    epoch: int | None = await c.fetchval(
        "UPDATE conversation SET owner = $2, person_id = $3, epoch = epoch + 1, state = 'open', closed_at = NULL "
        "WHERE id = $1 AND ($4::int IS NULL OR epoch = $4) RETURNING epoch",
        ident,
        owner,
        person,
        expect,
    )
    if epoch is None:
        await get(c, ident)
        raise TramaError("conversation:taken", "the conversation has another owner by now")
    return epoch


async def take_the_word(c: Connection, ident: int) -> None:
    """A person speaks: the flow that they let run meanwhile is over. One that is parked until they are done is not."""
    await c.execute(
        "UPDATE conversation SET epoch = epoch + 1 WHERE id = $1 AND (session->>'epoch')::int = epoch "
        "AND coalesce(session->>'state', 'waiting') = 'waiting'",
        ident,
    )


async def close(c: Connection, ident: int, reason: str) -> bool:
    """Whether it was open. Its ticket is ended by the caller."""
    return bool(
        await c.fetchval(
            "UPDATE conversation SET state = 'closed', closed_at = now(), close_reason = left($2, 200), owner = 'bot', "
            "person_id = NULL, epoch = epoch + 1, snoozed_until = NULL WHERE id = $1 AND state = 'open' RETURNING true",
            ident,
            clean(reason),
        )
    )


async def mark_seen(c: Connection, ident: int) -> None:
    await c.execute("UPDATE conversation SET unread = 0 WHERE id = $1 AND unread > 0", ident)


async def say(
    c: Connection,
    conversation: int,
    outbox: str,
    content: bytes,
    text: str,
    *,
    author: str,
    person: int | None,
    reply_to: str,
) -> int:
    """A bubble of a person (or the product): message and outbox row; the message's id."""
    ident: int | None = await c.fetchval(
        "WITH v AS (UPDATE conversation SET messages = messages + 1, last_text = left($4, 200), last_message_at = "
        "greatest(last_message_at, now() + (SELECT make_interval(secs => clock_offset_seconds) FROM tenant)) "
        "WHERE id = $1 RETURNING id, contact_id, channel_id, last_message_at), "
        "o AS (INSERT INTO outbox (id, conversation_id, contact_id, channel_id, content, reply_to) "
        "SELECT $2, id, contact_id, channel_id, $3, $7 FROM v) "
        "INSERT INTO message (conversation_id, channel_id, direction, author, person_id, content, text, outbox_id, "
        "reply_to, status, created_at) "
        "SELECT id, channel_id, 'out', $5, $6, $3, $4, $2, $7, 'queued', last_message_at FROM v RETURNING id",
        conversation,
        outbox,
        content,
        clean(text),
        author,
        person,
        reply_to,
    )
    if ident is None:
        raise TramaError("conversation:unknown", f"there is no conversation {conversation}")
    return ident


async def say_many(c: Connection, said: list[tuple[int, bytes, str]]) -> None:
    """A bubble of the product in each conversation: (conversation, content, text). Not where the contact has been
    silent for a day: channels refuse it, and it would be stale."""
    if not said:
        return
    await c.execute(
        "WITH w AS (SELECT * FROM unnest($1::bigint[], $2::jsonb[], $3::text[]) "
        "WITH ORDINALITY w(conversation, content, text, ord)), "
        "clock AS (SELECT now() + make_interval(secs => clock_offset_seconds) AS at FROM tenant), "
        "v AS (UPDATE conversation v SET messages = messages + 1, last_text = left(w.text, 200), "
        "last_message_at = greatest(last_message_at, clock.at) FROM w, clock WHERE v.id = w.conversation "
        "AND v.last_inbound_at > clock.at - interval '24 hours' "
        "RETURNING v.id, v.contact_id, v.channel_id, v.last_message_at, w.content, w.text, w.ord, "
        "'d' || replace(gen_random_uuid()::text, '-', '') AS outbox), "
        "o AS (INSERT INTO outbox (id, conversation_id, contact_id, channel_id, content, reply_to) "
        "SELECT outbox, id, contact_id, channel_id, content, '' FROM v ORDER BY ord) "
        "INSERT INTO message (conversation_id, channel_id, direction, author, content, text, outbox_id, status, "
        "created_at) SELECT id, channel_id, 'out', 'system', content, text, outbox, 'queued', last_message_at FROM v "
        "ORDER BY ord",
        [s[0] for s in said],
        [s[1] for s in said],
        [clean(s[2]) for s in said],
    )


async def protocols(c: Connection, conversations: list[int]) -> dict[int, str]:
    rows = await c.fetch("SELECT id, protocol FROM conversation WHERE id = ANY($1::bigint[])", conversations)
    return {r["id"]: r["protocol"] for r in rows}


async def add_note(c: Connection, conversation: int, text: str, person: int | None) -> int:
    ident: int = await c.fetchval(
        "INSERT INTO note (conversation_id, text, person_id) VALUES ($1, $2, $3) RETURNING id",
        conversation,
        clean(text),
        person,
    )
    return ident


async def notes(c: Connection, conversation: int) -> list[NoteRow]:
    rows = await c.fetch(
        "SELECT id, person_id, text, at FROM note WHERE conversation_id = $1 ORDER BY id DESC LIMIT 200",
        conversation,
    )
    return [NoteRow(**dict(r)) for r in rows]


async def counts(c: Connection) -> dict[str, int]:
    """How many are open, by owner, and how many tickets wait."""
    rows = await c.fetch("SELECT owner, count(*) FROM conversation WHERE state = 'open' GROUP BY owner")
    found = {r["owner"]: r["count"] for r in rows}
    found["waiting"] = await c.fetchval("SELECT count(*) FROM ticket WHERE state = 'waiting'")
    return found


def _message(row: asyncpg.Record) -> MessageRow:
    values = dict(row)
    values["content"] = msgspec.json.decode(values["content"])
    return MessageRow(**values)
