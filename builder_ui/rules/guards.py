"""The hint below a clause that an absent field counts as zero there, and the press that asks for the field first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.texts import Texts
from engine.core.logic import check
from engine.core.logic.editing import Clause, Field, Place, Row, at, pointer_of

Protect = Callable[[Place, str], Callable[[], Awaitable[None]]]


class Guards:
    """A room below each clause, filled where the check finds that its field may be absent."""

    def __init__(self, t: Texts, names: Mapping[str, str], protect: Protect) -> None:
        self.t, self.names, self.protect = t, names, protect
        self._rooms: dict[Place, tuple[Any, str]] = {}

    def clear(self) -> None:
        """All rows are drawn anew."""
        self._rooms = {}

    def room(self, place: Place) -> None:
        """The place for the hint of the clause there, in the current slot."""
        self._rooms[place] = (node("div", "rl-guard"), "")

    def look(self, rule: Any, tree: Row) -> None:
        """Say what the check finds in the rule as it is now."""
        missed = {p.path for p in check(rule) if p.code == "rule:absent-field"}
        for place, (box, said) in self._rooms.items():
            clause = at(tree, place)
            left = clause.left if isinstance(clause, Clause) else None
            now = left.path if isinstance(left, Field) and pointer_of(tree, place) in missed else ""
            if now == said:
                continue
            self._rooms[place] = (box, now)
            box.clear()
            if now:
                with box:
                    ui.icon("info").props("aria-hidden=true")
                    word("span", self.t("rules.absent", name=self.names.get(now, now)))
                    press(self.t("rules.protect"), self.protect(place, now), "tf-link")
