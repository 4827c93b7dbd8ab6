"""The kill test's two sides: people who write and a Graph API that counts, and a supervisor that keeps the product's
processes running while they are killed.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import psutil  # type: ignore[import-untyped]

from tests.bench.phones import Graph, Lines, Taken, said, status, webhook
from tests.bench.stage import Stage, free_port


@dataclass
class Record:
    """What happened on the wire."""

    accepted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Phone to the texts that were answered with 200, in their order."""
    taken: list[Taken] = field(default_factory=list)
    told: dict[str, float] = field(default_factory=dict)
    """Outbox id to when its first report was answered with 200."""
    webhooks: int = 0
    refused: int = 0
    repeats: int = 0


class MoodyGraph(Graph):
    """Of a thousand requests five are not taken and five are taken, and nobody is told."""

    def __init__(self, heard: Callable[[Taken], None], rng: random.Random) -> None:
        super().__init__(heard)
        self._rng = rng

    def take(self, body: bytes) -> bytes | None:
        mood = self._rng.random()
        if mood < 0.005:
            return None
        answer = super().take(body)
        return None if mood < 0.01 else answer


class Meta:
    """Delivers what people write and reports about what was taken, again and again until it is answered with 200, as
    Meta does; now and then twice, late and out of order."""

    def __init__(self, port: int, rng: random.Random, record: Record) -> None:
        self.graph = MoodyGraph(self._heard, rng)
        self.record = record
        self.channel = 0
        self._rng = rng
        self._port = port
        self._lines = Lines(port)
        self._tasks: set[asyncio.Task[None]] = set()
        self._answers: dict[str, int] = defaultdict(int)
        self._news = asyncio.Event()

    def _heard(self, taken: Taken) -> None:
        self.record.taken.append(taken)
        self._answers[taken.to] += 1
        self._news.set()
        names = ["sent", "delivered", "read"]
        self._rng.shuffle(names)
        for name in names[: self._rng.randint(1, 3)]:
            self._spawn(self._report(taken, name))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _report(self, taken: Taken, name: str) -> None:
        await asyncio.sleep(self._rng.choice([0.0, 0.1, 0.5, 1.0, 3.0, 6.0]))
        await self.deliver(webhook(self.channel, statuses=(status(taken, name),)))
        self.record.told.setdefault(taken.outbox, time.perf_counter())

    async def deliver(self, request: bytes) -> None:
        """Until it is answered with 200; then perhaps again, later."""
        while True:
            try:
                async with asyncio.timeout(10):
                    answer = await self._lines.post(request)
            except (OSError, TimeoutError):
                self._lines = Lines(self._port)
                answer = 0
            self.record.webhooks += 1
            if answer in (200, 201):
                break
            self.record.refused += 1
            await asyncio.sleep(self._rng.uniform(0.05, 0.3))
        if self._rng.random() < 0.1:
            self._spawn(self._again(request))

    async def _again(self, request: bytes) -> None:
        await asyncio.sleep(self._rng.uniform(0, 3))
        self.record.repeats += 1
        await self.deliver(request)

    async def person(self, phone: str, during: asyncio.Task[None], *, patient: bool) -> None:
        """While `during` runs, writes `<phone>-1`, `<phone>-2` … Who is patient waits for an answer each time; the
        other one does so only at first and then writes on, several messages to a turn."""
        k = 0
        while not during.done() or k < 2:
            k += 1
            before = self._answers[phone]
            text = f"{phone}-{k}"
            await self.deliver(webhook(self.channel, said(phone, text, f"wamid.{text}")))
            self.record.accepted[phone].append(text)
            if patient or k == 1:
                await self.answered(phone, before + 1)
            else:
                await asyncio.sleep(self._rng.uniform(0, 0.2))

    async def answered(self, phone: str, count: int) -> None:
        async with asyncio.timeout(60):
            while self._answers[phone] < count:
                self._news.clear()
                await self._news.wait()

    async def quiet(self) -> None:
        """Until every report and repeat was delivered."""
        while self._tasks:
            await asyncio.wait(list(self._tasks))


class Supervisor:
    """Keeps one web process and one worker alive, as systemd would."""

    def __init__(self, made: Stage, port: int, rng: random.Random) -> None:
        self._made = made
        self._rng = rng
        self._ports = {"api": port, "worker": free_port()}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._orders: dict[str, list[str]] = {"api": [], "worker": []}
        self._dying = {"api": "", "worker": ""}
        self.deaths: list[str] = []
        self._died = asyncio.Event()
        self._over = False

    def order(self, part: str, place: str) -> None:
        """The next process of this part dies at that place."""
        self._orders[part].append(place)

    async def obeyed(self) -> None:
        """Until every death that was ordered was died; the test says which were not."""
        try:
            async with asyncio.timeout(30):
                while any(self._orders.values()) or any(self._dying.values()):
                    self._died.clear()
                    await self._died.wait()
        except TimeoutError:
            return

    async def run(self) -> None:
        while not self._over:
            for part, port in self._ports.items():
                process = self._processes.get(part)
                if process is None or process.poll() is not None:
                    if process is not None:
                        self.deaths.append(f"{part} {self._dying[part]}".strip())
                    self._begin(part, port)
                    self._died.set()
            await asyncio.sleep(0.05)

    def _begin(self, part: str, port: int) -> None:
        place = self._orders[part].pop(0) if self._orders[part] else ""
        self._dying[part] = self._made.environment["SOAK_DIE_AT"] = place
        self._processes[part] = self._made.start(part, port, "tests.soak.haste")

    def kill(self, part: str) -> None:
        process = self._processes.get(part)
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGKILL)

    async def kill_postgres(self) -> None:
        """Postmaster and all its children at once, then a start that recovers from the log."""
        postgres = self._made.postgres
        family = psutil.Process(postgres.get_postmaster_info().pid)
        for process in [family, *family.children(recursive=True)]:
            try:
                os.kill(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        await asyncio.to_thread(psutil.wait_procs, [family], 10)
        await asyncio.sleep(self._rng.uniform(0, 0.5))
        await asyncio.to_thread(postgres.ensure_postgres_running)
        self.deaths.append("postgres")

    async def stop(self) -> None:
        self._over = True
        self._made.stop_processes()
