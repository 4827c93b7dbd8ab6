"""Everything a rule may know besides its data. No clock is ever read: the time comes in with the event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import msgspec

Hours = Mapping[str, list[tuple[str, str]]]
"""`mon` .. `sun` to local opening intervals, `[("08:00", "12:00"), ("13:00", "18:00")]`."""


class Env(msgspec.Struct, frozen=True):
    """The event's time, the company's zone and calendar, and the key of sticky decisions.

    `hours` are local and may cross midnight (`("22:00", "02:00")`). `holidays` are resolved outside and passed
    as data, a set of dates or dates with names. `sticky` (the contact's id) keeps `fractional` stable.
    """

    now: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    zone: str = "America/Sao_Paulo"
    hours: Hours = {}
    holidays: frozenset[date] | Mapping[date, str] = frozenset()
    sticky: str = ""


DEFAULT = Env()
