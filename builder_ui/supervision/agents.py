"""The agents on the floor: who is there, how full their hands are, and what a supervisor may set."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nicegui import ui
from nicegui.element import Element

from builder_ui.elements.keyed import Keyed
from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import Tone, chip
from builder_ui.settings.frame import item
from builder_ui.supervision.deeds import Deeds
from builder_ui.supervision.floor import Floor, ago, span
from engine.services.views import AgentFigures, AgentRow

TONES: dict[str, Tone] = {"online": "good", "paused": "warn", "offline": "plain"}


class Line(NamedTuple):
    agent: AgentRow
    figures: AgentFigures | None
    most: int
    chosen: bool


class Agents:
    def __init__(self, floor: Floor, deeds: Deeds, choose: Callable[[], None]) -> None:
        self._floor, self._deeds, self._choose = floor, deeds, choose
        t = floor.t
        with node("section", "desk-part", aria_label=t("desk.agents")):
            with node("header", "desk-head"):
                word("h2", t("desk.agents"))
                self._count = word("span", "", "quiet")
            with node("div", "table-wrap card"), node("table", "table desk-table"):
                word("caption", t("desk.agents"), "unseen")
                with node("thead"), node("tr"):
                    for key in ("agent", "state", "load", "finished", "reply", "handle"):
                        word("th", t(f"desk.{key}"), scope="col")
                    with node("th", "", scope="col"):
                        word("span", t("desk.deeds"), "unseen")
                body = node("tbody")
        self._rows: Keyed[Line] = Keyed(body, lambda line: line.agent.person_id, self._draw)

    def show(self) -> None:
        floor = self._floor
        usual = max((q.settings.most for q in floor.queues), default=5)
        lines = [
            Line(
                agent=agent,
                figures=floor.deeds.get(agent.person_id),
                most=agent.most or usual,
                chosen=floor.agent == agent.person_id,
            )
            for agent in floor.agents
        ]
        there = sum(a.state == "online" for a in floor.agents)
        self._count.text = floor.t("desk.there", n=there, of=len(floor.agents))
        self._rows.show(lines)

    def _draw(self, line: Line) -> Element:
        t, agent, figures = self._floor.t, line.agent, line.figures
        row = node("tr", "chosen" if line.chosen else "")
        with row:
            with node("td"):
                button = press(
                    agent.name,
                    lambda: self._toggle(agent.person_id),
                    "desk-link",
                    aria_pressed=str(line.chosen).lower(),
                )
                button.props["title"] = t("desk.only", name=agent.name)
                if agent.skills:
                    word("div", ", ".join(agent.skills), "quiet")
            with node("td"):
                chip(t(f"desk.state.{agent.state}"), TONES[agent.state])
                reason = t("desk.away") if agent.reason == "away" else agent.reason
                with node("div", "quiet"):
                    if reason:
                        word("span", f"{reason} · ")
                    if agent.since is not None:
                        ago(agent.since)
            with node("td"):
                self._load(agent.serving, line.most)
            with node("td"):
                word("div", str(figures.finished) if figures else "0")
                if figures is not None and figures.rating is not None:
                    word("div", t("desk.rated", n=f"{figures.rating:.1f}"), "quiet")
            word("td", span(figures.reply_seconds if figures else None, t))
            word("td", span(figures.handle_seconds if figures else None, t))
            with node("td", "deeds"):
                if self._floor.may_act:
                    self._menu(agent)
        return row

    def _load(self, serving: int, most: int) -> None:
        full = min(100, round(100 * serving / most))
        with node(
            "div", "desk-load", role="img", aria_label=self._floor.t("desk.load-of", n=serving, of=most)
        ):
            with node("div", "desk-bar"):
                node("div", "desk-fill" + (" full" if serving >= most else "")).style(f"width: {full}%")
            word("span", f"{serving}/{most}")

    def _menu(self, agent: AgentRow) -> None:
        t = self._floor.t
        with (
            press("", None, "round", icon="more_horiz", label=t("desk.deeds-of", name=agent.name)),
            self._floor.menu(),
        ):
            if agent.state != "paused":
                item("pause_circle", t("desk.pause"), lambda: self._deeds.set_state(agent, "paused"))
            if agent.state != "offline":
                item("logout", t("desk.send-home"), lambda: self._deeds.set_state(agent, "offline"))
            item("tune", t("desk.abilities"), lambda: self._abilities(agent))
            if agent.serving:
                item("move_up", t("desk.release"), lambda: self._deeds.release(agent))

    def _abilities(self, agent: AgentRow) -> None:
        t = self._floor.t
        title = t("desk.abilities-of", name=agent.name)
        with named_dialog(title) as dialog, node("div", "card dialog"):
            word("h2", title)
            most = ui.number(t("desk.most"), value=agent.most, min=1, max=200, precision=0).props(
                "outlined dense clearable"
            )
            word("p", t("desk.most-hint"), "quiet")
            skills = ui.input_chips(t("desk.skills"), value=list(agent.skills)).props("outlined dense")

            async def save() -> None:
                wanted = int(most.value) if most.value else None
                if await self._deeds.configure(agent, list(skills.value or []), wanted):
                    dialog.close()

            with node("div", "dialog-deeds"):
                press(t("desk.cancel"), dialog.close, "ghost")
                press(t("desk.save"), save, "primary")
        dialog.open()

    def _toggle(self, person: int) -> None:
        self._floor.agent = 0 if self._floor.agent == person else person
        self._choose()
