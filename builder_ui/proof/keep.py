"""A trial between visits of the page. It is kept with the person's own settings of the screens, not in the company's
database: it is one person's scratch paper, and the inputs alone bring everything else back. Of a real contact only the
id is kept; its data is read anew.
"""

from __future__ import annotations

from typing import Any

import msgspec
from nicegui import app

from engine.core.tryout import Given

MOST_FLOWS = 12
_KEY = "proof.try"


class Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`at` is the clock at the beginning; `contact` a real one's id, `made_up` what was said of another one; `world`
    the whole world of a trial that began as a test (there is no real person in those)."""

    channel: str
    at: str
    contact: int | None = None
    made_up: dict[str, Any] = {}
    world: dict[str, Any] | None = None
    inputs: list[Given] = []
    now: int = 0


class Keep:
    """Made while the page is built; afterwards it can be used from anywhere."""

    def __init__(self, flow: str) -> None:
        self._flow = flow
        self._store = app.storage.user

    def load(self) -> Kept | None:
        """None where nothing is kept, or something of an older form."""
        found = self._store.get(_KEY, {}).get(self._flow)
        try:
            return msgspec.convert(found, Kept) if found else None
        except msgspec.ValidationError:
            return None

    def save(self, kept: Kept) -> None:
        others = {k: v for k, v in self._store.get(_KEY, {}).items() if k != self._flow}
        latest = dict(list(others.items())[-(MOST_FLOWS - 1) :])
        self._store[_KEY] = {**latest, self._flow: msgspec.to_builtins(kept)}

    def forget(self) -> None:
        self._store[_KEY] = {k: v for k, v in self._store.get(_KEY, {}).items() if k != self._flow}
