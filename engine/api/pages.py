"""Keyset pages: `items`, and `next` to be given as `after` for the following page, "" at the end."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.params import PathParameter, QueryParameter

from engine.core.errors import TramaError
from engine.services.views import Cursor

T = TypeVar("T")
Limit = Annotated[int, QueryParameter(ge=1, le=200, description="At most so many items")]
BIGGEST = 2**63 - 1
Ident = Annotated[int, PathParameter(ge=0, le=BIGGEST)]
"""A row's number. One that the database cannot hold is not found."""
Before = Annotated[int, QueryParameter(ge=0, le=2**62, description="Only items with a smaller id")]


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    items: list[T]
    next: str = ""


def by_id(rows: list[T], limit: int) -> Page[T]:
    """A page of rows that are ordered by falling id."""
    following = str(getattr(rows[-1], "id", "")) if len(rows) >= limit else ""
    return Page(items=rows, next=following)


def written(cursor: Cursor) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def read(text: str) -> Cursor | None:
    """Raises `input:bad-cursor`."""
    if not text:
        return None
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Cursor)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        found = None
    if found is None or found.at.tzinfo is None or not 0 <= found.id <= BIGGEST:
        raise TramaError("input:bad-cursor", "give `next` of the page before, unchanged", path="/after")
    return found


class _Named(msgspec.Struct, frozen=True):
    name: str
    id: int


def written_name(name: str, ident: int) -> str:
    """A cursor of rows that are ordered by name and id."""
    return base64.urlsafe_b64encode(msgspec.json.encode(_Named(name, ident))).decode().rstrip("=")


def read_name(text: str) -> tuple[str, int] | None:
    """Raises `input:bad-cursor`."""
    if not text:
        return None
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=_Named)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        found = None
    if found is None or "\x00" in found.name or not 0 <= found.id <= BIGGEST:
        raise TramaError("input:bad-cursor", "give `next` of the page before, unchanged", path="/after")
    return found.name, found.id
