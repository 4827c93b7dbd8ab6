"""Where a field is in the database, and the query that is made of a rule."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from engine.core.logic.values import Json

ColumnType = Literal["text", "integer", "number", "boolean", "date", "timestamp", "json"]


class Column(msgspec.Struct, frozen=True):
    """A field kept in a column of its own.

    `sql` is the column as written in the query (trusted, never from a person). Types: text; integer (int2 to
    int8); number (double precision); boolean; date; timestamp (timestamptz); json (jsonb). In the data that the
    rule sees in Python a NULL is an absent field, a date is `2026-11-20` and a timestamp ISO 8601 text with its
    offset.
    """

    sql: str
    type: ColumnType


class SqlQuery(msgspec.Struct, frozen=True):
    """`where` with numbered parameters `$1` .. and their values, as asyncpg takes them.

    `exact` says that the rows are those of the rule; else `residue` is the rule still to be evaluated over them.
    """

    where: str
    params: list[Any]
    exact: bool
    residue: Json = None


class Inexact(Exception):
    """This part has no exact form in SQL."""


class Params:
    """Numbers the parameters of a query."""

    def __init__(self, first: int = 1) -> None:
        self.first = first
        self.values: list[Any] = []

    def add(self, value: Any, cast: str) -> str:
        self.values.append(value)
        return f"${self.first + len(self.values) - 1}::{cast}"

    def text(self, value: str) -> str:
        if "\x00" in value or not _storable(value):
            raise Inexact
        return self.add(value, "text")


def _storable(value: str) -> bool:
    """Whether PostgreSQL can hold the text (no lone surrogates)."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def quoted(key: str) -> str:
    """A key of an object as an SQL literal; written out so that an index on the expression is used."""
    if "\x00" in key or not _storable(key):
        raise Inexact
    return "'" + key.replace("'", "''") + "'"
