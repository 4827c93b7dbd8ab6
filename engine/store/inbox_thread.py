"""What stands in a conversation besides its messages, and the marks that agents set on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from engine.core.errors import TramaError
from engine.store.conversations import MessageRow
from engine.store.database import Connection, rows_changed
from engine.store.payloads import clean


class NoteLine(msgspec.Struct, frozen=True, kw_only=True):
    """A note in the thread. `person_name` "" for one that a flow wrote."""

    id: int
    person_id: int | None
    person_name: str
    text: str
    at: datetime


class DeedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did with the conversation, as the audit has it (`conversation_taken` …)."""

    id: int
    action: str
    person_name: str
    detail: dict[str, Any]
    at: datetime


async def notes(
    c: Connection, conversation: int, since: datetime | None, until: datetime | None
) -> list[NoteLine]:
    rows = await c.fetch(
        "SELECT n.id, n.person_id, coalesce(p.name, '') AS person_name, n.text, n.at FROM note n "
        "LEFT JOIN person p ON p.id = n.person_id WHERE n.conversation_id = $1 "
        "AND ($2::timestamptz IS NULL OR n.at >= $2) AND ($3::timestamptz IS NULL OR n.at < $3) "
        "ORDER BY n.id DESC LIMIT 200",
        conversation,
        since,
        until,
    )
    return [NoteLine(**dict(r)) for r in reversed(rows)]


async def deeds(
    c: Connection, conversation: int, since: datetime | None, until: datetime | None
) -> list[DeedLine]:
    rows = await c.fetch(
        "SELECT a.id, a.action, coalesce(p.name, '') AS person_name, a.detail, a.company_at AS at FROM audit a "
        "LEFT JOIN person p ON p.id = a.person_id WHERE a.tenant_id = trama_tenant() AND a.subject = $1 "
        "AND ($2::timestamptz IS NULL OR a.company_at >= $2) AND ($3::timestamptz IS NULL OR a.company_at < $3) "
        "ORDER BY a.id DESC LIMIT 200",
        f"conversation:{conversation}",
        since,
        until,
    )
    return [DeedLine(**{**dict(r), "detail": msgspec.json.decode(r["detail"])}) for r in reversed(rows)]


async def quoted(c: Connection, conversation: int, external: list[str]) -> dict[str, tuple[int, str, str]]:
    """(message, direction, text) by external id, of what is answered to."""
    rows = await c.fetch(
        "SELECT m.external_id, m.id, m.direction, left(m.text, 200) FROM conversation v "
        "JOIN message m ON m.external_id = ANY($2::text[]) AND m.conversation_id = v.id "
        "AND m.channel_id IN (SELECT id FROM channel) WHERE v.id = $1",
        conversation,
        external,
    )
    return {r[0]: (r[1], r[2], r[3]) for r in rows}


async def message(c: Connection, conversation: int, ident: int) -> tuple[MessageRow, str]:
    """One message and the id of its send ("" for what came in). Raises `message:unknown`."""
    row = await c.fetchrow(
        "SELECT id, conversation_id, direction, author, person_id, content, text, external_id, reply_to, "
        "status, error, created_at, edited_at, revoked_at, coalesce(outbox_id, '') AS outbox FROM message "
        "WHERE id = $1 AND conversation_id = $2",
        ident,
        conversation,
    )
    if row is None:
        raise TramaError("message:unknown", f"there is no message {ident} in conversation {conversation}")
    values = dict(row)
    outbox: str = values.pop("outbox")
    values["content"] = msgspec.json.decode(values["content"])
    return MessageRow(**values), outbox


async def requeued(c: Connection, message: int) -> None:
    """A failed message is on its way again."""
    await c.execute(
        "UPDATE message SET status = 'queued', status_rank = 0, error = '' WHERE id = $1 AND status = 'failed'",
        message,
    )


async def snooze(
    c: Connection, conversation: int, until: datetime | None, person: int | None
) -> datetime | None:
    """Set it aside until then (None: not any more); what was before. Raises `conversation:unknown`."""
    row = await c.fetchrow(
        "WITH v AS (SELECT id, snoozed_until FROM conversation WHERE id = $1 FOR UPDATE) "
        "UPDATE conversation c SET snoozed_until = $2, "
        "snoozed_by = CASE WHEN $2::timestamptz IS NULL THEN NULL ELSE $3::bigint END "
        "FROM v WHERE c.id = v.id RETURNING v.snoozed_until",
        conversation,
        until,
        person,
    )
    if row is None:
        raise TramaError("conversation:unknown", f"there is no conversation {conversation}")
    before: datetime | None = row[0]
    return before


