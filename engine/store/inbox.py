"""The agents' list: conversations of a view, filtered, in keyset pages; single rows; counts; what a search finds."""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import asyncpg
import msgspec

from engine.core.errors import TramaError
from engine.store.database import Connection

View = Literal["mine", "queue", "mentions", "snoozed", "bot", "all", "closed"]
VIEWS: tuple[View, ...] = ("mine", "queue", "mentions", "snoozed", "bot", "all", "closed")
MOST_COUNTED = 1_000
"""A count stops here: nobody reads it as a number any more."""
MOST_TAGGED = 5_000


class TicketClocks(msgspec.Struct, frozen=True, kw_only=True):
    """The open ticket as a list shows it. Times are the company's; `held_at` is set while the customer is waited for
    and the clock of the resolution stands."""

    id: int
    state: str
    queue: str
    priority: int
    waiting_since: datetime
    first_reply_at: datetime | None
    first_due: datetime | None
    resolve_due: datetime | None
    held_at: datetime | None
    held_left: float | None
    alerts: list[str]


class InboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list, as one person sees it: `mentioned` and `draft` are theirs."""

    id: int
    contact_id: int
    contact_name: str
    contact_phone: str
    channel_id: int
    channel_kind: str
    channel_name: str
    protocol: str
    state: Literal["open", "closed"]
    owner: Literal["bot", "ai", "person"]
    person_id: int | None
    person_name: str
    queue: str
    priority: int
    unread: int
    mentioned: bool
    draft: bool
    last_text: str
    last_message_at: datetime
    last_inbound_at: datetime | None
    snoozed_until: datetime | None
    tags: list[str]
    close_reason: str
    epoch: int
    ticket: TicketClocks | None


class InboxCursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended. `priority` belongs to the view of queues, which stands in line."""

    at: datetime
    id: int
    priority: int = 0


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is narrowed to; None and "" do not narrow. `since` and `until` bound the last message."""

    queue: str = ""
    channel: int | None = None
    tag: str = ""
    unread: bool = False
    priority: int | None = None
    agent: int | None = None
    since: datetime | None = None
    until: datetime | None = None


_ROW = """
SELECT v.id, v.contact_id, k.name AS contact_name, k.phone AS contact_phone, v.channel_id, ch.kind AS channel_kind,
       ch.name AS channel_name, v.protocol, v.state, v.owner, v.person_id, coalesce(p.name, '') AS person_name,
       coalesce(nullif(v.queue, ''), t.queue, '') AS queue, coalesce(t.priority, v.priority) AS priority, v.unread,
       EXISTS (SELECT 1 FROM mention m WHERE m.person_id = $1 AND m.conversation_id = v.id AND m.seen_at IS NULL)
           AS mentioned,
       EXISTS (SELECT 1 FROM draft d WHERE d.person_id = $1 AND d.conversation_id = v.id AND d.text <> '') AS draft,
       v.last_text, v.last_message_at, v.last_inbound_at, v.snoozed_until, v.tags, v.close_reason, v.epoch,
       t.id AS ticket_id, t.state AS ticket_state, t.queue AS ticket_queue,
       t.priority AS ticket_priority, t.waiting_since, t.first_reply_at, t.first_due, t.resolve_due, t.held_at,
       t.held_left, t.alerts
"""
_JOINS = """
JOIN contact k ON k.id = v.contact_id JOIN channel ch ON ch.id = v.channel_id
LEFT JOIN person p ON p.id = v.person_id
"""
_TICKET = "LEFT JOIN ticket t ON t.conversation_id = v.id AND t.state IN ('waiting', 'serving')"
_FROM = f"FROM conversation v {_TICKET} {_JOINS}"
MY_QUEUES = """
SELECT q.key FROM queue q WHERE q.state = 'active' AND (
    EXISTS (SELECT 1 FROM queue_member m WHERE m.queue_id = q.id AND m.person_id = $1)
    OR EXISTS (SELECT 1 FROM queue_team g JOIN team_member m ON m.team_id = g.team_id
               WHERE g.queue_id = q.id AND m.person_id = $1)
    OR NOT EXISTS (SELECT 1 FROM queue_member m WHERE m.queue_id = q.id)
       AND NOT EXISTS (SELECT 1 FROM queue_team g WHERE g.queue_id = q.id))
