"""The rules inside nodes and triggers, through the rule language's own check."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.core.check.paths import known
from engine.core.errors import pointer
from engine.core.logic import check as check_rule
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
    for found in check_rule(rule):
        yield Problem(
            code=found.code, severity=found.severity, node=ident, path=path + found.path, detail=found.detail
        )
