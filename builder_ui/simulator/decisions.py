"""The panel of decisions: each turn, newest first, with what it considered, visited, read and changed."""

from __future__ import annotations

from nicegui import ui

from builder_ui.elements.native import node, word
from builder_ui.elements.states import TONES, chip, empty, pairs
from builder_ui.simulator import reasons
from builder_ui.simulator.bubbles import ZONE
from builder_ui.simulator.reasons import Visit
from builder_ui.texts import Texts
from engine.core.errors import TramaError
from engine.core.flow import Flow
from engine.nodes import open_flow
from engine.services import conversations, flows, traces
from engine.services.runtime import Runtime
from engine.services.views import TraceRow

TURNS = 40
_ICONS = {
    "message": "chat",
    "timer": "timer",
    "answer": "sync_alt",
    "call": "sync_alt",
    "event": "bolt",
    "flow": "account_tree",
}


class Decisions:
    """Shows the turns of one conversation into the slot where it was made; `refresh` adds what is new."""

    def __init__(self, rt: Runtime, tenant: int, t: Texts, *, open_first: bool = True) -> None:
        self._rt, self._tenant, self._t = rt, tenant, t
        self._flows: dict[tuple[str, int], Flow | None] = {}
        self._last = 0
        self._open_first = open_first
        self._busy = False
        self._empty = node("div")
        with self._empty:
            empty("psychology", t("decisions.none"), t("decisions.none_more"))
        self._list = node("ol", "turns")

    async def refresh(self, conversation: int) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            found = await traces.traces(self._rt, self._tenant, conversation, limit=TURNS)
            fresh = [row for row in reversed(found) if row.id > self._last]
            if not fresh:
                return
            said = await conversations.messages(self._rt, self._tenant, conversation, limit=100)
            for row in fresh:
                self._last = row.id
                visits = [
                    reasons.visit(s, await self._flow(s.flow, s.version), self._t.language)
                    for s in row.trace.steps
                ]
                sent = [m.text for m in reversed(said) if m.direction == "out" and m.created_at == row.at]
                with self._list:
                    item = node("li", "turn")
                    item.move(target_index=0)
                with item:
                    self._turn(row, visits, sent)
        finally:
            self._busy = False
        self._empty.set_visibility(False)

    async def _flow(self, ident: str, version: int) -> Flow | None:
        key = (ident, version)
        if key not in self._flows:
            try:
                document = await flows.version(self._rt, self._tenant, ident, version)
                self._flows[key] = open_flow(document, version)
            except TramaError:
                self._flows[key] = None
        return self._flows[key]

    def _turn(self, row: TraceRow, visits: list[Visit], sent: list[str]) -> None:
        t = self._t
        with node("header", "turn-head"):
            ui.icon(_ICONS.get(row.kind, "bolt")).classes("turn-icon").props("aria-hidden=true")
            word("span", t.known("event", row.event.get("type", row.kind)), "turn-kind")
            chip(t.known("outcome", row.outcome), TONES.get(row.outcome, "plain"))
            word("time", row.at.astimezone(ZONE).strftime("%H:%M:%S"), "turn-time")
        cause = reasons.cause(row.event)
        if cause:
            word("div", cause, "turn-cause")
        if row.trace.note:
            word("div", row.trace.note, "turn-note")
        if row.trace.considered:
            self._considered(row)
        if visits:
            with node("ol", "visits"):
                for visit in visits:
                    self._visit(visit, stays=visit is visits[-1] and row.outcome == "waiting")
        if sent:
            with node("div", "turn-sent"):
                word("div", t("decisions.sent", n=len(sent)), "part")
                for text in sent:
                    word("div", text, "turn-said")

    def _considered(self, row: TraceRow) -> None:
        matched = [c for c in row.trace.considered if c.matched]
        title = self._t("decisions.triggers", n=len(row.trace.considered), m=len(matched))
        with node("details", "more"):
            word("summary", title)
            with node("ul", "triggers"):
                for one in sorted(row.trace.considered, key=lambda c: not c.matched):
                    with node("li", "yes" if one.matched else "no"):
                        ui.icon("check" if one.matched else "close").props("aria-hidden=true")
                        word("span", f"{one.flow} #{one.trigger + 1}", "mono")
                        word("span", one.why, "why")

    def _visit(self, visit: Visit, *, stays: bool) -> None:
        t = self._t
        with node("li", "visit", style=f"--depth: {visit.depth}"):
            with node("div", "visit-head"):
                ui.icon(visit.icon).props("aria-hidden=true")
                word("span", visit.title, "visit-title")
                word("span", f"{visit.kind} · {visit.flow}", "visit-kind")
                word(
                    "span",
                    f"→ {visit.exit}" if visit.exit else t("decisions.waits") if stays else "",
                    "visit-exit",
                )
            if visit.error:
                word("div", visit.error, "visit-error")
            elif visit.why and not visit.rulings:
                word("div", visit.why, "why")
            for ruling in visit.rulings:
                with node("div", f"ruling {'taken' if ruling.taken else ''}"):
                    word("div", ruling.label, "ruling-label")
                    word("pre", ruling.words, "ruling-words")
            if visit.reads and not visit.rulings:
                with node("details", "more"):
                    word("summary", t("decisions.read", n=len(visit.reads)))
                    pairs(visit.reads)
            if visit.changed:
                word("div", t("decisions.changed"), "part")
                pairs(visit.changed, "changed")
