"""Promises of a queue by priority, and what becomes of tickets that are late."""

from __future__ import annotations

from typing import Any

import msgspec
from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.texts import Texts
from engine.core.desk.queues import Escalation, QueueSettings, Sla
from engine.core.errors import TramaError

FIRST: Any = {"var": "ticket.first_breached"}
SOLUTION: Any = {"var": "ticket.resolve_breached"}
EITHER: Any = {"or": [FIRST, SOLUTION]}
KNOWN: dict[str, Any] = {"first": FIRST, "solution": SOLUTION, "either": EITHER}


class Promises:
    """A line for each priority from which on something is promised; times in minutes of working time."""

    def __init__(self, t: Texts, told: QueueSettings) -> None:
        self._t = t
        self._lines = [
            [s.priority, s.first_reply / 60, s.resolution / 60]
            for s in sorted(told.sla, key=lambda s: s.priority)
        ]
        self._place = node("div", "promises")
        self._warn = ui.number(t("queues.warn"), value=round(told.warn_at * 100), min=10, max=99, suffix="%")
        self._warn.props("dense outlined").classes("promise-warn")
        self._draw()

    @property
    def value(self) -> list[Sla]:
        return [
            Sla(priority=int(p), first_reply=round(first * 60), resolution=round(whole * 60))
            for p, first, whole in self._lines
        ]

    @property
    def warn_at(self) -> float:
        return min(0.99, max(0.1, float(self._warn.value or 80) / 100))

    def _draw(self) -> None:
        t = self._t
        self._place.clear()
        with self._place:
            for n, line in enumerate(self._lines):
                with node("div", "promise", role="group", aria_label=t("queues.promise", n=n + 1)):
                    for at, key, most in (
                        (0, "from-priority", 10),
                        (1, "first-reply", 86_400),
                        (2, "resolution", 86_400),
                    ):
                        field = ui.number(
                            t(f"queues.{key}"), value=round(line[at]), min=1 if at == 0 else 0, max=most
                        )
                        field.props("dense outlined")
                        field.on_value_change(
                            lambda e, line=line, at=at: line.__setitem__(
                                at, float(e.value or (1 if at == 0 else 0))
                            )
                        )
                    label = t("queues.remove-promise", n=n + 1)
                    press("", lambda _, n=n: self._remove(n), "round", icon="close", label=label)
            press(t("queues.add-promise"), self._add, "ghost small", icon="add")

    def _add(self) -> None:
        self._lines.append([min(10, int(self._lines[-1][0]) + 1 if self._lines else 1), 60, 240])
        self._draw()

    def _remove(self, n: int) -> None:
        del self._lines[n]
        self._draw()


class Escalations:
    """A line for each rule: when, which priority it gets, into which queue a waiting ticket goes, who is told."""

    def __init__(self, t: Texts, told: QueueSettings, queues: dict[str, str]) -> None:
        self._t, self._queues = t, queues
        self._lines: list[dict[str, Any]] = [
            {"when": e.when, "raise": e.raise_to, "queue": e.queue, "notify": e.notify}
            for e in told.escalations
        ]
        self._place = node("div", "promises")
        self._draw()

    @property
    def value(self) -> list[Escalation]:
        """Raises `rule:not-json`."""
        found = []
        for n, line in enumerate(self._lines):
            when = line["when"]
            if isinstance(when, str):
                try:
                    when = msgspec.json.decode(when)
                except msgspec.MsgspecError as fault:
                    raise TramaError("rule:not-json", str(fault), path=f"/escalations/{n}/when") from fault
            found.append(
                Escalation(
                    when=when,
                    raise_to=int(line["raise"] or 0),
                    queue=line["queue"] or "",
                    notify=line["notify"],
                )
            )
        return found

    def _draw(self) -> None:
        t = self._t
        self._place.clear()
        with self._place:
            for n, line in enumerate(self._lines):
                self._line(n, line)
            press(t("queues.add-escalation"), self._add, "ghost small", icon="add")

    def _line(self, n: int, line: dict[str, Any]) -> None:
        t = self._t
        chosen = next((name for name, rule in KNOWN.items() if rule == line["when"]), "rule")
        with node("div", "promise escalation", role="group", aria_label=t("queues.escalation", n=n + 1)):
            options = {name: t(f"queues.when.{name}") for name in (*KNOWN, "rule")}
            ui.select(
                options,
                value=chosen,
                label=t("queues.when"),
                on_change=lambda e: self._choose(line, str(e.value)),
            ).props("dense outlined")
            raised = ui.number(t("queues.raise"), value=line["raise"] or None, min=1, max=10).props(
                "dense outlined clearable"
            )
            raised.on_value_change(lambda e: line.__setitem__("raise", e.value))
            ui.select(
                {"": t("queues.stays"), **self._queues},
                value=line["queue"] if line["queue"] in self._queues else "",
                label=t("queues.into"),
                on_change=lambda e: line.__setitem__("queue", e.value),
            ).props("dense outlined")
            ui.checkbox(
                t("queues.notify"),
                value=line["notify"],
                on_change=lambda e: line.__setitem__("notify", e.value),
            )
            label = t("queues.remove-escalation", n=n + 1)
            press("", lambda: self._remove(n), "round", icon="close", label=label)
            if chosen == "rule":
                shown = (
                    line["when"]
                    if isinstance(line["when"], str)
                    else msgspec.json.encode(line["when"]).decode()
                )
                rule = ui.textarea(t("queues.escalation-rule"), value=shown).props("outlined autogrow")
                rule.classes("mono escalation-rule")
                rule.on_value_change(lambda e: line.__setitem__("when", str(e.value or "")))
                word("p", t("queues.escalation-rule-more"), "quiet escalation-rule")

    def _choose(self, line: dict[str, Any], name: str) -> None:
        line["when"] = KNOWN.get(name, '{">": [{"var": "ticket.waited_seconds"}, 1800]}')
        self._draw()

    def _add(self) -> None:
        self._lines.append({"when": EITHER, "raise": 9, "queue": "", "notify": True})
        self._draw()

    def _remove(self, n: int) -> None:
        del self._lines[n]
        self._draw()
