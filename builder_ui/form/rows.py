"""A list whose entries are added, taken away and moved: the frame that options, cases, shares and texts share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui.events import GenericEventArguments

from builder_ui.elements.native import node, press, word
from builder_ui.form.sheet import Sheet, below

DRAWN = 20
"""Entries that are drawn before somebody asks for more: a flow may have hundreds of variables, and each entry is a
dozen elements of the page."""


class Rows:
    """The entries of the list at `path`. `draw(place)` draws one, `fresh()` makes a new one. `title(place)` names it
    for a screen reader."""

    def __init__(
        self,
        sheet: Sheet,
        path: str,
        draw: Callable[[int], None],
        fresh: Callable[[], Any],
        *,
        add: str,
        title: Callable[[int], str],
        least: int = 0,
        most: int = 100,
        make_up: Callable[[Any], object] | None = None,
        removed: Callable[[int], list[Any]] | None = None,
        compact: bool = False,
    ) -> None:
        self.sheet = sheet
        self.path = path
        self.draw_one = draw
        self.fresh = fresh
        self.add_word = add
        self.title = title
        self.least = least
        self.most = most
        self.make_up_one = make_up
        self.removed = removed
        self.compact = compact
        self.newest = -1
        """Place of the entry that was just added: its first input takes the focus."""
        self._drawn = DRAWN
        self._dragged = -1
        self._focus: tuple[int, int] | None = None
        """Which hand takes the focus when the rows are drawn: its row and direction; (-1, 0) is the press that adds."""

    @property
    def items(self) -> list[Any]:
        found = self.sheet.get(self.path)
        return found if isinstance(found, list) else []

    def draw(self) -> None:
        self.part = self.sheet.part(self._draw, self._make_up)

    def _make_up(self) -> object:
        items = self.items
        return (len(items), tuple(map(self.make_up_one, items)) if self.make_up_one is not None else ())

    def _draw(self) -> None:
        size = len(self.items)
        may = self.sheet.desk.editable
        if self._focus is not None and self._drawn <= self._focus[0] < size:
            self._drawn = self._focus[0] + 1
        first = min(size, self._drawn)
        places = [*range(first), *([self.newest] if first <= self.newest < size else [])]
        with node("ol", "tf-rows"):
            for place in places:
                row = node("li", "tf-rowed compact" if self.compact else "tf-rowed")
                if may:
                    row.on("dragover", js_handler="(e) => e.preventDefault()")
                    row.on("drop", self._dropper(place), args=[])
                with row:
                    with node("div", "tf-rowed-body"):
                        self.draw_one(place)
                    if may:
                        self._hands(place, size)
        if len(places) < size:
            left = size - len(places)
            press(self.sheet.t("form.rows.more", n=left), self._more, "tf-add", icon="expand_more")
        if may and size < self.most:
            add = press(self.add_word, self._add, "tf-add", icon="add")
            if self._focus == (-1, 0):
                add.run_method("focus")
        self.newest, self._focus = -1, None

    def _more(self) -> None:
        self._drawn += 5 * DRAWN
        self.part.redraw()

    def _hands(self, place: int, size: int) -> None:
        t, title = self.sheet.t, self.title(place)
        with node("div", "tf-hands"):
            if size > 1:
                grip = word("span", "⋮⋮", "tf-grip", draggable="true", aria_hidden="true")
                grip.on("dragstart", self._lifter(place), args=[])
                self._hand(place, -1, "expand_less", t("form.up", name=title), off=place == 0)
                self._hand(place, 1, "expand_more", t("form.down", name=title), off=place == size - 1)
            if size > self.least:
                press("", self._remover(place), "tf-hand", icon="close", label=t("form.remove", name=title))

    def _hand(self, place: int, step: int, icon: str, label: str, *, off: bool) -> None:
        made = press("", self._mover(place, step), "tf-hand", icon=icon, label=label, disabled=off)
        if self._focus == (place, step):
            made.run_method("focus")

    def _lifter(self, place: int) -> Callable[[GenericEventArguments], None]:
        def lifted(_: GenericEventArguments) -> None:
            self._dragged = place

        return lifted

    def _dropper(self, place: int) -> Callable[[GenericEventArguments], Any]:
        async def dropped(_: GenericEventArguments) -> None:
            source, self._dragged = self._dragged, -1
            if 0 <= source != place:
                await self.move(source, place)

        return dropped

    def _mover(self, place: int, step: int) -> Callable[[], Any]:
        async def moved() -> None:
            target = place + step
            last = len(self.items) - 1
            self._focus = (target, 1 if target == 0 else -1 if target == last else step)
            await self.move(place, target)

        return moved

    def _remover(self, place: int) -> Callable[[], Any]:
        async def removed() -> None:
            await self.remove(place)

        return removed

    async def _add(self) -> None:
        items = self.items
        self.newest = len(items)
        await self.sheet.write(self.path, [*items, self.fresh()], words=self.add_word)

    async def move(self, source: int, target: int) -> None:
        """Puts the entry at `source` to `target`."""
        items = list(self.items)
        if not (0 <= source < len(items) and 0 <= target < len(items)):
            return
        items.insert(target, items.pop(source))
        before = self.part.drawn
        done = await self.sheet.write(self.path, items, words=self.sheet.t("form.did.move"))
        if done and self.part.drawn == before:
            self.part.redraw()

    async def remove(self, place: int) -> None:
        """Takes the entry at `place` away, with what hangs on it."""
        items = self.items
        if not 0 <= place < len(items):
            return
        left = [*items[:place], *items[place + 1 :]]
        more = self.removed(place) if self.removed is not None else []
        command = self.sheet.command(self.path, left)
        self._focus = (-1, 0)
        words = self.sheet.t("form.did.remove")
        before = self.part.drawn
        done = await self.sheet.do([*([command] if command is not None else []), *more], words=words)
        if done and self.part.drawn == before:
            self.part.redraw()

    def at(self, place: int, *names: str | int) -> str:
        return below(self.path, place, *names)
