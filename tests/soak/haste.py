"""Imported into the processes of the kill test. It shortens the product's patience, so that a run shows in seconds what
takes minutes in the field, and it dies where it is told to: `SOAK_DIE_AT="turn:before:5"` is a `kill -9` of this
process instead of the COMMIT of its fifth transaction of turns, `turn:after:5` one right after it.

Places: intake, turn, claim, settle, sweep (each a transaction), and `sent:after:n`, when the n-th answer of the Graph
API was read and not yet noted.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any, NoReturn

from engine.services import delivery, intake, turn, upkeep
from engine.store import database, outbox
from tests.soak.patience import LEASE, STATUS_WAIT

outbox.LEASE = timedelta(seconds=LEASE)
delivery.STATUS_WAIT = timedelta(seconds=STATUS_WAIT)
_place: ContextVar[str] = ContextVar("place", default="")
_wanted = os.environ.get("SOAK_DIE_AT", "")
_passed: Counter[str] = Counter()


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _reached(where: str) -> None:
    _passed[where] += 1
    if f"{where}:{_passed[where]}" == _wanted:
        die()


def _named(owner: Any, method: str, place: str) -> None:
    original = getattr(owner, method)

    async def placed(*args: Any, **named: Any) -> Any:
        token = _place.set(place)
        try:
            return await original(*args, **named)
        finally:
            _place.reset(token)

    setattr(owner, method, placed)


_named(intake.Intake, "_write_once", "intake")
_named(turn.Turns, "_run", "turn")
_named(delivery.Deliveries, "_claim", "claim")
_named(delivery.Deliveries, "_land", "settle")
_named(upkeep, "sweep", "sweep")

_transaction: Callable[..., Any] = database.Database._transaction
_outcome = delivery.Deliveries._outcome


@asynccontextmanager
async def _mortal(self: database.Database, begin: str) -> AsyncIterator[database.Connection]:
    place = _place.get()
    async with _transaction(self, begin) as connection:
        yield connection
        _reached(f"{place}:before")
    _reached(f"{place}:after")


async def _mortal_outcome(self: delivery.Deliveries, flight: delivery.Flight) -> Any:
    result = await _outcome(self, flight)
    _reached("sent:after")
    return result


database.Database._transaction = _mortal  # type: ignore[method-assign]
delivery.Deliveries._outcome = _mortal_outcome  # type: ignore[method-assign]
