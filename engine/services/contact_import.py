"""Contacts from a file: map its columns, see what would happen, take it in, and read what was wrong.

Taking in is the worker's: chunks of 500 lines, each in one transaction that also moves the import on. A worker that
dies leaves a lease that runs out; the next goes on at the following chunk, and no line comes twice.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import msgspec
import structlog

from engine.core.errors import TramaError
from engine.services import contact_columns, contact_lines, contact_values, erased
from engine.services.contact_lines import Book, Draft, Fault, Key, Outcome, Rule, Standing
from engine.services.csv_lines import Line
from engine.services.runtime import Runtime
from engine.store import audit, tenants
from engine.store import contact_fields as field_store
from engine.store import contacts as contact_store
from engine.store import imports as store
from engine.store.contact_fields import FieldRow
from engine.store.database import Connection
from engine.store.imports import Changed, ErrorRow, Fresh, ImportRow

SHOWN = 20
AT_ONCE = 20
"""Chunks, before it is another company's turn."""
_log = structlog.get_logger(__name__)
_lines_of = msgspec.json.Decoder(list[Line])


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A line in the preview: what stands there, what becomes of it, and what is wrong with it."""

    line: int
    cells: list[str]
    verdict: contact_lines.Verdict
    faults: list[Fault]
    contact: int = 0


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """The first lines under the present mapping."""

    headers: list[str]
    mapping: list[str]
    lines: list[Shown]


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """What a dry run over the whole file came to. `codes` count what is wrong."""

    lines: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0
    codes: dict[str, int] = {}


async def imports(rt: Runtime, tenant: int, *, before: int = 2**62, limit: int = 50) -> list[ImportRow]:
    """Newest first."""
    async with rt.db.tenant(tenant) as c:
        return await store.page(c, before=before, limit=max(1, min(limit, 200)))


async def one(rt: Runtime, tenant: int, ident: int) -> ImportRow:
    """Raises `import:unknown`."""
    async with rt.db.tenant(tenant) as c:
        return await store.get(c, ident)


async def settle(
    rt: Runtime,
    tenant: int,
    ident: int,
    *,
    mapping: list[str] | None = None,
    rule: Rule | None = None,
    tags: list[str] | None = None,
) -> ImportRow:
    """How the file is to be taken in. Raises `import:unknown`, `import:started`, `import:bad-mapping`,
    `import:nobody`, `contact:bad-tag`."""
    async with rt.db.tenant(tenant) as c:
        row = await _ready(c, ident)
        declared = await field_store.fields(c)
        await store.settle(
            c,
            ident,
            mapping=row.mapping if mapping is None else contact_columns.check(mapping, row.headers, declared),
            rule=rule or row.rule,
            tags=row.tags if tags is None else contact_values.tags(tags),
        )
        return await store.get(c, ident)


async def preview(rt: Runtime, tenant: int, ident: int, *, lines: int = SHOWN) -> Preview:
    """What would become of the first lines. Raises `import:unknown`, `import:started`."""
    async with rt.db.tenant(tenant) as c:
        row = await _ready(c, ident)
        fields = await _fields(c)
        raw = await store.chunk(c, ident, 0)
        found = _lines_of.decode(raw)[:lines] if raw else []
        read = await asyncio.to_thread(_drafts, found, row.mapping, fields)
        book = Book(rule=row.rule, tags=row.tags)
        await _enter(rt, c, tenant, book, [d for _, d in read if isinstance(d, Draft)])
    shown = []
    for line, draft in read:
        outcome = book.decide(draft) if isinstance(draft, Draft) else Outcome("failed", draft)
        contact = outcome.contact.id if outcome.contact else 0
        shown.append(
            Shown(
                line=line.number,
                cells=line.cells,
                verdict=outcome.verdict,
                faults=outcome.faults,
                contact=contact,
            )
        )
    return Preview(headers=row.headers, mapping=row.mapping, lines=shown)


async def check(
    rt: Runtime, tenant: int, ident: int, *, heard: Callable[[float], Awaitable[None] | None] | None = None
) -> Count:
    """A dry run over the whole file; `heard` is told the part that is done. Raises `import:unknown`,
    `import:started`, `import:nobody`."""
    async with rt.db.tenant(tenant) as c:
        row = await _ready(c, ident)
        contact_columns.check(row.mapping, row.headers, await field_store.fields(c))
    book = Book(rule=row.rule, tags=row.tags)
    counts: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    for n in range(row.chunks):
        async with rt.db.tenant(tenant) as c:
            raw = await store.chunk(c, ident, n)
            if raw is None:
                raise TramaError("import:started", "the file is being taken in, or it is gone")
            read = await asyncio.to_thread(_drafts, _lines_of.decode(raw), row.mapping, await _fields(c))
            await _enter(rt, c, tenant, book, [d for _, d in read if isinstance(d, Draft)])
        for _, draft in read:
            outcome = book.decide(draft) if isinstance(draft, Draft) else Outcome("failed", draft)
            counts[outcome.verdict] += 1
            codes.update(f.code for f in outcome.faults)
        if heard is not None and (told := heard((n + 1) / row.chunks)) is not None:
            await told
    return Count(lines=row.lines, codes=dict(codes), **counts)


async def start(rt: Runtime, tenant: int, ident: int, *, person: int | None = None) -> ImportRow:
    """From here on the worker takes it in. Raises `import:unknown`, `import:started`, `import:nobody`."""
    async with rt.db.tenant(tenant) as c:
        row = await _ready(c, ident)
        contact_columns.check(row.mapping, row.headers, await field_store.fields(c))
        await store.start(c, ident)
        await audit.note(
            c, "import_started", f"import:{ident}", person=person, lines=row.lines, filename=row.filename
        )
        return await store.get(c, ident)


async def cancel(rt: Runtime, tenant: int, ident: int, *, person: int | None = None) -> ImportRow:
    """Stop after the chunk that is under way; what is in stays in, and the report says how much that is. Raises
    `import:unknown`, `import:over`."""
    async with rt.db.tenant(tenant) as c:
        row = await store.get(c, ident, lock=True)
        if row.state not in ("ready", "running"):
            raise TramaError("import:over", f"it is {row.state}")
        await store.finish(c, ident, "cancelled")
        await audit.note(c, "import_cancelled", f"import:{ident}", person=person, **_told(row))
        return await store.get(c, ident)


async def errors(rt: Runtime, tenant: int, ident: int, *, after: int = 0, limit: int = 200) -> list[ErrorRow]:
    """What was wrong, in the order of the file. Raises `import:unknown`."""
    async with rt.db.tenant(tenant) as c:
        await store.get(c, ident)
        return await store.errors(c, ident, after=after, limit=max(1, min(limit, 1000)))


class Importer:
    """The worker's part, one in a process: goes on with what is to be gone on with."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._busy = False

    async def drain(self) -> None:
        """Until nothing is left. A second call meanwhile does nothing."""
        if self._busy:
            return
        self._busy = True
        try:
            while at_work := await tenants.with_work(self._rt.db, "imports"):
                for tenant in at_work:
                    await self._some(tenant)
                    await erased.remove_files(self._rt, tenant)
        finally:
            self._busy = False

    async def _some(self, tenant: int) -> None:
        """Some chunks of an import, so that a large one does not keep other companies waiting."""
        rt = self._rt
        async with rt.db.tenant(tenant) as c:
            ident = await store.claim(c)
        if ident is None:
            return
        code = ""
        try:
            for _ in range(AT_ONCE):
                if not await take_in_chunk(rt, tenant, ident):
                    return
        except TramaError as fault:
            code = fault.code
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as fault:
            _log.error("import_refused", tenant=tenant, ident=ident, exc_info=fault)
            code = "import:refused-by-database"
        finally:
            async with rt.db.tenant(tenant) as c:
                await store.release(c, ident)
        if code:
            # trying the same again would not help; what is in stays, and the report says so
            _log.warning("import_failed", tenant=tenant, ident=ident, code=code)
            async with rt.db.tenant(tenant) as c:
                await store.finish(c, ident, "failed", code)


