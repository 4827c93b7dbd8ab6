"""Imports of contacts: the file's lines in chunks, how far they are in, and what was wrong with some.

A chunk is taken in by one transaction that also moves the import on, so that a kill loses a chunk's work at most and
no line comes twice.
"""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import asyncpg
import msgspec

from engine.core.errors import TramaError
from engine.store.contacts import Values
from engine.store.database import Connection
from engine.store.payloads import clean, encode

LEASE = timedelta(seconds=20)
ImportState = Literal["reading", "ready", "running", "done", "cancelled", "failed"]


class ImportRow(msgspec.Struct, frozen=True, kw_only=True):
    """`lines` counts those of the file that hold something, without the header. `done` of `chunks` are in. `mapping`
    has a target for each of `headers`. Each line ends as created, updated, unchanged, skipped or failed."""

    id: int
    filename: str
    format: Literal["csv", "xlsx"]
    encoding: str
    delimiter: str
    headers: list[str]
    mapping: list[str]
    rule: Literal["update", "skip"]
    tags: list[str]
    state: ImportState
    lines: int
    chunks: int
    done: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    failed: int
    code: str
    person_id: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class ErrorRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong with a line. `field` is the mapping's target, "" for the line as a whole."""

    id: int
    line: int
    field: str
    code: str
    value: str


class Fresh(NamedTuple):
    """A contact to be made."""

    line: int
    values: Values


class Changed(NamedTuple):
    line: int
    id: int
    before: Values
    after: Values


_ROW = ", ".join(ImportRow.__struct_fields__)


async def create(
    c: Connection, *, filename: str, format: str, encoding: str, delimiter: str, person: int | None
) -> int:
    ident: int = await c.fetchval(
        "INSERT INTO contact_import (filename, format, encoding, delimiter, person_id) VALUES ($1, $2, $3, $4, $5) "
        "RETURNING id",
        clean(filename),
        format,
        encoding,
        delimiter,
        person,
    )
    return ident


async def add_chunk(c: Connection, ident: int, n: int, lines: bytes) -> None:
    await c.execute(
        "INSERT INTO contact_import_chunk (import_id, n, lines) VALUES ($1, $2, $3)", ident, n, lines
    )


async def read_in(
    c: Connection, ident: int, *, headers: list[str], mapping: list[str], lines: int, chunks: int
) -> None:
    await c.execute(
        "UPDATE contact_import SET state = 'ready', headers = $2, mapping = $3, lines = $4, chunks = $5 WHERE id = $1",
        ident,
        headers,
        mapping,
        lines,
        chunks,
    )


async def page(c: Connection, *, before: int, limit: int) -> list[ImportRow]:
    rows = await c.fetch(
        f"SELECT {_ROW} FROM contact_import WHERE id < $1 ORDER BY id DESC LIMIT $2", before, limit
    )
    return [ImportRow(**dict(r)) for r in rows]


async def get(c: Connection, ident: int, *, lock: bool = False) -> ImportRow:
    """Raises `import:unknown`."""
    row = await c.fetchrow(
        f"SELECT {_ROW} FROM contact_import WHERE id = $1 {'FOR NO KEY UPDATE' if lock else ''}", ident
    )
    if row is None:
        raise TramaError("import:unknown", f"there is no import {ident}")
    return ImportRow(**dict(row))


async def settle(c: Connection, ident: int, *, mapping: list[str], rule: str, tags: list[str]) -> None:
    await c.execute(
        "UPDATE contact_import SET mapping = $2, rule = $3, tags = $4 WHERE id = $1",
        ident,
        mapping,
        rule,
        tags,
    )


async def chunk(c: Connection, ident: int, n: int) -> bytes | None:
    found: bytes | None = await c.fetchval(
        "SELECT lines FROM contact_import_chunk WHERE import_id = $1 AND n = $2", ident, n
    )
    return found


async def start(c: Connection, ident: int) -> None:
    await c.execute("UPDATE contact_import SET state = 'running', started_at = now() WHERE id = $1", ident)


