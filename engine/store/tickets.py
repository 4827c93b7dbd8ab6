"""Tickets: hand-overs to people, from waiting in line to being finished. Times are on the company's clock.

A transfer ends the ticket and begins another one that keeps the place in line (`waiting_since`) and names the one
before (`previous_id`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from engine.core.desk.clocks import Clocks
from engine.core.desk.routing import Waiting
from engine.core.errors import TramaError
from engine.store.database import Connection

TicketState = Literal["waiting", "serving", "finished", "abandoned", "transferred"]


class TicketRow(msgspec.Struct, frozen=True, kw_only=True):
    """`agent` is who the flow asked for, `person_id` who has it. `outcome` is the reason of the end."""

    id: int
    conversation_id: int
    contact_id: int
    contact_name: str
    channel_kind: str
    protocol: str
    queue: str
    priority: int
    skill: str
    agent: str
    reason: str
    summary: str
    state: TicketState
    person_id: int | None
    created_at: datetime
    waiting_since: datetime
    assigned_at: datetime | None
    assigned_by: str
    taken_at: datetime | None
    first_reply_at: datetime | None
    first_due: datetime | None
    resolve_due: datetime | None
    held_at: datetime | None
    held_left: float | None
    alerts: list[str]
    previous_id: int | None
    finished_at: datetime | None
    outcome: str
    position_told: int = 0
    told_at: datetime | None = None

    @property
    def clocks(self) -> Clocks:
        return Clocks(
            since=self.waiting_since,
            first_due=self.first_due,
            first_reply_at=self.first_reply_at,
            resolve_due=self.resolve_due,
            held_at=self.held_at,
            held_left=self.held_left,
        )


class NewTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A hand-over. `since` is now on the company's clock."""

    conversation: int
    queue: str
    priority: int
    skill: str = ""
    agent: str = ""
    reason: str = ""
    summary: str = ""
    since: datetime
    first_due: datetime | None = None
    resolve_due: datetime | None = None


_ROW = """
SELECT t.id, t.conversation_id, v.contact_id, k.name AS contact_name, ch.kind AS channel_kind, v.protocol, t.queue,
    t.priority, t.skill, t.agent, t.reason, t.summary, t.state, t.person_id, t.created_at, t.waiting_since,
    t.assigned_at, t.assigned_by, t.taken_at, t.first_reply_at, t.first_due, t.resolve_due, t.held_at, t.held_left,
    t.alerts, t.previous_id, t.finished_at, t.outcome, t.position_told, t.told_at
FROM ticket t JOIN conversation v ON v.id = t.conversation_id JOIN contact k ON k.id = v.contact_id
JOIN channel ch ON ch.id = v.channel_id
"""


async def get(c: Connection, ident: int, *, lock: bool = False) -> TicketRow:
    """Raises `ticket:unknown`."""
    row = await c.fetchrow(f"{_ROW} WHERE t.id = $1{' FOR UPDATE OF t' if lock else ''}", ident)
    if row is None:
        raise TramaError("ticket:unknown", f"there is no ticket {ident}")
    return TicketRow(**dict(row))


async def current(c: Connection, conversation: int, *, lock: bool = False) -> TicketRow | None:
    """The open ticket of a conversation."""
    row = await c.fetchrow(
        f"{_ROW} WHERE t.conversation_id = $1 AND t.state IN ('waiting', 'serving')"
        f"{' FOR UPDATE OF t' if lock else ''}",
        conversation,
    )
    return None if row is None else TicketRow(**dict(row))


async def of_conversations(c: Connection, conversations: list[int]) -> dict[int, TicketRow]:
    """Their open tickets."""
    rows = await c.fetch(
        f"{_ROW} WHERE t.conversation_id = ANY($1::bigint[]) AND t.state IN ('waiting', 'serving')",
        conversations,
    )
    return {r["conversation_id"]: TicketRow(**dict(r)) for r in rows}


async def history(c: Connection, *, contact: int, limit: int) -> list[TicketRow]:
    """All tickets of a contact, the latest first."""
    rows = await c.fetch(f"{_ROW} WHERE v.contact_id = $1 ORDER BY t.id DESC LIMIT $2", contact, limit)
    return [TicketRow(**dict(r)) for r in rows]


async def page(
    c: Connection,
    *,
    state: str | None = None,
    queue: str | None = None,
    person: int | None = None,
    before: int = 2**62,
    limit: int = 50,
) -> list[TicketRow]:
    """The latest first."""
    where, args = ["t.id < $1"], [before]
    for column, value in (("t.state", state), ("t.queue", queue), ("t.person_id", person)):
        if value is not None:
            args.append(value)  # type: ignore[arg-type]
            where.append(f"{column} = ${len(args)}")
    rows = await c.fetch(f"{_ROW} WHERE {' AND '.join(where)} ORDER BY t.id DESC LIMIT {int(limit)}", *args)
    return [TicketRow(**dict(r)) for r in rows]


