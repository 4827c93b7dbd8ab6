"""News that clients catch up on, numbered in the order in which they were committed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from engine.store.database import Connection, rows_changed


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Something to tell. `person` 0: everyone who may see the conversation or queue. `data` holds ids and small facts,
    never texts of people."""

    kind: str
    conversation: int = 0
    person: int = 0
    queue: str = ""
    data: dict[str, Any] = {}


class NewsRow(msgspec.Struct, frozen=True, kw_only=True):
    seq: int
    kind: str
    conversation_id: int
    person_id: int | None
    queue: str
    data: dict[str, Any]
    at: datetime


async def tell(c: Connection, told: list[Told]) -> list[int]:
    """Their numbers, in order. The last thing that a transaction does: the company's other news wait for its commit."""
    if not told:
        return []
    rows = await c.fetch(
        "SELECT trama_tell($1, $2, $3, $4, $5)",
        [t.kind for t in told],
        [t.conversation for t in told],
        [t.person for t in told],
        [t.queue for t in told],
        [msgspec.json.encode(t.data) for t in told],
    )
    return [r[0] for r in rows]


async def last(c: Connection) -> int:
    """The number of the latest news, 0 where there are none."""
    found: int = await c.fetchval("SELECT coalesce(max(seq), 0) FROM news")
    return found


async def since(
    c: Connection, seq: int, limit: int, *, person: int, queues: list[str] | None, conversation: int = 0
) -> list[NewsRow]:
    """What came after `seq` and is for this person: addressed to them, or to everyone in one of their queues
    (`queues` None: all queues). With `conversation` only what is about it."""
    rows = await c.fetch(
        "SELECT seq, kind, conversation_id, person_id, queue, data, at FROM news "
        "WHERE seq > $1 AND ($5::bigint = 0 OR conversation_id = $5) "
        "AND ($4::text[] IS NULL OR person_id = $3 OR (person_id IS NULL AND (queue = '' OR queue = ANY($4)))) "
        "ORDER BY seq LIMIT $2",
        seq,
        limit,
        person,
        queues,
        conversation,
    )
    return [_row(dict(r)) for r in rows]


async def oldest(c: Connection) -> int:
    """The number of the oldest news that are kept, 0 where there are none."""
    found: int = await c.fetchval("SELECT coalesce(min(seq), 0) FROM news")
    return found


async def forget(c: Connection) -> int:
    """Clear away what is older than two days; who was away longer starts anew."""
    return rows_changed(
        await c.execute(
            "DELETE FROM news WHERE seq IN (SELECT seq FROM news WHERE at < now() - interval '2 days' LIMIT 5000)"
        )
    )


def _row(values: dict[str, Any]) -> NewsRow:
    return NewsRow(**{**values, "data": msgspec.json.decode(values["data"])})
