"""Turns in the database: claim conversations that have something due, and commit what their turns gave.

A claim is a row lock, held until the commit: no lease, no clock; a process that dies lets go and nothing of the
turn happened. All writes of a batch are one statement plus one for each rarer kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from engine.core.session import Session
from engine.store import tickets
from engine.store.database import Connection
from engine.store.tickets import NewTicket

MOST_ROWS = 50
"""Happenings of one conversation that are taken at once."""


class Row(msgspec.Struct, frozen=True):
    """A happening that waits. Times are real time."""

    id: int
    conversation: int
    kind: str
    payload: bytes
    occurred: datetime
    epoch: int | None
    attempts: int


class Contact(msgspec.Struct, kw_only=True):
    id: int
    name: str
    phone: str
    email: str
    cpf: str
    language: str
    tags: list[str]
    fields: dict[str, Any]
    opted_out: bool
    created_at: datetime


@dataclass(slots=True)
class Seat:
    """A conversation under our lock, as the batch goes on with it. `rows` are oldest first."""

    id: int
    channel: int
    channel_kind: str
    contact: Contact
    protocol: str
    state: str
    owner: str
    epoch: int
    messages: int
    last_inbound_at: datetime | None
    session: Session | None
    rows: list[Row]
    sent: int = 0
    last_text: str = ""
    last_sent_at: datetime | None = None
    close_reason: str = ""
    contact_changed: bool = False
    return_person: int | None = None
    return_queue: str = ""


class Claim(msgspec.Struct, frozen=True):
    """What a batch works on, and the revisions of the tenant at that moment."""

    seats: list[Seat]
    rev: int
    flows_rev: int


@dataclass(slots=True)
class Writes:
    """What a batch wants written, as rows for each kind, in the order in which they came up."""

    messages: list[tuple[int, int, bytes, str, str, str, datetime]] = field(default_factory=list)
    outbox: list[tuple[str, int, int, int, str, bytes, str]] = field(default_factory=list)
    calls: list[tuple[str, int, int, str, str, bytes, bool, float]] = field(default_factory=list)
    inbox: list[tuple[str, str, int, bytes, datetime, int | None, str]] = field(default_factory=list)
    traces: list[tuple[int, str, str, str, bytes, bytes, datetime]] = field(default_factory=list)
    consents: list[tuple[int, int, str, bool, str]] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    tickets: list[NewTicket] = field(default_factory=list)
    ratings: list[tuple[int, int, str]] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    failed: list[tuple[int, str, bool, datetime]] = field(default_factory=list)
    """(inbox row, error, dead, try again at)"""

    def add(self, other: Writes) -> None:
        for one in fields(self):
            getattr(self, one.name).extend(getattr(other, one.name))


_CLAIM = """
WITH due AS (
    SELECT conversation_id, min(due_at) AS due FROM (
        SELECT conversation_id, due_at FROM inbox
        WHERE state = 'new' AND due_at <= now() AND conversation_id IS NOT NULL AND {which}
        ORDER BY due_at LIMIT $1 * 4) x
    GROUP BY conversation_id ORDER BY due LIMIT $1
)
SELECT v.id, v.channel_id, ch.kind, v.contact_id, v.protocol, v.state, v.owner, v.epoch, v.messages,
       v.last_inbound_at, v.session, v.return_queue,
       CASE WHEN v.return_until > now() + make_interval(secs => t.clock_offset_seconds) THEN v.return_person END
           AS return_person, t.rev, t.flows_rev
FROM due JOIN conversation v ON v.id = due.conversation_id JOIN channel ch ON ch.id = v.channel_id
CROSS JOIN tenant t
FOR NO KEY UPDATE OF v SKIP LOCKED
"""
_CLAIM_DUE = _CLAIM.format(which="true")
_CLAIM_ONE = _CLAIM.format(which="conversation_id = $2")
_ROWS = """
SELECT id, conversation_id, kind, payload, occurred_at, epoch, attempts FROM (
    SELECT *, row_number() OVER (PARTITION BY conversation_id ORDER BY occurred_at, id) AS n FROM inbox
    WHERE state = 'new' AND conversation_id = ANY($1::bigint[]) AND (due_at <= now() OR kind = 'message')) x
