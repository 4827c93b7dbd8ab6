"""What a person typed and has not sent, by conversation and kind."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from engine.store.database import Connection
from engine.store.payloads import clean

DraftKind = Literal["reply", "note"]


class DraftRow(msgspec.Struct, frozen=True, kw_only=True):
    """`rev` is the browser's own count (milliseconds): of two savings that cross the later typed one stays."""

    conversation_id: int
    kind: DraftKind
    text: str
    reply_to: str
    rev: int
    at: datetime


async def save(
    c: Connection, person: int, conversation: int, kind: DraftKind, text: str, reply_to: str, rev: int
) -> bool:
    """Keep it unless a later one is kept already; whether it was. An empty text stays as an empty row, so that a late
    saving cannot bring back what was sent."""
    kept = await c.fetchval(
        "INSERT INTO draft (person_id, conversation_id, kind, text, reply_to, rev) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (person_id, conversation_id, kind) DO UPDATE SET text = excluded.text, "
        "reply_to = excluded.reply_to, rev = excluded.rev, at = now() WHERE draft.rev <= excluded.rev RETURNING true",
        person,
        conversation,
        kind,
        clean(text),
        clean(reply_to),
        rev,
    )
    return bool(kept)


async def of(c: Connection, person: int, conversation: int) -> list[DraftRow]:
    rows = await c.fetch(
        "SELECT conversation_id, kind, text, reply_to, rev, at FROM draft "
        "WHERE person_id = $1 AND conversation_id = $2",
        person,
        conversation,
    )
    return [DraftRow(**dict(r)) for r in rows]


async def forget_old(c: Connection) -> None:
    """Empty ones of the day before, which nothing late can follow."""
    await c.execute("DELETE FROM draft WHERE text = '' AND at < now() - interval '1 day'")
