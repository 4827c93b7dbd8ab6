"""What is wrong with a value by its own schema, said at once beside the field, before the flow's check comes round."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from msgspec import UNSET


class Fault(NamedTuple):
    """`code` names the sentence `form.fault.<code>`; `values` fill it in."""

    code: str
    values: dict[str, Any] = {}


def fault(schema: dict[str, Any], value: Any, *, required: bool) -> Fault | None:
    """The first thing that is wrong, or None."""
    if value is UNSET or value in ("", None):
        return Fault("required") if required else None
    match value:
        case bool():
            return None if schema.get("type", "boolean") == "boolean" else Fault("type")
        case int() | float():
            return _number(schema, value)
        case str():
            return _text(schema, value)
        case list():
            if required and not value:
                return Fault("required")
            most = schema.get("maxItems")
            return Fault("many", {"most": most}) if most is not None and len(value) > most else None
    return None


def _number(schema: dict[str, Any], value: float) -> Fault | None:
    kinds = {schema.get("type"), *(o.get("type") for o in schema.get("anyOf", ()))} - {None}
    if kinds and not kinds & {"integer", "number"}:
        return Fault("type")
    if "number" not in kinds and "integer" in kinds and not float(value).is_integer():
        return Fault("whole")
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and value < low:
        return Fault("low", {"least": low})
    if high is not None and value > high:
        return Fault("high", {"most": high})
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        return Fault("above", {"least": schema["exclusiveMinimum"]})
    return None


def _text(schema: dict[str, Any], value: str) -> Fault | None:
    if schema.get("type") in ("integer", "number"):
        return Fault("number")
    if schema.get("type") == "boolean":
        return Fault("type")
    if "enum" in schema and value not in schema["enum"]:
        return Fault("choice")
    if "maxLength" in schema and len(value) > schema["maxLength"]:
        return Fault("long", {"most": schema["maxLength"]})
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return Fault("word")
    return None
