"""Huey's side: the tasks that a ring enqueues, and the consumer that runs them in threads of this process."""

from __future__ import annotations

import threading
from typing import Any

from huey import crontab
from huey.api import Huey
from huey.consumer import Consumer

from engine.services.runtime import Ring
from engine.tasks.crew import Crew


def tasks(huey: Huey, crew: Crew | None) -> dict[Ring, Any]:
    """Make the tasks known to `huey`. A process without a crew only rings."""

    def deliver() -> None:
        if crew is not None:
            crew.heard(crew.deliver())

    def call() -> None:
        if crew is not None:
            crew.heard(crew.call())

    def purge() -> None:
        if crew is not None:
            crew.heard(crew.purge())

    huey.periodic_task(crontab(minute="*"), name="trama_purge")(purge)
    return {
        "deliver": huey.task(name="trama_deliver")(deliver),
        "call": huey.task(name="trama_call")(call),
    }


class QuietConsumer(Consumer):  # type: ignore[misc]
    """A consumer that lives in somebody else's process: signals are the host's business."""

    def _set_signal_handlers(self) -> None:
        return None


class ConsumerThread:
    """A consumer in a thread of its own; `stop` waits for what it is doing."""

    def __init__(self, huey: Huey, *, workers: int = 2) -> None:
        self._consumer = QuietConsumer(huey, workers=workers, check_worker_health=True)
        self._thread = threading.Thread(target=self._consumer.run, name="trama-consumer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._consumer.stop(graceful=True)
        self._thread.join(10)
