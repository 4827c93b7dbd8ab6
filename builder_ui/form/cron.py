"""Five-field cron lines, read only as far as needed to say when they are due next."""

from __future__ import annotations

from datetime import datetime, timedelta

_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_NAMES: tuple[dict[str, int], ...] = (
    {},
    {},
    {},
    {n: i for i, n in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)},
    {n: i for i, n in enumerate("sun mon tue wed thu fri sat".split())},
)
_FARTHEST = 4 * 366
"""Days that are looked ahead: 29 February comes within them."""


def fields(line: str) -> list[frozenset[int]] | None:
    """Minutes, hours, days, months and weekdays (0 is Sunday); None for a line that is none."""
    parts = line.split()
    if len(parts) != 5:
        return None
    found = []
    for part, bounds, names in zip(parts, _BOUNDS, _NAMES, strict=True):
        values = _values(part.lower(), bounds, names)
        if not values:
            return None
        found.append(values)
    found[4] = frozenset(d % 7 for d in found[4])
    return found


def _values(part: str, bounds: tuple[int, int], names: dict[str, int]) -> frozenset[int]:
    low, high = bounds
    if not part.isascii():
        return frozenset()
    values: set[int] = set()
    for piece in part.split(","):
        span, _, step_text = piece.partition("/")
        step = int(step_text) if step_text.isdigit() else 1 if not step_text and "/" not in piece else 0
        first, dash, last = span.partition("-")
        if span == "*":
            start, end = low, high
        else:
            begin = names.get(first, int(first) if first.isdigit() else -1)
            finish = names.get(last, int(last) if last.isdigit() else -1) if dash else begin
            start, end = begin, high if "/" in piece and not dash else finish
        if step < 1 or not low <= start <= end <= high:
            return frozenset()
        values.update(range(start, end + 1, step))
    return frozenset(values)


def due(line: str, after: datetime, count: int = 3) -> list[datetime]:
    """The next moments at which the line is due, local to `after`; empty for a line that is none or never comes."""
    read = fields(line)
    if read is None:
        return []
    minutes, hours, days, months, weekdays = read
    _, _, day_text, _, week_text = line.split()
    found: list[datetime] = []
    day = after.replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(_FARTHEST):
        by_day, by_week = day.day in days, (day.weekday() + 1) % 7 in weekdays
        # where both are given, cron takes either
        fits = by_day or by_week if day_text != "*" and week_text != "*" else by_day and by_week
        if day.month in months and fits:
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    at = day.replace(hour=hour, minute=minute)
                    if at > after:
                        found.append(at)
                        if len(found) == count:
                            return found
        day += timedelta(days=1)
    return found
