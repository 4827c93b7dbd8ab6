"""Why turns did what they did, as it was written at the time; and what was put aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from engine.core.trace import Trace
from engine.store.database import Connection


class TraceRow(msgspec.Struct, frozen=True, kw_only=True):
    """`event` is the whole event (JSON), so that the turn can be run again."""

    id: int
    conversation_id: int
    event_id: str
    kind: str
    outcome: str
    event: dict[str, Any]
    trace: Trace
    at: datetime


class PutAside(msgspec.Struct, frozen=True, kw_only=True):
    """A happening that made its turn fail five times."""

    id: int
    conversation_id: int | None
    kind: str
    attempts: int
    error: str
    payload: dict[str, Any]
    created_at: datetime


async def of_conversation(c: Connection, conversation: int, *, before: int, limit: int) -> list[TraceRow]:
    rows = await c.fetch(
        "SELECT id, conversation_id, event_id, kind, outcome, event, trace, at FROM trace "
        "WHERE conversation_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        conversation,
        before,
        limit,
    )
    found = []
    for r in rows:
        values = dict(r)
        values["event"] = msgspec.json.decode(values["event"])
        values["trace"] = msgspec.json.decode(values["trace"], type=Trace)
        found.append(TraceRow(**values))
    return found


async def put_aside(c: Connection, *, limit: int) -> list[PutAside]:
    rows = await c.fetch(
        "SELECT id, conversation_id, kind, attempts, error, payload, created_at FROM inbox "
        "WHERE state = 'dead' AND state IN ('refused', 'dead') ORDER BY id DESC LIMIT $1",
        limit,
    )
    return [PutAside(**(dict(r) | {"payload": msgspec.json.decode(r["payload"])})) for r in rows]


async def retry(c: Connection, ident: int) -> bool:
    """Give a happening that was put aside another five tries; whether there was one."""
    return bool(
        await c.fetchval(
            "UPDATE inbox SET state = 'new', attempts = 0, due_at = now(), done_at = NULL "
            "WHERE id = $1 AND state = 'dead' AND conversation_id IS NOT NULL RETURNING true",
            ident,
        )
    )
