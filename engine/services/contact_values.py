"""Values of contacts as they are kept: numbers with country code, addresses in small letters, CPFs that can be right,
and the company's own fields by their declared types.

Text comes from files and screens in the forms that people write (`1.234,56`, `31/12/2026`, `sim`); other systems send
JSON. Both end as the same value: number and money as a JSON number, date as `YYYY-MM-DD`, yes_no as a boolean.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from connectors.phone import normalise, variants
from engine.core.answers import is_cpf
from engine.core.errors import TramaError, pointer
from engine.store.contact_fields import FieldKind, FieldRow
from engine.store.payloads import clean

LONGEST_TEXT = 2_000
MOST_FIELDS = 200
MOST_TAGS = 50
Value = str | int | float | bool
_EMAIL = re.compile(r"^[^\s@<>\"',;:()\[\]\\]{1,64}@[^\s@<>\"',;:()\[\]\\.]+(\.[^\s@<>\"',;:()\[\]\\.]+)+$")
_TAG = re.compile(r"^\S(.{0,58}\S)?$")
_BRAZILIAN = re.compile(r"^-?\d{1,3}(\.\d{3})+(,\d+)?$|^-?\d+,\d+$")
_ENGLISH = re.compile(r"^-?\d{1,3}(,\d{3})+(\.\d+)?$")
_ISO_DATE = re.compile(r"^(\d{4})-(\d\d?)-(\d\d?)(?:[T ].*)?$")
_DAY_FIRST = re.compile(r"^(\d\d?)[/.-](\d\d?)[/.-](\d{4})$")
_YES = frozenset({"sim", "s", "yes", "y", "true", "verdadeiro", "1", "x"})
_NO = frozenset({"não", "nao", "n", "no", "false", "falso", "0"})
_SURROGATE = re.compile("[\ud800-\udfff]")


def plain(text: str) -> str:
    """Text that a column and a screen take: no NUL, no half characters, accents in one piece, trimmed."""
    return unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", clean(text))).strip()


def phone_key(number: str) -> str:
    """One key for all spellings of a normalised number, as `trama_phone` writes it in the database."""
    return min(variants(number), key=len) if number else ""


def phone(text: str, path: str = "/phone") -> str:
    """Digits with country code. Raises `contact:bad-phone`."""
    number = normalise(text) if text.strip() else ""
    if text.strip() and not number:
        raise TramaError("contact:bad-phone", "8 to 15 digits, with the area code", path=path)
    return number


def email(text: str, path: str = "/email") -> str:
    """In small letters. Raises `contact:bad-email`."""
    address = plain(text).lower()
    if address and (len(address) > 320 or not _EMAIL.match(address)):
        raise TramaError("contact:bad-email", "an address is like ana@example.com", path=path)
    return address


def cpf(text: str, path: str = "/cpf") -> str:
    """Eleven digits. Leading zeros that a spreadsheet ate are put back. Raises `contact:bad-cpf`."""
    digits = re.sub(r"[.\-\s/]", "", text)
    if not digits:
        return ""
    if digits.isascii() and digits.isdigit() and 9 <= len(digits) <= 11:
        digits = digits.zfill(11)
        if is_cpf(digits):
            return digits
    raise TramaError("contact:bad-cpf", "eleven digits with right check digits", path=path)


def tags(names: list[str], path: str = "/tags") -> list[str]:
    """Trimmed, each once, in their order. Raises `contact:bad-tag`, `contact:too-many-tags`."""
    found: list[str] = []
    for n, name in enumerate(names):
        one = plain(name)
        if not _TAG.match(one):
            raise TramaError("contact:bad-tag", "1 to 60 characters in one line", path=f"{path}/{n}")
        if one not in found:
            found.append(one)
    if len(found) > MOST_TAGS:
        raise TramaError("contact:too-many-tags", f"at most {MOST_TAGS}", path=path)
    return found


def fields(declared: list[FieldRow], given: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    """`kept` with what is given; null and "" take a value away. Raises `contact:unknown-field` and what `field`
    raises."""
    known = {f.key: f for f in declared}
    result = dict(kept)
    for key, value in given.items():
        path = "/fields" + pointer(key)
        if value is None or value == "":
            result.pop(key, None)
        elif key not in known:
            raise TramaError("contact:unknown-field", f"no field {key[:60]} is declared", path=path)
        else:
            result[key] = field(known[key], value, path)
    if len(result) > MOST_FIELDS:
        raise TramaError("contact:too-many-fields", f"at most {MOST_FIELDS}", path="/fields")
    return result


def field(row: FieldRow, value: object, path: str) -> Value:
    """The value as the field keeps it. Raises `contact:bad-field` (with the kind in its detail), and
    `contact:bad-phone`, `-email`, `-cpf`."""
    match row.kind:
        case "yes_no":
            return _yes_no(value, path)
        case "number" | "money":
            return _number(value, path, row.kind)
    if not isinstance(value, str):
        _refuse(row.kind, path)
    text = plain(value)
    match row.kind:
        case "text":
            if len(text) > LONGEST_TEXT:
                _refuse("text", path)
            return text
        case "choice":
            chosen = next((o for o in row.options if o.casefold() == text.casefold()), None)
            if chosen is None:
                raise TramaError("contact:bad-choice", ", ".join(row.options)[:200], path=path)
            return chosen
        case "date":
            return _date(text, path)
        case "cpf":
            return cpf(text, path)
        case "phone":
            return phone(text, path)
        case "email":
            return email(text, path)
        case _:
            _refuse(row.kind, path)


def _refuse(kind: FieldKind, path: str) -> NoReturn:
    raise TramaError("contact:bad-field", kind, path=path)


def _yes_no(value: object, path: str) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().casefold()
    if text in _YES or text in _NO:
        return text in _YES
    _refuse("yes_no", path)


def _number(value: object, path: str, kind: FieldKind) -> int | float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        _refuse(kind, path)
    text = str(value).strip().removeprefix("R$").replace("\u00a0", "").replace(" ", "")
    if _BRAZILIAN.match(text):
        text = text.replace(".", "").replace(",", ".")
    elif _ENGLISH.match(text):
        text = text.replace(",", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        _refuse(kind, path)
    if not number.is_finite() or abs(number) >= 10**15:
        _refuse(kind, path)
    if kind == "money":
        number = number.quantize(Decimal("0.01"))
    return int(number) if number == number.to_integral_value() else float(number)


def _date(text: str, path: str) -> str:
    if iso := _ISO_DATE.match(text):
        year, month, day = (int(part) for part in iso.groups())
    elif first := _DAY_FIRST.match(text):
        day, month, year = (int(part) for part in first.groups())
    else:
        _refuse("date", path)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        _refuse("date", path)