async def open_ones(c: Connection, *, limit: int = 5_000) -> list[TicketRow]:
    """Everything that waits or is served: urgent first, then who has waited longest."""
    rows = await c.fetch(
        f"{_ROW} WHERE t.state IN ('waiting', 'serving') ORDER BY t.priority DESC, t.waiting_since, t.id LIMIT $1",
        limit,
    )
    return [TicketRow(**dict(r)) for r in rows]


async def waiting(c: Connection, people: dict[str, int] | None = None) -> list[Waiting]:
    """What waits, as the distribution wants it. `people` are the agents whom flows named."""
    rows = await c.fetch(
        "SELECT t.id, t.queue, t.priority, t.skill, t.waiting_since, t.agent, ch.kind, k.tags, k.language "
        "FROM ticket t JOIN conversation v ON v.id = t.conversation_id JOIN contact k ON k.id = v.contact_id "
        "JOIN channel ch ON ch.id = v.channel_id WHERE t.state = 'waiting'"
    )
    known = people or {}
    return [
        Waiting(
            id=r["id"],
            queue=r["queue"],
            priority=r["priority"],
            skill=r["skill"],
            since=r["waiting_since"],
            prefer=known.get(r["agent"], 0),
            channel=r["kind"],
            contact={"tags": r["tags"], "language": r["language"]},
        )
        for r in rows
    ]


async def wanted_agents(c: Connection) -> list[str]:
    rows = await c.fetch("SELECT DISTINCT agent FROM ticket WHERE state = 'waiting' AND agent <> ''")
    return [r[0] for r in rows]


async def open_many(c: Connection, new: list[NewTicket]) -> list[tuple[int, int]]:
    """(ticket, conversation) of each. A conversation that has an open ticket gets this one instead and keeps its place
    in line. The conversations' rows must be locked."""
    if not new:
        return []
    latest = {n.conversation: n for n in new}
    wanted = list(latest.values())
    rows = await c.fetch(
        "WITH w AS (SELECT * FROM unnest($1::bigint[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::text[], "
        "$7::text[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[]) "
        "w(conversation, queue, priority, skill, agent, reason, summary, since, first_due, resolve_due)), "
        "ended AS (UPDATE ticket t SET state = 'transferred', finished_at = w.since, rev = rev + 1 FROM w "
        "WHERE t.conversation_id = w.conversation AND t.state IN ('waiting', 'serving') "
        "RETURNING t.id, t.conversation_id, t.waiting_since), "
        "put AS (UPDATE conversation v SET queue = w.queue, priority = w.priority, person_id = NULL, "
        "return_person = NULL, snoozed_until = NULL FROM w WHERE v.id = w.conversation) "
        "SELECT w.*, e.id AS previous, coalesce(e.waiting_since, w.since) AS place "
        "FROM w LEFT JOIN ended e ON e.conversation_id = w.conversation",
        [n.conversation for n in wanted],
        [n.queue for n in wanted],
        [n.priority for n in wanted],
        [n.skill for n in wanted],
        [n.agent for n in wanted],
        [n.reason for n in wanted],
        [n.summary for n in wanted],
        [n.since for n in wanted],
        [n.first_due for n in wanted],
        [n.resolve_due for n in wanted],
    )
    # a second statement, because the unique index on open tickets must see that the old ones have ended
    made = await c.fetch(
        "INSERT INTO ticket (conversation_id, queue, priority, skill, agent, reason, summary, created_at, "
        "waiting_since, first_due, resolve_due, previous_id) "
        "SELECT * FROM unnest($1::bigint[], $2::text[], $3::smallint[], $4::text[], $5::text[], "
        "$6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], "
        "$12::bigint[]) RETURNING id, conversation_id",
        [r["conversation"] for r in rows],
        [r["queue"] for r in rows],
        [r["priority"] for r in rows],
        [r["skill"] for r in rows],
        [r["agent"] for r in rows],
        [r["reason"] for r in rows],
        [r["summary"] for r in rows],
        [r["since"] for r in rows],
        [r["place"] for r in rows],
        [r["first_due"] for r in rows],
        [r["resolve_due"] for r in rows],
        [r["previous"] for r in rows],
    )
    return [(r["id"], r["conversation_id"]) for r in made]


