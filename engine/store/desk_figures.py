"""Figures of queues and agents, counted from tickets; a figure that nothing was measured for is null."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import msgspec

from engine.store.database import Connection


class QueueFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Tickets that came since a moment, and what became of them. Seconds are on the wall clock; shares 0 to 1 of those
    to which something was promised and that are answered, ended or late."""

    queue: str
    waiting: int
    serving: int
    oldest_seconds: float | None
    came: int
    finished: int
    abandoned: int
    transferred: int
    wait_seconds: float | None
    reply_seconds: float | None
    handle_seconds: float | None
    first_kept: float | None
    resolution_kept: float | None
    rating: float | None
    ratings: int


class AgentFigures(msgspec.Struct, frozen=True, kw_only=True):
    person_id: int
    serving: int
    finished: int
    reply_seconds: float | None
    handle_seconds: float | None
    rating: float | None


_QUEUE = """
WITH t AS (SELECT * FROM ticket WHERE queue = $1 AND (created_at >= $2 OR state IN ('waiting', 'serving'))),
new AS (SELECT * FROM t WHERE created_at >= $2)
SELECT
    (SELECT count(*) FROM t WHERE state = 'waiting') AS waiting,
    (SELECT count(*) FROM t WHERE state = 'serving') AS serving,
    (SELECT extract(epoch FROM $3 - min(waiting_since))::float8 FROM t WHERE state = 'waiting') AS oldest_seconds,
    count(*) AS came,
    count(*) FILTER (WHERE state = 'finished') AS finished,
    count(*) FILTER (WHERE state = 'abandoned') AS abandoned,
    count(*) FILTER (WHERE state = 'transferred') AS transferred,
    avg(extract(epoch FROM assigned_at - waiting_since))::float8 AS wait_seconds,
    avg(extract(epoch FROM first_reply_at - waiting_since))::float8 AS reply_seconds,
    avg(extract(epoch FROM finished_at - assigned_at)) FILTER (WHERE state = 'finished')::float8 AS handle_seconds,
    avg((NOT 'first_breached' = ANY(alerts) AND (first_reply_at IS NULL OR first_reply_at <= first_due))::int)
        FILTER (WHERE first_due IS NOT NULL AND (first_reply_at IS NOT NULL OR first_due < $3))::float8 AS first_kept,
    avg((NOT 'resolve_breached' = ANY(alerts) AND (finished_at IS NULL OR held_at IS NOT NULL
        OR finished_at <= resolve_due))::int)
        FILTER (WHERE resolve_due IS NOT NULL AND (state = 'finished' OR resolve_due < $3))::float8 AS resolution_kept,
    (SELECT avg(r.score)::float8 FROM rating r JOIN t ON t.conversation_id = r.conversation_id
        WHERE t.state = 'finished' AND r.at >= $2) AS rating,
    (SELECT count(*) FROM rating r JOIN t ON t.conversation_id = r.conversation_id
        WHERE t.state = 'finished' AND r.at >= $2) AS ratings
FROM new
"""
_AGENTS = """
SELECT person_id, count(*) FILTER (WHERE state = 'serving') AS serving,
    count(*) FILTER (WHERE state = 'finished' AND finished_at >= $1) AS finished,
    avg(extract(epoch FROM first_reply_at - assigned_at)) FILTER (WHERE assigned_at >= $1
        AND first_reply_at >= assigned_at)::float8 AS reply_seconds,
    avg(extract(epoch FROM finished_at - assigned_at)) FILTER (WHERE state = 'finished'
        AND finished_at >= $1)::float8 AS handle_seconds,
    (SELECT avg(r.score)::float8 FROM rating r JOIN ticket f ON f.conversation_id = r.conversation_id
        WHERE f.person_id = t.person_id AND f.state = 'finished' AND r.at >= $1) AS rating
FROM ticket t WHERE person_id IS NOT NULL AND (state = 'serving' OR finished_at >= $1) GROUP BY person_id
"""


async def of_queue(c: Connection, key: str, since: datetime, now: datetime) -> QueueFigures:
    row = await c.fetchrow(_QUEUE, key, since, now)
    assert row is not None
    return QueueFigures(queue=key, **dict(row))


async def of_agents(c: Connection, since: datetime) -> dict[int, AgentFigures]:
    """By person; who did nothing since then is not in it."""
    return {r["person_id"]: AgentFigures(**dict(r)) for r in await c.fetch(_AGENTS, since)}


def midnight(at: datetime, zone: str) -> datetime:
    """The beginning of that moment's day in the zone."""
    local = at.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date(), time.min, ZoneInfo(zone))
