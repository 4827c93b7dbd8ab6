"""Dates and times, as ISO 8601 text: a date `2026-11-20` or a time with its offset `2026-11-20T12:30:00-03:00`.

A time without an offset is local to the company's zone. `now` and `today` are the event's, never a clock's.
What cannot be read as a date gives null, as an absent field would.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.core.logic.env import Env
from engine.core.logic.errors import RuleError, bad_argument
from engine.core.logic.operators.registry import operator
from engine.core.logic.values import Json, brief, number

_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}
_MONTHS = {"months": 1, "years": 12}
UNITS = (*_SECONDS, *_MONTHS)
_TOKEN = re.compile("YYYY|YY|MM|DD|HH|mm|ss")
_DIRECTIVE = {
    "YYYY": "{:%Y}",
    "YY": "{:%y}",
    "MM": "{:%m}",
    "DD": "{:%d}",
    "HH": "{:%H}",
    "mm": "{:%M}",
    "ss": "{:%S}",
}
_GROUP = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<short>\d{2})",
    "MM": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{1,2})",
    "HH": r"(?P<hour>\d{1,2})",
    "mm": r"(?P<minute>\d{2})",
    "ss": r"(?P<second>\d{2})",
}


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The IANA zone. Raises RuleError rule:unknown-zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise RuleError("rule:unknown-zone", f"there is no time zone {name!r}") from fault


def moment(env: Env, value: Json) -> date | datetime | None:
    """A date, or an aware datetime in the company's zone, or None."""
    if not isinstance(value, str):
        return None
    value = value.strip()
    if len(value) > 40 or _ISO.fullmatch(value) is None:
        return None
    try:
        if len(value) == 10:
            return date.fromisoformat(value)
        time = datetime.fromisoformat(value.replace(",", "."))
        return time.replace(tzinfo=zone(env.zone)) if time.tzinfo is None else time.astimezone(zone(env.zone))
    except (ValueError, OverflowError):
        return None


def day(env: Env, value: Json) -> date | None:
    """The local date of a date or time."""
    found = moment(env, value)
    return found.date() if isinstance(found, datetime) else found


def local_now(env: Env) -> datetime:
    return env.now.astimezone(zone(env.zone))


def _unit(unit: Json) -> str:
    if isinstance(unit, str) and unit in UNITS:
        return unit
    raise bad_argument(f"{brief(unit)} is not a unit; there are {', '.join(UNITS)}")


@operator(
    "now",
    "date",
    (0, 0),
    pt="O momento do evento, no fuso da empresa.",
    en="The time of the event, in the company's zone.",
    says_pt="agora",
    says_en="now",
    returns="date",
    needs_env=True,
    examples=[({"now": []}, None, "2026-11-20T12:30:00-03:00")],
)
def now(env: Env) -> str:
    return local_now(env).isoformat(timespec="seconds")


@operator(
    "today",
    "date",
    (0, 0),
    pt="O dia do evento, no fuso da empresa.",
    en="The day of the event, in the company's zone.",
    says_pt="hoje",
    says_en="today",
    returns="date",
    needs_env=True,
    examples=[({"today": []}, None, "2026-11-20")],
)
def today(env: Env) -> str:
    return local_now(env).date().isoformat()


@operator(
    "date_add",
    "date",
    (2, 3),
    pt="A data mais uma quantidade de days (padrão), weeks, months, years, hours, minutes ou seconds.",
    en="The date plus a number of days (default), weeks, months, years, hours, minutes or seconds.",
    says_pt="{0} mais {1} {2}",
    says_en="{0} plus {1} {2}",
    takes=("date", "number", "text"),
    returns="date",
    needs_env=True,
    examples=[
        ({"date_add": ["2026-01-31", 1, "months"]}, None, "2026-02-28"),
        ({"date_add": [{"today": []}, -5]}, None, "2026-11-15"),
        ({"date_add": ["2026-11-20T10:00:00-03:00", 90, "minutes"]}, None, "2026-11-20T11:30:00-03:00"),
    ],
)
def date_add(env: Env, value: Json, amount: Json, unit: Json = "days") -> str | None:
    """Days and longer keep the local time of day; shorter units count elapsed time and make a date a time."""
    unit, start = _unit(unit), moment(env, value)
    if start is None:
        return None
    count = number(amount)
    try:
        if unit in _MONTHS:
            moved = _add_months(start, int(count) * _MONTHS[unit])
        elif unit in ("days", "weeks"):
            moved = start + timedelta(days=int(count) * (7 if unit == "weeks" else 1))
        else:
            if not isinstance(start, datetime):
                start = datetime(start.year, start.month, start.day, tzinfo=zone(env.zone))
            moved = datetime.fromtimestamp(start.timestamp() + count * _SECONDS[unit], zone(env.zone))
    except (OverflowError, ValueError, OSError):
        return None
    if isinstance(moved, datetime):
        return moved.isoformat(timespec="seconds")
    return moved.isoformat()


