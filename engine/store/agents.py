"""Agents: who is there, what they serve and how much of it."""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from engine.core.desk.routing import Server
from engine.core.errors import TramaError
from engine.store.database import Connection

Presence = Literal["online", "paused", "offline"]


class AgentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A person who may serve. `queues` holds the keys of the queues that name them or one of their teams; queues that
    name nobody are served by all and not listed. `most` None: as many as the queue allows."""

    person_id: int
    name: str
    email: str
    state: Presence
    reason: str
    since: datetime | None
    serving: int
    most: int | None
    skills: list[str]
    queues: list[str]
    teams: list[int]
    idle_since: datetime | None = None


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A state and when it began."""

    state: str
    reason: str
    at: datetime


SERVES = ("administrator", "supervisor", "agent")
_NAMED = """(EXISTS (SELECT 1 FROM queue_member m WHERE m.queue_id = q.id AND m.person_id = {person})
    OR EXISTS (SELECT 1 FROM queue_team t JOIN team_member tm ON tm.team_id = t.team_id
               WHERE t.queue_id = q.id AND tm.person_id = {person}))"""
"""Whether queue `q` names this person, or one of their teams."""
_SERVED = (
    """q.state = 'active' AND (
    (NOT EXISTS (SELECT 1 FROM queue_member m WHERE m.queue_id = q.id)
     AND NOT EXISTS (SELECT 1 FROM queue_team m WHERE m.queue_id = q.id))
    OR """
    + _NAMED
    + ")"
)
"""Whether this person serves queue `q`: one that names nobody is everybody's."""
_ROW = (
    """
SELECT p.id AS person_id, p.name, p.email, coalesce(a.state, 'offline') AS state, coalesce(a.reason, '') AS reason,
    a.since, coalesce(n.serving, 0) AS serving, a.most, coalesce(a.skills, '{}') AS skills, a.idle_since,
    ARRAY(SELECT DISTINCT q.key FROM queue q WHERE q.state = 'active' AND """
    + _NAMED.format(person="p.id")
    + """
        ORDER BY q.key) AS queues,
    ARRAY(SELECT team_id FROM team_member tm WHERE tm.person_id = p.id ORDER BY 1) AS teams
FROM person p LEFT JOIN agent a ON a.person_id = p.id
LEFT JOIN (SELECT person_id, count(*) AS serving FROM ticket WHERE state = 'serving' GROUP BY 1) n ON n.person_id = p.id
"""
)


async def everyone(c: Connection) -> list[AgentRow]:
    """Who may serve, those who are there first."""
    rows = await c.fetch(
        f"{_ROW} WHERE p.state = 'active' AND p.roles && $1::text[] "
        "ORDER BY array_position(ARRAY['online', 'paused', 'offline'], coalesce(a.state, 'offline')), p.name, p.id",
        list(SERVES),
    )
    return [AgentRow(**dict(r)) for r in rows]


async def get(c: Connection, person: int) -> AgentRow:
    """Raises `agent:unknown` for who may not serve."""
    row = await c.fetchrow(
        f"{_ROW} WHERE p.id = $1 AND p.state = 'active' AND p.roles && $2::text[]", person, list(SERVES)
    )
    if row is None:
        raise TramaError("agent:unknown", f"there is no agent {person}")
    return AgentRow(**dict(row))


async def set_state(c: Connection, person: int, state: Presence, reason: str, at: datetime) -> bool:
    """Whether it was another one. Who comes online is idle from now on."""
    changed = await c.fetchval(
        "INSERT INTO agent (person_id, state, reason, since, seen_at, idle_since) "
        "VALUES ($1, $2, $3, $4, now(), CASE WHEN $2 = 'online' THEN $4::timestamptz END) "
        "ON CONFLICT (person_id) DO UPDATE SET state = $2, reason = $3, since = $4, seen_at = now(), "
        "idle_since = CASE WHEN $2 = 'online' THEN $4 ELSE agent.idle_since END "
        "WHERE (agent.state, agent.reason) <> ($2, $3) RETURNING true",
        person,
        state,
        reason,
        at,
    )
    if changed:
        await c.execute(
            "INSERT INTO agent_state (person_id, state, reason, at) VALUES ($1, $2, $3, $4)",
            person,
            state,
            reason,
            at,
        )
    return bool(changed)


