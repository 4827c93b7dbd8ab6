"""What its author has not filled in yet: a step that would say nothing, an option without a title, a rule without a
condition. Such a step runs, but surely not as it is meant."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from engine.core.check.paths import known
from engine.core.errors import pointer
from engine.core.node import Look, Node, Problem

NO_CONDITIONS: tuple[dict[str, list[Any]], ...] = ({"and": []}, {"or": []})


def find(look: Look) -> Iterable[Problem]:
    for ident, node in known(look.flow).items():
        yield from _texts(ident, node)
        for n, option in enumerate(node.offers()):
            if not option.title.strip():
                yield _problem("text:option-empty", ident, pointer("options", n, "title"), "it has no title")
        for path, rule in node.rules():
            if rule in NO_CONDITIONS:
                yield _problem(
                    "rule:no-conditions", ident, path, "the rule has no condition: it is never true"
                )
    for n, trigger in enumerate(look.flow.triggers):
        if trigger.when in NO_CONDITIONS:
            path = pointer("triggers", n, "when")
            yield _problem("rule:no-conditions", "", path, "the rule has no condition: it is never true")


def _texts(ident: str, node: Node) -> Iterable[Problem]:
    """A text that a node must have; a node whose text may be left out must say something else instead."""
    if _must_speak(type(node)) and _empty(getattr(node, "text", "")):
        yield _problem("text:empty", ident, "/text", "there is nothing that it says")
    parts = [getattr(node, name, None) for name in ("text", "more", "media", "location")]
    if hasattr(node, "more") and all(_empty(p) for p in parts):
        yield _problem("text:empty", ident, "/text", "there is nothing that it says")


@lru_cache
def _must_speak(kind: type[Node]) -> bool:
    return any(field.name == "text" and field.required for field in msgspec.structs.fields(kind))


def _empty(value: Any) -> bool:
    if isinstance(value, dict):
        return not any(str(v).strip() for v in value.values())
    if isinstance(value, list):
        return all(_empty(v) for v in value)
    return value is None or (isinstance(value, str) and not value.strip())


def _problem(code: str, ident: str, path: str, detail: str) -> Problem:
    return Problem(code=code, severity="error", node=ident, path=path, detail=detail)
