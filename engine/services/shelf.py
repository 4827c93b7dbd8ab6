"""What a process keeps at hand of what it read or wrote last, with the revision for which it holds. The database is
asked for the revision each time; a shelf only spares reading and opening the same thing again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shelf(Generic[T]):
    """At most `most` things, the longest unused goes first."""

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[int, T]] = OrderedDict()

    def take(self, key: Hashable, rev: int) -> T | None:
        kept = self._kept.get(key)
        if kept is None or kept[0] != rev:
            return None
        self._kept.move_to_end(key)
        return kept[1]

    def put(self, key: Hashable, rev: int, thing: T) -> T:
        self._kept[key] = (rev, thing)
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return thing
