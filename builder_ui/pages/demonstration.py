"""The demonstration: a customer on one side, what is behind the conversation on the other. Open to everybody in demo
mode.

On WhatsApp what is typed goes out as a signed webhook of the stand-in, and what is shown is what the stand-in accepted
from us; on the webchat it is the widget itself over its socket. There is no way around the real connectors.
"""

from __future__ import annotations

import asyncio

from fastapi import Request
from nicegui import background_tasks, ui

from builder_ui.elements.native import node, press, word
from builder_ui.shell import shell
from builder_ui.simulator import guest
from builder_ui.simulator.guest import Guest
from builder_ui.simulator.panel import Panel
from builder_ui.simulator.phone import Phone
from builder_ui.simulator.visitor import Visitor, new_number
from builder_ui.texts import Texts
from builder_ui.visit import visit
from engine.services import companies
from engine.services.demo import Demo
from engine.services.runtime import Runtime

_TOGGLE = "() => document.body.classList.toggle('panel-open')"


def register(rt: Runtime, demo: Demo) -> None:
    @ui.page("/demonstracao")
    @ui.page("/demo")
    async def demonstration(request: Request, canal: str = "whatsapp") -> None:
        seen = visit(request)
        t = seen.t
        number = request.session.setdefault("number", new_number())
        company = await companies.company(rt, demo.tenant)
        on_site = canal == "webchat" and demo.webchat > 0
        visitor = Visitor(rt, demo, number, t("demo.visitor"))
        with shell(seen, t("demo.title"), demo=True, wide=True), node("div", "stage", data_phone=number):
            with node("div", "stage-phone"):
                _head(demo, t, on_site=on_site)
                phone = None
                if on_site:
                    guest.window(demo, t)
                else:
                    phone = Phone(visitor, company.name, t)
                opener = press(t("panel.open"), None, "primary panel-opener", icon="tune")
                opener.on("click", js_handler=_TOGGLE)
            with node("aside", "stage-panel", aria_label=t("panel.title")) as aside:
                closer = press("", None, "round panel-closer", icon="close", label=t("panel.close"))
                closer.on("click", js_handler=_TOGGLE)
                watched = Guest(rt, demo, ui.context.client) if on_site else visitor
                panel = Panel(rt, demo, watched, phone, t)

        tasks: list[asyncio.Task[None]] = []
        if phone is not None:
            shown = _catch_up(demo, phone)
            tasks.append(background_tasks.create(_listen(demo, phone, shown), name="phone", context=aside))
        tasks.append(background_tasks.create(panel.follow(), name="panel", context=aside))
        client = ui.context.client
        client.on_connect(panel.tell_clock)
        client.on_connect(panel.refresh)

        def leave() -> None:
            panel.stop()
            for task in tasks:
                task.cancel()

        client.on_delete(leave)


def _head(demo: Demo, t: Texts, *, on_site: bool) -> None:
    with node("header", "stage-head"):
        word("h1", t("demo.title"))
        word("p", t("demo.intro"), "quiet")
        if not demo.webchat:
            return
        with node("nav", "skins", aria_label=t("demo.skins")):
            for name, current in (("whatsapp", not on_site), ("webchat", on_site)):
                link = word("a", t(f"demo.{name}"), "skin", href=f"/demonstracao?canal={name}")
                if current:
                    link.props["aria-current"] = "page"


def _catch_up(demo: Demo, phone: Phone) -> int:
    """Show what happened before the page was opened; the number of the last event."""
    last, transcript = 0, phone.visitor.transcript
    for event in list(demo.graph.events):
        last = event.n
        change = transcript.take(event)
        if change is not None and change.what != "typing":
            phone.show(change)
    for ident in list(transcript.bubbles):
        late = transcript.delivered(ident)
        if late is not None:
            phone.show(late)
    return last


async def _listen(demo: Demo, phone: Phone, after: int) -> None:
    async for event in demo.graph.listen(after):
        change = phone.visitor.transcript.take(event)
        if change is not None:
            phone.show(change)
