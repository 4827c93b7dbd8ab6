"""JSON values as rules see them: truth, numbers, text, comparison, paths.

Where engines differ: truth is Python's (`[] {} "" 0 null false` are false, `"0"` is true); a number against
text that is not a number compares false, and so does the empty text, because an unanswered question is not a
zero; null counts as 0 against a number (the standard) and is below, above and equal to no text; lists and
objects are equal by content and have no order.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, TypeAlias

import msgspec

from engine.core.logic import limits
from engine.core.logic.errors import RuleError, not_a_number, too_large

Json: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any] | None

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?\s*", re.ASCII)
_WRITTEN = 10**limits.DIGITS
_WHOLE = re.compile(r"\s*[+-]?\d+\s*", re.ASCII)


class _Absent:
    __slots__ = ()


ABSENT: Any = _Absent()
"""Marks a path that leads nowhere; never leaves this package."""


def truthy(value: Json) -> bool:
    """Whether a value counts as true."""
    return bool(value)


def parse_number(text: str) -> int | float | None:
    """The number that a text spells in JSON's way, or None. No thousands separators, no `inf`, no `0x`.

    The exponent has two digits at most, so that no text is out of range here or in the database.
    """
    if len(text) > limits.DIGITS or _NUMBER.fullmatch(text) is None:
        return None
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text)


def number(value: Json) -> int | float:
    """A value as an operand: null, false and "" are 0, true is 1, text is read; else rule:not-a-number."""
    match value:
        case bool():
            return int(value)
        case int() | float():
            return value
        case None | "":
            return 0
        case str():
            parsed = parse_number(value)
            if parsed is not None:
                return parsed
    raise not_a_number(f"{brief(value)} is not a number")


def text(value: Json) -> str:
    """A value as `cat` writes it: null is "", 2.0 is "2", a list its members with commas, an object JSON."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            if abs(value) >= _WRITTEN:
                raise too_large("the number has too many digits to be written")
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
        case list():
            weigh(value)
            return ",".join(map(text, value))
    weigh(value)
    return msgspec.json.encode(value).decode()


def brief(value: Json, size: int = 40) -> str:
    """A value in a few characters, for messages: `"text"`, `12`, `[3 items]`."""
    match value:
        case str():
            return f'"{value}"' if len(value) <= size else f'"{value[: size - 1]}…"'
        case list() if len(value) > 5 or any(isinstance(item, list | dict) for item in value):
            return f"[{len(value)} items]"
        case list():
            return "[" + ", ".join(brief(item, size) for item in value) + "]"
        case dict():
            return f"{{{len(value)} fields}}"
        case None:
            return "null"
        case int() if abs(value) >= _WRITTEN:
            return "a number of too many digits"
    return text(value)


def _order(left: Json, right: Json) -> int | None:
    """-1, 0, 1, or None where the two have no order."""
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, list | dict) or isinstance(right, list | dict):
        return None
    sides: list[int | float] = []
    for side, other in ((left, right), (right, left)):
        match side:
            case None:
                if isinstance(other, str):
                    return None
                sides.append(0)
            case str():
                parsed = parse_number(side)
                if parsed is None:
                    return None
                sides.append(parsed)
            case _:
                assert isinstance(side, int | float)
                sides.append(side)
    return (sides[0] > sides[1]) - (sides[0] < sides[1])


def less(left: Json, right: Json) -> bool:
    return _order(left, right) == -1


def less_or_equal(left: Json, right: Json) -> bool:
    return _order(left, right) in (-1, 0)


def greater(left: Json, right: Json) -> bool:
    return _order(left, right) == 1


def greater_or_equal(left: Json, right: Json) -> bool:
    return _order(left, right) in (0, 1)


def equal(left: Json, right: Json) -> bool:
    """`==`: "3" equals 3, true equals 1, null equals 0 but no text; lists and objects by content."""
    if isinstance(left, list | dict):
        return type(left) is type(right) and same(left, right)
    return _order(left, right) == 0


def same(left: Json, right: Json) -> bool:
    """`===`: equal without conversion; 1 and 1.0 are the same number, true is no number."""
    match left:
        case bool() | None:
            return left is right
        case int() | float():
            return type(right) is not bool and isinstance(right, int | float) and left == right
        case list():
            if not isinstance(right, list) or len(left) != len(right):
                return False
            return left is right or all(map(same, left, right))
        case dict():
            if not isinstance(right, dict) or left.keys() != right.keys():
                return False
            return left is right or all(same(value, right[key]) for key, value in left.items())
    return left == right


def contains(needle: Json, hay: Json) -> bool:
    """`in`: a member of a list (without conversion) or a part of a text; false for anything else."""
    if isinstance(hay, str):
        return isinstance(needle, str) and needle in hay
    if isinstance(hay, list):
        if isinstance(needle, str):
            return needle in hay
        return any(same(needle, item) for item in hay)
    return False


def step(value: Any, key: Any) -> Any:
    """One step of a path: a field of an object or a position in a list, else ABSENT."""
    if isinstance(value, dict):
        return value.get(key if isinstance(key, str) else text(key), ABSENT)
    if isinstance(value, list):
        if isinstance(key, str) and len(key) <= 9 and key.isascii() and key.isdigit():
            key = int(key)
        if type(key) is int and 0 <= key < len(value):
            return value[key]
    return ABSENT


def walk(value: Any, path: Sequence[Any], default: Json = None) -> Json:
    """The value at the end of a path, or `default`."""
    for key in path:
        value = step(value, key)
        if value is ABSENT:
            return default
    found: Json = value
    return found


def dotted(path: Json) -> tuple[str, ...]:
    """A `var` path as its parts: `"a.b"` is a, b; null and "" are the whole."""
    return () if path is None or path == "" else tuple(text(path).split("."))


def weigh(value: Json) -> int:
    """How many members a value has at all levels, written out; refuses one too deep or too large.

    A list may share its parts (`[x, x]` doubled thirty times fits in memory and not in the world), so the size
    is that of the written form.
    """
    total = 0
    stack: list[tuple[Any, int]] = [(value, 0)]
    while stack:
        part, depth = stack.pop()
        if isinstance(part, list | dict):
            total += len(part)
            if total > limits.ITEMS or depth > limits.RESULT_DEPTH:
                raise too_large("the rule builds a value that is too large or too deep")
            members = part.values() if isinstance(part, dict) else part
            stack.extend((member, depth + 1) for member in members if isinstance(member, list | dict))
    return total


def bounded(value: int | float) -> int | float:
    """A calculated number, refused when it is infinite, not a number or a whole number beyond the limit."""
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        raise not_a_number("the result is not a finite number")
    if abs(value) > limits.INTEGER:
        raise RuleError("rule:too-large", "the whole number is beyond the limit")
    return value
