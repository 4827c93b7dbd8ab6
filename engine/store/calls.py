"""Calls to services: durable, leased while they run, and answered by an inbox row in the same transaction."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.store.database import Connection
from engine.store.payloads import AnswerPayload, encode


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A call under way. `attempts` counts this one; `answers` whether a session waits for it."""

    id: str
    conversation: int | None
    epoch: int | None
    service: str
    operation: str
    args: bytes
    answers: bool
    deadline: datetime | None
    timeout: float
    attempts: int


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a call: `state` done, failed, dead, or queued again at `due_at`."""

    asked: Asked
    state: str
    payload: AnswerPayload | None = None
    due_at: datetime | None = None
    error: str = ""


async def claim(c: Connection, limit: int) -> list[Asked]:
    """Due calls, marked as running. The lease outlasts the call's own time limit."""
    rows = await c.fetch(
        "UPDATE call SET state = 'running', attempts = attempts + 1, "
        "lease_until = now() + make_interval(secs => timeout_seconds + 15) WHERE id IN ("
        "SELECT id FROM call WHERE state = 'queued' AND due_at <= now() ORDER BY due_at, seq LIMIT $1 "
        "FOR UPDATE SKIP LOCKED) "
        "RETURNING id, conversation_id AS conversation, epoch, service, operation, args, answers, deadline, "
        "timeout_seconds AS timeout, attempts",
        limit,
    )
    return [Asked(**dict(r)) for r in rows]


_SETTLE = """
WITH x AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::jsonb[])
        x(id, state, due, error, payload)
), told AS (
    UPDATE call k SET state = x.state, due_at = coalesce(x.due, k.due_at), error = x.error, lease_until = NULL,
        settled_at = CASE WHEN x.state <> 'queued' THEN now() END
    FROM x WHERE k.id = x.id AND k.state = 'running'
    RETURNING k.id, k.conversation_id, k.epoch, k.answers, x.payload
)
INSERT INTO inbox (key, kind, conversation_id, payload, epoch)
SELECT 'answer:' || id, 'call', conversation_id, payload, epoch FROM told
WHERE answers AND payload IS NOT NULL AND conversation_id IS NOT NULL ON CONFLICT DO NOTHING RETURNING 1
"""


async def settle(c: Connection, answered: list[Answered]) -> int:
    """Note results and put the answers into the inbox; how many turns that makes."""
    rows = await c.fetch(
        _SETTLE,
        [a.asked.id for a in answered],
        [a.state for a in answered],
        [a.due_at for a in answered],
        [a.error[:500] for a in answered],
        [None if a.payload is None else encode(a.payload) for a in answered],
    )
    return len(rows)


async def expire_leases(c: Connection) -> int:
    """Calls whose worker died go back: each carries its id as idempotency key, so a repeat is recognisable."""
    status = await c.execute(
        "UPDATE call SET state = 'queued', lease_until = NULL, due_at = now() "
        "WHERE state = 'running' AND lease_until < now()"
    )
    return int(status.rsplit(" ", 1)[-1])


async def media_stored(c: Connection, message: int, key: str, sha256: str) -> int | None:
    """Note where our copy of an attachment lies; the message's conversation."""
    found: int | None = await c.fetchval(
        "UPDATE message SET content = content || jsonb_build_object('stored', $2::text, 'sha256', $3::text) "
        "WHERE id = $1 AND revoked_at IS NULL RETURNING conversation_id",
        message,
        key,
        sha256,
    )
    return found
