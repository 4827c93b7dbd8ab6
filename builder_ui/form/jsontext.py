"""JSON as people read and write it."""

from __future__ import annotations

import json
from typing import Any

WIDTH = 60
DEEPEST = 60
TOO_DEEP = "…"
LARGEST = 500_000
"""Characters of JSON that the tab takes."""


def written(value: Any) -> str:
    """A value as people edit it: what fits on a line stands on one line. What nobody can have written by hand is an
    ellipsis, which is no JSON and so is never put in its place."""
    return TOO_DEEP if too_deep(value) else _written(value, "")


def too_deep(value: Any) -> bool:
    """More levels than a form shows. Looked at without recursion."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def _written(value: Any, indent: str) -> str:
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= WIDTH or not isinstance(value, dict | list) or not value:
        return flat
    inner = indent + "  "
    if isinstance(value, dict):
        rows = [f"{json.dumps(k, ensure_ascii=False)}: {_written(v, inner)}" for k, v in value.items()]
        return "{\n" + ",\n".join(inner + row for row in rows) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + _written(v, inner) for v in value) + f"\n{indent}]"


def understood(text: str) -> tuple[Any, str]:
    """The value, or what is wrong with the text and where."""
    if len(text) > LARGEST:
        return None, f"> {LARGEST}"
    try:
        return json.loads(text, parse_constant=_no_constant), ""
    except (json.JSONDecodeError, RecursionError) as fault:
        where = f"{fault.lineno}:{fault.colno}" if isinstance(fault, json.JSONDecodeError) else ""
        return None, where or "1:1"
    except ValueError as fault:
        return None, str(fault)


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def escape(name: str) -> str:
    """One part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
