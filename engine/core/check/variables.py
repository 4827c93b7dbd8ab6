"""What texts and rules read: variables that nothing sets, that some way leaves unset, and fields that do not exist.

A text may read a variable only where every way to it has set it (or it has a default value, or the text brings a
`default`). Rules may ask about what is not there; they are warned only about what is never set.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.core.check.paths import edges, known, reached
from engine.core.errors import TramaError
from engine.core.logic import RuleError, compile_rule
from engine.core.node import Look, Node, Problem, Words
from engine.core.run import RESERVED
from engine.core.template import template

FIELDS = {
    "contact": {
        "id",
        "name",
        "phone",
        "email",
        "cpf",
        "language",
        "tags",
        "fields",
        "opted_out",
        "created_at",
    },
    "conversation": {"id", "channel", "protocol", "last_inbound_at", "messages"},
    "channel": {"kind"},
    "message": {"text", "folded", "kind", "choice", "count"},
    "event": {"type", "name", "data", "first", "referral"},
    "flow": {"id", "version"},
    "error": {"code", "detail", "node"},
}
"""Members of the reserved names; `company` is free."""
_LATE_EXITS = frozenset({"timeout", "invalid", "error", "other", "skipped", "else", "refused", "message"})
_LOCAL = {"ask": {"answer"}, "decision_table": {"value"}}


def find(look: Look) -> Iterable[Problem]:
    flow = look.flow
    nodes = known(flow)
    declared = {v.name: v for v in flow.document.variables}
    given = {v.name for v in flow.document.variables if v.default is not None or v.argument}
    ever = given | declared.keys() | {"error"} | {w for n in nodes.values() for w in n.writes()}
    sure = _surely_set(look, nodes, given)
    for ident in reached(flow, flow.start) & nodes.keys():
        node = nodes[ident]
        local = _LOCAL.get(str(node.__struct_config__.tag), set())
        for path, words in node.templates():
            for text in words.values() if isinstance(words, dict) else [words]:
                yield from _text(ident, path, text, ever, sure[ident], declared)
        for path, rule in node.rules():
            for read in _reads(rule):
                head = read.split(".")[0]
                if head not in ever and head not in RESERVED and head not in local and not head.isdigit():
                    yield _unset(ident, path, head)
                else:
                    yield from _fields(ident, path, read, declared)


def _text(
    ident: str, path: str, text: str, ever: set[str], sure: set[str], declared: dict[str, Any]
) -> Iterable[Problem]:
    if not isinstance(text, str) or "{{" not in text:
        return
    try:
        compiled = template(text)
    except TramaError as error:
        yield Problem(code=error.code, severity="error", node=ident, path=path, detail=error.detail)
        return
    for read, forgiving in compiled.reads:
        head = read.split(".")[0]
        if head in RESERVED:
            yield from _fields(ident, path, read, declared)
        elif head not in ever:
            yield _unset(ident, path, head)
        elif head not in sure and not forgiving and head != "error":
            yield Problem(
                code="flow:maybe-unset", severity="info", node=ident, path=path,
                detail=f"some way leads here on which {head!r} has no value", fix="add_default",
            )  # fmt: skip
        else:
            yield from _fields(ident, path, read, declared)


def _unset(ident: str, path: str, name: str) -> Problem:
    return Problem(
        code="flow:unset-variable", severity="warning", node=ident, path=path,
        detail=f"nothing gives {name!r} a value", fix="declare_variable",
    )  # fmt: skip


def _fields(ident: str, path: str, read: str, declared: dict[str, Any]) -> Iterable[Problem]:
    head, *rest = read.split(".")
    variable = declared.get(head)
    names = FIELDS.get(head) or (set(variable.fields) if variable is not None and variable.fields else None)
    member = next((r for r in rest if not r.isdigit()), None)
    if names is not None and member is not None and member not in names:
        yield Problem(
            code="flow:unknown-field", severity="warning", node=ident, path=path,
            detail=f"{head!r} has no {member!r}; it has {', '.join(sorted(names))}",
        )  # fmt: skip


def _reads(rule: Any) -> tuple[str, ...]:
    try:
        return tuple(p for p in compile_rule(rule).paths if p)
    except RuleError:
        return ()


def _surely_set(look: Look, nodes: dict[str, Node], given: set[str]) -> dict[str, set[str]]:
    """Variables that have a value on entering each node, whatever way was taken (greatest fixed point)."""
    flow = look.flow
    before: dict[str, list[tuple[str, str]]] = {i: [] for i in flow.nodes}
    for source, name, target in edges(flow):
        before[target].append((source, name))
    every = given | {w for n in nodes.values() for w in n.writes()}
    sure = {i: set(given) if i == flow.start else set(every) for i in flow.nodes}
    changed = True
    while changed:
        changed = False
        for ident in flow.nodes:
            if ident == flow.start or not before[ident]:
                continue
            ways = [sure[s] | _written(nodes.get(s), e) for s, e in before[ident]]
            now = set.intersection(*ways)
            if now != sure[ident]:
                sure[ident] = now
                changed = True
    return sure


def _written(node: Node | None, name: str) -> set[str]:
    if node is None or name in node.error_exits() or name in _LATE_EXITS:
        return set()
    return set(node.writes())


def words(value: Words) -> list[str]:
    """All variants of a text."""
    return list(value.values()) if isinstance(value, dict) else [value]
