"""What is cleared away, and figures about the queues."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.store.database import Connection


class Queues(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that are due or failed, and since when the oldest due one waits."""

    turns_due: int
    sends_due: int
    calls_due: int
    oldest_due: datetime | None
    put_aside: int
    dead_letters: int
    unknown: int
    channels_stopped: int


_PURGE = (
    # a channel may deliver again for seven days: until then the keys must stay
    "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE state = 'done' AND done_at < now() - interval '8 days' "
    "LIMIT 5000)",
    "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state IN ('sent', 'dropped') "
    "AND settled_at < now() - interval '30 days' LIMIT 5000)",
    "DELETE FROM call WHERE id IN (SELECT id FROM call WHERE state = 'done' "
    "AND settled_at < now() - interval '30 days' LIMIT 5000)",
    "DELETE FROM idempotency WHERE at < now() - interval '2 days'",
    "DELETE FROM login_session WHERE expires_at < now()",
)


async def purge(c: Connection) -> None:
    for statement in _PURGE:
        await c.execute(statement)


async def queues(c: Connection) -> Queues:
    row = await c.fetchrow("""
        SELECT (SELECT count(*) FROM inbox WHERE state = 'new' AND due_at <= now()) AS turns_due,
               (SELECT count(*) FROM outbox WHERE state = 'queued' AND due_at <= now()) AS sends_due,
               (SELECT count(*) FROM call WHERE state = 'queued' AND due_at <= now()) AS calls_due,
               (SELECT min(x.due) FROM (
                    SELECT min(due_at) AS due FROM inbox WHERE state = 'new' AND due_at <= now()
                    UNION ALL SELECT min(due_at) FROM outbox WHERE state = 'queued' AND due_at <= now()
                    UNION ALL SELECT min(due_at) FROM call WHERE state = 'queued' AND due_at <= now()) x) AS oldest_due,
               (SELECT count(*) FROM inbox WHERE state = 'dead' AND state IN ('refused', 'dead')) AS put_aside,
               (SELECT count(*) FROM outbox WHERE state IN ('failed', 'dead')) AS dead_letters,
               (SELECT count(*) FROM outbox WHERE state = 'unknown') AS unknown,
               (SELECT count(*) FROM channel WHERE state = 'stopped') AS channels_stopped
    """)
    assert row is not None
    return Queues(**dict(row))
