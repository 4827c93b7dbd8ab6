"""What waits to be sent. One bubble of a conversation is under way at a time, in order; a bubble under way is
leased, so that the death of its worker is noticed and its outcome treated as unknown.
"""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

import asyncpg
import msgspec

from engine.core.inbound import Identity
from engine.store import statuses
from engine.store.database import Connection
from engine.store.statuses import Changed

LEASE = timedelta(seconds=90)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A bubble that may go. `attempts` counts this one in once it is taken."""

    id: str
    conversation: int
    contact: int
    channel: int
    kind: Literal["send", "read"]
    content: bytes
    reply_to: str
    attempts: int
    skip: int


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a try. `state` sent, failed, dead, dropped, unknown or queued (then `due_at`); `uncounted`
    tries do not use up the five. `skip` bubbles of it went out already."""

    id: str
    state: str
    external_ids: list[str] = []
    due_at: datetime | None = None
    code: str = ""
    error: str = ""
    skip: int = 0
    uncounted: bool = False


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A send that a person should look at."""

    id: str
    conversation_id: int
    channel_id: int
    state: str
    attempts: int
    code: str
    error: str
    created_at: datetime


_CANDIDATES = """
SELECT o.id, o.conversation_id, o.contact_id, o.channel_id, o.kind, o.content, o.reply_to, o.attempts, o.skip
FROM outbox o JOIN channel ch ON ch.id = o.channel_id AND ch.state = 'active'
WHERE o.state = 'queued' AND o.due_at <= now()
    -- the first of its conversation that is not settled; asked for each row by itself, because joined to the whole
    -- queue the planner's choice cost its square
    AND o.seq = (SELECT p.seq FROM outbox p WHERE p.conversation_id = o.conversation_id
        AND p.state IN ('queued', 'sending', 'unknown') AND (p.state <> 'unknown' OR p.settled_at IS NULL)
        ORDER BY p.seq LIMIT 1)
ORDER BY o.due_at, o.seq LIMIT $1 FOR UPDATE OF o SKIP LOCKED
"""
_SETTLE = """
WITH x AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::jsonb[], $4::timestamptz[], $5::text[], $6::text[], $7::int[],
                         $8::bool[]) x(id, state, ids, due, code, error, skip, uncounted)
), tried AS (
    UPDATE outbox o SET
        state = x.state, due_at = coalesce(x.due, o.due_at), code = x.code, error = x.error,
        skip = o.skip + x.skip,
        external_ids = o.external_ids
            || ARRAY(SELECT i FROM jsonb_array_elements_text(x.ids) i WHERE i <> ALL(o.external_ids)),
        attempts = o.attempts - x.uncounted::int,
        lease_until = CASE WHEN x.state = 'unknown' THEN x.due END,
        settled_at = CASE WHEN x.state IN ('sent', 'failed', 'dead', 'dropped') THEN now() END
    FROM x WHERE o.id = x.id AND (o.state IN ('sending', 'unknown') OR x.state = 'sent' AND o.state = 'queued')
    RETURNING o.id, x.state, o.external_ids, x.error, x.code
)
UPDATE message m SET
    external_id = CASE WHEN m.external_id = '' AND cardinality(t.external_ids) > 0
                       THEN t.external_ids[1] ELSE m.external_id END,
    status = CASE WHEN t.state = 'sent' AND m.status_rank < 10 THEN 'accepted'
                  WHEN t.state IN ('failed', 'dead') AND m.status_rank < 25 THEN 'failed' ELSE m.status END,
    status_rank = CASE WHEN t.state = 'sent' THEN greatest(m.status_rank, 10)
                       WHEN t.state IN ('failed', 'dead') THEN greatest(m.status_rank, 25) ELSE m.status_rank END,
    error = CASE WHEN t.state = 'sent' THEN '' ELSE t.code || ' ' || t.error END