async def take_in_chunk(rt: Runtime, tenant: int, ident: int) -> bool:
    """The next chunk, whole or not at all; whether there is another one."""
    async with rt.db.tenant(tenant) as c:
        row = await store.get(c, ident, lock=True)
        if row.state != "running":
            return False
        if row.done < row.chunks:
            raw = await store.chunk(c, ident, row.done)
            if raw is None:
                raise TramaError("import:chunk-gone", f"chunk {row.done}")
            fields = await _fields(c)
            read = await asyncio.to_thread(_drafts, _lines_of.decode(raw), row.mapping, fields)
            await _take_in(rt, c, tenant, row, read)
        if row.done + 1 < row.chunks:
            return True
        await store.finish(c, ident, "done")
        row = await store.get(c, ident)
        await audit.note(c, "import_finished", f"import:{ident}", person=row.person_id, **_told(row))
        return False


async def _take_in(
    rt: Runtime, c: Connection, tenant: int, row: ImportRow, read: list[tuple[Line, Draft | list[Fault]]]
) -> None:
    book = Book(rule=row.rule, tags=row.tags)
    drafts = [d for _, d in read if isinstance(d, Draft)]
    first = await store.first_lines(c, row.id, [_hash(k) for d in drafts for k in d.handles()])
    await _enter(rt, c, tenant, book, drafts, first)
    counts: Counter[str] = Counter()
    faults: list[tuple[int, str, str, str]] = []
    touched: dict[int, tuple[int, Standing]] = {}
    keys: dict[bytes, int] = {}
    for line, draft in read:
        outcome = book.decide(draft) if isinstance(draft, Draft) else Outcome("failed", draft)
        counts[outcome.verdict] += 1
        faults += [(line.number, f.field, f.code, contact_values.plain(f.value)) for f in outcome.faults]
        if isinstance(draft, Draft) and outcome.verdict != "failed":
            for key in draft.handles():
                keys.setdefault(_hash(key), line.number)
        if outcome.contact is not None and outcome.contact.changed:
            touched.setdefault(id(outcome.contact), (line.number, outcome.contact))
    fresh = [Fresh(n, s.values) for n, s in touched.values() if s.before is None]
    changed = [Changed(n, s.id, s.before, s.values) for n, s in touched.values() if s.before is not None]
    await store.create_contacts(c, row.id, fresh, row.person_id)
    await store.change_contacts(c, row.id, changed, row.person_id)
    await store.note_keys(c, row.id, keys)
    await store.note_errors(c, row.id, faults)
    await store.advance(c, row.id, row.done, counts)


