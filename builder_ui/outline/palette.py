"""The command palette (`Ctrl+K`): everything that can be done here, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from builder_ui.elements.chooser import Choice, Chooser, fold
from builder_ui.texts import Texts

Deed = Callable[[], Awaitable[object] | object]


class CommandPalette:
    """`entries()` gives what can be done now; the value of a choice is the deed."""

    def __init__(self, t: Texts, entries: Callable[[], Sequence[Choice]]) -> None:
        self._entries = entries
        self._chooser = Chooser(t("commands.label"), self._sift, _carry_out, nothing=t("commands.nothing"))

    def open(self) -> None:
        self._chooser.open()

    def _sift(self, words: str) -> list[Choice]:
        wanted = fold(words).split()
        return [c for c in self._entries() if all(w in fold(f"{c.title} {c.more}") for w in wanted)]


async def _carry_out(deed: Deed) -> None:
    done = deed()
    if isinstance(done, Awaitable):
        await done
