"""The queues on the floor: how long the lines are, who serves them, how promises were kept today."""

from __future__ import annotations

from typing import NamedTuple

from nicegui.element import Element

from builder_ui.elements.keyed import Keyed
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import Tone, chip
from builder_ui.supervision.floor import Floor, ago, late, share, span
from engine.services.views import QueueFigures, QueueRow


class Line(NamedTuple):
    queue: QueueRow
    figures: QueueFigures
    online: int
    late: int
    chosen: bool


class Queues:
    def __init__(self, floor: Floor, choose: object) -> None:
        self._floor, self._choose = floor, choose
        t = floor.t
        with node("section", "desk-part", aria_label=t("desk.queues")):
            with node("header", "desk-head"):
                word("h2", t("desk.queues"))
                word("span", t("desk.since-midnight"), "quiet")
            place = node("div", "desk-queues")
        self._rows: Keyed[Line] = Keyed(place, lambda line: line.queue.key, self._draw)

    def show(self) -> None:
        floor = self._floor
        lines = []
        for queue in floor.queues:
            serving = [
                a
                for a in floor.agents
                if a.state == "online" and (queue.key in a.queues or not (queue.members or queue.teams))
            ]
            lines.append(
                Line(
                    queue=queue,
                    figures=floor.figures[queue.key],
                    online=len(serving),
                    late=sum(late(ticket) for ticket in floor.tickets if ticket.queue == queue.key),
                    chosen=floor.queue == queue.key,
                )
            )
        self._rows.show(lines)

    def _draw(self, line: Line) -> Element:
        t, queue, figures = self._floor.t, line.queue, line.figures
        card = node("article", "card desk-queue" + (" chosen" if line.chosen else ""))
        with card:
            with node("div", "card-head"):
                button = press(
                    queue.name,
                    lambda: self._toggle(queue.key),
                    "desk-link",
                    aria_pressed=str(line.chosen).lower(),
                )
                button.props["title"] = t("desk.only", name=queue.name)
                if line.late:
                    chip(t("desk.late", n=line.late), "bad")
                if queue.waiting and not line.online:
                    chip(t("desk.nobody"), "warn")
            with node("dl", "desk-figures"):
                _figure(t("desk.waiting"), str(queue.waiting), "warn" if queue.waiting else "plain")
                _figure(t("desk.serving"), str(queue.serving))
                _figure(t("desk.online"), str(line.online))
                with node("div", "desk-figure"):
                    word("dt", t("desk.oldest"))
                    with node("dd"):
                        if queue.oldest is None:
                            word("span", "–")
                        else:
                            ago(queue.oldest)
                _figure(t("desk.wait"), span(figures.wait_seconds, t))
                _figure(t("desk.first-kept"), share(figures.first_kept))
                _figure(t("desk.finished"), str(figures.finished))
                _figure(t("desk.abandoned"), str(figures.abandoned))
                _figure(t("desk.rating"), "–" if figures.rating is None else f"{figures.rating:.1f}")
        return card

    def _toggle(self, key: str) -> None:
        self._floor.queue = "" if self._floor.queue == key else key
        assert callable(self._choose)
        self._choose()


def _figure(name: str, value: str, tone: Tone = "plain") -> None:
    with node("div", f"desk-figure tone-{tone}"):
        word("dt", name)
        word("dd", value)
