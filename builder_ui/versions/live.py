"""What people do in the flow: figures on the canvas as a heat map, and the conversations behind each of them."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from builder_ui.editor.desk import Desk
from builder_ui.editor.faces import exit_label, face
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import chip, empty
from builder_ui.proof.walk import walk_pane
from builder_ui.versions.versions import moment
from engine.services import flows, traffic
from engine.services.traffic import Traffic

PERIODS = (1, 7, 30, 90)
ALL = 0
WORST = 8


def live_panel(desk: Desk) -> Live:
    return Live(desk)


class Live:
    """Loads when it is shown first, and on demand; `show(node, exit)` lists the conversations of a way."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._t = desk, desk.t
        self._days, self._version = 7, ALL
        t = desk.t
        with node("div", "live") as self._root:
            with node("div", "compare"):
                period = ui.select({n: t("live.days", n=n) for n in PERIODS}, value=7, label=t("live.period"))
                self._versions = ui.select({ALL: t("live.all")}, value=ALL, label=t("live.version"))
                for select in (period, self._versions):
                    select.props("dense outlined options-dense")
                period.on_value_change(lambda e: self._choose(days=e.value))
                self._versions.on_value_change(lambda e: self._choose(version=e.value))
            with node("div", "card-head"):
                press(t("live.refresh"), self.load, "ghost small", icon="refresh")
                self._painted = ui.switch(t("live.on-canvas"), value=True, on_change=self._paint)
            self._body = node("div", "live-body")
            self._list = node("div", "live-list")
        self._figures: Traffic | None = None
        ui.timer(0, self.load, once=True)

    async def _choose(self, *, days: int | None = None, version: int | None = None) -> None:
        self._days = self._days if days is None else days
        self._version = self._version if version is None else version
        await self.load()

    async def load(self) -> None:
        desk, t = self._desk, self._t
        tenant = desk.principal.tenant
        rows = await flows.versions(desk.rt, tenant, desk.flow_id)
        options: dict[int, str] = {ALL: t("live.all"), **{v.version: f"v{v.version}" for v in rows}}
        self._versions.set_options(options, value=self._version if self._version in options else ALL)
        self._figures = await traffic.figures(
            desk.rt, tenant, desk.flow_id, days=self._days, version=self._version
        )
        self._draw(self._figures)
        self._paint()

    def _paint(self) -> None:
        desk, figures = self._desk, self._figures
        if figures is None or not self._painted.value:
            desk.paint("heat", None)
            return
        nodes = {i: {"count": n.came, "here": n.here, "drop": n.gave_up} for i, n in figures.nodes.items()}
        edges: dict[str, dict[str, Any]] = {}
        for way, people in figures.exits.items():
            came = figures.nodes.get(way.partition(".")[0])
            share = people / came.came if came is not None and came.came else 0.0
            edges[way] = {"count": people, "share": round(min(share, 1.0), 3)}
        desk.paint("heat", {"nodes": nodes, "edges": edges})

    def _draw(self, figures: Traffic) -> None:
        t = self._t
        self._body.clear()
        with self._body:
            if not figures.people and not figures.standing:
                empty("insights", t("live.none"), t("live.none-more"))
                return
            with node("div", "figures"):
                self._figure(figures.people, t("live.people"))
                self._figure(sum(n.here for n in figures.nodes.values()), t("live.here"))
                self._figure(sum(n.gave_up for n in figures.nodes.values()), t("live.gave-up"))
            worst = sorted(figures.nodes.items(), key=lambda item: -item[1].gave_up)[:WORST]
            losing = [(i, n) for i, n in worst if n.gave_up]
            if losing:
                word("h3", t("live.losing"), "live-title")
                with node("ul", "live-losing"):
                    for ident, figure in losing:
                        with node("li", ""):
                            row = node("button", "diff-words", type="button")
                            row.on("click", lambda _, i=ident: self._step(i), args=[])
                            with row:
                                word("span", self._title(ident))
                            word("span", t("live.of", n=figure.gave_up, all=figure.came), "quiet")

    def _figure(self, value: int, name: str) -> None:
        with node("div", "figure"):
            word("div", str(value), "figure-value")
            word("div", name, "quiet")

    def _title(self, ident: str) -> str:
        raw = next((n for n in self._desk.document.nodes if n.get("id") == ident), None)
        return face(raw, self._t).title if raw is not None else ident

    async def _step(self, ident: str) -> None:
        self._desk.select([ident])
        await self.show(ident, None)

    async def show(self, ident: str, exit_name: str | None) -> None:
        """The conversations that went this way."""
        desk, t = self._desk, self._t
        found = await traffic.passers(
            desk.rt, desk.principal.tenant, desk.flow_id, ident, exit_name, days=self._days
        )
        self._list.clear()
        with self._list:
            title = self._title(ident)
            if exit_name is not None:
                raw = next((n for n in desk.document.nodes if n.get("id") == ident), {"id": ident})
                label = next(
                    (e.label for e in face(raw, t).exits if e.name == exit_name), exit_label(exit_name, t)
                )
                title = f"{title} → {label}"
            with node("div", "card-head"):
                word("h3", title, "live-title")
                chip(str(len(found)))
            if not found:
                word("p", t("live.nobody"), "quiet")
            for passer in found:
                row = node("button", "passer", type="button")
                row.on("click", lambda _, c=passer.conversation: self._walk(c), args=[])
                with row:
                    word("span", passer.name or t("live.nameless"), "strong")
                    word("span", f"{moment(passer.at)} · v{passer.version}", "quiet")

    async def _walk(self, conversation: int) -> None:
        desk = self._desk
        self._list.clear()
        desk.paint("heat", None)

        def leave() -> None:
            self._list.clear()
            desk.paint("path", None)
            desk.view(None)
            self._paint()

        with self._list:
            walk = walk_pane(desk, conversation, on_version=lambda v: desk.view(v or None), on_close=leave)
        await walk.load()
