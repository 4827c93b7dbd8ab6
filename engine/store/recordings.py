"""What a conversation left behind that a test is made of: its turns oldest first, and what services were asked."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.core.trace import Trace
from engine.store.database import Connection
from engine.store.traces import TraceRow


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """A call that a session made. `value` and `error` are of its answer, where the turn that took it is known."""

    service: str
    operation: str
    args: dict[str, Any]
    value: Any = None
    error: str = ""


async def turns(c: Connection, conversation: int, *, limit: int) -> list[TraceRow]:
    """The latest `limit` turns of a conversation, oldest first."""
    rows = await c.fetch(
        "SELECT id, conversation_id, event_id, kind, outcome, event, trace, at FROM trace "
        "WHERE conversation_id = $1 ORDER BY id DESC LIMIT $2",
        conversation,
        limit,
    )
    return [
        TraceRow(
            **(
                dict(r)
                | {
                    "event": msgspec.json.decode(r["event"]),
                    "trace": msgspec.json.decode(r["trace"], type=Trace),
                }
            )
        )
        for r in reversed(rows)
    ]


async def answered(c: Connection, service: str, operation: str, *, limit: int) -> list[CallRow]:
    """Answers that this service gave to this question lately, newest first: looked for in the last thousand calls."""
    rows = await c.fetch(
        "WITH late AS (SELECT id, conversation_id, service, operation, args, settled_at FROM call "
        "WHERE state = 'done' ORDER BY settled_at DESC LIMIT 1000) "
        "SELECT k.service, k.operation, k.args, t.event FROM late k "
        "JOIN trace t ON t.conversation_id = k.conversation_id AND t.event ->> 'call' = k.id "
        "WHERE k.service = $1 AND k.operation = $2 ORDER BY k.settled_at DESC LIMIT $3",
        service,
        operation,
        limit,
    )
    found = []
    for r in rows:
        event = msgspec.json.decode(r["event"])
        found.append(
            CallRow(
                service=r["service"],
                operation=r["operation"],
                args=msgspec.json.decode(r["args"]),
                value=event.get("value"),
                error=str(event.get("error", "")),
            )
        )
    return found
