"""Reading a file of contacts in: bytes to lines in chunks, with the columns that it has. Nobody is a contact yet."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from pathlib import Path
from uuid import uuid4

import msgspec

from engine.core.errors import TramaError
from engine.services import contact_columns, contact_values, csv_lines, xlsx_lines
from engine.services.csv_lines import Line
from engine.services.runtime import Runtime
from engine.store import audit
from engine.store import contact_fields as field_store
from engine.store import imports as store
from engine.store.contact_fields import FieldRow
from engine.store.imports import ImportRow

LARGEST = 50_000_000
"""Bytes."""
CHUNK = 500
MOST_LINES = 500_000
_NAME = re.compile(r"[^\w .()\-]+")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


async def receive(
    rt: Runtime,
    tenant: int,
    filename: str,
    body: AsyncIterator[bytes],
    *,
    encoding: str = "",
    person: int | None = None,
) -> ImportRow:
    """Read a file in; nothing of it becomes a contact yet. `encoding` "" is found out. Raises `import:too-large`,
    `import:not-a-table`, `import:old-excel`, `import:locked`, `import:empty`, `import:wrong-encoding`,
    `import:too-many-lines`."""
    folder = rt.settings.data_dir / "imports"
    await asyncio.to_thread(_swept, folder)
    path = folder / f"{uuid4().hex}.part"
    try:
        await _written(path, body)
        return await _read_in(rt, tenant, filename, path, encoding, person)
    except UnicodeError as fault:
        raise TramaError("import:wrong-encoding", f"the file is not {encoding}", path="/encoding") from fault
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


def _swept(folder: Path) -> None:
    """What a kill left of files that were being read in."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.part"):
        if left.stat().st_mtime < time.time() - 24 * 3600:
            left.unlink(missing_ok=True)


async def _written(path: Path, body: AsyncIterator[bytes]) -> None:
    size = 0
    file = await asyncio.to_thread(path.open, "wb")
    try:
        async for block in body:
            size += len(block)
            if size > LARGEST:
                raise TramaError("import:too-large", f"at most {LARGEST // 1_000_000} MB", path="/file")
            await asyncio.to_thread(file.write, block)
    finally:
        await asyncio.to_thread(file.close)
    if not size:
        raise TramaError("import:empty", "the file is empty", path="/file")


async def _read_in(
    rt: Runtime, tenant: int, filename: str, path: Path, encoding: str, person: int | None
) -> ImportRow:
    head = await asyncio.to_thread(_head, path)
    if head.startswith(_OLD_EXCEL):
        raise TramaError("import:old-excel", "save it as .xlsx or .csv", path="/file")
    delimiter = ""
    if xlsx_lines.looks_like(head):
        format, encoding = "xlsx", ""
        source: Iterator[Line] = xlsx_lines.lines(path)
        file = None
    else:
        format = "csv"
        encoding = encoding or await asyncio.to_thread(csv_lines.encoding_of, path)
        if b"\0" in head and not encoding.startswith("utf-16"):
            raise TramaError("import:not-a-table", "neither CSV nor a spreadsheet", path="/file")
        delimiter = await asyncio.to_thread(csv_lines.delimiter_of, path, encoding)
        file = csv_lines.opened(path, encoding)
        source = csv_lines.lines(file, delimiter)

    def following() -> list[Line]:
        return list(islice(source, CHUNK))

    try:
        async with rt.db.tenant(tenant) as c:
            fields = await field_store.fields(c)
            chunk = await asyncio.to_thread(following)
            if not chunk:
                raise TramaError("import:empty", "there are no lines in it", path="/file")
            headers, chunk = _headers(chunk, fields)
            ident = await store.create(
                c,
                filename=_NAME.sub("_", filename)[-120:] or "contacts",
                format=format,
                encoding=encoding,
                delimiter=delimiter,
                person=person,
            )
            lines = chunks = 0
            while chunk:
                lines += len(chunk)
                if lines > MOST_LINES:
                    raise TramaError("import:too-many-lines", f"at most {MOST_LINES}", path="/file")
                await store.add_chunk(c, ident, chunks, await asyncio.to_thread(_packed, chunk))
                chunks += 1
                chunk = await asyncio.to_thread(following)
            if not lines:
                raise TramaError("import:empty", "there is only a header in it", path="/file")
            await store.read_in(
                c,
                ident,
                headers=headers,
                mapping=contact_columns.propose(headers, fields),
                lines=lines,
                chunks=chunks,
            )
            await audit.note(c, "import_read", f"import:{ident}", person=person, lines=lines)
            return await store.get(c, ident)
    finally:
        if file is not None:
            file.close()


def _headers(chunk: list[Line], fields: list[FieldRow]) -> tuple[list[str], list[Line]]:
    """Names of the columns, and the lines that are none."""
    first = chunk[0]
    if not first.code and contact_columns.is_header(first.cells, fields):
        return [contact_values.plain(cell)[:200] for cell in first.cells], chunk[1:]
    width = max((len(line.cells) for line in chunk if not line.code), default=1)
    return [str(n) for n in range(1, width + 1)], chunk


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _packed(chunk: list[Line]) -> bytes:
    return msgspec.json.encode(
        [(n, [contact_values.plain(cell) for cell in cells], code) for n, cells, code in chunk]
    )
