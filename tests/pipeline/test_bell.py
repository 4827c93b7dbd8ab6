"""Huey over PostgreSQL carries the bell; the crew does the work, rung or not."""

from __future__ import annotations

import asyncio
import threading

import pytest
from greeting import greeting
from harness import Company

from engine.tasks.bell import HueyBell, make_huey
from engine.tasks.consumer import ConsumerThread, tasks
from engine.tasks.crew import Crew
from engine.tasks.postgres_huey import address


async def until(acme: Company, sql: str, wanted: object) -> None:
    async with asyncio.timeout(20):
        while await acme.rows(sql) != wanted:  # noqa: ASYNC110  the row is what counts, and no event tells of it
            await asyncio.sleep(0.02)


async def test_a_ring_is_heard_by_the_consumer(acme: Company) -> None:
    """The sweep is switched off, so only the bell can have told."""
    crew = Crew(acme.rt)
    crew._loop = asyncio.get_running_loop()
    huey = make_huey("", acme.rt.db.dsn)
    bell = HueyBell(tasks(huey, crew))
    consumer = ConsumerThread(huey)
    consumer.start()
    acme.rt.bell = bell
    try:
        await acme.publish(greeting())
        await acme.says("oi")
        await acme.turns.drain()
        await until(acme, "SELECT state FROM outbox", ["sent"])
    finally:
        bell.close()
        await asyncio.to_thread(consumer.stop)
        huey.storage.close()


async def test_without_any_ring_the_sweep_finds_the_work(acme: Company) -> None:
    crew = Crew(acme.rt)
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.turns.drain()
    running = asyncio.create_task(crew.run())
    await until(acme, "SELECT state FROM outbox", ["sent"])
    running.cancel()


def test_rings_are_gathered() -> None:
    heard: list[str] = []
    first = threading.Event()

    def slow() -> None:
        heard.append("deliver")
        first.set()

    bell = HueyBell({"deliver": slow, "call": lambda: heard.append("call")})
    bell.ring("deliver")
    assert first.wait(5)
    for _ in range(10_000):
        bell.ring("deliver")
    bell.close()
    assert len(heard) < 100


@pytest.mark.parametrize(
    ("dsn", "wanted"),
    [
        (
            "postgresql://postgres@/trama?host=%2Ftmp%2Fx&port=5433",
            {"user": "postgres", "database": "trama", "unix_sock": "/tmp/x/.s.PGSQL.5433"},
        ),
        (
            "postgresql://ana:a%40b@db.local:6432/x?sslmode=require",
            {
                "user": "ana",
                "password": "a@b",
                "database": "x",
                "host": "db.local",
                "port": 6432,
                "ssl_context": True,
            },
        ),
    ],
)
def test_addresses(dsn: str, wanted: dict[str, object]) -> None:
    assert address(dsn) == wanted
