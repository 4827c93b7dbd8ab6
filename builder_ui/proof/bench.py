"""What both the trial and the tests need: the draft among the company's other flows, read from the database once."""

from __future__ import annotations

import asyncio

from builder_ui.editor.desk import Desk
from engine.services import tryout
from engine.services.flow_checks import Checker


class Bench:
    """Lazily filled. `fresh` reads the other flows again: somebody may have published one meanwhile."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._checker: Checker | None = None
        self._lock = asyncio.Lock()

    async def checker(self, *, fresh: bool = False) -> Checker:
        async with self._lock:
            if self._checker is None or fresh:
                desk = self._desk
                others = await tryout.others(desk.rt, desk.principal.tenant, desk.document.id)
                self._checker = Checker(others)
            return self._checker
