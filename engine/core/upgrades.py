"""Numbered upgrades of the flow document: `UPGRADES[n]` turns format n into format n + 1.

A published upgrade never changes. The current format is `engine.core.flow.FORMAT`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.core.errors import TramaError
from engine.core.flow import FORMAT

Json = dict[str, Any]
UPGRADES: Mapping[int, Callable[[Json], Json]] = {}


def upgrade(
    document: Json, upgrades: Mapping[int, Callable[[Json], Json]] = UPGRADES, current: int = FORMAT
) -> Json:
    """The document in the current format. Raises `flow:bad-format` where there is no number, and
    `flow:newer-format` where this installation is too old for it."""
    number = document.get("format")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise TramaError(
            "flow:bad-format", f"`format` is a number; the current one is {current}", path="/format"
        )
    if number > current:
        raise TramaError(
            "flow:newer-format",
            f"format {number} is newer than {current}: update Trama first",
            path="/format",
        )
    while number < current:
        document = {**upgrades[number](document), "format": number + 1}
        number += 1
    return document
