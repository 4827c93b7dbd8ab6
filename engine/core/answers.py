"""Reading an answer: what a person types, as a value of the type that the question asked for.

Every reader takes the words (and, for dates, the moment in the contact's zone) and gives the value as JSON, or None
when the words are not such a value. Money is centavos, dates are ISO 8601, numbers of people are digits only.
Brazilian habits throughout: `1.234,56`, `12/03`, `14h30`, `amanhã`, `(11) 98765-4321`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Literal

from validate_docbr import CNPJ, CPF

from engine.core.filters import CPF_SHAPE
from engine.core.words import fold

AnswerType = Literal[
    "text", "number", "money", "date", "time", "cpf", "cnpj", "email", "phone", "choice", "yes_no", "location",
    "media", "rating",
]  # fmt: skip

_YES = {
    "sim", "s", "ss", "claro", "com certeza", "ok", "okay", "isso", "isso mesmo", "pode", "pode ser", "quero",
    "aceito", "confirmo", "certo", "correto", "exato", "positivo", "uhum", "aham", "yes", "y", "beleza", "blz", "1",
    "sim quero", "quero sim", "sim por favor", "bora", "fechado",
}  # fmt: skip
_NO = {
    "nao", "n", "nn", "negativo", "nunca", "no", "nop", "agora nao", "nao quero", "nao obrigado", "nao obrigada",
    "recuso", "errado", "incorreto", "2", "deixa", "dispenso",
}  # fmt: skip
_WEEKDAYS = {"segunda": 0, "terca": 1, "quarta": 2, "quinta": 3, "sexta": 4, "sabado": 5, "domingo": 6}
_MONTHS = {
    "jan": 1, "fev": 2, "mar": 3, "abr": 4, "mai": 5, "jun": 6, "jul": 7, "ago": 8, "set": 9, "out": 10, "nov": 11,
    "dez": 12,
}  # fmt: skip
_AMOUNT = re.compile(r"(?<![\d.,])(-?)\s*(\d{1,3}(?:\.\d{3})+|\d{1,12})(?:,(\d{1,2})|\.(\d{1,2}))?(?![\d])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24}")
_CLOCK = re.compile(r"\b(\d{1,2})\s*(?::|h|hs|hrs|horas?)\s*(\d{2})?\b")
_HOUR = re.compile(r"^(?:as|a)?\s*(\d{1,2})(?:\s*(?:da|de)\s+(manha|tarde|noite|madrugada))?$")
_DATE = re.compile(r"\b(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}|\d{2}))?\b")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_LONG = re.compile(r"\b(\d{1,2})o?\s+(?:de\s+)?([a-z]{3,9})(?:\s+(?:de\s+)?(\d{4}))?\b")


def read_number(said: str, now: datetime) -> float | int | None:
    """`1.234,5` is 1234.5."""
    found = _AMOUNT.search(said.strip())
    if found is None:
        return None
    sign, whole, comma, point = found.groups()
    decimals = comma or point
    digits = whole.replace(".", "")
    value = float(f"{digits}.{decimals}") if decimals else int(digits)
    return -value if sign else value


def read_money(said: str, now: datetime) -> int | None:
    """`R$ 1.234,56` is 123456 centavos; `2 mil` is 200000."""
    found = _AMOUNT.search(said)
    if found is None or found.group(1):
        return None
    _, whole, comma, point = found.groups()
    cents = int(whole.replace(".", "")) * 100 + int((comma or point or "0").ljust(2, "0"))
    return cents * 1000 if re.match(r"\s*mil\b", fold(said[found.end() :])) else cents


def read_date(said: str, now: datetime) -> str | None:
    """A day, the next one that fits where the year is not said."""
    text, today = fold(said), now.date()
    for word, days in (("depois de amanha", 2), ("amanha", 1), ("hoje", 0), ("anteontem", -2), ("ontem", -1)):
        if word in text:
            return (today + timedelta(days=days)).isoformat()
    if found := _ISO.search(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DATE.search(text):
        return _nearest(int(found[1]), int(found[2]), found[3], today)
    if (found := _LONG.search(text)) and found[2][:3] in _MONTHS:
        return _nearest(int(found[1]), _MONTHS[found[2][:3]], found[3], today)
    for name, number in _WEEKDAYS.items():
        if re.search(rf"\b{name}\b", text):
            return (today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)).isoformat()
    return None


def _nearest(day: int, month: int, year: str | None, today: date) -> str | None:
    if year is not None:
        return _day(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this = _day(today.year, month, day)
    if this is not None and this >= today.isoformat():
        return this
    return _day(today.year + 1, month, day) or this


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def read_time(said: str, now: datetime) -> str | None:
    """`14h30`, `2 da tarde`, `14:30`."""
    text = fold(said)
    if "meio dia" in text or "meio-dia" in text:
        return "12:00"
    if found := _CLOCK.search(text):
        hour, minute = int(found[1]), int(found[2] or 0)
    elif found := _HOUR.match(text):
        hour, minute = int(found[1]), 0
    else:
        return None
    if hour < 12 and re.search(r"\b(tarde|noite)\b", text):
        hour += 12
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None


def read_cpf(said: str, now: datetime) -> str | None:
    """Eleven digits; whether the check digits must be right is the question's business."""
    found = CPF_SHAPE.search(said)
    return re.sub(r"\D", "", found.group()) if found else None


