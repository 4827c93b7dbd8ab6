"""The bell: "there is work of this kind". Huey carries it between threads and processes; the database holds the
work. Rings are gathered, so that a thousand commits a second cost forty rings, and a lost one costs a sweep.
"""

from __future__ import annotations

import threading
from typing import Any

import structlog
from huey.api import Huey, RedisHuey

from engine.services.runtime import Bell, Ring
from engine.tasks.crew import Crew
from engine.tasks.postgres_huey import PostgresHuey

_GATHER = 0.025
_log = structlog.get_logger(__name__)


def make_huey(queue_url: str, dsn: str) -> Huey:
    """The queue of `TRAMA_QUEUE_URL`, or one in the database. Results are of no use to anyone."""
    if queue_url:
        return RedisHuey("trama", url=queue_url, results=False)
    return PostgresHuey("trama", dsn=dsn, results=False, read_timeout=1)


class NearBell:
    """For a process that has a crew of its own: they hear it at once, without the way through the queue (25 ms, and
    two threads that compete with the loop). Others hear it when the crew has its hands full."""

    def __init__(self, crew: Crew, far: Bell) -> None:
        self._crew = crew
        self._far = far

    def ring(self, kind: Ring) -> None:
        if not self._crew.near(kind):
            self._far.ring(kind)


class HueyBell:
    """Rings from any thread without waiting; a thread of its own carries them to the queue."""

    def __init__(self, tasks: dict[Ring, Any]) -> None:
        """`tasks` are the Huey tasks by kind; calling one enqueues it."""
        self._tasks = tasks
        self._wanted: set[Ring] = set()
        self._wake = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._carry, name="trama-bell", daemon=True)
        self._thread.start()

    def ring(self, kind: Ring) -> None:
        self._wanted.add(kind)
        self._wake.set()

    def close(self) -> None:
        self._over.set()
        self._wake.set()
        self._thread.join(5)

    def _carry(self) -> None:
        while not self._over.is_set():
            self._wake.wait()
            self._wake.clear()
            while self._wanted:
                kind = self._wanted.pop()
                try:
                    self._tasks[kind]()
                except Exception as fault:  # noqa: BLE001  whatever the queue's driver throws: a ring may be lost
                    _log.warning("ring_lost", kind=kind, fault=type(fault).__name__)
            self._over.wait(_GATHER)
