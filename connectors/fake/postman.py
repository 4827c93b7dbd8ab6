"""Posts webhooks as vendors do: later, again when refused, and in the order of their time."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Mapping, Sequence

from connectors.contract import Request
from connectors.safe_transport import SafeTransport
from connectors.wire import Wire, WireFailure

Parcel = tuple[float, int, str, bytes, Mapping[str, str], int]


class Postman:
    """A queue of (due time, URL, bytes, headers) and a task that empties it. `workers` at once; with one, nothing
    overtakes. A parcel that is not answered with 2xx comes again after each of `pauses` seconds, then is given up."""

    def __init__(
        self, wire: Wire | None = None, *, pauses: Sequence[float] = (0.2, 1.0, 5.0), workers: int = 1
    ) -> None:
        self.wire: Wire = wire or SafeTransport(allow_private=True)
        self._pauses = tuple(pauses)
        self._slots = asyncio.Semaphore(workers)
        self._waiting: list[Parcel] = []
        self._count = 0
        self._under_way: set[asyncio.Task[None]] = set()
        self._runner: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self.given_up: list[bytes] = []

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Post now; the HTTP status, 0 when nobody answered. A refusal is queued for another try."""
        status = await self._once(url, body, headers)
        if not 200 <= status < 300:
            self._again(url, body, headers, 0)
        return status

    def later(
        self, delay: float, url: str, body: bytes, headers: Mapping[str, str], *, tries: int = 0
    ) -> None:
        """Queue for `delay` seconds from now. Must be called inside the event loop."""
        loop = asyncio.get_running_loop()
        self._count += 1
        heapq.heappush(self._waiting, (loop.time() + delay, self._count, url, body, headers, tries))
        self._idle.clear()
        self._news.set()
        if self._runner is None or self._runner.done():
            self._runner = loop.create_task(self._run())

    async def flush(self) -> None:
        """Wait until everything queued was delivered or given up."""
        await self._idle.wait()

    def forget(self) -> None:
        """Throw away what is queued."""
        self._waiting.clear()
        self._settle()

    async def aclose(self) -> None:
        for task in (self._runner, *self._under_way):
            if task is not None:
                task.cancel()
        await self.wire.aclose()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._news.clear()
            if not self._waiting:
                await self._news.wait()
                continue
            pause = self._waiting[0][0] - loop.time()
            if pause > 0:
                try:
                    async with asyncio.timeout(pause):
                        await self._news.wait()
                except TimeoutError:
                    pass
                continue
            await self._slots.acquire()
            if not self._waiting:
                self._slots.release()
                continue
            task = loop.create_task(self._carry(heapq.heappop(self._waiting)))
            self._under_way.add(task)
            task.add_done_callback(self._carried)

    async def _carry(self, parcel: Parcel) -> None:
        _, _, url, body, headers, tries = parcel
        if not 200 <= await self._once(url, body, headers) < 300:
            self._again(url, body, headers, tries)

    def _carried(self, task: asyncio.Task[None]) -> None:
        self._slots.release()
        self._under_way.discard(task)
        self._settle()

    def _settle(self) -> None:
        if not self._waiting and not self._under_way:
            self._idle.set()

    def _again(self, url: str, body: bytes, headers: Mapping[str, str], tries: int) -> None:
        if tries < len(self._pauses):
            self.later(self._pauses[tries], url, body, headers, tries=tries + 1)
        else:
            self.given_up.append(body)

    async def _once(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        request = Request(method="POST", url=url, headers=headers, content=body, timeout=10.0)
        try:
            return (await self.wire.exchange(request)).status
        except WireFailure:
            return 0