async def wake(c: Connection) -> list[tuple[int, int | None]]:
    """End what was set aside until now; (conversation, who serves it)."""
    rows = await c.fetch(
        "UPDATE conversation v SET snoozed_until = NULL, snoozed_by = NULL "
        "FROM (SELECT id, coalesce(person_id, snoozed_by) AS person FROM conversation "
        "      WHERE tenant_id = trama_tenant() AND snoozed_until <= trama_clock() FOR UPDATE SKIP LOCKED) x "
        "WHERE v.id = x.id RETURNING v.id, x.person"
    )
    return [(r[0], r[1]) for r in rows]


async def tag(c: Connection, conversation: int, tags: list[str]) -> list[str]:
    """Set the tags; those before. Raises `conversation:unknown`."""
    row = await c.fetchrow(
        "WITH v AS (SELECT id, tags FROM conversation WHERE id = $1 FOR UPDATE) "
        "UPDATE conversation c SET tags = $2 FROM v WHERE c.id = v.id RETURNING v.tags",
        conversation,
        tags,
    )
    if row is None:
        raise TramaError("conversation:unknown", f"there is no conversation {conversation}")
    return list(row[0])


async def known_tags(c: Connection) -> list[str]:
    """Tags of the latest conversations, the most used first."""
    rows = await c.fetch(
        "SELECT tag FROM (SELECT unnest(tags) AS tag FROM (SELECT tags FROM conversation "
        "WHERE tenant_id = trama_tenant() ORDER BY last_message_at DESC LIMIT 2000) x) y "
        "GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 100"
    )
    return [r[0] for r in rows]


async def last_inbound(c: Connection, conversation: int) -> tuple[str, int, int] | None:
    """(external id, channel, contact) of the customer's last message."""
    row = await c.fetchrow(
        "SELECT m.external_id, v.channel_id, v.contact_id FROM message m "
        "JOIN conversation v ON v.id = m.conversation_id AND v.channel_id = m.channel_id "
        "WHERE m.conversation_id = $1 AND m.direction = 'in' AND m.external_id <> '' "
        "ORDER BY m.id DESC LIMIT 1",
        conversation,
    )
    return None if row is None else (row[0], row[1], row[2])


async def mark_read(c: Connection, conversation: int, sign: str, content: bytes) -> bool:
    """Tell the customer that we read (and type); whether there was something to tell of. A sign that is already
    under way is not sent twice."""
    last = await last_inbound(c, conversation)
    if last is None:
        return False
    external, channel, contact = last
    status = await c.execute(
        "INSERT INTO outbox (id, conversation_id, contact_id, channel_id, kind, content, reply_to) "
        "VALUES ($1, $2, $3, $4, 'read', $5, $6) ON CONFLICT DO NOTHING",
        clean(sign),
        conversation,
        contact,
        channel,
        content,
        external,
    )
    return rows_changed(status.replace("INSERT 0", "INSERT")) > 0


async def names(c: Connection, persons: list[int]) -> dict[int, str]:
    if not persons:
        return {}
    rows = await c.fetch("SELECT id, name FROM person WHERE id = ANY($1::bigint[])", persons)
    return {r[0]: r[1] for r in rows}


async def has_service(c: Connection, name: str) -> bool:
    return bool(await c.fetchval("SELECT EXISTS (SELECT 1 FROM service WHERE name = $1)", name))


async def open_of(c: Connection, channel: int, kinds: list[str], values: list[str]) -> int | None:
    """The open conversation of whoever a channel knows under one of these names."""
    found: int | None = await c.fetchval(
        "SELECT v.id FROM unnest($2::text[], $3::text[]) w(kind, value) "
        "JOIN contact_identity i ON i.tenant_id = trama_tenant() AND i.channel_id = $1 AND i.kind = w.kind "
        "AND i.value = w.value JOIN conversation v ON v.contact_id = i.contact_id AND v.channel_id = $1 "
        "AND v.state = 'open' LIMIT 1",
        channel,
        kinds,
        [clean(v) for v in values],
    )
    return found
