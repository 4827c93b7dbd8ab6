"""A way out that a rule opens: used wherever a node has cases of its author's making."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`exit` is the exit's name; `label` what the canvas shows in its place."""

    exit: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    when: Any
    label: str = ""
