"""What nodes that wait have in common: listening for a person with a reminder, a service that did not answer, and the
moment that an author named."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from engine.core.errors import TramaError
from engine.core.events import AnyEvent, CallAnswered, TimerFired
from engine.core.filters import moment
from engine.core.message import Text
from engine.core.node import Go, Move, Stay, Words
from engine.core.run import Run


def listen(run: Run, timeout_minutes: int, remind_minutes: int = 0, reminder: Words = "") -> Stay:
    """Wait for the contact's words, with one reminder on the way if there is something to say."""
    remind = timedelta(minutes=remind_minutes) if remind_minutes and reminder else None
    return run.wait("message", timedelta(minutes=timeout_minutes), remind=remind)


def time_passed(run: Run, event: TimerFired, reminder: Words = "") -> Move | None:
    """Say the reminder and go on waiting, or leave through `timeout`."""
    if event.kind != "reminder":
        return Go("timeout")
    if reminder:
        run.send(Text(run.text(reminder)))
    return None


def no_answer(run: Run, node: str, event: AnyEvent) -> Move | None:
    """Leave through `error` with the variable `error` set, when the event is a failed or missing answer."""
    match event:
        case CallAnswered(ok=False, error=code, detail=detail):
            run.set("error", {"code": code, "detail": detail, "node": node})
            return Go("error", code)
        case TimerFired():
            run.set("error", {"code": "call:no-answer", "detail": "", "node": node})
            return Go("error", "no answer in time")
    return None


def moment_named(run: Run, words: str, code: str) -> datetime:
    """The moment that a text comes out as, in UTC; a bare date is nine in the morning on the company's clocks.
    Raises TramaError `code` at `/at` where it is neither date nor moment."""
    said = run.text(words)
    found = moment(said, run.world.zone)
    if found is None:
        raise TramaError(code, f"{said!r} is not a date (2026-12-31) or moment", path="/at")
    if not isinstance(found, datetime):
        found = datetime.combine(found, time(9))
    return (found if found.tzinfo else found.replace(tzinfo=run.local.tzinfo)).astimezone(UTC)
