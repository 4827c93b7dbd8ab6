"""Lines of the first visible sheet of a spreadsheet.

The file is hostile until shown otherwise. A ZIP says itself how large its parts are, so the parts that are read are
unpacked first with a limit of ours, and only that copy is opened; a sheet is kept as a full rectangle in memory, so
its farthest cell is looked for before. Formulas give what they came to last, never what they would do.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from engine.core.errors import TramaError
from engine.services.csv_lines import MOST_CELLS, Line

LARGEST_UNPACKED = 400_000_000
MOST_PARTS = 2_000
MOST_SHEET_CELLS = 6_000_000
_BLOCK = 1 << 20
_OVERLAP = 64
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,4})?([0-9]{1,9})["']""")


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """A copy of the file that is no larger than it may be. Raises `import:not-a-table`, `import:too-large`."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part") as copy:
        try:
            with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
                parts = source.infolist()
                if len(parts) > MOST_PARTS:
                    raise TramaError("import:too-large", f"{len(parts)} parts")
                left = LARGEST_UNPACKED
                for part in parts:
                    if not part.filename.endswith((".xml", ".rels")):
                        continue
                    with (
                        source.open(part) as packed,
                        target.open(part.filename, "w", force_zip64=True) as out,
                    ):
                        left -= _copied(packed, out, left, sheet="worksheets/" in part.filename)  # type: ignore[arg-type]
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as fault:
            raise TramaError("import:not-a-table", "the file is no spreadsheet, or it is damaged") from fault
        copy.flush()
        yield Path(copy.name)


def _copied(packed: BinaryIO, out: BinaryIO, left: int, *, sheet: bool) -> int:
    size, tail, rows, columns = 0, b"", 1, 1
    while block := packed.read(_BLOCK):
        size += len(block)
        if size > left:
            raise TramaError("import:too-large", f"more than {LARGEST_UNPACKED} bytes when unpacked")
        if sheet:
            for letters, digits in _CELL.findall(tail + block):
                rows = max(rows, int(digits))
                columns = max(columns, _column(letters))
            if rows * columns > MOST_SHEET_CELLS:
                raise TramaError("import:too-large", f"a sheet of {rows} rows and {columns} columns")
            tail = block[-_OVERLAP:]
        out.write(block)
    return size


def _column(letters: bytes) -> int:
    n = 0
    for letter in letters.upper():
        n = n * 26 + letter - 64
    return n


def lines(path: Path) -> Iterator[Line]:
    """All lines but empty ones. Raises `import:not-a-table`, `import:too-large`, `import:locked`."""
    with unpacked(path) as copy:
        try:
            book = CalamineWorkbook.from_path(copy)
            shown = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
            sheet = book.get_sheet_by_name((shown or book.sheet_names)[0])
        except PasswordError as fault:
            raise TramaError("import:locked", "the spreadsheet has a password") from fault
        except (CalamineError, IndexError) as fault:
            raise TramaError("import:not-a-table", "the spreadsheet cannot be read") from fault
        before = sheet.start[0] if sheet.start else 0
        for n, row in enumerate(sheet.to_python(skip_empty_area=True), before + 1):
            cells = [_text(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > MOST_CELLS:
                yield Line(n, cells[:1], "import:too-many-columns")
            elif cells:
                yield Line(n, cells)


def _text(value: object) -> str:
    match value:
        case str():
            return value.replace("\0", "").strip()
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value)


def looks_like(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04")
