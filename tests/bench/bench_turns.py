"""Durable turns a second: signed webhook in over HTTP, session committed, reply accepted by the Graph API.

At 1, 10 and 100 conversations at once, each of which writes again as soon as it was answered; next to pgbench with the
statements of one turn, prepared, on the same PostgreSQL in the same run.

Run: `python -m tests.bench.bench_turns [seconds]`.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from typing import NamedTuple

import uvloop

from tests.bench import pgbench
from tests.bench.phones import Graph, Lines, Taken, said, webhook
from tests.bench.stage import Stage, free_port, stage

ATONCE = (1, 10, 100)


class Row(NamedTuple):
    """Of one number of conversations. Times in seconds; `cpu` by who spent it, for each turn."""

    conversations: int
    rate: float
    p50: float
    p99: float
    cpu: dict[str, float]


class Talk:
    """Conversations that go on as fast as they are answered."""

    def __init__(self, channel: int, port: int) -> None:
        self._channel = channel
        self._lines = Lines(port)
        self._waiting: dict[str, asyncio.Future[Taken]] = {}
        self.webhooks: list[float] = []

    def heard(self, taken: Taken) -> None:
        waiting = self._waiting.pop(taken.to, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(taken)

    async def turn(self, phone: str, text: str) -> float:
        """Seconds from the webhook's first byte to the reply's last."""
        answered: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self._waiting[phone] = answered
        request = webhook(self._channel, said(phone, text))
        start = time.perf_counter()
        status = await self._lines.post(request)
        self.webhooks.append(time.perf_counter() - start)
        assert status in (200, 201), status
        async with asyncio.timeout(30):
            return (await answered).at - start

    async def many(self, conversations: int, seconds: float) -> list[float]:
        """The times of all turns that `conversations` people have in so many seconds."""
        until = time.perf_counter() + seconds
        took: list[float] = []

        async def person(n: int) -> None:
            k = 0
            while time.perf_counter() < until:
                k += 1
                took.append(await self.turn(f"55419{n:08d}", f"m{k}"))

        await asyncio.gather(*(person(n) for n in range(conversations)))
        return took


def quantile(values: list[float], q: float) -> float:
    return statistics.quantiles(values, n=1000)[int(q * 1000) - 1] if len(values) > 1 else values[0]


async def measure(made: Stage, talk: Talk, seconds: float) -> list[Row]:
    await talk.many(100, 3.0)
    await made.analyze()
    found = []
    for n in ATONCE:
        start, busy = time.perf_counter(), made.cpu_seconds()
        took = await talk.many(n, seconds)
        spent = time.perf_counter() - start
        per_turn = {who: (after - busy[who]) / len(took) for who, after in made.cpu_seconds().items()}
        found.append(Row(n, len(took) / spent, quantile(took, 0.5), quantile(took, 0.99), per_turn))
    return found


async def run(seconds: float, layout: tuple[str, ...] = ("api,worker",)) -> None:
    talk: Talk
    graph = Graph(lambda taken: talk.heard(taken))
    async with stage(await graph.open()) as made:
        port = free_port()
        talk = Talk(made.channel, port)
        for n, parts in enumerate(layout):
            made.start(parts, port if n == 0 else free_port())
        await made.answers(port)
        rows = await measure(made, talk, seconds)
        print(f"| conversations at once ({' + '.join(layout)}) | turns/s | p50 ms | p99 ms | CPU ms a turn |")
        print("| ---: | ---: | ---: | ---: | --- |")
        for row in rows:
            cpu = ", ".join(f"{who} {seconds * 1e3:.2f}" for who, seconds in row.cpu.items())
            print(
                f"| {row.conversations} | {row.rate:,.0f} | {row.p50 * 1e3:.1f} | {row.p99 * 1e3:.1f} | {cpu} |",
                flush=True,
            )
        made.stop_processes()
        print("\n| pgbench, prepared | clients | per second | mean ms |\n| --- | ---: | ---: | ---: |")
        for script in pgbench.SCRIPTS:
            for clients in (1, 8):
                rate, latency = await pgbench.run(made, clients, seconds, script)
                print(f"| {script} | {clients} | {rate:,.0f} | {latency:.2f} |", flush=True)
    await graph.aclose()


def main(seconds: float = 8.0) -> None:
    uvloop.run(run(seconds))


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
