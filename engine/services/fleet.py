"""Many slow errands at once: what is due is claimed in batches, each errand flies on its own, and a slow one holds
up nobody. Sends and calls are the two kinds.
"""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

from engine.services.runtime import Runtime
from engine.store import tenants
from engine.store.tenants import Work

T = TypeVar("T")
MOST_FLYING = 64


class Fleet(Generic[T]):
    """The errands of one kind in one process. Several processes may work on one database."""

    work: Work

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._flying: set[asyncio.Task[None]] = set()
        self._lock = asyncio.Lock()
        self._news = asyncio.Event()

    @property
    def full(self) -> bool:
        """Whether as many errands fly as may: others could help."""
        return len(self._flying) >= MOST_FLYING

    async def _claim(self, tenant: int, limit: int) -> list[T]:
        """Up to `limit` errands of the tenant, marked as under way (committed)."""
        raise NotImplementedError

    async def _fly(self, tenant: int, errand: T) -> None:
        """Carry it out and note what became of it. Does not raise."""
        raise NotImplementedError

    async def drain(self) -> int:
        """Work until nothing is due and nothing flies; how many errands were tried. A second call while one runs
        makes that one look once more and returns at once."""
        if self._lock.locked():
            self._news.set()
            return 0
        total = 0
        async with self._lock:
            while True:
                self._news.clear()
                started = await self._start()
                total += started
                if started:
                    await asyncio.sleep(0)
                elif self._flying:
                    # a ring or a landing, whichever is first: a slow errand must not keep others from starting
                    await self._news.wait()
                elif not self._news.is_set():
                    return total

    async def _start(self) -> int:
        room = MOST_FLYING - len(self._flying)
        started = 0
        if room <= 0:
            return 0
        for tenant in await tenants.with_work(self._rt.db, self.work):
            for errand in await self._claim(tenant, room - started):
                task = asyncio.create_task(self._fly(tenant, errand))
                self._flying.add(task)
                task.add_done_callback(self._landed)
                started += 1
            if started >= room:
                break
        return started

    def _landed(self, task: asyncio.Task[None]) -> None:
        """What landed may have held up the next errand of its conversation, also one that was just passed over."""
        self._flying.discard(task)
        self._news.set()