async def _enter(
    rt: Runtime,
    c: Connection,
    tenant: int,
    book: Book,
    drafts: list[Draft],
    first: dict[bytes, int] | None = None,
) -> None:
    """Bring everybody into the book whom these lines may be about."""
    keys = sorted({key for d in drafts for key in d.handles()})

    def of(kind: str) -> list[str]:
        return [value for k, value in keys if k == kind]

    found = await contact_store.match(c, phones=of("phone"), emails=of("email"), cpfs=of("cpf"))
    values = await store.lock_contacts(c, sorted({m.contact for m in found} - book.known.keys()))
    for match in found:
        key: Key = (match.kind, match.key)
        if match.contact in values:
            line = (first or {}).get(_hash(key), 0)
            book.enter(match.contact, values[match.contact], [key], line)
        elif match.contact in book.known:
            book.enter(match.contact, book.known[match.contact].values, [key])
    book.erased(await erased.among(rt, c, tenant, keys))


def _drafts(
    lines: list[Line], mapping: list[str], fields: dict[str, FieldRow]
) -> list[tuple[Line, Draft | list[Fault]]]:
    return [
        (
            line,
            [Fault("", line.code, line.cells[0][:200] if line.cells else "")]
            if line.code
            else contact_lines.read(line.number, line.cells, mapping, fields),
        )
        for line in lines
    ]


async def _fields(c: Connection) -> dict[str, FieldRow]:
    return {f.key: f for f in await field_store.fields(c, archived=True)}


async def _ready(c: Connection, ident: int) -> ImportRow:
    row = await store.get(c, ident, lock=True)
    if row.state != "ready":
        raise TramaError("import:started", f"it is {row.state}")
    return row


def _hash(key: Key) -> bytes:
    return hashlib.sha256(f"{key[0]}\0{key[1]}".encode()).digest()[:12]


def _told(row: ImportRow) -> dict[str, Any]:
    names = ("lines", "created", "updated", "unchanged", "skipped", "failed")
    return {name: getattr(row, name) for name in names}
