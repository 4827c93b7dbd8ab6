"""The presenter's panel: what is behind the conversation, and the levers of the demonstration."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Protocol

from nicegui import ui
from nicegui.element import Element

from builder_ui.elements.native import node, press
from builder_ui.simulator.books import Books
from builder_ui.simulator.clocks import Clocks
from builder_ui.simulator.decisions import Decisions
from builder_ui.simulator.facts import Facts
from builder_ui.simulator.faults import Faults
from builder_ui.simulator.phone import Phone
from builder_ui.simulator.play import Play
from builder_ui.texts import Texts
from engine.core.errors import TramaError
from engine.services import breakers
from engine.services.demo import Demo
from engine.services.live import News
from engine.services.runtime import Runtime

TABS = ("decisions", "facts", "books", "clock", "faults", "play")
GATHER_SECONDS = 0.08
CLOCK_CHANGED = "clock_changed"


class Watched(Protocol):
    """Whose conversation the panel looks at."""

    conversation: int | None

    async def find_conversation(self) -> int | None: ...


class Panel:
    """`phone` is there where the conversation is on one: only a phone can be played by script and made to fail."""

    def __init__(self, rt: Runtime, demo: Demo, watched: Watched, phone: Phone | None, t: Texts) -> None:
        self._rt, self._demo, self._watched, self._t = rt, demo, watched, t
        self._client = ui.context.client
        with ui.tabs().props("dense no-caps").classes("tabs") as tabs:
            made = {
                name: ui.tab(name, label=t(f"panel.{name}"))
                for name in TABS
                if phone is not None or name != "play"
            }
        tabs.props["aria-label"] = t("panel.title")
        with ui.tab_panels(tabs, value=made["decisions"], animated=False, keep_alive=True).classes("panels"):
            with ui.tab_panel(made["decisions"]), self._pane("decisions"):
                self.decisions = Decisions(rt, demo.tenant, t)
            with ui.tab_panel(made["facts"]), self._pane("facts"):
                self.facts = Facts(rt, demo.tenant, t)
            with ui.tab_panel(made["books"]), self._pane("books"):
                self.books = Books(rt, demo, t, self.pay)
            with ui.tab_panel(made["clock"]), self._pane("clock"):
                self.clock = Clocks(demo, t, self._leap, self._reset_clock)
            with ui.tab_panel(made["faults"]), self._pane("faults"):
                self.faults = Faults(demo, None if phone is None else phone.visitor, t)
            self.play: Play | None = None
            if phone is not None:
                with ui.tab_panel(made["play"]), self._pane("play"):
                    self.play = Play(phone.visitor, phone, t, self._pay_open, self._fresh)
        with node("div", "panel-foot"):
            with node("a", "btn ghost", href="/demonstracao/nova"):
                ui.icon("add_comment").props("aria-hidden=true")
                ui.label(t("panel.new"))
            press(t("panel.reset"), self._reset, "ghost", icon="restart_alt")

    def _pane(self, name: str) -> Element:
        return node("section", "pane", aria_label=self._t(f"panel.{name}"))

    async def follow(self) -> None:
        """Bring the panels up to date as things happen, until cancelled."""
        async with self._rt.live.listen(f"tenant/{self._demo.tenant}") as news:
            await self.refresh()
            while True:
                told = [await news.get()]
                await asyncio.sleep(GATHER_SECONDS)
                while not news.empty():
                    told.append(news.get_nowait())
                if any(n.kind == CLOCK_CHANGED for n in told):
                    self.tell_clock()
                if self._watched.conversation is None or any(self._mine(n) for n in told):
                    await self.refresh()

    def _mine(self, news: News) -> bool:
        return news.conversation in (0, self._watched.conversation)

    async def refresh(self) -> None:
        conversation = await self._watched.find_conversation()
        await self.books.refresh(conversation)
        if conversation is not None:
            await self.decisions.refresh(conversation)
            await self.facts.refresh(conversation)
        self.faults.refresh()

    async def pay(self, link: str) -> None:
        """The customer's bank pays the charge; the ERP reports it by webhook."""
        await self._demo.erp.pay(link)
        await self.books.refresh(self._watched.conversation)
        # the button that was pressed is gone by now: the books were drawn anew
        with self._client:
            ui.notify(self._t("books.paid"), type="positive")

    def tell_clock(self) -> None:
        """The clocks on the screen show the company's time."""
        self.clock.refresh()
        ui.run_javascript(f"tramaClock({self._demo.time.offset.total_seconds()})")

    async def _pay_open(self) -> bool:
        """Pay the latest open charge of this visitor's customer."""
        found = await self.books.open_link(await self._watched.find_conversation())
        if found is None:
            return False
        await self.pay(found)
        return True

    def stop(self) -> None:
        """Nothing plays by itself any more."""
        if self.play is not None:
            self.play.stop()

    async def _leap(self, delta: timedelta) -> None:
        try:
            await self._demo.advance(self._rt, delta)
        except TramaError as fault:
            ui.notify(fault.detail, type="negative")
            return
        self._rt.live.publish(News(CLOCK_CHANGED, self._demo.tenant))

    async def _reset_clock(self) -> None:
        await self._demo.reset_clock(self._rt)
        self._rt.live.publish(News(CLOCK_CHANGED, self._demo.tenant))

    async def _fresh(self) -> None:
        """Books as on the first day, nothing broken."""
        self.faults.forgive()
        self._demo.erp.reset()
        for key in await breakers.breakers(self._rt, self._demo.tenant):
            await breakers.reset(self._rt, self._demo.tenant, key)
        await self.books.refresh(self._watched.conversation)

    async def _reset(self) -> None:
        self.stop()
        await self._fresh()
        await self._reset_clock()
        ui.navigate.to("/demonstracao/nova")
