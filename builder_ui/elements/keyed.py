"""Lists that change in place: of what is shown anew only the lines are drawn that differ, so focus, menus and scrolling
survive a refresh."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from nicegui.element import Element

T = TypeVar("T")


class Keyed(Generic[T]):
    """The children of `place`, one for each item. `key` tells items apart, `draw` makes the element of one inside the
    slot of `place`; items that are equal to what was drawn before are left alone."""

    def __init__(self, place: Element, key: Callable[[T], Hashable], draw: Callable[[T], Element]) -> None:
        self._place, self._key, self._draw = place, key, draw
        self._drawn: dict[Hashable, tuple[T, Element]] = {}

    def show(self, items: Iterable[T]) -> None:
        wanted = {self._key(item): item for item in items}
        for key in [k for k in self._drawn if k not in wanted]:
            self._drawn.pop(key)[1].delete()
        changed = False
        for key, item in wanted.items():
            before = self._drawn.get(key)
            if before is not None and before[0] == item:
                continue
            if before is not None:
                before[1].delete()
            with self._place:
                self._drawn[key] = (item, self._draw(item))
            changed = True
        order = [self._drawn[key][1] for key in wanted]
        children = self._place.default_slot.children
        if changed or children != order:
            children[:] = order
            self._place.update()

    def redraw(self) -> None:
        """Everything anew, because what the lines depend on besides their item has changed."""
        items = [item for item, _ in self._drawn.values()]
        for _, element in self._drawn.values():
            element.delete()
        self._drawn.clear()
        self.show(items)
