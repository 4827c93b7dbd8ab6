"""The names that compiled code may use. There are no builtins beside these."""

from __future__ import annotations

from typing import Any, NoReturn

from engine.core.logic import limits, values
from engine.core.logic.errors import RuleError, bad_argument, too_large
from engine.core.logic.operators import access, arithmetic, control, lists


def _exhausted() -> NoReturn:
    raise RuleError("rule:too-many-steps", f"the evaluation needs more than {limits.FUEL} steps")


def _too_long() -> NoReturn:
    raise too_large(f"the text has more than {limits.TEXT} characters")


def _spread(function: Any, value: Any, least: int) -> Any:
    """The members of one list argument as the arguments."""
    members = value if isinstance(value, list) else [value]
    if len(members) < least:
        raise bad_argument(f"needs at least {least} values")
    return function(*members)


def _cost(value: Any) -> int:
    """The fuel that a made value takes."""
    return len(value) if isinstance(value, str | list) else 1


def _grown(value: Any) -> int:
    """The fuel that one step of a `reduce` takes: the written size of what it builds."""
    return values.weigh(value) if isinstance(value, list | dict) else 1


RUNTIME: dict[str, Any] = {
    "type": type,
    "len": len,
    "bool": bool,
    "enumerate": enumerate,
    "int": int,
    "float": float,
    "str": str,
    "list": list,
    "dict": dict,
    "KeyError": KeyError,
    "TypeError": TypeError,
    "OverflowError": OverflowError,
    "RecursionError": RecursionError,
    "RuleError": RuleError,
    "_exhausted": _exhausted,
    "_too_long": _too_long,
    "_spread": _spread,
    "_cost": _cost,
    "_grown": _grown,
    "_walk": values.walk,
    "_text": values.text,
    "_number": values.number,
    "_bounded": values.bounded,
    "_equal": values.equal,
    "_same": values.same,
    "_contains": values.contains,
    "_less": values.less,
    "_less_or_equal": values.less_or_equal,
    "_greater": values.greater,
    "_greater_or_equal": values.greater_or_equal,
    "_plus": arithmetic.plus,
    "_minus": arithmetic.minus,
    "_times": arithmetic.times,
    "_divide": arithmetic.divide,
    "_remainder": arithmetic.remainder,
    "_total_of": lists.total_of,
    "_as_list": lists.as_list,
    "_read": access.read,
    "_read_keys": access.read_keys,
    "_exists": access.exists,
    "_missing": access.missing,
    "_missing_some": access.missing_some,
    "_thrown": control.thrown,
    "_plain": frozenset({int, float, str, bool}),
}