UNION SELECT k FROM (SELECT 'geral' AS k UNION SELECT queue FROM ticket WHERE state = 'waiting') loose
WHERE NOT EXISTS (SELECT 1 FROM queue q WHERE q.key = k)
"""
_MINE_TO_SERVE = """
t.state = 'waiting' AND v.state = 'open' AND (t.agent = '' OR t.agent IN (
    SELECT x FROM person w, unnest(ARRAY[w.id::text, w.email, w.name]) x WHERE w.id = $1))
AND t.queue = ANY($2::text[])
"""


async def my_queues(c: Connection, person: int) -> list[str]:
    """Keys of the queues that a person serves. One that nobody has set up is everybody's."""
    return sorted(r["key"] for r in await c.fetch(MY_QUEUES, person))


async def page(
    c: Connection, view: View, person: int, filters: Filters, *, after: InboxCursor | None, limit: int
) -> list[InboxRow]:
    """The next `limit` rows after the cursor. The view `queue` stands in line (the most urgent, then
    who waits longest, first); all others show the latest message first."""
    args: list[Any] = [person]
    where = ["v.tenant_id = trama_tenant()"]

    def given(value: Any) -> str:
        args.append(value)
        return f"${len(args)}"

    source, order = _FROM, "v.last_message_at DESC, v.id DESC"
    match view:
        case "mine":
            where += ["v.person_id = $1", "v.state = 'open'", "v.snoozed_until IS NULL"]
        case "queue":
            given(await my_queues(c, person))
            source = f"FROM ticket t JOIN conversation v ON v.id = t.conversation_id {_JOINS}"
            where.append(_MINE_TO_SERVE)
            order = "t.priority DESC, t.waiting_since, t.id"
        case "mentions":
            where.append("v.id IN (SELECT m.conversation_id FROM mention m WHERE m.person_id = $1)")
        case "snoozed":
            where += ["v.snoozed_until IS NOT NULL", "$1::bigint IN (v.person_id, v.snoozed_by)"]
        case "bot":
            where += ["v.state = 'open'", "v.owner IN ('bot', 'ai')"]
        case "all":
            where.append("v.state = 'open'")
        case "closed":
            where.append("v.state = 'closed'")
    if filters.queue:
        key = given(filters.queue)
        where.append(f"(v.queue = {key} OR t.queue = {key})")
    if filters.channel is not None:
        where.append(f"v.channel_id = {given(filters.channel)}")
    if filters.tag:
        where.append(f"v.id = ANY(ARRAY(SELECT trama_inbox_tagged({given(filters.tag)}, {MOST_TAGGED})))")
    if filters.unread:
        where.append("v.unread > 0")
    if filters.priority is not None:
        where.append(f"coalesce(t.priority, v.priority) >= {given(filters.priority)}")
    if filters.agent is not None:
        where.append(f"v.person_id = {given(filters.agent)}")
    if filters.since is not None:
        where.append(f"v.last_message_at >= {given(filters.since)}")
    if filters.until is not None:
        where.append(f"v.last_message_at < {given(filters.until)}")
    if after is not None:
        at, ident = given(after.at), given(after.id)
        if view == "queue":
            where.append(
                f"(-t.priority, t.waiting_since, t.id) > (-{given(after.priority)}::int, {at}, {ident})"
            )
        else:
            where.append(f"(v.last_message_at, v.id) < ({at}, {ident})")
    rows = await c.fetch(
        f"{_ROW} {source} WHERE {' AND '.join(where)} ORDER BY {order} LIMIT {int(limit)}", *args
    )
    return [_row(r) for r in rows]


def cursor(view: View, row: InboxRow) -> InboxCursor:
    """Where the page after this row begins."""
    if view == "queue" and row.ticket is not None:
        return InboxCursor(row.ticket.waiting_since, row.ticket.id, row.ticket.priority)
    return InboxCursor(row.last_message_at, row.id)


async def rows(c: Connection, person: int, ids: list[int]) -> list[InboxRow]:
    """These conversations, in the order of `ids`; what there is not is left out."""
    found = await c.fetch(f"{_ROW} {_FROM} WHERE v.id = ANY($2::bigint[])", person, ids)
    known = {r["id"]: _row(r) for r in found}
    return [known[i] for i in dict.fromkeys(ids) if i in known]


async def row(c: Connection, person: int, ident: int) -> InboxRow:
    """Raises `conversation:unknown`."""
    found = await rows(c, person, [ident])
    if not found:
        raise TramaError("conversation:unknown", f"there is no conversation {ident}")
    return found[0]


