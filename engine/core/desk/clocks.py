"""The clocks of a ticket: when the first reply and the resolution are due, in working time.

The clock for the resolution stands while the customer is waited for: `held` remembers how much working time was left.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from engine.core.desk.queues import Sla
from engine.core.desk.worktime import Calendar

Alert = Literal["first_warned", "first_breached", "resolve_warned", "resolve_breached"]


class Clocks(msgspec.Struct, frozen=True, kw_only=True):
    """`first_due` and `resolve_due` None: nothing is promised. `held_left` are seconds of working time."""

    since: datetime
    first_due: datetime | None = None
    first_reply_at: datetime | None = None
    resolve_due: datetime | None = None
    held_at: datetime | None = None
    held_left: float | None = None


def started(promise: Sla, since: datetime, calendar: Calendar) -> Clocks:
    """The clocks of a ticket that begins to wait at `since`."""
    return Clocks(
        since=since,
        first_due=calendar.after(since, promise.first_reply) if promise.first_reply else None,
        resolve_due=calendar.after(since, promise.resolution) if promise.resolution else None,
    )


def replied(clocks: Clocks, at: datetime, calendar: Calendar) -> Clocks:
    """A person answered: the first reply is given, and now the customer is waited for."""
    first = clocks.first_reply_at or at
    if clocks.held_at is not None or clocks.resolve_due is None:
        return msgspec.structs.replace(clocks, first_reply_at=first)
    left = calendar.between(at, clocks.resolve_due)
    return msgspec.structs.replace(clocks, first_reply_at=first, held_at=at, held_left=left)


def resumed(clocks: Clocks, at: datetime, calendar: Calendar) -> Clocks:
    """The customer wrote: what was left runs again."""
    if clocks.held_at is None:
        return clocks
    # a promise that was broken before the pause stays broken
    due = clocks.resolve_due if not clocks.held_left else calendar.after(at, clocks.held_left)
    return msgspec.structs.replace(clocks, resolve_due=due, held_at=None, held_left=None)


def alerts(clocks: Clocks, at: datetime, warn_at: float, calendar: Calendar) -> list[Alert]:
    """What is to be said of the clocks at `at`: warnings after the part `warn_at` of the working time."""
    found: list[Alert] = []
    if clocks.first_due is not None and clocks.first_reply_at is None:
        found += _of("first", clocks.since, clocks.first_due, at, warn_at, calendar)
    if clocks.resolve_due is not None and clocks.held_at is None:
        found += _of("resolve", clocks.since, clocks.resolve_due, at, warn_at, calendar)
    return found


def _of(
    which: Literal["first", "resolve"],
    since: datetime,
    due: datetime,
    at: datetime,
    warn_at: float,
    calendar: Calendar,
) -> list[Alert]:
    if at >= due:
        return (
            ["first_warned", "first_breached"] if which == "first" else ["resolve_warned", "resolve_breached"]
        )
    whole, left = calendar.between(since, due), calendar.between(at, due)
    if whole and whole - left >= whole * warn_at:
        return ["first_warned"] if which == "first" else ["resolve_warned"]
    return []
