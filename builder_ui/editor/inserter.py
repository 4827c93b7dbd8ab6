"""The list that opens where something shall be inserted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from builder_ui.editor.palette import entries
from builder_ui.elements.chooser import Choice, Chooser, fold
from builder_ui.texts import Texts

Place = Sequence[float] | None
After = Sequence[str] | None


class Inserter:
    """`open(at, after)` asks for a node type and gives it, with the place, to `on_pick`."""

    def __init__(self, t: Texts, on_pick: Callable[[str, Place, After], Awaitable[object]]) -> None:
        self._pick = on_pick
        self._at: Place = None
        self._after: After = None
        self._choices = [
            (fold(f"{title} {summary} {kind}"), Choice(kind, icon, title, summary, classes=f"group-{group}"))
            for group, kind, icon, title, summary in entries(t)
        ]
        self._chooser = Chooser(
            t("editor.insert"), self._sift, self._picked, nothing=t("editor.palette.nothing")
        )

    def open(self, at: Place, after: After) -> None:
        self._at, self._after = at, after
        self._chooser.open()

    def _sift(self, words: str) -> list[Choice]:
        wanted = fold(words).split()
        fits = [c for text, c in self._choices if all(w in text for w in wanted)]
        # what begins with the letters comes first
        return sorted(fits, key=lambda c: not fold(c.title).startswith(wanted[0])) if wanted else fits

    async def _picked(self, kind: str) -> None:
        await self._pick(kind, self._at, self._after)
