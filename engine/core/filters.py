"""Filters of text substitutions: `{{ invoice.amount | brl }}`. One function each, declared once with its example;
the documentation and a test are made from the declaration.

A filter is total: a value that it cannot treat comes out as it went in, as text. Money is integer centavos.
Dates come as ISO 8601 text; moments with a zone are shown in the conversation's zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

WEEKDAYS = (
    "segunda-feira",
    "terça-feira",
    "quarta-feira",
    "quinta-feira",
    "sexta-feira",
    "sábado",
    "domingo",
)
MONTHS = (
    "janeiro", "fevereiro", "março", "abril", "maio", "junho",
    "julho", "agosto", "setembro", "outubro", "novembro", "dezembro",
)  # fmt: skip

CPF_SHAPE = re.compile(r"(?<!\d)\d{3}[.\s]?\d{3}[.\s]?\d{3}[-.\s]?\d{2}(?!\d)")


class Filter(NamedTuple):
    """`example` is (value, arguments, expected text)."""

    name: str
    apply: Callable[..., Any]
    summary: str
    example: tuple[Any, tuple[Any, ...], str]


FILTERS: dict[str, Filter] = {}


def _filter(name: str, summary: str, value: Any, args: tuple[Any, ...], expected: str) -> Callable[..., Any]:
    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        FILTERS[name] = Filter(name, function, summary, (value, args, expected))
        return function

    return register


def shown(value: Any) -> str:
    """A value as people read it: nothing for null, `2` for 2.0, lists joined by commas."""
    match value:
        case None:
            return ""
        case str():
            return value
        case True:
            return "sim"
        case False:
            return "não"
        case float() if value == value and value not in (float("inf"), float("-inf")) and value == int(value):
            return str(int(value))
        case list():
            return ", ".join(shown(v) for v in value)
        case dict():
            return ", ".join(f"{k}: {shown(v)}" for k, v in value.items())
    return str(value)


def _number(value: Any) -> float | int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        try:
            return float(value) if "." in value else int(value)
        except ValueError:
            return None
    return None


def grouped(value: float | int, decimals: int) -> str:
    """`1234.5` with 2 decimals is `1.234,50`."""
    return f"{value:,.{decimals}f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def moment(value: Any, zone: str) -> datetime | date | None:
    """An ISO 8601 date or date-time as such; None when it is neither."""
    if isinstance(value, datetime | date):
        found: datetime | date = value
    elif isinstance(value, str):
        try:
            found = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            return None
    else:
        return None
    if isinstance(found, datetime) and found.tzinfo is not None:
        return found.astimezone(ZoneInfo(zone))
    return found


@_filter("brl", "centavos as reais", 123456, (), "R$ 1.234,56")
def _brl(value: Any, zone: str) -> Any:
    number = _number(value)
    if number is None:
        return value
    sign = "-" if number < 0 else ""
    return f"{sign}R$ {grouped(abs(number) / 100, 2)}"


@_filter(
    "number", "a number with dots and comma; the argument says how many decimals", 1234.5, (2,), "1.234,50"
)
def _number_filter(value: Any, zone: str, decimals: Any = 0) -> Any:
    number = _number(value)
    return value if number is None else grouped(number, max(0, min(int(decimals), 10)))


@_filter("percent", "a share (0.25) as per cent", 0.25, (), "25%")
def _percent(value: Any, zone: str, decimals: Any = 0) -> Any:
    number = _number(value)
    return value if number is None else grouped(number * 100, max(0, min(int(decimals), 10))) + "%"


@_filter(
    "date",
    "a date, by default day/month/year; the argument is a strftime pattern",
    "2026-03-05",
    (),
    "05/03/2026",
)
def _date(value: Any, zone: str, pattern: str = "%d/%m/%Y") -> Any:
    found = moment(value, zone)
    return value if found is None else found.strftime(pattern)


@_filter("time", "the time of day", "2026-03-05T18:30:00+00:00", (), "15:30")
def _time(value: Any, zone: str) -> Any:
    found = moment(value, zone)
    return found.strftime("%H:%M") if isinstance(found, datetime) else value


@_filter("long_date", "a date in words", "2026-03-05", (), "5 de março de 2026")
def _long_date(value: Any, zone: str) -> Any:
    found = moment(value, zone)
    return value if found is None else f"{found.day} de {MONTHS[found.month - 1]} de {found.year}"


@_filter("weekday", "the day of the week", "2026-03-05", (), "quinta-feira")
def _weekday(value: Any, zone: str) -> Any:
    found = moment(value, zone)
    return value if found is None else WEEKDAYS[found.weekday()]


def _digits(value: Any) -> str:
    return "".join(c for c in shown(value) if c.isdigit())


@_filter("cpf", "a CPF with its mask", "11111111111", (), "111.111.111-11")
def _cpf(value: Any, zone: str) -> Any:
    d = _digits(value)
    return f"{d[:3]}.{d[3:6]}.{d[6:9]}-{d[9:]}" if len(d) == 11 else value


@_filter("cpf_hidden", "a CPF of which only the middle is shown", "11122233344", (), "***.222.333-**")
def _cpf_hidden(value: Any, zone: str) -> Any:
    d = _digits(value)
    return f"***.{d[3:6]}.{d[6:9]}-**" if len(d) == 11 else value


@_filter(
    "cnpj", "a CNPJ with its mask, also the alphanumeric ones", "12ABC34501DE35", (), "12.ABC.345/01DE-35"
)
def _cnpj(value: Any, zone: str) -> Any:
    d = "".join(c for c in shown(value).upper() if c.isalnum())
    return f"{d[:2]}.{d[2:5]}.{d[5:8]}/{d[8:12]}-{d[12:]}" if len(d) == 14 else value


@_filter("phone", "a Brazilian number as people write it", "5511987654321", (), "(11) 98765-4321")
def _phone(value: Any, zone: str) -> Any:
    d = _digits(value)
    d = d[2:] if len(d) in (12, 13) and d.startswith("55") else d
    return f"({d[:2]}) {d[2:-4]}-{d[-4:]}" if len(d) in (10, 11) else value


@_filter("upper", "capital letters", "olá", (), "OLÁ")
def _upper(value: Any, zone: str) -> Any:
    return shown(value).upper()


@_filter("lower", "small letters", "OLÁ", (), "olá")
def _lower(value: Any, zone: str) -> Any:
    return shown(value).lower()


@_filter("title", "each word of a name with a capital", "maria da silva", (), "Maria da Silva")
def _title(value: Any, zone: str) -> Any:
    small = {"da", "das", "de", "do", "dos", "e"}
    words = shown(value).lower().split()
    return " ".join(w if i and w in small else w[:1].upper() + w[1:] for i, w in enumerate(words))


@_filter("first", "the first word, for example of a name", "Maria da Silva", (), "Maria")
def _first(value: Any, zone: str) -> Any:
    words = shown(value).split()
    return words[0] if words else ""


@_filter("trim", "without spaces at the ends", "  oi ", (), "oi")
def _trim(value: Any, zone: str) -> Any:
    return shown(value).strip()


@_filter("truncate", "at most so many characters, with an ellipsis", "uma frase longa", (9,), "uma fras…")
def _truncate(value: Any, zone: str, most: Any = 100) -> Any:
    text = shown(value)
    return text if len(text) <= int(most) else text[: max(0, int(most) - 1)] + "…"


@_filter("default", "the argument where there is no value", None, ("cliente",), "cliente")
def _default(value: Any, zone: str, other: Any = "") -> Any:
    return other if value is None or value == "" else value


@_filter("join", "a list with the argument between its items", ["a", "b"], (" e ",), "a e b")
def _join(value: Any, zone: str, between: Any = ", ") -> Any:
    return str(between).join(shown(v) for v in value) if isinstance(value, list) else value


@_filter("count", "how many items", [1, 2, 3], (), "3")
def _count(value: Any, zone: str) -> Any:
    return len(value) if isinstance(value, list | dict | str) else 0


@_filter("plural", "the singular for 1, else the plural", 2, ("fatura", "faturas"), "faturas")
def _plural(value: Any, zone: str, one: Any = "", many: Any = "") -> Any:
    number = len(value) if isinstance(value, list) else _number(value)
    return one if number == 1 else many


@_filter("yes_no", "sim or não by truth", 0, (), "não")
def _yes_no(value: Any, zone: str) -> Any:
    return "sim" if value else "não"


@_filter(
    "greet", "a name after a greeting, with its comma; nothing where there is no name", "Maria", (), ", Maria"
)
def _greet(value: Any, zone: str) -> Any:
    name = shown(value).strip()
    return f", {name}" if name else ""


@_filter("find_cpf", "the first CPF in a text, only its digits", "meu CPF: 111.111.111-11", (), "11111111111")
def _find_cpf(value: Any, zone: str) -> Any:
    found = CPF_SHAPE.search(shown(value))
    return "".join(c for c in found.group() if c.isdigit()) if found else ""


@_filter("digits", "only the digits", "(11) 9-8", (), "1198")
def _digits_filter(value: Any, zone: str) -> Any:
    return _digits(value)
