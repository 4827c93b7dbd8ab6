"""What people read on the screens, from one catalogue a language: flat keys, `{name}` filled in.

`locales/<language>.json` holds what all share, `locales/<part>.<language>.json` what belongs to one part of the
screens. A missing key is a mistake of ours, so it raises; a test keeps the catalogues alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import msgspec

LANGUAGES = {"pt-BR": "Português", "en": "English"}
DEFAULT: Literal["pt-BR"] = "pt-BR"


@lru_cache(maxsize=8)
def catalogue(language: str) -> Mapping[str, str]:
    merged: dict[str, str] = {}
    for file in files("builder_ui").joinpath("locales").iterdir():
        if file.name == f"{language}.json" or file.name.endswith(f".{language}.json"):
            part = msgspec.json.decode(file.read_bytes(), type=dict[str, str])
            twice = merged.keys() & part.keys()
            if twice:
                raise KeyError(f"{file.name} says again what another file says: {sorted(twice)[:3]}")
            merged |= part
    return merged


class Texts:
    """The catalogue of one language. `texts("flows.title")` is the sentence."""

    def __init__(self, language: str = DEFAULT) -> None:
        self.language = language if language in LANGUAGES else DEFAULT
        self._entries = catalogue(self.language)

    def __call__(self, key: str, **values: object) -> str:
        """Raises KeyError for a key or value that is not there."""
        return self._entries[key].format(**values) if values else self._entries[key]

    def known(self, prefix: str, name: str) -> str:
        """The text for a code of the engine, or the code itself where the catalogue has none."""
        return self._entries.get(f"{prefix}.{name}", name)
