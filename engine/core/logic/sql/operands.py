"""The two sides of a comparison: a known value, a column, a field inside a JSON column."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from engine.core.logic.env import Env
from engine.core.logic.errors import RuleError
from engine.core.logic.operators.dates import day, moment
from engine.core.logic.rule import evaluate
from engine.core.logic.sql.columns import Column, Inexact, Params, quoted
from engine.core.logic.tree import Node
from engine.core.logic.values import Json, dotted, text

_READS = {"var", "val", "exists", "missing", "missing_some", "fractional"}
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}


class Known(NamedTuple):
    """A value that is the same for every row."""

    value: Json


class Field(NamedTuple):
    """A field inside JSON: `json` gives jsonb (SQL NULL when absent), `text` its text."""

    json: str
    text: str


class Fields:
    """Finds fields and folds what needs no row."""

    def __init__(
        self, source: Json, columns: Mapping[str, Column], env: Env, json_column: str, params: Params
    ) -> None:
        self.source, self.columns, self.env, self.json_column = source, columns, env, json_column
        self.params = params

    def operand(self, node: Node) -> Known | Column | Field:
        if not any(part.op in _READS for part in node.walk()):
            try:
                return Known(evaluate(written(self.source, node), None, self.env))
            except RuleError as fault:
                raise Inexact from fault
        if node.op == "date_diff":
            return self._date_diff(node)
        return self.field(keys_of(node))

    def field(self, keys: tuple[str, ...]) -> Column | Field:
        """The column of a path, the rest of it inside a json column, or the path inside the JSON of the row."""
        for size in range(len(keys), 0, -1):
            column = self.columns.get(".".join(keys[:size]))
            if column is None:
                continue
            rest = keys[size:]
            if column.type == "json":
                return self._inside(column.sql, rest)
            if rest:
                raise Inexact
            return column
        if any(name.startswith(".".join(keys) + ".") for name in self.columns) or not keys:
            raise Inexact
        return self._inside(self.json_column, keys)

    def _inside(self, base: str, keys: tuple[str, ...]) -> Field:
        if any(key.lstrip("-").isdigit() for key in keys):
            raise Inexact  # a position in a list, which `->` reads differently
        if not keys:
            return Field(base, f"({base} #>> '{{}}')")
        parts = [quoted(key) for key in keys]
        parent = "->".join([base, *parts[:-1]])
        return Field(f"({parent}->{parts[-1]})", f"({parent}->>{parts[-1]})")

    def _date_diff(self, node: Node) -> Column:
        """The whole units between a known time and a timestamp, or a known day and a date: a nullable number."""
        unit = "days"
        if len(node.args) > 2:
            given = node.args[2].literal() if node.args[2].is_literal else None
            unit = given if isinstance(given, str) else ""
        sides = [self.operand(arg) for arg in node.args[:2]]
        if unit not in _SECONDS or sum(isinstance(side, Known) for side in sides) != 1:
            raise Inexact
        known = next(side for side in sides if isinstance(side, Known))
        column = next(side for side in sides if not isinstance(side, Known))
        if not isinstance(column, Column) or column.type not in ("date", "timestamp"):
            raise Inexact
        value = self._time(known, column)
        end, start = (value, column.sql) if isinstance(sides[0], Known) else (column.sql, value)
        elapsed = f"({end} - {start})"
        seconds = f"({elapsed} * 86400)" if column.type == "date" else f"extract(epoch FROM {elapsed})"
        return Column(f"trunc({seconds} / {_SECONDS[unit]}.0)", "integer")

    def _time(self, known: Known, column: Column) -> str:
        if column.type == "date":
            found: date | datetime | None = day(self.env, known.value)
            if found is None:
                raise Inexact
            return self.params.add(found.isoformat(), "text::date")
        found = moment(self.env, known.value)
        if not isinstance(found, datetime):
            raise Inexact
        return self.params.add(found.isoformat(), "text::timestamptz")


def keys_of(node: Node) -> tuple[str, ...]:
    """The path of a plain read. A default, a computed path or another scope has no SQL."""
    if not node.args or not all(arg.is_literal for arg in node.args):
        raise Inexact
    values = [arg.literal() for arg in node.args]
    if any(isinstance(value, list | dict) for value in values):
        raise Inexact
    if node.op == "var" and len(values) == 1:
        return dotted(values[0])
    if node.op in ("val", "exists"):
        return tuple(map(text, values))
    raise Inexact


def written(source: Json, node: Node) -> Json:
    """The part of a rule's JSON that a node was parsed from."""
    part: Any = source
    for key in node.path.split("/")[1:]:
        key = key.replace("~1", "/").replace("~0", "~")
        part = part[int(key)] if isinstance(part, list) else part[key]
    found: Json = part
    return found
