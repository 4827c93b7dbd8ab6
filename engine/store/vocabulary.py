"""Names that a company has used so far: what authors are offered while they write. Looks at the newest rows only, so
that it costs the same for a million contacts."""

from __future__ import annotations

from engine.store.database import Connection

RECENT = 2_000
MOST = 300


async def secrets(c: Connection) -> list[str]:
    """Names of the secrets, never their values."""
    return [r[0] for r in await c.fetch("SELECT name FROM secret ORDER BY name LIMIT $1", MOST)]


async def queues(c: Connection) -> list[str]:
    rows = await c.fetch(
        "SELECT DISTINCT queue FROM (SELECT queue FROM ticket ORDER BY id DESC LIMIT $1) t "
        "WHERE queue <> '' ORDER BY 1 LIMIT $2",
        RECENT,
        MOST,
    )
    return [r[0] for r in rows]


async def tags(c: Connection) -> list[str]:
    rows = await c.fetch(
        "SELECT DISTINCT unnest(tags) FROM (SELECT tags FROM contact ORDER BY id DESC LIMIT $1) t ORDER BY 1 LIMIT $2",
        RECENT,
        MOST,
    )
    return [r[0] for r in rows]


async def fields(c: Connection) -> list[str]:
    """Custom fields of contacts."""
    rows = await c.fetch(
        "SELECT DISTINCT jsonb_object_keys(fields) FROM "
        "(SELECT fields FROM contact WHERE jsonb_typeof(fields) = 'object' ORDER BY id DESC LIMIT $1) t "
        "ORDER BY 1 LIMIT $2",
        RECENT,
        MOST,
    )
    return [r[0] for r in rows]