FROM tried t WHERE m.outbox_id = t.id RETURNING m.id, m.conversation_id, m.status
"""


async def candidates(c: Connection, limit: int) -> list[Waiting]:
    """Bubbles that are due and first in their conversation, locked for this transaction."""
    return [_waiting(r) for r in await c.fetch(_CANDIDATES, limit)]


async def take(c: Connection, ids: list[str]) -> None:
    """They are under way from the commit on."""
    await c.execute(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1, lease_until = now() + $2 "
        "WHERE id = ANY($1::text[])",
        ids,
        LEASE,
    )


async def postpone(c: Connection, later: dict[str, datetime]) -> None:
    await c.execute(
        "UPDATE outbox o SET due_at = x.due FROM unnest($1::text[], $2::timestamptz[]) x(id, due) WHERE o.id = x.id",
        list(later),
        list(later.values()),
    )


async def addresses(c: Connection, waiting: list[Waiting]) -> dict[tuple[int, int], list[Identity]]:
    """The identities of each conversation's contact on the channel that the bubble goes over (of a conversation that
    moved it may be the one of before), by conversation and channel. Of several people's numbers that were merged into
    one contact, the one that this conversation was written from comes first; then what the channel confirmed, then
    what was seen first."""
    pairs = sorted({(w.conversation, w.channel) for w in waiting})
    rows = await c.fetch(
        "SELECT v.id, i.channel_id, i.kind, i.value FROM unnest($1::bigint[], $2::bigint[]) w(conversation, channel) "
        "JOIN conversation v ON v.id = w.conversation "
        "JOIN contact_identity i ON i.contact_id = v.contact_id AND i.channel_id = w.channel "
        "ORDER BY (i.kind || ':' || i.value = v.address AND EXISTS (SELECT 1 FROM contact_merge m "
        "WHERE m.kept_id = v.contact_id AND m.undone_at IS NULL)) DESC, "
        "(i.evidence = 'confirmed by the channel') DESC, i.id",
        [p[0] for p in pairs],
        [p[1] for p in pairs],
    )
    found: dict[tuple[int, int], list[Identity]] = {}
    for r in rows:
        found.setdefault((r["id"], r["channel_id"]), []).append(Identity(r["kind"], r["value"]))
    return found


async def confirm_address(c: Connection, contact: int, channel: int, identity: Identity) -> None:
    """The channel knows the person under this name (it corrected the ninth digit, for example)."""
    await c.execute(
        "INSERT INTO contact_identity (channel_id, kind, value, contact_id, evidence) "
        "VALUES ($1, $2, $3, $4, 'confirmed by the channel') ON CONFLICT (tenant_id, channel_id, kind, value) "
        "DO UPDATE SET evidence = excluded.evidence WHERE contact_identity.contact_id = excluded.contact_id",
        channel,
        identity.kind,
        identity.value,
        contact,
    )


async def settle(c: Connection, settled: list[Settled]) -> list[Changed]:
    """Note what became of tries; which messages changed. Reports that came before are applied as well."""
    await c.execute(statuses.LOCK, [s.id for s in settled])
    rows = await c.fetch(
        _SETTLE,
        [s.id for s in settled],
        [s.state for s in settled],
        [msgspec.json.encode(s.external_ids) for s in settled],
        [s.due_at for s in settled],
        [s.code for s in settled],
        [s.error[:500] for s in settled],
        [s.skip for s in settled],
        [s.uncounted for s in settled],
    )
    changed = [Changed(*r) for r in rows]
    known = [ident for s in settled for ident in s.external_ids]
    if known:
        changed += await statuses.apply_early(c, known)
    return changed


async def expire_leases(c: Connection, wait: timedelta) -> int:
    """Sends whose worker died: nobody knows whether they went. A report may still tell within `wait`, and of a long
    one some bubbles were told of already."""
    return _count(
        await c.execute(
            "UPDATE outbox SET state = CASE kind WHEN 'read' THEN 'dropped' ELSE 'unknown' END, "
            "skip = greatest(skip, cardinality(external_ids)), "
            "lease_until = now() + $1, code = 'delivery:worker-died' WHERE state = 'sending' AND lease_until < now()",
            wait,
        )
    )


async def unknown_overdue(c: Connection) -> list[tuple[str, int, int]]:
    """(id, channel, attempts) of sends of unknown outcome for which no report came in time."""
    rows = await c.fetch(
        "SELECT id, channel_id, attempts FROM outbox "
        "WHERE state = 'unknown' AND settled_at IS NULL AND lease_until < now() FOR UPDATE SKIP LOCKED"
    )
    return [(r["id"], r["channel_id"], r["attempts"]) for r in rows]


async def resolve_unknown(c: Connection, ids: list[str], state: str) -> None:
    """Send them again (`queued`), give up (`dead`), or leave them `unknown` for a person and go on with the rest
    of the conversation."""
    await c.execute(
        "UPDATE outbox SET state = $2, due_at = now(), lease_until = NULL, "
        "settled_at = CASE WHEN $2 <> 'queued' THEN now() END "
        "WHERE id = ANY($1::text[]) AND state = 'unknown' AND settled_at IS NULL",
        ids,
        state,
    )


_LETTER = "id, conversation_id, channel_id, state, attempts, code, error, created_at"


async def dead_letters(c: Connection, *, before: int = 2**62, limit: int = 50) -> list[DeadLetter]:
    rows = await c.fetch(
        f"SELECT {_LETTER} FROM outbox WHERE (state IN ('failed', 'dead') OR state = 'unknown' "
        "AND settled_at IS NOT NULL) AND seq < $1 ORDER BY seq DESC LIMIT $2",
        before,
        limit,
    )
    return [DeadLetter(**dict(r)) for r in rows]


async def retry(c: Connection, ident: str) -> bool:
    """Put a dead letter back; whether there was one."""
    return bool(
        await c.fetchval(
            "UPDATE outbox SET state = 'queued', attempts = 0, due_at = now(), settled_at = NULL, lease_until = NULL "
            "WHERE id = $1 AND (state IN ('failed', 'dead') OR state = 'unknown' AND settled_at IS NOT NULL) "
            "RETURNING true",
            ident,
        )
    )


async def drop(c: Connection, ident: str) -> bool:
    """Archive a dead letter; whether there was one."""
    return bool(
        await c.fetchval(
            "UPDATE outbox SET state = 'dropped', settled_at = now() "
            "WHERE id = $1 AND state IN ('failed', 'dead', 'unknown') RETURNING true",
            ident,
        )
    )


def _waiting(r: asyncpg.Record) -> Waiting:
    values: dict[str, Any] = dict(r)
    return Waiting(
        id=values["id"],
        conversation=values["conversation_id"],
        contact=values["contact_id"],
        channel=values["channel_id"],
        kind=values["kind"],
        content=values["content"],
        reply_to=values["reply_to"],
        attempts=values["attempts"],
        skip=values["skip"],
    )


def _count(status: str) -> int:
    return int(status.rsplit(" ", 1)[-1])