async def claim(c: Connection) -> int | None:
    """An import that is to go on and that nobody works on; it is the caller's for `LEASE`."""
    found: int | None = await c.fetchval(
        "UPDATE contact_import SET lease_until = now() + $1 WHERE id = (SELECT id FROM contact_import "
        "WHERE state = 'running' AND (lease_until IS NULL OR lease_until < now()) ORDER BY id LIMIT 1 "
        "FOR UPDATE SKIP LOCKED) RETURNING id",
        LEASE,
    )
    return found


async def release(c: Connection, ident: int) -> None:
    """Somebody else may go on at once."""
    await c.execute("UPDATE contact_import SET lease_until = NULL WHERE id = $1", ident)


async def advance(c: Connection, ident: int, n: int, counts: dict[str, int]) -> None:
    """Chunk `n` is in."""
    await c.execute(
        "UPDATE contact_import SET done = $2 + 1, lease_until = now() + $8, created = created + $3, "
        "updated = updated + $4, unchanged = unchanged + $5, skipped = skipped + $6, failed = failed + $7 "
        "WHERE id = $1",
        ident,
        n,
        *(counts.get(v, 0) for v in ("created", "updated", "unchanged", "skipped", "failed")),
        LEASE,
    )
    await c.execute("DELETE FROM contact_import_chunk WHERE import_id = $1 AND n = $2", ident, n)


async def finish(c: Connection, ident: int, state: ImportState, code: str = "") -> None:
    """What was kept of the file goes; the report stays."""
    await c.execute(
        "UPDATE contact_import SET state = $2, code = $3, finished_at = now(), lease_until = NULL WHERE id = $1",
        ident,
        state,
        code,
    )
    await c.execute("DELETE FROM contact_import_chunk WHERE import_id = $1", ident)
    await c.execute("DELETE FROM contact_import_key WHERE import_id = $1", ident)


async def first_lines(c: Connection, ident: int, keys: list[bytes]) -> dict[bytes, int]:
    """The line of this file that named each key first, of those that one did."""
    rows = await c.fetch(
        "SELECT key, line FROM contact_import_key WHERE import_id = $1 AND key = ANY($2::bytea[])",
        ident,
        keys,
    )
    return {r["key"]: r["line"] for r in rows}


async def note_keys(c: Connection, ident: int, keys: dict[bytes, int]) -> None:
    await c.execute(
        "INSERT INTO contact_import_key (import_id, key, line) SELECT $1, * FROM unnest($2::bytea[], $3::int[]) "
        "ON CONFLICT DO NOTHING",
        ident,
        list(keys),
        list(keys.values()),
    )


async def note_errors(c: Connection, ident: int, errors: list[tuple[int, str, str, str]]) -> None:
    """(line, field, code, value)."""
    if errors:
        await c.execute(
            "INSERT INTO contact_import_error (import_id, line, field, code, value) "
            "SELECT $1, * FROM unnest($2::int[], $3::text[], $4::text[], $5::text[])",
            ident,
            *(list(column) for column in zip(*errors, strict=True)),
        )


async def errors(c: Connection, ident: int, *, after: int, limit: int) -> list[ErrorRow]:
    """In the order of the file."""
    rows = await c.fetch(
        "SELECT id, line, field, code, value FROM contact_import_error WHERE import_id = $1 AND id > $2 "
        "ORDER BY id LIMIT $3",
        ident,
        after,
        limit,
    )
    return [ErrorRow(**dict(r)) for r in rows]


async def lock_contacts(c: Connection, idents: list[int]) -> dict[int, Values]:
    """What they are now, locked in one order for all who do this."""
    rows = await c.fetch(
        "SELECT id, name, phone, email, cpf, language, tags, fields, opted_out FROM contact "
        "WHERE id = ANY($1::bigint[]) AND state = 'active' ORDER BY id FOR NO KEY UPDATE",
        idents,
    )
    return {r["id"]: _values(r) for r in rows}