async def counts(c: Connection, person: int) -> dict[View, int]:
    """How many each view holds, up to `MOST_COUNTED`; of `mentions` those that the person has not seen. `closed` is not
    counted."""
    limit = f"LIMIT {MOST_COUNTED}"
    found = await c.fetchrow(
        f"""
        SELECT
          (SELECT count(*) FROM (SELECT 1 FROM conversation v WHERE v.person_id = $1 AND v.tenant_id = trama_tenant()
             AND v.state = 'open' AND v.snoozed_until IS NULL {limit}) x) AS mine,
          (SELECT count(*) FROM (SELECT 1 FROM ticket t JOIN conversation v ON v.id = t.conversation_id
             WHERE {_MINE_TO_SERVE} {limit}) x) AS queue,
          (SELECT count(DISTINCT m.conversation_id) FROM mention m WHERE m.person_id = $1 AND m.seen_at IS NULL)
             AS mentions,
          (SELECT count(*) FROM (SELECT 1 FROM conversation v WHERE v.snoozed_until IS NOT NULL
             AND v.tenant_id = trama_tenant() AND $1 IN (v.person_id, v.snoozed_by) {limit}) x) AS snoozed,
          (SELECT count(*) FROM (SELECT 1 FROM conversation v WHERE v.tenant_id = trama_tenant() AND v.state = 'open'
             AND v.owner IN ('bot', 'ai') {limit}) x) AS bot,
          (SELECT count(*) FROM (SELECT 1 FROM conversation v WHERE v.tenant_id = trama_tenant() AND v.state = 'open'
             {limit}) x) AS all
        """,
        person,
        await my_queues(c, person),
    )
    assert found is not None
    return {view: found[view] for view in VIEWS if view != "closed"}


async def by_number(c: Connection, tail: str, limit: int) -> list[int]:
    """Contacts whose number ends with these digits."""
    return [r[0] for r in await c.fetch("SELECT trama_inbox_numbers($1, $2)", tail, limit)]


async def by_identity(c: Connection, spelled: list[str]) -> list[int]:
    rows = await c.fetch(
        "SELECT DISTINCT contact_id FROM contact_identity WHERE kind IN ('wa_id', 'phone') "
        "AND tenant_id = trama_tenant() AND value = ANY($1::text[]) LIMIT 50",
        spelled,
    )
    return [r[0] for r in rows]


async def by_name(c: Connection, query: str, limit: int) -> list[int]:
    """Contacts by a text query (`ana:* & sou:*`)."""
    return [r[0] for r in await c.fetch("SELECT trama_inbox_contacts($1, $2)", query, limit)]


async def of_contacts(c: Connection, contacts: list[int], limit: int) -> list[int]:
    """The latest conversations of these contacts."""
    rows = await c.fetch(
        "SELECT id FROM conversation WHERE contact_id = ANY($1::bigint[]) ORDER BY last_message_at DESC LIMIT $2",
        contacts,
        limit,
    )
    return [r[0] for r in rows]


async def by_protocol(c: Connection, protocol: str) -> list[int]:
    rows = await c.fetch(
        "SELECT id FROM conversation WHERE tenant_id = trama_tenant() AND protocol = $1 LIMIT 20",
        protocol,
    )
    return [r[0] for r in rows]


async def by_words(c: Connection, query: str, before: int, limit: int) -> list[tuple[int, int, str]]:
    """(message, conversation, text) of messages by a text query, newest first."""
    rows = await c.fetch(
        "SELECT m.id, m.conversation_id, m.text FROM trama_inbox_messages($1, $2, $3) f "
        "JOIN message m ON m.id = f.id ORDER BY m.id DESC",
        query,
        before,
        limit,
    )
    return [(r[0], r[1], r[2]) for r in rows]


def _row(r: asyncpg.Record) -> InboxRow:
    values = dict(r)
    ident = values.pop("ticket_id")
    own = {name: values.pop(f"ticket_{name}") for name in ("state", "queue", "priority")}
    clocks = {
        name: values.pop(name)
        for name in (
            "waiting_since",
            "first_reply_at",
            "first_due",
            "resolve_due",
            "held_at",
            "held_left",
            "alerts",
        )
    }
    ticket = None if ident is None else TicketClocks(id=ident, **own, **clocks)
    return InboxRow(**values, ticket=ticket)
