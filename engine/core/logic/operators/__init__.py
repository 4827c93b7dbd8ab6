"""The operators of the rule language, one file per group."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.core.logic.operators import (  # noqa: F401 - importing a group registers its operators
    access,
    arithmetic,
    business,
    comparison,
    control,
    dates,
    lists,
    text,
)
from engine.core.logic.operators.registry import REGISTERED, Example, Operator

OPERATORS: Mapping[str, Operator] = MappingProxyType(REGISTERED)
"""Every operator by name, aliases included (`?:` is `if`)."""

__all__ = ["OPERATORS", "Example", "Operator"]
