"""Named events from other systems: who waits for them, whom they are about, and that a repeat changes nothing."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.core.errors import TramaError
from engine.core.session import Session
from engine.store.database import Connection
from engine.store.payloads import EventPayload, clean, encode

MOST_WAITING = 5_000


async def first_time(c: Connection, scope: str, key: str, request_hash: bytes) -> bytes | None:
    """None when this key is new (and is now taken), else the answer that was given. Raises
    `events:key-reused` when the key came with another request, `events:in-progress`."""
    fresh = await c.fetchval(
        "INSERT INTO idempotency (scope, key, request_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING true",
        scope,
        clean(key),
        request_hash,
    )
    if fresh:
        return None
    row = await c.fetchrow(
        "SELECT request_hash, response FROM idempotency WHERE scope = $1 AND key = $2", scope, clean(key)
    )
    assert row is not None
    if row["request_hash"] != request_hash:
        raise TramaError("events:key-reused", "this Idempotency-Key came with another request before")
    response: bytes | None = row["response"]
    if response is None:
        raise TramaError("events:in-progress", "the first request with this key is still being worked on")
    return response


async def answer(c: Connection, scope: str, key: str, response: bytes) -> None:
    await c.execute(
        "UPDATE idempotency SET response = $3 WHERE scope = $1 AND key = $2", scope, clean(key), response
    )


async def waiting(c: Connection, name: str) -> list[tuple[int, Session]]:
    """Conversations whose session waits for the event at this moment."""
    rows = await c.fetch(
        "SELECT id, session FROM conversation "
        "WHERE session->'wait'->>'event' = $1 AND session->'wait'->>'event' IS NOT NULL LIMIT $2",
        name,
        MOST_WAITING,
    )
    return [(r["id"], msgspec.json.decode(r["session"], type=Session)) for r in rows]


async def put(c: Connection, conversations: list[int], name: str, data: dict[str, Any], key: str) -> None:
    """An inbox row for each conversation; `key` is unique for the event."""
    payload = encode(EventPayload(name=name, data=data))
    await c.execute(
        "INSERT INTO inbox (key, kind, conversation_id, payload) "
        "SELECT $2 || ':' || conv, 'event', conv, $3 FROM unnest($1::bigint[]) conv ON CONFLICT DO NOTHING",
        conversations,
        clean(key),
        payload,
    )


async def put_flow(c: Connection, conversation: int, key: str, payload: bytes) -> None:
    await c.execute(
        "INSERT INTO inbox (key, kind, conversation_id, payload) VALUES ($1, 'flow', $2, $3) ON CONFLICT DO NOTHING",
        key,
        conversation,
        payload,
    )
