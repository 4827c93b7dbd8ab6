"""Places inside JSON by pointer (RFC 6901): reading, and writing into copies; what others hold stays as it was."""

from __future__ import annotations

from typing import Any, Final

from engine.core.errors import TramaError


class Absent:
    """What is read where there is nothing; `null` is something."""


ABSENT: Final = Absent()
DEEPEST = 100


def split(path: str) -> list[str]:
    """The unescaped parts of a pointer. Raises `edit:bad-path`."""
    if not path.startswith("/"):
        raise TramaError("edit:bad-path", "a path starts with /", path=path)
    parts = [part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/")]
    if len(parts) > DEEPEST:
        raise TramaError("edit:bad-path", f"at most {DEEPEST} levels deep", path=path[:200])
    return parts


def read(value: Any, parts: list[str]) -> Any:
    """What is there, or `ABSENT`."""
    for part in parts:
        if isinstance(value, dict):
            value = value.get(part, ABSENT)
        elif isinstance(value, list) and part.isascii() and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return ABSENT
    return value


def written(value: Any, parts: list[str], new: Any, path: str) -> Any:
    """A copy in which `new` is at the place; `ABSENT` takes the member away. Where a list is meant `-` appends.
    Raises `edit:no-such-place` when what holds the place is not there."""
    head, rest = parts[0], parts[1:]
    if isinstance(value, dict):
        if rest:
            if head not in value:
                raise TramaError("edit:no-such-place", f"there is no {head!r}", path=path)
            return {**value, head: written(value[head], rest, new, path)}
        if new is ABSENT:
            return {k: v for k, v in value.items() if k != head}
        return {**value, head: new}
    if isinstance(value, list):
        return _in_list(value, head, rest, new, path)
    raise TramaError("edit:no-such-place", f"nothing can hold {head!r} here", path=path)


def _in_list(value: list[Any], head: str, rest: list[str], new: Any, path: str) -> list[Any]:
    if head == "-" and not rest and new is not ABSENT:
        return [*value, new]
    if not (head.isascii() and head.isdigit()) or len(head) > 9 or int(head) >= len(value):
        raise TramaError("edit:no-such-place", f"the list has no item {head}", path=path)
    at = int(head)
    if rest:
        return [*value[:at], written(value[at], rest, new, path), *value[at + 1 :]]
    return [*value[:at], *([] if new is ABSENT else [new]), *value[at + 1 :]]