WHERE n <= $2 ORDER BY occurred_at, id
"""
_CONTACTS = """
SELECT id, name, phone, email, cpf, language, tags, fields, opted_out, created_at FROM contact
WHERE id = ANY($1::bigint[])
"""


async def claim(c: Connection, limit: int, *, only: int | None = None) -> Claim | None:
    """Lock up to `limit` conversations that have something due and that nobody else works on (or just `only`).
    None when there is nothing. Rows are read after the lock, so what another process did before is seen."""
    if only is None:
        locked = await c.fetch(_CLAIM_DUE, limit)
    else:
        locked = await c.fetch(_CLAIM_ONE, limit, only)
    if not locked:
        return None
    rows: dict[int, list[Row]] = {r["id"]: [] for r in locked}
    for r in await c.fetch(_ROWS, list(rows), MOST_ROWS):
        rows[r["conversation_id"]].append(Row(*r))
    contacts = {r["id"]: _contact(r) for r in await c.fetch(_CONTACTS, [r["contact_id"] for r in locked])}
    seats = [_seat(r, contacts[r["contact_id"]], rows[r["id"]]) for r in locked if rows[r["id"]]]
    return Claim(seats, locked[0]["rev"], locked[0]["flows_rev"])


def _contact(r: asyncpg.Record) -> Contact:
    values = dict(r)
    values["fields"] = msgspec.json.decode(values["fields"])
    return Contact(**values)


def _seat(r: asyncpg.Record, contact: Contact, rows: list[Row]) -> Seat:
    return Seat(
        id=r["id"],
        channel=r["channel_id"],
        channel_kind=r["kind"],
        contact=contact,
        protocol=r["protocol"],
        state=r["state"],
        owner=r["owner"],
        epoch=r["epoch"],
        messages=r["messages"],
        last_inbound_at=r["last_inbound_at"],
        session=None if r["session"] is None else msgspec.json.decode(r["session"], type=Session),
        rows=rows,
        return_person=r["return_person"],
        return_queue=r["return_queue"],
    )


_COMMIT = """
WITH seats AS (
    UPDATE conversation v SET
        session = x.session, flow = x.flow, flow_version = x.version, node = x.node, waiting_until = x.until,
        owner = x.owner, epoch = x.epoch, state = x.state, close_reason = x.reason,
        closed_at = CASE WHEN x.state = 'closed' THEN coalesce(v.closed_at, now()) END,
        person_id = CASE WHEN x.owner = 'person' THEN v.person_id END,
        messages = v.messages + x.sent,
        last_text = CASE WHEN x.sent > 0 THEN x.text ELSE v.last_text END,
        last_message_at = greatest(v.last_message_at, x.at)
    FROM unnest($1::bigint[], $2::jsonb[], $3::text[], $4::int[], $5::text[], $6::timestamptz[], $7::text[],
                $8::int[], $9::text[], $10::text[], $11::int[], $12::text[], $13::timestamptz[])
         x(id, session, flow, version, node, until, owner, epoch, state, reason, sent, text, at)
    WHERE v.id = x.id
), said AS (
    INSERT INTO message (conversation_id, channel_id, direction, author, content, text, outbox_id, reply_to,
                         status, created_at)
    SELECT conv, channel, 'out', 'bot', content, text, outbox, reply_to, 'queued', at
    FROM unnest($14::bigint[], $15::bigint[], $16::jsonb[], $17::text[], $18::text[], $19::text[],
                $20::timestamptz[]) WITH ORDINALITY x(conv, channel, content, text, outbox, reply_to, at, ord)
    ORDER BY ord RETURNING id, conversation_id
), sends AS (
    INSERT INTO outbox (id, conversation_id, contact_id, channel_id, kind, content, reply_to)
    SELECT id, conv, contact, channel, kind, content, reply_to
    FROM unnest($21::text[], $22::bigint[], $23::bigint[], $24::bigint[], $25::text[], $26::jsonb[], $27::text[])
         WITH ORDINALITY x(id, conv, contact, channel, kind, content, reply_to, ord) ORDER BY ord
), asked AS (
    INSERT INTO call (id, conversation_id, epoch, service, operation, args, answers, timeout_seconds, deadline)
    SELECT *, now() + make_interval(secs => x.timeout)
    FROM unnest($28::text[], $29::bigint[], $30::int[], $31::text[], $32::text[], $33::jsonb[], $34::bool[],
                $35::float8[]) x(id, conv, epoch, service, operation, args, answers, timeout)
), planned AS (
    INSERT INTO inbox (key, kind, conversation_id, payload, due_at, occurred_at, epoch, wait)
    SELECT key, kind, conv, payload, due, due, epoch, wait
    FROM unnest($36::text[], $37::text[], $38::bigint[], $39::jsonb[], $40::timestamptz[], $41::int[], $42::text[])
         x(key, kind, conv, payload, due, epoch, wait)
), stale AS (
    DELETE FROM inbox i WHERE i.conversation_id = ANY($1::bigint[]) AND i.kind = 'timer' AND i.state = 'new'
        AND NOT i.wait = ANY($43::text[]) AND NOT i.id = ANY($44::bigint[])
), done AS (
    UPDATE inbox SET state = 'done', done_at = now() WHERE id = ANY($44::bigint[])
), traced AS (
    INSERT INTO trace (conversation_id, event_id, kind, outcome, event, trace, at)
    SELECT * FROM unnest($45::bigint[], $46::text[], $47::text[], $48::text[], $49::jsonb[], $50::jsonb[],
                         $51::timestamptz[])
)
SELECT id, conversation_id FROM said
"""
_ORPHANS = """
UPDATE inbox SET state = 'dead', done_at = now(), error = 'no conversation'
WHERE state = 'new' AND due_at <= now() AND conversation_id IS NULL
"""


async def commit(c: Connection, seats: list[Seat], writes: Writes) -> list[tuple[int, int]]:
    """Write a batch; (message, conversation) of each bubble that goes out. The caller's transaction commits."""
    rows = await c.fetch(
        _COMMIT,
        *_columns([_seat_row(s) for s in seats], 13),
        *_columns(writes.messages, 7),
        *_columns(writes.outbox, 7),
        *_columns(writes.calls, 8),
        *_columns(writes.inbox, 7),
        [w for s in seats for w in waits(s.session)],
        writes.done,
        *_columns(writes.traces, 7),
    )
    await _rare(c, seats, writes)
    return [(r["id"], r["conversation_id"]) for r in rows]