async def lock(c: Connection, tickets: list[int]) -> None:
    """Hold the conversations of these tickets, in one order, before the tickets themselves: as turns do."""
    await c.execute(
        "SELECT v.id FROM ticket t JOIN conversation v ON v.id = t.conversation_id WHERE t.id = ANY($1::bigint[]) "
        "ORDER BY v.id FOR NO KEY UPDATE OF v",
        tickets,
    )


async def assign(
    c: Connection, pairs: list[tuple[int, int]], at: datetime, by: str
) -> list[tuple[int, int, int]]:
    """Give waiting tickets to people: (ticket, conversation, person) of those that still waited. The conversation has
    a new owner from then on."""
    await lock(c, [p[0] for p in pairs])
    rows = await c.fetch(
        "WITH given AS (UPDATE ticket t SET state = 'serving', person_id = w.person, assigned_at = $3, "
        "assigned_by = $4, rev = rev + 1 FROM unnest($1::bigint[], $2::bigint[]) w(ticket, person) "
        "WHERE t.id = w.ticket AND t.state = 'waiting' RETURNING t.id, t.conversation_id, t.person_id), "
        "owned AS (UPDATE conversation v SET owner = 'person', person_id = g.person_id, epoch = epoch + 1, "
        "snoozed_until = NULL FROM given g WHERE v.id = g.conversation_id) "
        "SELECT id, conversation_id, person_id FROM given ORDER BY id",
        [p[0] for p in pairs],
        [p[1] for p in pairs],
        at,
        by,
    )
    return [(r[0], r[1], r[2]) for r in rows]


async def reassign(c: Connection, ticket: int, person: int, at: datetime, by: str) -> None:
    """An open ticket goes to this person, whoever had it."""
    await c.execute(
        "WITH given AS (UPDATE ticket SET state = 'serving', person_id = $2, assigned_at = $3, assigned_by = $4, "
        "rev = rev + 1 WHERE id = $1 RETURNING conversation_id) "
        "UPDATE conversation v SET owner = 'person', person_id = $2, epoch = epoch + 1, snoozed_until = NULL "
        "FROM given g WHERE v.id = g.conversation_id",
        ticket,
        person,
        at,
        by,
    )


async def release(c: Connection, ticket: int) -> None:
    """Back into the line of its queue, at its old place."""
    await lock(c, [ticket])
    await c.execute(
        "WITH freed AS (UPDATE ticket SET state = 'waiting', person_id = NULL, assigned_at = NULL, rev = rev + 1 "
        "WHERE id = $1 AND state = 'serving' RETURNING conversation_id) "
        "UPDATE conversation v SET person_id = NULL, epoch = epoch + 1 FROM freed f WHERE v.id = f.conversation_id",
        ticket,
    )


async def finish(
    c: Connection, ticket: int, state: TicketState, at: datetime, outcome: str, return_seconds: float
) -> None:
    """`return_seconds`: how long the contact comes back to who served them, in this conversation or a new one."""
    await c.execute(
        "WITH ended AS (UPDATE ticket SET state = $2, finished_at = $3, outcome = left($4, 200), rev = rev + 1, "
        "return_until = $3::timestamptz + make_interval(secs => $5) WHERE id = $1 AND state IN ('waiting', 'serving') "
        "RETURNING conversation_id, person_id, queue, return_until) "
        "UPDATE conversation v SET return_person = e.person_id, return_queue = e.queue, return_until = e.return_until "
        "FROM ended e WHERE v.id = e.conversation_id",
        ticket,
        state,
        at,
        outcome,
        return_seconds,
    )


async def set_clocks(c: Connection, ticket: int, clocks: Clocks) -> None:
    await c.execute(
        "UPDATE ticket SET first_reply_at = $2, resolve_due = $3, held_at = $4, held_left = $5 WHERE id = $1",
        ticket,
        clocks.first_reply_at,
        clocks.resolve_due,
        clocks.held_at,
        clocks.held_left,
    )


async def add_alerts(c: Connection, ticket: int, alerts: list[str]) -> None:
    await c.execute(
        "UPDATE ticket SET alerts = ARRAY(SELECT DISTINCT a FROM unnest(alerts || $2::text[]) a ORDER BY a) "
        "WHERE id = $1",
        ticket,
        alerts,
    )


async def set_priority(c: Connection, ticket: int, priority: int) -> None:
    await c.execute(
        "WITH t AS (UPDATE ticket SET priority = $2, rev = rev + 1 WHERE id = $1 RETURNING conversation_id) "
        "UPDATE conversation v SET priority = $2 FROM t WHERE v.id = t.conversation_id",
        ticket,
        priority,
    )


async def position_told(c: Connection, ticket: int, position: int, at: datetime) -> None:
    await c.execute("UPDATE ticket SET position_told = $2, told_at = $3 WHERE id = $1", ticket, position, at)
