"""A word about what was done, with a way back: undo instead of "are you sure"."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from nicegui import background_tasks
from nicegui.element import Element

from builder_ui.elements.native import node, press, word
from builder_ui.texts import Texts

SECONDS = 8.0


class Toasts:
    """`show` puts one up; with `later` the deed itself waits until the way back is over."""

    def __init__(self, t: Texts) -> None:
        self._t = t
        self._place = node("div", "ib-toasts", role="status", aria_live="polite")
        self._waiting: dict[Element, Callable[[], Awaitable[None]]] = {}

    def show(
        self,
        text: str,
        undo: Callable[[], Awaitable[None]] | None = None,
        *,
        later: Callable[[], Awaitable[None]] | None = None,
        bad: bool = False,
    ) -> None:
        with self._place:
            toast = node("div", "ib-toast" + (" bad" if bad else ""))
        if later is not None:
            self._waiting[toast] = later
        with toast:
            word("span", text)
            if undo is not None:
                press(self._t("ib.undo"), lambda: self._undone(toast, undo), "ib-undo")
        background_tasks.create(self._pass(toast), name="toast")

    async def _undone(self, toast: Element, undo: Callable[[], Awaitable[None]]) -> None:
        self._waiting.pop(toast, None)
        self._away(toast)
        await undo()

    async def _pass(self, toast: Element) -> None:
        await asyncio.sleep(SECONDS)
        later = self._waiting.pop(toast, None)
        self._away(toast)
        if later is not None:
            await later()

    def _away(self, toast: Element) -> None:
        if not toast.is_deleted:
            toast.delete()

    async def over(self) -> None:
        """The page is gone: what waited is done now."""
        waiting, self._waiting = list(self._waiting.values()), {}
        for later in waiting:
            await later()