def waits(session: Session | None) -> list[str]:
    """Ids of the waits that are open: the current one and those that interruptions put aside."""
    if session is None or session.state != "waiting":
        return []
    held = [f.held.id for f in session.frames if f.held is not None]
    return held if session.wait is None else [session.wait.id, *held]


def _seat_row(s: Seat) -> tuple[Any, ...]:
    session = s.session
    open_ = session is not None and session.state == "waiting" and bool(session.frames)
    frame = session.frames[-1] if session is not None and open_ else None
    wait = session.wait if session is not None and open_ else None
    return (
        s.id,
        None if session is None else msgspec.json.encode(session),
        frame.flow if frame else "",
        frame.version if frame else 0,
        frame.node if frame else "",
        wait.deadline if wait else None,
        s.owner,
        s.epoch,
        s.state,
        s.close_reason,
        s.sent,
        s.last_text[:200],
        s.last_sent_at,
    )


def _columns(rows: list[Any], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


async def _rare(c: Connection, seats: list[Seat], writes: Writes) -> None:
    contacts = {s.contact.id: s.contact for s in seats if s.contact_changed}
    if contacts:
        await c.executemany(
            "UPDATE contact SET name = $2, phone = $3, email = $4, cpf = $5, language = $6, tags = $7, fields = $8, "
            "opted_out = $9, updated_at = now() WHERE id = $1",
            [
                (
                    k.id,
                    k.name,
                    k.phone,
                    k.email,
                    k.cpf,
                    k.language,
                    k.tags,
                    msgspec.json.encode(k.fields),
                    k.opted_out,
                )
                for k in contacts.values()
            ],
        )
    if writes.consents:
        await c.executemany(
            "INSERT INTO consent (contact_id, channel_id, topic, granted, words, source) "
            "VALUES ($1, $2, $3, $4, $5, 'flow')",
            writes.consents,
        )
    if writes.notes:
        await c.executemany("INSERT INTO note (conversation_id, text) VALUES ($1, $2)", writes.notes)
    if writes.tickets:
        await tickets.open_many(c, writes.tickets)
    if writes.ratings:
        await c.executemany(
            "INSERT INTO rating (conversation_id, score, comment) VALUES ($1, $2, $3)", writes.ratings
        )
    closed = [s.id for s in seats if s.state == "closed"]
    if closed:
        await c.execute(
            "UPDATE ticket SET state = 'finished', finished_at = now() "
            "WHERE conversation_id = ANY($1::bigint[]) AND state IN ('waiting', 'serving')",
            closed,
        )
    if writes.failed:
        await _fail(c, writes.failed)


async def _fail(c: Connection, failed: list[tuple[int, str, bool, datetime]]) -> None:
    await c.executemany(
        "UPDATE inbox SET attempts = attempts + 1, error = left($2, 500), "
        "state = CASE WHEN $3 THEN 'dead' ELSE 'new' END, due_at = $4 WHERE id = $1",
        failed,
    )
    # what came after waits with it: a conversation's turns stay in their order
    await c.execute(
        "UPDATE inbox i SET due_at = greatest(i.due_at, f.due_at) FROM inbox f WHERE f.id = ANY($1::bigint[]) "
        "AND f.state = 'new' AND i.conversation_id = f.conversation_id AND i.state = 'new' AND i.kind = 'message'",
        [row for row, _, _, _ in failed],
    )


async def bury_orphans(c: Connection) -> int:
    """Rows that belong to no conversation would stay due for ever."""
    return int((await c.execute(_ORPHANS)).rsplit(" ", 1)[-1])
