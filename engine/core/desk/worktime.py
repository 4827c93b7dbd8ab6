"""Working time: how much of it lies between two moments, and when so much of it will have passed.

Hours are local times by weekday and may have breaks and cross midnight, as in `engine.core.world.World`. Where a
calendar has no hours at all, every hour is a working hour; holidays are none in either case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from engine.core.errors import TramaError

Hours = Mapping[str, list[tuple[str, str]]]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FURTHEST = 800
"""Days after which a calendar that never opens is given up on."""
_DAY = timedelta(days=1)


class Calendar(msgspec.Struct, frozen=True):
    zone: str = "America/Sao_Paulo"
    hours: Hours = {}
    holidays: Mapping[date, str] = {}

    def is_open(self, at: datetime) -> bool:
        return any(begin <= at < end for begin, end in self._spans(at - _DAY, at + timedelta(seconds=1)))

    def opens(self, at: datetime) -> datetime | None:
        """The next moment that is open, `at` itself when it is; None where it never opens."""
        last = at + timedelta(days=FURTHEST)
        return next((max(begin, at) for begin, end in self._spans(at - _DAY, last) if end > at), None)

    def between(self, start: datetime, end: datetime) -> float:
        """Seconds of working time from `start` to `end`; 0 when `end` is not later."""
        spans = self._spans(start - _DAY, end)
        return sum(max(0.0, (min(e, end) - max(b, start)).total_seconds()) for b, e in spans)

    def after(self, start: datetime, seconds: float) -> datetime | None:
        """When `seconds` of working time will have passed since `start`; None where that is beyond all days."""
        left = seconds
        for begin, end in self._spans(start - _DAY, start + timedelta(days=FURTHEST)):
            begin = max(begin, start)
            room = (end - begin).total_seconds()
            if room <= 0:
                continue
            if left <= room:
                return begin + timedelta(seconds=left)
            left -= room
        return None

    def _spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open intervals that touch the period, in order, in UTC, without overlaps."""
        zone = ZoneInfo(self.zone)
        local, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        closed = datetime.min.replace(tzinfo=UTC)
        while local <= last:
            if local not in self.holidays:
                for begin, finish in sorted(self._of(local)):
                    opens = max(_moment(local, begin, zone), closed)
                    closes = _moment(local + _DAY if finish <= begin else local, finish, zone)
                    if closes > opens:
                        closed = closes
                        yield opens, closes
            local += _DAY

    def _of(self, day: date) -> list[tuple[time, time]]:
        if not self.hours:
            return [(time.min, time.min)]
        return [(clock(begin), clock(end)) for begin, end in self.hours.get(DAYS[day.weekday()], ())]


def clock(written: str) -> time:
    """`08:00` as a time; `24:00` is midnight, the day's end. Raises `desk:bad-hours`."""
    if written == "24:00":
        return time.min
    try:
        return time.fromisoformat(written)
    except ValueError:
        raise TramaError("desk:bad-hours", f"{written!r} is not a time such as 08:00") from None


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
