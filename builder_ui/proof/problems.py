"""The list of problems: live while one edits, each with what it means, where it is, and what mends it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from nicegui import ui

from builder_ui.editor.desk import Desk
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import empty
from builder_ui.proof.words import Names, advice, fix_words, sentence
from engine.core.check.fixes import Fix, fixes
from engine.core.edit.apply import apply
from engine.core.edit.commands import Batch, Single
from engine.core.flow import Document
from engine.core.node import Problem
from engine.core.words import folded
from engine.services.flow_checks import opened

SEVERITIES = ("error", "warning", "info")
ICONS = {"error": "error", "warning": "warning", "info": "info"}
SHOWN = 25
"""Lines of a group that are drawn at first."""
MOST_FIXED = 200
"""By one press: each fix is made on top of the one before."""
FIXED_TOGETHER = frozenset(
    {
        "flow:missing-exit",
        "flow:missing-error-exit",
        "flow:dead-end",
        "flow:maybe-unset",
        "text:button-too-long",
        "text:description-too-long",
        "rule:absent-field",
    }
)
"""Problems that come in numbers and whose fixes do not get in each other's way."""


def problems_panel(desk: Desk) -> Problems:
    return Problems(desk)


class Problems:
    """Into the slot where it is made. It follows the desk by itself."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._t = desk, desk.t
        self._drawn: tuple[Problem, ...] | None = None
        self._limits = dict.fromkeys(SEVERITIES, SHOWN)
        t = desk.t
        with node("section", "proof problems", aria_label=t("proof.problems.title")):
            with node("div", "proof-head"):
                self._search = ui.input(on_change=self._draw).props("dense outlined clearable")
                self._search.props["aria-label"] = t("proof.problems.search")
                self._search.props["placeholder"] = t("proof.problems.search")
                self._search.classes("proof-search")
            self._count = word("p", "", "unseen", role="status")
            self._list = node("div", "proof-scroll", tabindex=-1)
        desk.on_problems(self._told)
        self._told(desk.problems)

    def _told(self, problems: Sequence[Problem]) -> None:
        if tuple(problems) != self._drawn:
            self._drawn = tuple(problems)
            self._draw()

    def _draw(self) -> None:
        t = self._t
        found = self._matching(self._drawn or ())
        counts = Counter(p.severity for p in self._drawn or ())
        self._count.text = t(
            "proof.problems.count", errors=counts["error"], warnings=counts["warning"], infos=counts["info"]
        )
        self._list.clear()
        with self._list:
            if not self._drawn:
                empty("task_alt", t("proof.problems.none"), t("proof.problems.none_more"))
            elif not found:
                empty("search_off", t("proof.problems.no_match"), t("proof.problems.no_match_more"))
            self._flow = opened(self._desk.document).flow if self._desk.editable else None
            self._names = Names(self._desk.document, t)
            for severity in SEVERITIES:
                group = [p for p in found if p.severity == severity]
                if group:
                    self._group(severity, group)

    def _matching(self, problems: Sequence[Problem]) -> list[Problem]:
        words = folded(self._search.value or "").split()
        if not words:
            return list(problems)
        names = Names(self._desk.document, self._t)
        return [
            p
            for p in problems
            if all(
                w in folded(f"{sentence(self._t, p, names)} {p.code} {p.node} {names.step(p.node)}")
                for w in words
            )
        ]

    def _group(self, severity: str, group: list[Problem]) -> None:
        t = self._t
        kinds = Counter(p.code for p in group)
        with node("div", f"problem-group is-{severity}"):
            with node("div", "group-head"):
                word("h2", t(f"proof.problems.{severity}"))
                word("span", str(len(group)), "group-count")
            with node("ul", "problem-list"):
                told: set[str] = set()
                for problem in group[: self._limits[severity]]:
                    first = problem.code not in told
                    told.add(problem.code)
                    self._line(problem, kinds[problem.code] if first else 0)
            more = len(group) - self._limits[severity]
            if more > 0:
                press(t("proof.problems.more", n=more), lambda: self._more(severity), "ghost small")

    def _more(self, severity: str) -> None:
        self._limits[severity] += 5 * SHOWN
        self._draw()

    def _line(self, problem: Problem, kind_count: int) -> None:
        t = self._t
        where = self._names.step(problem.node)
        with node("li", "problem"):
            ui.icon(ICONS[problem.severity]).classes("problem-mark").props("aria-hidden=true")
            with node("div", "problem-body"):
                with node("div", "problem-head"):
                    if problem.node in self._names:
                        go = press("", lambda: self._go(problem), "problem-go")
                        go.props["title"] = t("proof.problems.go", node=where)
                        with go:
                            word("span", sentence(t, problem, self._names), "problem-title")
                            word("span", where, "problem-where")
                    else:
                        word("span", sentence(t, problem, self._names), "problem-title")
                        word("span", t("proof.problems.flow"), "problem-where")
                said = advice(t, problem, self._names)
                if said:
                    word("p", said, "problem-why")
                offered = fixes(self._flow, problem) if self._flow is not None else []
                if offered:
                    with node("div", "problem-fixes", role="group", aria_label=t("proof.problems.fixes")):
                        for fix in offered[:4]:
                            self._fix_button(problem, fix)
                        if kind_count > 1 and problem.code in FIXED_TOGETHER:
                            text = t("proof.problems.fix_all", n=min(kind_count, MOST_FIXED))
                            press(text, lambda: self._fix_all(problem.code), "fix all", icon="done_all")

    def _fix_button(self, problem: Problem, fix: Fix) -> None:
        text = fix_words(self._t, fix, problem.node, self._names)
        press(text, lambda: self._fix(fix, text), "fix", icon="auto_fix_high", title=text)

    def _go(self, problem: Problem) -> None:
        self._desk.select([problem.node])

    async def _fix(self, fix: Fix, text: str) -> None:
        words = self._t("proof.problems.fixed", what=text)
        if await self._desk.do(fix.command, words=words):
            self._list.run_method("focus")

    async def _fix_all(self, code: str) -> None:
        """The first fix of each, one on top of the other, as one step of undo."""
        problems = [p for p in self._drawn or () if p.code == code][:MOST_FIXED]
        commands = await asyncio.to_thread(_all_fixes, self._desk.document, problems)
        if commands:
            what = self._t(f"proof.problem.{code}").split("“")[0].strip()
            words = self._t("proof.problems.fixed", what=what)
            if await self._desk.do(Batch(commands=commands), words=words):
                self._list.run_method("focus")


def _all_fixes(document: Document, problems: Sequence[Problem]) -> list[Single]:
    commands: list[Single] = []
    for problem in problems:
        offered = fixes(opened(document).flow, problem)
        if offered:
            command = offered[0].command
            document = apply(document, command).document
            commands += command.commands if isinstance(command, Batch) else [command]
    return commands
