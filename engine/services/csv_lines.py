"""Lines of a CSV file as people send them: whatever the encoding and the delimiter, with broken lines in between.

A line that cannot be read is given as such, and the next one is read as if nothing had been: a quote that nobody
closed does not swallow the rest of the file.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TextIO

LONGEST = 50_000
"""Characters of one line."""
MOST_CELLS = 200
DELIMITERS = (";", ",", "\t", "|")
_MOST_JOINED = 30
_ESCAPED = re.compile("[\udc80-\udcff\ufffe\uffff]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Line(NamedTuple):
    """`number` counts the file's lines from 1. With a `code` the line could not be read, `cells` hold its beginning."""

    number: int
    cells: list[str]
    code: str = ""


def encoding_of(path: Path) -> str:
    """By its mark, else by its bytes: UTF-8 where nearly all lines with other than ASCII are that, so that one broken
    line does not make the others wrong; else Windows-1252, as spreadsheets in Brazil write."""
    with path.open("rb") as file:
        head = file.read(4096)
        for mark, name in _BOMS:
            if head.startswith(mark):
                return name
        if head[1::2].count(0) > len(head) // 4:
            return "utf-16-le"
        if head[::2].count(0) > len(head) // 4:
            return "utf-16-be"
        file.seek(0)
        good = bad = 0
        while raw := file.readline(LONGEST):
            if not raw.isascii():
                try:
                    raw.decode()
                except UnicodeDecodeError:
                    bad += 1
                else:
                    good += 1
    return "utf-8" if good >= 9 * bad else "cp1252"


def delimiter_of(path: Path, encoding: str) -> str:
    """The one that cuts the first lines into the same number of cells most often."""
    with opened(path, encoding) as file:
        head = [raw for _, raw in islice(_raws(file), 30) if raw.strip()]

    def score(delimiter: str) -> tuple[int, int]:
        counts = Counter(len(next(csv.reader([raw], delimiter=delimiter), [])) for raw in head)
        counts.pop(1, None)
        cells, times = max(counts.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return times, cells

    return max(DELIMITERS, key=score) if head else DELIMITERS[0]


def opened(path: Path, encoding: str) -> TextIO:
    # bytes that the encoding has no character for come through as half characters, which `lines` finds
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    return path.open(encoding=encoding, errors=errors)


def lines(file: TextIO, delimiter: str) -> Iterator[Line]:
    """All lines but empty ones."""
    raws = _raws(file)
    waiting: deque[tuple[int, str]] = deque()
    width = 0

    def following() -> tuple[int, str] | None:
        return waiting.popleft() if waiting else next(raws, None)

    while (one := following()) is not None:
        number, raw = one
        if not raw.strip(f"{delimiter} \t\0"):
            continue
        text, joined, broken = raw, [one], False
        while _open(text, delimiter) and len(joined) < _MOST_JOINED and len(text) < LONGEST:
            more = following()
            if more is None:
                break
            joined.append(more)
            text += "\n" + more[1]
            broken = _whole(more[1], delimiter, width) and (
                _whole(raw, delimiter, width) or _open(text, delimiter)
            )
            if broken:
                break
        width = width or raw.count(delimiter) + 1
        if broken or _open(text, delimiter):
            waiting.extendleft(reversed(joined[1:]))
            yield Line(number, [raw[:200]], "import:open-quote")
        else:
            yield _line(number, text, delimiter)


def _line(number: int, text: str, delimiter: str) -> Line:
    if len(text) >= LONGEST:
        return Line(number, [text[:200]], "import:line-too-long")
    if _ESCAPED.search(text) or "\ufffd" in text:
        return Line(number, [_ESCAPED.sub("\ufffd", text)[:200]], "import:bad-encoding")
    try:
        cells = next(csv.reader(text.replace("\0", "").splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:
        return Line(number, [text[:200]], "import:unreadable")
    while cells and not cells[-1].strip():
        cells.pop()
    if len(cells) > MOST_CELLS:
        return Line(number, [text[:200]], "import:too-many-columns")
    return Line(number, [cell.strip() for cell in cells])


def _raws(file: TextIO) -> Iterator[tuple[int, str]]:
    """Physical lines with their numbers; of one that never ends, the beginning."""
    number = 0
    while raw := file.readline(LONGEST):
        number += 1
        whole = raw
        while len(raw) == LONGEST and not raw.endswith("\n"):
            raw = file.readline(LONGEST)
        yield number, whole.removesuffix("\n")


def _whole(raw: str, delimiter: str, width: int) -> bool:
    """Whether this has as many cells as the first line: no part of a cell of the line before it, which rather has a
    quote too many."""
    return width > 1 and raw.count(delimiter) + 1 == width


def _open(text: str, delimiter: str) -> bool:
    """Whether a quoted cell goes on after the end of the text."""
    if text.count('"') % 2 == 0:
        return False
    sign = re.escape(delimiter)
    rest = re.sub(rf'(^|{sign}|\n)"(?:[^"]|"")*"', r"\1", text)
    return re.search(rf'(?:^|{sign}|\n)"', rest) is not None
