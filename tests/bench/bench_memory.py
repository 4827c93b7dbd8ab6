"""Memory of `trama serve` and its PostgreSQL: idle, and over 100,000 turns.

Figures are PSS (each page counted once, shared ones by halves) summed over the product's own processes, from
`/proc/<pid>/smaps_rollup`.

Run: `python -m tests.bench.bench_memory [turns]`.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import NamedTuple

import psutil  # type: ignore[import-untyped]
import uvloop

from tests.bench.bench_turns import Talk
from tests.bench.phones import Graph, Taken
from tests.bench.stage import Stage, free_port, stage

PEOPLE = 200
STEPS = (0.2, 0.6, 1.0)


class Used(NamedTuple):
    """Megabytes."""

    program: float
    postgres: float


def used(made: Stage) -> Used:
    server = psutil.Process(made.postgres.get_postmaster_info().pid)
    return Used(
        sum(_pss(p.pid) for p in made.running if p.poll() is None),
        sum(_pss(p.pid) for p in [server, *server.children()]),
    )


def _pss(pid: int) -> float:
    """0 for a process that ended while we looked."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


async def turns(talk: Talk, count: int) -> None:
    """So many turns, spread over all people."""
    left = count

    async def person(n: int) -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await talk.turn(f"55417{n:08d}", f"m{left}")

    await asyncio.gather(*(person(n) for n in range(PEOPLE)))


async def run(total: int) -> None:
    talk: Talk

    def heard(taken: Taken) -> None:
        talk.heard(taken)

    graph = Graph(heard)
    async with stage(await graph.open()) as made:
        port = free_port()
        talk = Talk(made.channel, port)
        made.start("api,ui,worker", port)
        await made.answers(port, 60)
        await asyncio.sleep(10)
        print("| `trama serve` | program MB | PostgreSQL MB | together MB | turns/s |")
        print("| --- | ---: | ---: | ---: | ---: |")
        _row("idle, just started", used(made), "")
        await turns(talk, 1000)
        await made.analyze()
        done = 0
        for step in STEPS:
            start, more = time.perf_counter(), int(total * step) - done
            await turns(talk, more)
            done += more
            rate = more / (time.perf_counter() - start)
            talk.webhooks.clear()
            await asyncio.sleep(5)
            _row(f"after {done:,} turns", used(made), f"{rate:,.0f}")
    await graph.aclose()


def _row(name: str, found: Used, rate: str) -> None:
    print(
        f"| {name} | {found.program:.0f} | {found.postgres:.0f} | {found.program + found.postgres:.0f} | {rate} |",
        flush=True,
    )


def main(total: int = 100_000) -> None:
    uvloop.run(run(total))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
