"""Comparing what people type: without case, accents, punctuation at the ends, or doubled spaces.

A contact's text is folded once for each event and compared with literals folded once when they are read.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SPACES = re.compile(r"\s+")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
LONGEST = 4096
"""Characters of a text that are looked at when it is compared; the whole text is kept elsewhere."""


def fold(text: str) -> str:
    """`" Não, OBRIGADO! "` becomes `"nao, obrigado"`."""
    flat = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    bare = "".join(c for c in flat if not unicodedata.combining(c))
    return _EDGES.sub("", _SPACES.sub(" ", bare))


@lru_cache(maxsize=4096)
def folded(literal: str) -> str:
    """`fold` for words of a flow or a setting, remembered."""
    return fold(literal)


def tokens(text: str) -> list[str]:
    """The folded words of a text, without punctuation."""
    return re.findall(r"\w+", fold(text))


def distance(a: str, b: str, most: int) -> int:
    """Edits (insert, delete, replace, swap of neighbours) between two short words; `most + 1` means more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row = row, [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = previous
    return min(row[-1], most + 1)
