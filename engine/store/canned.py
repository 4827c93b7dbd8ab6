"""Canned replies: everybody's and each person's own."""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from datetime import datetime

import asyncpg
import msgspec

from engine.core.errors import TramaError
from engine.store.database import Connection, rows_changed
from engine.store.payloads import clean


class CannedRow(msgspec.Struct, frozen=True, kw_only=True):
    """`person_id` None: everyone's. `text` as written, with its substitutions; `used` counts how often it was taken."""

    id: int
    person_id: int | None
    shortcut: str
    title: str
    text: str
    used: int
    used_at: datetime | None
    rev: int


_ROW = "id, person_id, shortcut, title, text, used, used_at, rev"


async def visible(
    c: Connection, person: int | None, *, before: int = 2**62, limit: int = 200
) -> list[CannedRow]:
    """Everyone's and the person's own, newest first."""
    rows = await c.fetch(
        f"SELECT {_ROW} FROM canned WHERE (person_id IS NULL OR person_id = $1) AND id < $2 ORDER BY id DESC LIMIT $3",
        person,
        before,
        limit,
    )
    return [CannedRow(**dict(r)) for r in rows]


async def find(c: Connection, person: int | None, words: str, limit: int) -> list[CannedRow]:
    """Those whose shortcut begins with the words, then those that hold them anywhere; of equals the most used first."""
    rows = await c.fetch(
        f"SELECT {_ROW} FROM (SELECT *, strpos(trama_fold(shortcut), w) AS here, "
        "strpos(trama_fold(shortcut || ' ' || title || ' ' || text), w) AS there FROM canned, trama_fold($2) w "
        "WHERE person_id IS NULL OR person_id = $1) x WHERE there > 0 "
        "ORDER BY (here = 1) DESC, (here > 0) DESC, used DESC, shortcut LIMIT $3",
        person,
        words,
        limit,
    )
    return [CannedRow(**dict(r)) for r in rows]


async def get(c: Connection, person: int | None, ident: int) -> CannedRow:
    """Raises `canned:unknown`, also for somebody else's own."""
    row = await c.fetchrow(
        f"SELECT {_ROW} FROM canned WHERE id = $2 AND (person_id IS NULL OR person_id = $1)", person, ident
    )
    if row is None:
        raise TramaError("canned:unknown", f"there is no canned reply {ident}")
    return CannedRow(**dict(row))


async def save(
    c: Connection, ident: int | None, owner: int | None, shortcut: str, title: str, text: str
) -> CannedRow:
    """A new one (`ident` None) or a changed one. Raises `canned:taken` for a shortcut that is there already;
    the transaction is over then."""
    try:
        if ident is None:
            row = await c.fetchrow(
                f"INSERT INTO canned (person_id, shortcut, title, text) VALUES ($1, $2, $3, $4) RETURNING {_ROW}",
                owner,
                clean(shortcut),
                clean(title),
                clean(text),
            )
        else:
            row = await c.fetchrow(
                "UPDATE canned SET person_id = $1, shortcut = $2, title = $3, text = $4, rev = rev + 1, "
                f"updated_at = now() WHERE id = $5 RETURNING {_ROW}",
                owner,
                clean(shortcut),
                clean(title),
                clean(text),
                ident,
            )
    except asyncpg.UniqueViolationError:
        raise TramaError("canned:taken", f"there is already a reply /{shortcut}", path="/shortcut") from None
    if row is None:
        raise TramaError("canned:unknown", f"there is no canned reply {ident}")
    return CannedRow(**dict(row))


async def delete(c: Connection, ident: int) -> bool:
    return rows_changed(await c.execute("DELETE FROM canned WHERE id = $1", ident)) > 0


async def used(c: Connection, ident: int) -> None:
    await c.execute("UPDATE canned SET used = used + 1, used_at = now() WHERE id = $1", ident)
