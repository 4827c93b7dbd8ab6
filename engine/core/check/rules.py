"""The rules inside nodes and triggers, through the rule language's own check."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from engine.core.check.paths import known
from engine.core.errors import pointer
from engine.core.logic import check as check_rule
from engine.core.logic.errors import RuleProblem
from engine.core.node import Look, Problem


def find(look: Look) -> Iterable[Problem]:
    for ident, node in known(look.flow).items():
        for path, rule in node.rules():
            yield from _problems(rule, ident, path)
    for n, trigger in enumerate(look.flow.triggers):
        if trigger.when is not None:
            yield from _problems(trigger.when, "", pointer("triggers", n, "when"))


def _problems(rule: Any, ident: str, path: str) -> Iterable[Problem]:
    if not isinstance(rule, dict | list):
        return
    for found in _checked(msgspec.json.encode(rule)):
        yield Problem(
            code=found.code,
            severity=found.severity,
            node=ident,
            path=path + found.path,
            detail=found.detail,
            fix="compare_as_number" if found.code == "rule:absent-field" else "",
        )


@lru_cache(maxsize=8_192)
def _checked(encoded: bytes) -> tuple[RuleProblem, ...]:
    """While somebody edits, every rule but one is the same as a moment ago, and the trial of patterns is dear."""
    return tuple(check_rule(msgspec.json.decode(encoded)))