def _add_months(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("year out of range")
    last = calendar.monthrange(year, month + 1)[1]
    return start.replace(year=year, month=month + 1, day=min(start.day, last))


@operator(
    "date_diff",
    "date",
    (2, 3),
    pt="Da segunda data até a primeira, em unidades inteiras (padrão days); nulo se uma não é data.",
    en="From the second date to the first, in whole units (default days); null if one is no date.",
    says_pt="tempo de {1} até {0}",
    says_en="time from {1} to {0}",
    takes=("date", "date", "text"),
    returns="number",
    needs_env=True,
    examples=[
        ({"date_diff": [{"today": []}, {"var": "due"}]}, {"due": "2026-11-08"}, 12),
        ({"date_diff": ["2026-03-30", "2026-01-31", "months"]}, None, 1),
        ({"date_diff": [{"now": []}, {"var": "seen"}, "hours"]}, {"seen": "2026-11-19T15:30:00Z"}, 24),
    ],
)
def date_diff(env: Env, end: Json, start: Json, unit: Json = "days") -> int | None:
    """Toward zero. With a plain date on one side both count as local days; else days are 24 hours."""
    unit, last, first = _unit(unit), moment(env, end), moment(env, start)
    if last is None or first is None:
        return None
    if unit in _MONTHS:
        months = _whole_months(_local(last), _local(first))
        return int(months / _MONTHS[unit])
    if isinstance(last, datetime) and isinstance(first, datetime):
        elapsed = last.astimezone(UTC) - first.astimezone(UTC)
    else:
        elapsed = _local(last) - _local(first)
    whole = abs(elapsed) // timedelta(seconds=_SECONDS[unit])
    return -whole if elapsed < timedelta(0) else whole


def _local(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _whole_months(last: date, first: date) -> int:
    if last < first:
        return -_whole_months(first, last)
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


@lru_cache(maxsize=64)
def _reader(layout: str) -> re.Pattern[str]:
    pieces, position = [], 0
    for token in _TOKEN.finditer(layout):
        pieces += [re.escape(layout[position : token.start()]), _GROUP[token.group()]]
        position = token.end()
    pieces.append(re.escape(layout[position:]))
    try:
        return re.compile("".join(pieces), re.ASCII)
    except re.error as fault:
        raise bad_argument(f"the date format {layout!r} repeats a part") from fault


def _layout(layout: Json) -> str:
    if not isinstance(layout, str) or len(layout) > 60:
        raise bad_argument("a date format is a short text such as DD/MM/YYYY")
    return layout


@operator(
    "parse_date",
    "date",
    (1, 2),
    pt="Lê uma data escrita por uma pessoa (padrão DD/MM/YYYY; ISO é sempre aceito); nulo se não é data.",
    en="Reads a date that a person wrote (default DD/MM/YYYY; ISO is always accepted); null if it is none.",
    says_pt="{0} como data",
    says_en="{0} as a date",
    takes=("text", "text"),
    returns="date",
    needs_env=True,
    examples=[
        ({"parse_date": "05/12/2026"}, None, "2026-12-05"),
        ({"parse_date": ["5.12.26 14:00", "DD.MM.YY HH:mm"]}, None, "2026-12-05T14:00:00-03:00"),
        ({"parse_date": "amanhã"}, None, None),
    ],
)
def parse_date(env: Env, value: Json, layout: Json = "DD/MM/YYYY") -> str | None:
    iso = moment(env, value)
    if iso is not None:
        return iso.isoformat()
    layout = _layout(layout)
    found = _reader(layout).fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    given = {name: int(digits) for name, digits in found.groupdict().items()}
    year = given.get("year", 2000 + given["short"] if "short" in given else local_now(env).year)
    try:
        result = date(year, given.get("month", 1), given.get("day", 1))
        if "hour" not in given:
            return result.isoformat()
        time = datetime(
            result.year,
            result.month,
            result.day,
            given["hour"],
            given.get("minute", 0),
            given.get("second", 0),
            tzinfo=zone(env.zone),
        )
    except ValueError:
        return None
    return time.isoformat()


@operator(
    "format_date",
    "date",
    (1, 2),
    pt="Escreve uma data (padrão DD/MM/YYYY; partes YYYY YY MM DD HH mm ss); nulo se não é data.",
    en="Writes a date (default DD/MM/YYYY; parts YYYY YY MM DD HH mm ss); null if it is none.",
    says_pt="{0} por extenso",
    says_en="{0} written out",
    takes=("date", "text"),
    returns="text",
    needs_env=True,
    examples=[
        ({"format_date": "2026-12-05"}, None, "05/12/2026"),
        ({"format_date": [{"now": []}, "DD/MM HH:mm"]}, None, "20/11 12:30"),
    ],
)
def format_date(env: Env, value: Json, layout: Json = "DD/MM/YYYY") -> str | None:
    found = moment(env, value)
    if found is None:
        return None
    time = found if isinstance(found, datetime) else datetime(found.year, found.month, found.day)
    return _TOKEN.sub(lambda token: _DIRECTIVE[token.group()].format(time), _layout(layout))


@operator(
    "day_of_week",
    "date",
    (0, 1),
    pt="O dia da semana de 1 (segunda) a 7 (domingo); sem argumento, o de hoje.",
    en="The day of the week from 1 (Monday) to 7 (Sunday); without an argument, today's.",
    says_pt="o dia da semana de {0}",
    says_en="the day of the week of {0}",
    takes=("date",),
    returns="number",
    needs_env=True,
    examples=[({"day_of_week": "2026-11-20"}, None, 5), ({"day_of_week": []}, None, 5)],
)
def day_of_week(env: Env, *value: Json) -> int | None:
    found = day(env, value[0]) if value else local_now(env).date()
    return None if found is None else found.isoweekday()
