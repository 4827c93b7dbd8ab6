"""The distribution of waiting tickets: on every event that may change it, and every 15 seconds besides.

One process at a time gives out the tickets of a company; a process that dies in the middle has given out nothing.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from engine.core.desk.routing import Fault, Given, Server, Waiting
from engine.core.desk.routing import distribute as choose
from engine.core.message import Text
from engine.services import agents, waiting_room
from engine.services.desk import Desk, desk_of, say
from engine.services.runtime import Runtime
from engine.store import agents as agent_store
from engine.store import audit, news, routing, tenants
from engine.store import conversations as conversation_store
from engine.store import tickets as store
from engine.store.database import AWAY, Connection
from engine.store.news import Told
from engine.store.payloads import encode

SWEEP_SECONDS = 15.0
_MANY = 5_000
"""Comparisons from which on the choice leaves the event loop."""
_log = structlog.get_logger(__name__)


class Routing:
    """The loop of one process. Every process may run it: the database keeps them apart."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt

    async def run(self) -> None:
        """For ever."""
        loop = asyncio.get_running_loop()
        swept = loop.time()
        while True:
            await self._rt.desk.wait(max(0.0, swept + SWEEP_SECONDS - loop.time()))
            try:
                if loop.time() >= swept + SWEEP_SECONDS:
                    swept = loop.time()
                    for tenant in await tenants.everyone(self._rt.db):
                        await sweep(self._rt, tenant)
                else:
                    nudged, self._rt.nudged = self._rt.nudged, set()
                    for tenant in nudged:
                        await distribute(self._rt, tenant)
            except AWAY as fault:
                _log.warning("routing_paused", fault=type(fault).__name__)
                await asyncio.sleep(1)


async def sweep(rt: Runtime, tenant: int) -> None:
    """What no event tells of: agents whose screens are gone, promises that time breaks, people in line."""
    await agents.sweep(rt, tenant)
    await distribute(rt, tenant)
    await waiting_room.sweep(rt, tenant)


async def distribute(rt: Runtime, tenant: int) -> list[Given]:
    """Give out what can be given out now."""
    async with rt.db.tenant(tenant) as c:
        await routing.lock(c)
        waiting = await store.waiting(c, await agent_store.named(c, await store.wanted_agents(c)))
        if not waiting:
            return []
        servers = await agent_store.servers(c)
        if not servers:
            return []
        desk = await desk_of(rt, c)
        given, faults = await _choose(desk, waiting, servers)
        if not given:
            return []
        made = await store.assign(c, [(g.ticket, g.agent) for g in given], desk.at, "routing")
        # one after the other, so that the next round goes on where this one ended
        moments = [desk.at + timedelta(microseconds=n) for n in range(len(made))]
        order = {g.ticket: n for n, g in enumerate(given)}
        made.sort(key=lambda m: order[m[0]])
        await agent_store.given(c, [m[2] for m in made], moments)
        queue_of = {t.id: t.queue for t in waiting}
        await _greet(c, desk, made, queue_of)
        given_to = [(f"conversation:{m[1]}", {"after": {"person": m[2]}}) for m in made]
        await audit.note_many(c, "ticket_routed", given_to)
        told = [_told(m, queue_of[m[0]]) for m in made]
        numbers = await news.tell(c, told)
    for fault in faults:
        _log.warning(
            "routing_rule_failed", tenant=tenant, queue=fault.queue, code=fault.code, path=fault.path
        )
    rt.live.spread(tenant, told, numbers)
    rt.bell.ring("deliver")
    return given


async def _choose(
    desk: Desk, waiting: list[Waiting], servers: list[Server]
) -> tuple[list[Given], list[Fault]]:
    if len(waiting) * len(servers) < _MANY:
        return choose(waiting, servers, desk.queues, desk.at)
    return await asyncio.to_thread(choose, waiting, servers, desk.queues, desk.at)


async def _greet(c: Connection, desk: Desk, made: list[tuple[int, int, int]], queues: dict[int, str]) -> None:
    """Tell the customers who serves them."""
    names = {a.person_id: a.name for a in await agent_store.everyone(c)}
    protocols = await conversation_store.protocols(c, [m[1] for m in made])
    said = []
    for ticket, conversation, person in made:
        text = desk.settings(queues[ticket]).text_assigned
        if text:
            words = say(
                text,
                agent=names.get(person, ""),
                protocol=protocols.get(conversation, ""),
                queue=queues[ticket],
            )
            said.append((conversation, encode(Text(words)), words))
    await conversation_store.say_many(c, said)


def _told(made: tuple[int, int, int], queue: str) -> Told:
    ticket, conversation, person = made
    return Told(
        kind="ticket_assigned",
        conversation=conversation,
        person=person,
        queue=queue,
        data={"ticket": ticket, "queue": queue, "person": person},
    )