def read_cnpj(said: str, now: datetime) -> str | None:
    """Fourteen characters; letters too, as registered since July 2026."""
    found = re.search(
        r"[A-Z0-9]{2}\.?[A-Z0-9]{3}\.?[A-Z0-9]{3}/?[A-Z0-9]{4}-?\d{2}(?![A-Z0-9])", said.upper()
    )
    return re.sub(r"[^A-Z0-9]", "", found.group()) if found else None


def is_cpf(digits: str) -> bool:
    """Whether the check digits are right (repeated digits are not)."""
    return bool(CPF().validate(digits))


def is_cnpj(characters: str) -> bool:
    """Whether the check digits are right."""
    return bool(CNPJ().validate(characters))


def read_email(said: str, now: datetime) -> str | None:
    """The first address in the text, in small letters."""
    found = _EMAIL.search(said)
    return found.group().lower() if found else None


def read_phone(said: str, now: datetime) -> str | None:
    """A Brazilian number with its area code, as `55` and ten or eleven digits."""
    digits = re.sub(r"\D", "", said)
    if digits.startswith("55") and len(digits) in (12, 13):
        digits = digits[2:]
    digits = digits[1:] if digits.startswith("0") and len(digits) in (11, 12) else digits
    if len(digits) not in (10, 11) or digits[0] == "0" or digits[1] == "0":
        return None
    if len(digits) == 11 and digits[2] != "9":
        return None
    return "55" + digits


def read_yes_no(said: str, now: datetime) -> bool | None:
    """Yes or no, in the ways that people say it."""
    if any(sign in said for sign in "👍✅👌"):
        return True
    if any(sign in said for sign in "👎❌🚫"):
        return False
    text = re.sub(r"[^\w ]", "", fold(said))
    if text in _YES:
        return True
    if text in _NO:
        return False
    words = text.split()
    if not words or len(words) > 6:
        return None
    if words[0] in ("nao", "n"):
        return False
    return True if words[0] in ("sim", "claro", "quero", "pode") else None


def read_text(said: str, now: datetime) -> str | None:
    """Any words."""
    return said.strip() or None


def read_rating(said: str, now: datetime) -> int | None:
    """A whole number (or as many stars); its bounds are the question's business."""
    stars = said.count("⭐") or said.count("★")
    if stars:
        return stars
    words = {"um": 1, "dois": 2, "tres": 3, "quatro": 4, "cinco": 5, "zero": 0, "dez": 10}
    text = fold(said)
    if text in words:
        return words[text]
    found = re.search(r"(?<![\d,.])\d{1,2}(?![\d]|[,.]\d)", text)
    return int(found.group()) if found else None


READERS: dict[str, Callable[[str, datetime], Any]] = {
    "text": read_text,
    "number": read_number,
    "money": read_money,
    "date": read_date,
    "time": read_time,
    "cpf": read_cpf,
    "cnpj": read_cnpj,
    "email": read_email,
    "phone": read_phone,
    "yes_no": read_yes_no,
    "rating": read_rating,
}
