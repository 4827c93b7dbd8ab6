"""A small table of emoji that people use with clients, with the words by which they are found (`emoji.json`)."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import msgspec


@lru_cache(maxsize=1)
def _groups() -> dict[str, list[list[str]]]:
    raw = files("builder_ui").joinpath("form", "emoji.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, list[list[str]]])


def table(titles: dict[str, str]) -> list[dict[str, object]]:
    """Groups with their titles, as the picker of the text field wants them."""
    return [{"name": titles[name], "items": items} for name, items in _groups().items()]