async def configure(c: Connection, person: int, *, skills: list[str], most: int | None) -> None:
    await c.execute(
        "INSERT INTO agent (person_id, skills, most) VALUES ($1, $2, $3) "
        "ON CONFLICT (person_id) DO UPDATE SET skills = $2, most = $3",
        person,
        skills,
        most,
    )


async def seen(c: Connection, person: int) -> None:
    await c.execute("UPDATE agent SET seen_at = now() WHERE person_id = $1", person)


async def away(c: Connection, seconds: int) -> list[int]:
    """Who counts as online or paused and has not been seen for so long, in real time."""
    rows = await c.fetch(
        "SELECT person_id FROM agent WHERE state <> 'offline' AND seen_at < now() - make_interval(secs => $1)",
        seconds,
    )
    return [r[0] for r in rows]


async def servers(c: Connection) -> list[Server]:
    """Who is online, as the distribution wants them."""
    rows = await c.fetch(
        "SELECT p.id, a.skills, a.most, a.assigned_at, a.idle_since, "
        "(SELECT count(*) FROM ticket t WHERE t.person_id = p.id AND t.state = 'serving') AS serving, "
        "ARRAY(SELECT q.key FROM queue q WHERE " + _SERVED.format(person="p.id") + ") AS own, "
        "ARRAY(SELECT DISTINCT t.queue FROM ticket t WHERE t.state = 'waiting' AND NOT EXISTS ("
        "  SELECT 1 FROM queue q WHERE q.key = t.queue AND q.state = 'active')) AS loose "
        "FROM agent a JOIN person p ON p.id = a.person_id "
        "WHERE a.state = 'online' AND p.state = 'active' AND p.roles && $1::text[] ORDER BY p.id",
        list(SERVES),
    )
    return [
        Server(
            id=r["id"],
            serving=r["serving"],
            queues=frozenset((*r["own"], *r["loose"])),
            skills=r["skills"],
            most=r["most"],
            assigned_at=r["assigned_at"],
            idle_since=r["idle_since"],
        )
        for r in rows
    ]


async def serves(c: Connection, person: int) -> list[str]:
    """The keys of the active queues that this person serves, those that name nobody among them."""
    rows = await c.fetch(
        "SELECT q.key FROM queue q WHERE " + _SERVED.format(person="$1") + " ORDER BY q.key",
        person,
    )
    return [r[0] for r in rows]


async def given(c: Connection, people: list[int], at: list[datetime]) -> None:
    """They got tickets: when the last one."""
    await c.execute(
        "UPDATE agent a SET assigned_at = x.at, idle_since = x.at "
        "FROM (SELECT person, max(at) AS at FROM unnest($1::bigint[], $2::timestamptz[]) w(person, at) GROUP BY 1) x "
        "WHERE a.person_id = x.person",
        people,
        at,
    )


async def idle(c: Connection, people: list[int], at: datetime) -> None:
    await c.execute("UPDATE agent SET idle_since = $2 WHERE person_id = ANY($1::bigint[])", people, at)


async def named(c: Connection, names: list[str]) -> dict[str, int]:
    """Agents as flows name them: by e-mail address, by id, or by name where it is the only one."""
    rows = await c.fetch(
        "SELECT w.name, min(p.id) AS person FROM unnest($1::text[]) w(name) JOIN person p "
        "ON p.email = lower(w.name) OR p.id::text = w.name OR lower(p.name) = lower(w.name) "
        "WHERE p.state = 'active' GROUP BY w.name HAVING count(*) = 1",
        names,
    )
    return {r["name"]: r["person"] for r in rows}


async def stretches(c: Connection, person: int, limit: int) -> list[Stretch]:
    """How the day went, the latest first."""
    rows = await c.fetch(
        "SELECT state, reason, at FROM agent_state WHERE person_id = $1 ORDER BY id DESC LIMIT $2",
        person,
        limit,
    )
    return [Stretch(**dict(r)) for r in rows]
