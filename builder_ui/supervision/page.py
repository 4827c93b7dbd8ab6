"""Supervision (`/supervision`): the floor as it is now. It changes with what happens, at most once a second, and only
the lines that differ."""

from __future__ import annotations

import asyncio

from fastapi import Request
from fastapi.responses import Response
from nicegui import background_tasks, ui

from builder_ui.elements.native import node, word
from builder_ui.settings.frame import Hand, Strip
from builder_ui.shell import shell
from builder_ui.supervision.agents import Agents
from builder_ui.supervision.deeds import Deeds
from builder_ui.supervision.floor import Floor, late
from builder_ui.supervision.queues import Queues
from builder_ui.supervision.tickets import Tickets
from builder_ui.visit import to_login, visit
from engine.services.demo import Demo
from engine.services.runtime import Runtime

KINDS = frozenset(
    {
        "new_ticket",
        "ticket_assigned",
        "ticket_transferred",
        "ticket_closed",
        "ticket_late",
        "agent_changed",
        "message_sent",
    }
)
GATHER_SECONDS = 1.0
LOOK_SECONDS = 15.0
"""Figures of the day change also when nothing is told."""
MOST_PATIENCE = 20
"""Seconds for which an open menu keeps the screen as it is."""


def register(rt: Runtime, demo: Demo | None) -> None:
    @ui.page("/supervision")
    async def supervision(request: Request) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        floor = Floor(rt, seen.t, seen.principal, seen.principal.may("supervision:write"))
        await floor.load()
        ahead = round((floor.now - rt.now()).total_seconds())
        with (
            shell(seen, seen.t("desk.title"), demo=demo is not None, wide=True, slim=True),
            node("div", "desk", data_ahead=ahead),
        ):
            screen = Screen(floor, Hand(rt, seen))
        screen.show()
        work = background_tasks.create(screen.follow(), name="supervision")
        ui.context.client.on_delete(lambda: work.cancel())
        return None


class Screen:
    def __init__(self, floor: Floor, hand: Hand) -> None:
        self._floor, t = floor, floor.t
        with node("header", "page-head"):
            word("h1", t("desk.title"))
            self._tiles = node("dl", "desk-tiles", aria_live="polite")
        deeds = Deeds(floor, hand, Strip(t), self.refresh)
        self._queues = Queues(floor, self.show)
        with node("div", "desk-columns"):
            self._tickets = Tickets(floor, deeds, self.show)
            self._agents = Agents(floor, deeds, self.show)

    def show(self) -> None:
        self._show_tiles()
        self._queues.show()
        self._agents.show()
        self._tickets.show()

    async def refresh(self) -> None:
        await self._floor.load()
        self.show()

    async def follow(self) -> None:
        floor = self._floor
        async with floor.rt.live.listen(f"tenant/{floor.tenant}") as news:
            while True:
                try:
                    async with asyncio.timeout(LOOK_SECONDS):
                        while (await news.get()).kind not in KINDS:
                            pass
                except TimeoutError:
                    pass
                else:
                    await asyncio.sleep(GATHER_SECONDS)
                    while not news.empty():
                        news.get_nowait()
                for _ in range(MOST_PATIENCE):
                    if not floor.menus:
                        break
                    await asyncio.sleep(GATHER_SECONDS)
                await self.refresh()

    def _show_tiles(self) -> None:
        floor, t = self._floor, self._floor.t
        waiting = sum(ticket.state == "waiting" for ticket in floor.tickets)
        broken = sum(late(ticket) for ticket in floor.tickets)
        told = [
            (t("desk.waiting"), waiting, "warn" if waiting else "plain"),
            (t("desk.serving"), len(floor.tickets) - waiting, "plain"),
            (t("desk.late-now"), broken, "bad" if broken else "plain"),
            (t("desk.online"), sum(a.state == "online" for a in floor.agents), "plain"),
            (t("desk.paused"), sum(a.state == "paused" for a in floor.agents), "plain"),
        ]
        self._tiles.clear()
        with self._tiles:
            for name, value, tone in told:
                with node("div", f"desk-tile tone-{tone}"):
                    word("dt", name)
                    word("dd", str(value))
