"""Cases from standard input, answers to standard output: one JSON document, or NDJSON with one case a line.

A line that is not JSON gets an error answer in its place; the others go on.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from engine.core.errors import TramaError


def cases(data: bytes) -> Iterator[Any]:
    """The cases in the input; a `TramaError` stands where one could not be read. A document over several lines
    is one case."""
    try:
        yield msgspec.json.decode(data)
        return
    except (msgspec.DecodeError, RecursionError):
        pass
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            try:
                yield msgspec.json.decode(line)
            except (msgspec.DecodeError, RecursionError) as error:
                yield TramaError("input:not-json", str(error), path=f"/{number}")


def answer(results: Iterable[Any]) -> None:
    """Write each result as one line of JSON, at once."""
    for result in results:
        sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")
        sys.stdout.buffer.flush()


def failure(error: TramaError) -> dict[str, Any]:
    """How an error is answered: `{"error": {"code", "path", "detail"}}`."""
    return {"error": {"code": error.code, "path": error.path, "detail": error.detail}}


def each(handle: Callable[[Any], Any]) -> None:
    """Answer every case of standard input with `handle`, errors in their place."""

    def results() -> Iterator[Any]:
        for case in cases(sys.stdin.buffer.read()):
            if isinstance(case, TramaError):
                yield failure(case)
                continue
            try:
                yield handle(case)
            except TramaError as error:
                yield failure(error)

    answer(results())


def member(case: Any, name: str) -> Any:
    """A case's member that must be there."""
    if not isinstance(case, dict) or name not in case:
        raise TramaError("input:missing", f"the case wants a member {name!r}", path=f"/{name}")
    return case[name]
