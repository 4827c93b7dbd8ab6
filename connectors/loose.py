"""Reading JSON that somebody else wrote, without ever raising.

Webhook bodies are hostile and change without notice. `decode` gives plain values that are safe to store
(no lone surrogates, no NUL, which PostgreSQL text cannot hold); the small readers give a value of the wanted
shape or its empty form. Rejected: decoding into strict structs, because one odd field of one message would
then refuse a whole batch.
"""

from __future__ import annotations

import hashlib
import json
import math
from datetime import UTC, datetime

import msgspec

JsonObject = dict[str, object]
MAX_DEPTH = 64
_ABSENT = object()


def decode(body: bytes) -> tuple[object, str]:
    """The JSON value of `body` and "", or None and what is wrong with it."""
    try:
        value: object = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        value = _second_reading(body)
    if value is _ABSENT:
        return None, "not JSON"
    try:
        return clean(value), ""
    except RecursionError:
        return None, "nested too deeply"


def _second_reading(body: bytes) -> object:
    """The standard decoder forgives half a surrogate pair, which a truncated emoji leaves behind."""
    try:
        return json.loads(body.decode("utf-8", "replace"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return _ABSENT


def clean(value: object, depth: int = 0) -> object:
    """`value` with every string storable. Raises RecursionError below `MAX_DEPTH`."""
    if depth > MAX_DEPTH:
        raise RecursionError
    match value:
        case str():
            return clean_text(value)
        case dict():
            return {clean_text(str(k)): clean(v, depth + 1) for k, v in value.items()}
        case list():
            return [clean(v, depth + 1) for v in value]
        case float() if not math.isfinite(value):
            return None
        case int() if not -(2**63) <= value < 2**64:
            return str(value) if value.bit_length() < 1024 else None
        case _:
            return value


def clean_text(value: str) -> str:
    if value.isascii():
        return value.replace("\x00", "\ufffd")
    return value.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def obj(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}


def arr(value: object) -> list[object]:
    """A list; a lone object where a list belongs counts as a list of one."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) and value else []


def text(value: object) -> str:
    """A string; numbers are taken as their digits, because ids arrive as both."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def integer(value: object, default: int = 0) -> int:
    if isinstance(value, bool):
        return default
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    return default


def number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def digits(value: object) -> str:
    """The ASCII digits of a phone number or document."""
    return "".join(c for c in text(value) if c in "0123456789")


def instant(value: object) -> datetime | None:
    """Seconds since 1970, as a number or a string, to aware UTC; None outside the years 2000 to 2199."""
    seconds = number(value)
    if seconds is None or not 946_684_800 <= seconds < 7_258_118_400:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def fingerprint(*parts: object) -> str:
    """A short stable name for a part of a delivery that has no id of its own."""
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()[:32]
