"""Who works when the bell rings: sends, calls and the sweep, on an event loop, whichever thread heard the ring."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import asyncpg
import structlog

from engine.core.errors import TramaError
from engine.services import upkeep
from engine.services.calls import Calls
from engine.services.contact_import import Importer
from engine.services.delivery import Deliveries
from engine.services.runtime import Ring, Runtime

_log = structlog.get_logger(__name__)
_PASSING = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TramaError)


class Crew:
    """Sender and caller of one process, working on the loop in which `run` was started."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self.deliveries = Deliveries(rt)
        self.calls = Calls(rt)
        self.imports = Importer(rt)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._working: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """For ever: every 1.5 s look for what no bell told of. This is also what makes rings heard here."""
        self._loop = asyncio.get_running_loop()
        while True:
            try:
                await upkeep.sweep(self._rt)
            except _PASSING as fault:
                _log.warning("sweep_failed", fault=type(fault).__name__)
            self._start(self.deliver())
            self._start(self.call())
            self._start(self._guarded(self.imports.drain()))
            await asyncio.sleep(upkeep.SWEEP_SECONDS)

    async def deliver(self) -> None:
        await self._guarded(self.deliveries.drain())

    async def call(self) -> None:
        await self._guarded(self.calls.drain())

    async def purge(self) -> None:
        await self._guarded(upkeep.purge(self._rt))

    def near(self, kind: Ring) -> bool:
        """A ring of this process, from the loop's thread. False where the crew does not work yet or has its hands
        full, so that somebody else should hear of it too."""
        if self._loop is None:
            return False
        fleet = self.deliveries if kind == "deliver" else self.calls
        self._start(self.deliver() if kind == "deliver" else self.call())
        return not fleet.full

    def heard(self, work: Coroutine[Any, Any, None]) -> None:
        """From a consumer's thread: start the work on the loop. Not waited for, the fleet notices repeats."""
        if self._loop is None or self._loop.is_closed():
            work.close()
            return
        asyncio.run_coroutine_threadsafe(work, self._loop)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _guarded(self, work: Coroutine[Any, Any, Any]) -> None:
        """The rows stay where they are; the next sweep finds them."""
        try:
            await work
        except _PASSING as fault:
            _log.warning("work_interrupted", fault=type(fault).__name__)
