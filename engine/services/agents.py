"""Agents: whether they are there, how much they serve, what they can do."""

from __future__ import annotations

from datetime import datetime

from engine.core.errors import TramaError
from engine.services.desk import desk_of
from engine.services.runtime import Runtime
from engine.store import agents as store
from engine.store import audit, desk_figures, news
from engine.store.agents import AgentRow, Presence, Stretch
from engine.store.desk_figures import AgentFigures
from engine.store.news import Told
from engine.store.payloads import clean

AWAY_SECONDS = 90
"""Real time after which somebody whose screens are gone counts as offline."""


async def agents(rt: Runtime, tenant: int) -> list[AgentRow]:
    """Who may serve; those who are there first."""
    async with rt.db.tenant(tenant) as c:
        return await store.everyone(c)


async def mine(rt: Runtime, tenant: int, person: int) -> AgentRow:
    """Raises `agent:unknown` for who may not serve."""
    async with rt.db.tenant(tenant) as c:
        return await store.get(c, person)


async def set_state(
    rt: Runtime, tenant: int, person: int, state: Presence, *, reason: str = "", by: int | None = None
) -> AgentRow:
    """Come, pause (with a reason) or go. Tickets that somebody has stay with them. Raises `agent:unknown`."""
    async with rt.db.tenant(tenant) as c:
        await store.get(c, person)
        desk = await desk_of(rt, c)
        changed = await store.set_state(c, person, state, clean(reason).strip()[:100], desk.at)
        if changed:
            if by is not None and by != person:
                await audit.note(c, "agent_state_set", f"person:{person}", person=by, after={"state": state})
            told = [Told(kind="agent_changed", person=person, data={"person": person, "state": state})]
            numbers = await news.tell(c, told)
        row = await store.get(c, person)
    if changed:
        rt.live.spread(tenant, told, numbers)
        rt.nudge(tenant)
    return row


async def configure(
    rt: Runtime, tenant: int, person: int, *, skills: list[str], most: int | None, by: int | None = None
) -> AgentRow:
    """What they can do and how many tickets they may have at once (None: as each queue says). Raises `agent:unknown`,
    `agent:bad-limit`."""
    if most is not None and not 1 <= most <= 200:
        raise TramaError("agent:bad-limit", "between 1 and 200 tickets at once", path="/most")
    wanted = sorted({clean(s).strip()[:100] for s in skills} - {""})[:50]
    async with rt.db.tenant(tenant) as c:
        before = await store.get(c, person)
        await store.configure(c, person, skills=wanted, most=most)
        await audit.note(
            c,
            "agent_configured",
            f"person:{person}",
            person=by,
            before={"skills": before.skills, "most": before.most},
            after={"skills": wanted, "most": most},
        )
        row = await store.get(c, person)
    rt.nudge(tenant)
    return row


async def beat(rt: Runtime, tenant: int, person: int) -> None:
    """A screen or program of this person is there. To be said more often than `AWAY_SECONDS`."""
    async with rt.db.tenant(tenant) as c:
        await store.seen(c, person)


async def sweep(rt: Runtime, tenant: int) -> None:
    """Who counts as there and has no screen any more goes offline; what they have stays theirs."""
    async with rt.db.tenant(tenant) as c:
        gone = await store.away(c, AWAY_SECONDS)
    for person in gone:
        await set_state(rt, tenant, person, "offline", reason="away")


async def figures(rt: Runtime, tenant: int, *, since: datetime | None = None) -> dict[int, AgentFigures]:
    """What each agent did since then (the company's midnight, unless given)."""
    async with rt.db.tenant(tenant) as c:
        desk = await desk_of(rt, c)
        return await desk_figures.of_agents(
            c, since or desk_figures.midnight(desk.at, desk.tenant.settings.zone)
        )


async def day(rt: Runtime, tenant: int, person: int) -> list[Stretch]:
    """When they came, paused and went, the latest first."""
    async with rt.db.tenant(tenant) as c:
        await store.get(c, person)
        return await store.stretches(c, person, 100)
