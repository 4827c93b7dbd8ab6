"""Who was named in which note, and whether they have seen it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.store.database import Connection


class MentionRow(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    note_id: int
    conversation_id: int
    by_name: str
    text: str
    at: datetime
    seen_at: datetime | None


async def add(c: Connection, note: int, conversation: int, persons: list[int], by: int | None) -> list[int]:
    """Those of them who work here and were not named in this note before."""
    rows = await c.fetch(
        "INSERT INTO mention (note_id, conversation_id, person_id, by_id) "
        "SELECT $1, $2, p.id, $4 FROM person p WHERE p.id = ANY($3::bigint[]) AND p.state = 'active' "
        "ON CONFLICT DO NOTHING RETURNING person_id",
        note,
        conversation,
        persons,
        by,
    )
    return [r[0] for r in rows]


async def of(c: Connection, person: int, *, before: int, limit: int) -> list[MentionRow]:
    """A person's, newest first."""
    rows = await c.fetch(
        "SELECT m.id, m.note_id, m.conversation_id, coalesce(p.name, '') AS by_name, left(n.text, 500) AS text, m.at, "
        "m.seen_at FROM mention m JOIN note n ON n.id = m.note_id LEFT JOIN person p ON p.id = m.by_id "
        "WHERE m.person_id = $1 AND m.id < $2 ORDER BY m.id DESC LIMIT $3",
        person,
        before,
        limit,
    )
    return [MentionRow(**dict(r)) for r in rows]


async def seen(c: Connection, person: int, conversation: int) -> bool:
    """Whether there was something new."""
    return bool(
        await c.fetchval(
            "WITH m AS (UPDATE mention SET seen_at = trama_clock() WHERE person_id = $1 AND conversation_id = $2 "
            "AND seen_at IS NULL RETURNING 1) SELECT count(*) > 0 FROM m",
            person,
            conversation,
        )
    )
