"""A list to choose from by a few letters: arrow keys move, Enter takes, Escape leaves. Used wherever one of many is
wanted: what to insert, where to jump, what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from builder_ui.elements.native import named_dialog, node, word

MOST = 60


def fold(text: str) -> str:
    """Lower case without accents: what searches compare."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


class Choice(NamedTuple):
    """`value` is given to who asked; `key` is the keyboard's shortcut for the same."""

    value: Any
    icon: str
    title: str
    more: str = ""
    key: str = ""
    classes: str = ""


class Chooser:
    """`sift(words)` gives what fits, best first. `count` says how many that are, to a screen reader too."""

    def __init__(
        self,
        label: str,
        sift: Callable[[str], Sequence[Choice]],
        on_pick: Callable[[Any], Awaitable[object] | object],
        *,
        nothing: str,
        count: Callable[[int], str] | None = None,
    ) -> None:
        self._label, self._fits, self._pick, self._nothing, self._count = label, sift, on_pick, nothing, count
        self._shown: Sequence[Choice] = ()
        self._rows: list[Element] = []
        self._row = 0
        with named_dialog(label).props("transition-duration=0") as self._dialog:
            self._card = node("div", "chooser card")

    def open(self) -> None:
        """Everything is made anew: what was typed last time must not come back into what is typed now."""
        self._card.clear()
        with self._card:
            self._words = ui.input(placeholder=self._label).props("dense borderless autofocus")
            self._words.props["aria-label"] = self._label
            self._words.on_value_change(self._sift)
            self._words.on("keydown", self._key, args=["key"])
            self._said = word("p", "", "quiet chooser-count", role="status")
            # a list that scrolls can be reached by Tab, for those who scroll by keys
            self._list = node("div", "chooser-list", role="listbox", aria_label=self._label, tabindex=0)
        self._words.props["aria-controls"] = f"c{self._list.id}"
        self._list.props["id"] = f"c{self._list.id}"
        self._sift()
        self._dialog.open()

    def _sift(self) -> None:
        fits = self._fits(self._words.value or "")
        self._said.text = self._count(len(fits)) if self._count is not None else ""
        self._shown, self._row, self._rows = fits[:MOST], 0, []
        self._list.clear()
        with self._list:
            for n, choice in enumerate(self._shown):
                row = node(
                    "div", f"chooser-row {choice.classes}", role="option",
                    aria_selected="true" if n == 0 else "false",
                )  # fmt: skip
                row.on("click", lambda _, c=choice: self._take(c), args=[])
                self._rows.append(row)
                with row:
                    ui.icon(choice.icon).props("aria-hidden=true")
                    word("span", choice.title, "strong")
                    if choice.more:
                        word("span", choice.more, "quiet")
                    if choice.key:
                        word("kbd", choice.key)
            if not self._shown:
                word("p", self._nothing, "quiet chooser-none")
        self._point()

    async def _key(self, event: GenericEventArguments) -> None:
        key = event.args.get("key")
        if key in ("ArrowDown", "ArrowUp") and self._rows:
            self._mark("false")
            self._row = (self._row + (1 if key == "ArrowDown" else -1)) % len(self._rows)
            self._mark("true")
        elif key == "Enter" and self._shown:
            await self._take(self._shown[self._row])

    def _mark(self, selected: str) -> None:
        row = self._rows[self._row]
        row.props["aria-selected"] = selected
        row.update()
        if selected == "true":
            self._point()
            ui.run_javascript(f"getElement({row.id})?.scrollIntoView?.({{block: 'nearest'}})")

    def _point(self) -> None:
        """The field names the line that Enter takes."""
        if self._rows:
            self._words.props["aria-activedescendant"] = f"c{self._rows[self._row].id}"
        else:
            self._words.props.pop("aria-activedescendant", None)
        self._words.update()

    async def _take(self, choice: Choice) -> None:
        self._dialog.close()
        done = self._pick(choice.value)
        if isinstance(done, Awaitable):
            await done
