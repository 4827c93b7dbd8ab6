"""How fast a webhook is answered (that is: committed) while a hundred a second come in and are worked on.

The requests leave at their time whether or not the one before was answered (an open loop), so waiting counts.

Run: `python -m tests.bench.bench_webhook [seconds]`.
"""

from __future__ import annotations

import asyncio
import sys
import time

import uvloop

from tests.bench.bench_turns import quantile
from tests.bench.phones import Graph, Lines, Taken, said, status, webhook
from tests.bench.stage import Stage, free_port, stage

A_SECOND = 100
PEOPLE = 500


async def measure(made: Stage, port: int, seconds: float, *, reports: list[Taken] | None) -> list[float]:
    """Seconds to the answer of each request. With `reports` two thirds of the requests are delivery reports."""
    lines = Lines(port)
    took: list[float] = []

    async def one(n: int, due: float) -> None:
        if reports is not None and n % 3 and reports:
            request = webhook(made.channel, statuses=(status(reports.pop(), "delivered"),))
        else:
            request = webhook(made.channel, said(f"55418{n % PEOPLE:08d}", f"m{n}"))
        assert await lines.post(request) in (200, 201)
        took.append(time.perf_counter() - due)

    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for n in range(int(A_SECOND * seconds)):
            due = start + n / A_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(one(n, due))
    return took


async def run(seconds: float) -> None:
    taken: list[Taken] = []
    graph = Graph(taken.append)
    async with stage(await graph.open()) as made:
        port = free_port()
        made.start("api,worker", port)
        await made.answers(port)
        await measure(made, port, 3.0, reports=None)
        print(f"| webhooks, {A_SECOND} a second | p50 ms | p99 ms | longest ms | aim p99 |")
        print("| --- | ---: | ---: | ---: | ---: |")
        for name, reports in (
            ("messages, each answered", None),
            ("a third messages, the rest reports", taken),
        ):
            took = await measure(made, port, seconds, reports=reports)
            p50, p99 = quantile(took, 0.5) * 1e3, quantile(took, 0.99) * 1e3
            print(f"| {name} | {p50:.1f} | {p99:.1f} | {max(took) * 1e3:.1f} | 20 |", flush=True)
    await graph.aclose()


def main(seconds: float = 20.0) -> None:
    uvloop.run(run(seconds))


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
