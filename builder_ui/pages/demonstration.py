"""The demonstration: a customer's phone on one side, what is behind it on the other. Open to everybody in demo mode.

What is typed goes out as a signed webhook of the stand-in, what is shown is what the stand-in accepted from us: there
is no way around the real connectors.
"""

from __future__ import annotations

from fastapi import Request
from nicegui import background_tasks, ui

from builder_ui.elements.native import node, press, word
from builder_ui.shell import shell
from builder_ui.simulator.panel import Panel
from builder_ui.simulator.phone import Phone
from builder_ui.simulator.visitor import Visitor, new_number
from builder_ui.visit import visit
from engine.services import companies
from engine.services.demo import Demo
from engine.services.runtime import Runtime

_TOGGLE = "() => document.body.classList.toggle('panel-open')"


def register(rt: Runtime, demo: Demo) -> None:
    @ui.page("/demonstracao")
    @ui.page("/demo")
    async def demonstration(request: Request) -> None:
        seen = visit(request)
        t = seen.t
        number = request.session.setdefault("number", new_number())
        company = await companies.company(rt, demo.tenant)
        visitor = Visitor(rt, demo, number, t("demo.visitor"))
        with shell(seen, t("demo.title"), demo=True, wide=True), node("div", "stage", data_phone=number):
            with node("div", "stage-phone"):
                with node("header", "stage-head"):
                    word("h1", t("demo.title"))
                    word("p", t("demo.intro"), "quiet")
                phone = Phone(visitor, company.name, t)
                opener = press(t("panel.open"), None, "primary panel-opener", icon="tune")
                opener.on("click", js_handler=_TOGGLE)
            with node("aside", "stage-panel", aria_label=t("panel.title")) as aside:
                closer = press("", None, "round panel-closer", icon="close", label=t("panel.close"))
                closer.on("click", js_handler=_TOGGLE)
                panel = Panel(rt, demo, visitor, phone, t)

        seen_events = 0
        for event in list(demo.graph.events):
            seen_events = event.n
            change = visitor.transcript.take(event)
            if change is not None and change.what != "typing":
                phone.show(change)
        for bubble in list(visitor.transcript.bubbles.values()):
            late = visitor.transcript.delivered(bubble.id)
            if late is not None:
                phone.show(late)

        async def listen() -> None:
            async for event in demo.graph.listen(seen_events):
                change = visitor.transcript.take(event)
                if change is not None:
                    phone.show(change)

        tasks = [
            background_tasks.create(listen(), name="phone", context=aside),
            background_tasks.create(panel.follow(), name="panel", context=aside),
        ]
        client = ui.context.client
        client.on_connect(panel.tell_clock)

        def leave() -> None:
            panel.play.stop()
            for task in tasks:
                task.cancel()

        client.on_delete(leave)
