"""Tombstones: that a contact was erased, by whom and when, and the hashes of the keys that it had."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.store.database import Connection


class ErasureRow(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    contact_id: int
    person_id: int | None
    at: datetime


async def any_erased(c: Connection) -> bool:
    found: bool = await c.fetchval("SELECT EXISTS (SELECT 1 FROM erasure_handle)")
    return found


async def known(c: Connection, hashes: list[bytes]) -> list[bytes]:
    rows = await c.fetch("SELECT DISTINCT hash FROM erasure_handle WHERE hash = ANY($1::bytea[])", hashes)
    return [r["hash"] for r in rows]


async def by_hash(c: Connection, hashes: list[bytes]) -> list[ErasureRow]:
    rows = await c.fetch(
        "SELECT id, contact_id, person_id, at FROM erasure WHERE id IN (SELECT erasure_id FROM erasure_handle "
        "WHERE hash = ANY($1::bytea[])) ORDER BY id DESC",
        hashes,
    )
    return [ErasureRow(**dict(r)) for r in rows]


async def of_contact(c: Connection, contact: int) -> ErasureRow | None:
    row = await c.fetchrow(
        "SELECT id, contact_id, person_id, at FROM erasure WHERE contact_id = $1 ORDER BY id DESC LIMIT 1",
        contact,
    )
    return None if row is None else ErasureRow(**dict(row))


async def add(
    c: Connection, contact: int, person: int | None, hashes: list[bytes], files: list[str]
) -> ErasureRow:
    row = await c.fetchrow(
        "INSERT INTO erasure (contact_id, person_id, files) VALUES ($1, $2, $3) "
        "RETURNING id, contact_id, person_id, at",
        contact,
        person,
        files,
    )
    assert row is not None
    await c.execute(
        "INSERT INTO erasure_handle (erasure_id, hash) SELECT $1, h FROM unnest($2::bytea[]) h ON CONFLICT DO NOTHING",
        row["id"],
        hashes,
    )
    return ErasureRow(**dict(row))


async def files_left(c: Connection) -> list[tuple[int, list[str]]]:
    rows = await c.fetch("SELECT id, files FROM erasure WHERE files <> '{}' ORDER BY id LIMIT 100")
    return [(r["id"], r["files"]) for r in rows]


async def files_removed(c: Connection, ident: int) -> None:
    await c.execute("UPDATE erasure SET files = '{}' WHERE id = $1", ident)
