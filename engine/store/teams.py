"""Teams: people who serve queues together."""

from __future__ import annotations

import asyncpg
import msgspec

from engine.core.errors import TramaError
from engine.store.database import Connection


class TeamRow(msgspec.Struct, frozen=True, kw_only=True):
    """`members` are ids of people, by name."""

    id: int
    name: str
    members: list[int]


_TEAMS = (
    "SELECT t.id, t.name, coalesce(array_agg(p.id ORDER BY lower(p.name), p.id) "
    "FILTER (WHERE p.id IS NOT NULL), '{}') AS members FROM team t "
    "LEFT JOIN team_member m ON m.team_id = t.id LEFT JOIN person p ON p.id = m.person_id "
)


async def everything(c: Connection) -> list[TeamRow]:
    rows = await c.fetch(_TEAMS + "GROUP BY t.id, t.name ORDER BY lower(t.name), t.id")
    return [TeamRow(**dict(r)) for r in rows]


async def one(c: Connection, team: int, *, lock: bool = False) -> TeamRow | None:
    if lock:
        await c.execute("SELECT 1 FROM team WHERE id = $1 FOR UPDATE", team)
    row = await c.fetchrow(_TEAMS + "WHERE t.id = $1 GROUP BY t.id, t.name", team)
    return None if row is None else TeamRow(**dict(row))


async def add(c: Connection, name: str) -> int:
    """Raises `teams:name-taken`."""
    try:
        ident: int = await c.fetchval("INSERT INTO team (name) VALUES ($1) RETURNING id", name)
    except asyncpg.UniqueViolationError:
        raise TramaError("teams:name-taken", "there is a team of this name", path="/name") from None
    return ident


async def rename(c: Connection, team: int, name: str) -> None:
    """Raises `teams:name-taken`."""
    try:
        await c.execute("UPDATE team SET name = $2 WHERE id = $1", team, name)
    except asyncpg.UniqueViolationError:
        raise TramaError("teams:name-taken", "there is a team of this name", path="/name") from None


async def set_members(c: Connection, team: int, people: list[int]) -> int:
    """Who is in it from now on; how many of the given there are."""
    await c.execute(
        "DELETE FROM team_member WHERE team_id = $1 AND NOT person_id = ANY($2::bigint[])", team, people
    )
    # row-level security lets nobody of another company be found here
    await c.execute(
        "INSERT INTO team_member (team_id, person_id) SELECT $1, p.id FROM person p WHERE p.id = ANY($2::bigint[]) "
        "ON CONFLICT DO NOTHING",
        team,
        people,
    )
    found: int = await c.fetchval("SELECT count(*) FROM person WHERE id = ANY($1::bigint[])", people)
    return found


async def remove(c: Connection, team: int) -> None:
    await c.execute("DELETE FROM team WHERE id = $1", team)
