"""Queues: what they are told, who serves them, and how long they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from engine.core.desk.queues import QueueSettings
from engine.core.errors import TramaError
from engine.store.database import Connection

DEFAULT = "geral"
"""The queue of tickets for which none was named."""


class QueueRow(msgspec.Struct, frozen=True, kw_only=True):
    """`members` and `teams` empty: every agent serves it. `id` 0: flows name it, but nobody has set it up yet; it works
    with the ready-made settings."""

    id: int
    key: str
    name: str
    description: str
    settings: QueueSettings
    state: Literal["active", "archived"]
    rev: int
    members: list[int]
    teams: list[int]
    waiting: int
    serving: int
    oldest: datetime | None = None


_ROW = """
SELECT q.id, q.key, q.name, q.description, q.settings, q.state, q.rev,
    ARRAY(SELECT person_id FROM queue_member m WHERE m.queue_id = q.id ORDER BY 1) AS members,
    ARRAY(SELECT team_id FROM queue_team m WHERE m.queue_id = q.id ORDER BY 1) AS teams,
    coalesce(n.waiting, 0) AS waiting, coalesce(n.serving, 0) AS serving, n.oldest
FROM queue q LEFT JOIN (
    SELECT queue, count(*) FILTER (WHERE state = 'waiting') AS waiting,
        count(*) FILTER (WHERE state = 'serving') AS serving,
        min(waiting_since) FILTER (WHERE state = 'waiting') AS oldest
    FROM ticket WHERE state IN ('waiting', 'serving') GROUP BY queue) n ON n.queue = q.key
"""


async def everything(c: Connection, *, archived: bool = False) -> list[QueueRow]:
    """All queues by name, and those that only tickets name."""
    rows = await c.fetch(f"{_ROW} WHERE q.state = 'active' OR $1 ORDER BY q.name, q.id", archived)
    found = [_row(dict(r)) for r in rows]
    known = [r.key for r in found]
    loose = await c.fetch(
        "SELECT queue AS key, count(*) FILTER (WHERE state = 'waiting') AS waiting, "
        "count(*) FILTER (WHERE state = 'serving') AS serving, "
        "min(waiting_since) FILTER (WHERE state = 'waiting') AS oldest "
        "FROM ticket WHERE state IN ('waiting', 'serving') AND NOT queue = ANY($1::text[]) "
        "GROUP BY queue ORDER BY queue",
        known,
    )
    nobody: dict[str, Any] = {
        "description": "",
        "settings": b"{}",
        "state": "active",
        "rev": 0,
        "members": [],
        "teams": [],
    }
    return found + [_row({"id": 0, "name": r["key"], **nobody, **dict(r)}) for r in loose]


async def get(c: Connection, ident: int) -> QueueRow:
    """Raises `queue:unknown`."""
    row = await c.fetchrow(f"{_ROW} WHERE q.id = $1", ident)
    if row is None:
        raise TramaError("queue:unknown", f"there is no queue {ident}")
    return _row(dict(row))


async def settings(c: Connection) -> dict[str, QueueSettings]:
    """The settings of all active queues by key."""
    rows = await c.fetch("SELECT key, settings FROM queue WHERE state = 'active'")
    return {r["key"]: msgspec.json.decode(r["settings"], type=QueueSettings) for r in rows}


async def add(c: Connection, key: str, name: str, description: str, told: QueueSettings) -> int:
    """Raises `queue:exists`."""
    ident: int | None = await c.fetchval(
        "INSERT INTO queue (key, name, description, settings) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (tenant_id, key) DO NOTHING RETURNING id",
        key,
        name,
        description,
        msgspec.json.encode(told),
    )
    if ident is None:
        raise TramaError("queue:exists", f"there is a queue {key} already", path="/key")
    return ident


async def change(
    c: Connection,
    ident: int,
    *,
    name: str,
    description: str,
    told: QueueSettings,
    state: str,
    expect: int | None,
) -> None:
    """Raises `queue:changed-meanwhile`."""
    changed = await c.fetchval(
        "UPDATE queue SET name = $2, description = $3, settings = $4, state = $5, rev = rev + 1 "
        "WHERE id = $1 AND ($6::bigint IS NULL OR rev = $6) RETURNING true",
        ident,
        name,
        description,
        msgspec.json.encode(told),
        state,
        expect,
    )
    if not changed:
        raise TramaError("queue:changed-meanwhile", "somebody changed this queue since it was read")


async def serve(c: Connection, ident: int, members: list[int], teams: list[int]) -> None:
    """Who serves it from now on. People and teams of other companies are left out."""
    await c.execute("DELETE FROM queue_member WHERE queue_id = $1", ident)
    await c.execute("DELETE FROM queue_team WHERE queue_id = $1", ident)
    await c.execute(
        "INSERT INTO queue_member (queue_id, person_id) SELECT $1, id FROM person WHERE id = ANY($2::bigint[])",
        ident,
        members,
    )
    await c.execute(
        "INSERT INTO queue_team (queue_id, team_id) SELECT $1, id FROM team WHERE id = ANY($2::bigint[])",
        ident,
        teams,
    )


async def touch(c: Connection) -> None:
    """Queues changed: the pictures that turns keep of the company are read again."""
    await c.execute("UPDATE tenant SET rev = rev + 1")


def _row(values: dict[str, Any]) -> QueueRow:
    return QueueRow(**{**values, "settings": msgspec.json.decode(values["settings"], type=QueueSettings)})