async def create_contacts(c: Connection, ident: int, fresh: list[Fresh], person: int | None) -> list[int]:
    """Their ids, in the given order, each noted."""
    if not fresh:
        return []
    rows = await c.fetch(
        "WITH x AS (SELECT *, nextval(pg_get_serial_sequence('contact', 'id')) AS id FROM unnest($1::text[], "
        "$2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[], $8::int[]) "
        "WITH ORDINALITY x(name, phone, email, cpf, language, tags, fields, line, ord)), "
        "made AS (INSERT INTO contact (id, name, phone, email, cpf, language, tags, fields) "
        "SELECT id, name, phone, email, cpf, language, ARRAY(SELECT jsonb_array_elements_text(tags)), fields FROM x), "
        "noted AS (INSERT INTO audit (person_id, action, subject, detail) "
        "SELECT $10, 'contact_created', 'contact:' || id, jsonb_build_object('import', $9::bigint, 'line', line) "
        "FROM x) "
        "SELECT id FROM x ORDER BY ord",
        *_columns([f.values for f in fresh]),
        [f.line for f in fresh],
        ident,
        person,
    )
    ids = [int(r["id"]) for r in rows]
    phones = sorted((f.values.phone, i) for f, i in zip(fresh, ids, strict=True) if f.values.phone)
    await _name(c, phones)
    return ids


async def change_contacts(c: Connection, ident: int, changed: list[Changed], person: int | None) -> None:
    """Each noted with what it was and is."""
    if not changed:
        return
    await c.execute(
        "WITH x AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], "
        "$7::jsonb[], $8::bigint[], $9::jsonb[]) x(name, phone, email, cpf, language, tags, fields, id, detail)), "
        "done AS (UPDATE contact k SET name = x.name, phone = x.phone, email = x.email, cpf = x.cpf, "
        "language = x.language, tags = ARRAY(SELECT jsonb_array_elements_text(x.tags)), fields = x.fields, "
        "rev = k.rev + 1, updated_at = now() FROM x WHERE k.id = x.id) "
        "INSERT INTO audit (person_id, action, subject, detail) "
        "SELECT $10, 'contact_changed', 'contact:' || id, detail FROM x",
        *_columns([d.after for d in changed]),
        [d.id for d in changed],
        [_difference(ident, d) for d in changed],
        person,
    )
    await _name(c, sorted((d.after.phone, d.id) for d in changed if d.after.phone != d.before.phone))


async def forget_old(c: Connection) -> None:
    """Files that nobody took in within a week, and reports of a quarter of a year ago."""
    await c.execute(
        "DELETE FROM contact_import_chunk WHERE import_id IN (SELECT id FROM contact_import "
        "WHERE state IN ('reading', 'ready') AND created_at < now() - interval '7 days')"
    )
    await c.execute(
        "UPDATE contact_import SET state = 'cancelled', finished_at = now(), code = 'import:forgotten' "
        "WHERE state IN ('reading', 'ready') AND created_at < now() - interval '7 days'"
    )
    await c.execute(
        "DELETE FROM contact_import_error WHERE import_id IN (SELECT id FROM contact_import "
        "WHERE finished_at < now() - interval '90 days')"
    )


async def _name(c: Connection, phones: list[tuple[str, int]]) -> None:
    """Numbers under which they are recognised when they write; one that is another's stays so."""
    await c.execute(
        "INSERT INTO contact_identity (contact_id, kind, value, evidence) SELECT id, 'phone', phone, 'imported' "
        "FROM unnest($1::text[], $2::bigint[]) x(phone, id) ON CONFLICT DO NOTHING",
        [p for p, _ in phones],
        [i for _, i in phones],
    )


def _columns(values: list[Values]) -> list[list[Any]]:
    plain = [[clean(getattr(v, n)) for v in values] for n in ("name", "phone", "email", "cpf", "language")]
    return [*plain, [encode(v.tags) for v in values], [encode(v.fields) for v in values]]


def _difference(ident: int, d: Changed) -> bytes:
    differs = [n for n in Values.__struct_fields__ if getattr(d.before, n) != getattr(d.after, n)]
    return encode(
        {
            "import": ident,
            "line": d.line,
            "before": {n: getattr(d.before, n) for n in differs},
            "after": {n: getattr(d.after, n) for n in differs},
        }
    )


def _values(row: asyncpg.Record) -> Values:
    values = dict(row)
    del values["id"]
    values["fields"] = msgspec.json.decode(values["fields"])
    return Values(**values)
