"""Wakes a loop now or in a moment. Rings that come while it is awake are remembered as one."""

from __future__ import annotations

import asyncio


class Alarm:
    """One waiter. Only to be used from the loop's own thread."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._pending: asyncio.TimerHandle | None = None

    def ring(self, delay: float = 0.0) -> None:
        """Wake in `delay` seconds. An earlier ring that is already set stays."""
        if delay <= 0:
            self._event.set()
            return
        loop = asyncio.get_running_loop()
        due = loop.time() + delay
        if (
            self._pending is not None
            and not self._pending.cancelled()
            and loop.time() < self._pending.when() <= due
        ):
            return
        self._pending = loop.call_at(due, self._event.set)

    async def wait(self, seconds: float) -> None:
        """Until a ring, or that many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        self._event.clear()
