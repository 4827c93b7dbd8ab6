"""The steps of a turn: what was visited, which values were read, which exit was taken and why, what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import pairs
from builder_ui.proof.whys import why_words
from builder_ui.proof.words import Names
from builder_ui.simulator import reasons
from builder_ui.simulator.reasons import Visit
from builder_ui.texts import Texts
from engine.core.flow import Flow
from engine.core.trace import Step


def draw_steps(
    steps: Iterable[Step],
    flow_of: Callable[[Step], Flow | None],
    t: Texts,
    *,
    here: str,
    go: Callable[[str], object],
    point: Callable[[str], object],
) -> None:
    """Into the current slot. `here` is the flow on the canvas: its steps can be gone to (`go`) and pointed at
    (`point`); those of the flows that it called say whose they are."""
    known: dict[str, Names] = {}
    with node("ol", "visits"):
        for step in steps:
            flow = flow_of(step)
            names = known.setdefault(flow.id, Names(flow.document, t)) if flow is not None else None
            visit = reasons.visit(step, flow, t.language, names.labels if names is not None else None)
            leaves = names.exit(step.node, step.exit) if names is not None else step.exit
            _visit(visit, step, leaves, t, step.flow == here, go, point)


def _visit(
    visit: Visit,
    step: Step,
    leaves: str,
    t: Texts,
    mine: bool,
    go: Callable[[str], object],
    point: Callable[[str], object],
) -> None:
    with node("li", "visit", style=f"--depth: {visit.depth}") as line:
        if mine:
            line.on("mouseenter", lambda: point(step.node), args=[])
        with node("div", "visit-head"):
            ui.icon(visit.icon).props("aria-hidden=true")
            if mine:
                press(visit.title, lambda: go(step.node), "visit-go")
            else:
                word("span", visit.title, "visit-title")
            word("span", visit.kind if mine else f"{visit.kind} · {visit.flow}", "visit-kind")
            word("span", f"→ {leaves}" if step.exit else "", "visit-exit")
        if visit.error:
            word("div", visit.error, "visit-error")
        elif not visit.rulings:
            why = why_words(visit.why, t)
            if why:
                word("div", why, "why")
        for ruling in visit.rulings:
            with node("div", f"ruling {'taken' if ruling.taken else ''}"):
                word("div", ruling.label, "ruling-label")
                word("pre", ruling.words, "ruling-words")
        if visit.reads:
            with node("details", "more"):
                word("summary", t("proof.try.reads", n=len(visit.reads)))
                pairs(visit.reads)
        if visit.changed:
            word("div", t("proof.try.changed_vars"), "part")
            pairs(visit.changed, "changed")
