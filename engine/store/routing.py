"""One distribution at a time in each company: the lock that keeps two processes from giving one ticket twice."""

from __future__ import annotations

from engine.core.desk.queues import QueueSettings
from engine.core.desk.routing import line
from engine.store import agents, tickets
from engine.store.agents import AgentRow
from engine.store.database import Connection


async def lock(c: Connection) -> None:
    """Until the end of the transaction nobody else gives out tickets of this company."""
    await c.execute("SELECT pg_advisory_xact_lock(4712, trama_tenant()::int)")


async def try_lock(c: Connection) -> bool:
    """The same, if nobody has it at this moment."""
    return bool(await c.fetchval("SELECT pg_try_advisory_xact_lock(4712, trama_tenant()::int)"))


async def next_for(c: Connection, agent: AgentRow, queues: dict[str, QueueSettings]) -> int | None:
    """The waiting ticket that is first in line for this agent, whether they are online or not; None when there is none
    or they have as many as they may. The caller holds the lock."""
    people = await agents.named(c, await tickets.wanted_agents(c))
    waiting = {t.id: t for t in await tickets.waiting(c, people)}
    served = await agents.serves(c, agent.person_id)
    places = line(waiting.values(), queues)
    order = sorted(
        waiting.values(), key=lambda t: (t.prefer != agent.person_id, -t.priority, places[t.id], t.since)
    )
    for ticket in order:
        settings = queues.get(ticket.queue) or QueueSettings()
        most = settings.most if agent.most is None else agent.most
        known = not ticket.skill or ticket.skill in agent.skills
        if agent.serving < most and known and (ticket.queue in served or ticket.queue not in queues):
            return ticket.id
    return None
