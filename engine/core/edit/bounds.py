"""What a flow document may hold at most, whoever brings it: so that each can be stored, read again, checked, drawn and
taken back within seconds.

A text without its NULs, numbers that JSON, PostgreSQL's `numeric` and a browser's doubles write alike, a depth that no
reader's stack minds.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

import msgspec

from engine.core.edit.places import DEEPEST
from engine.core.errors import TramaError, pointer
from engine.core.flow import Document

LARGEST = 10_000_000
"""Bytes of a document."""
MOST = {"nodes": 5_000, "edges": 20_000, "notes": 2_000, "groups": 2_000, "variables": 2_000, "tests": 1_000}
FARTHEST = 1e7
"""How far from the middle of the canvas anything stands."""
HIGHEST, FINEST = 1e18, 1e-18
LONGEST_ID = 100


def bounded(document: Document) -> Document:
    """The same document. Raises `flow:too-large`, `flow:too-deep`, `flow:bad-node`, `flow:same-id`, `flow:bad-text`,
    `flow:out-of-range` with the path of what is at fault."""
    counted(document)
    for n, node in enumerate(document.nodes):
        ident = node.get("id")
        for name in ("id", "type"):
            # no command could name the step, or put it back
            if not isinstance(node.get(name), str) or not node[name]:
                raise TramaError("flow:bad-node", f"a step wants its {name}", path=pointer("nodes", n, name))
        if len(str(ident)) > LONGEST_ID:
            raise TramaError(
                "flow:too-large", f"an id has at most {LONGEST_ID} characters", path=pointer("nodes", n, "id")
            )
    # steps of one id are a problem that the check tells; of notes and groups nothing else would
    _distinct("notes", [note.id for note in document.notes], {str(n["id"]) for n in document.nodes})
    _distinct("groups", [group.id for group in document.groups], set())
    for ident, place in document.layout.items():
        near(place.x, place.y, path=pointer("layout", ident))
    for n, note in enumerate(document.notes):
        near(note.x, note.y, note.width, note.height, path=pointer("notes", n))
    sound(msgspec.to_builtins(document))
    return document


def _distinct(what: str, idents: list[str], taken: set[str]) -> None:
    for n, ident in enumerate(idents):
        if ident in taken:
            raise TramaError("flow:same-id", f"{ident[:100]!r} is there already", path=pointer(what, n, "id"))
        taken.add(ident)


def counted(document: Document) -> None:
    """Raises `flow:too-large`."""
    for name, most in MOST.items():
        if len(getattr(document, name)) > most:
            raise TramaError("flow:too-large", f"a flow has at most {most} {name}", path=f"/{name}")


def near(*lengths: float, path: str, code: str = "flow:out-of-range") -> None:
    """Raises `code`."""
    if not all(isfinite(length) and abs(length) <= FARTHEST for length in lengths):
        raise TramaError(code, f"places lie within {FARTHEST:.0f}", path=path)


def sound(value: Any, deepest: int = DEEPEST) -> None:
    """Looks into JSON, with a stack of its own. Raises `flow:too-deep`, `flow:bad-text`, `flow:out-of-range`."""
    _scalar(value, ())
    stack: list[tuple[Any, tuple[str | int, ...]]] = [(value, ())]
    while stack:
        item, path = stack.pop()
        if not isinstance(item, dict | list | tuple):
            continue
        if len(path) >= deepest:
            raise TramaError("flow:too-deep", f"at most {deepest} levels deep", path=pointer(*path[:6]))
        for key, inner in item.items() if isinstance(item, dict) else enumerate(item):
            if isinstance(key, str) and "\0" in key:
                raise TramaError("flow:bad-text", "a name holds no NUL", path=pointer(*path))
            if isinstance(inner, dict | list | tuple):
                stack.append((inner, (*path, key)))
            else:
                _scalar(inner, path, key)


def _scalar(item: Any, path: tuple[str | int, ...], *key: str | int) -> None:
    if isinstance(item, str):
        if "\0" in item:
            raise TramaError("flow:bad-text", "a text holds no NUL", path=pointer(*path, *key))
    elif isinstance(item, int | float) and item and not FINEST <= abs(item) <= HIGHEST:
        # not-a-number is neither
        raise TramaError(
            "flow:out-of-range", "a number is between 10^-18 and 10^18", path=pointer(*path, *key)
        )
