"""What texts and rules read: variables that nothing sets, that some way leaves unset, and fields that do not exist.

A text may read a variable only where every way to it has set it (or it has a default value, or the text brings a
`default`). Rules may ask about what is not there; they are warned only about what is never set.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from engine.core.check.paths import edges, in_order, known, reached
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
    ever |= _perhaps_set(look)
    sure = _Sure(look, nodes, given | _perhaps_set(look))
    for ident in reached(flow, flow.start) & nodes.keys():
        node = nodes[ident]
        local = _LOCAL.get(str(node.__struct_config__.tag), set())
        for path, words in node.templates():
            for text in words.values() if isinstance(words, dict) else [words]:
                yield from _text(ident, path, text, ever, sure, declared)
        for path, rule in node.rules():
            for read in _reads(rule):
                head = read.split(".")[0]
                if head not in ever and head not in RESERVED and head not in local and not head.isdigit():
                    yield _unset(ident, path, head)
                else:
                    yield from _fields(ident, path, read, declared)


def _text(
    ident: str, path: str, text: str, ever: set[str], sure: _Sure, declared: dict[str, Any]
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
        elif not sure.has(ident, head) and not forgiving and head != "error":
            yield Problem(
                code="flow:maybe-unset", severity="info", node=ident, path=path,
                detail=f"some way leads here on which {head!r} has no value", fix="add_default",
                about=(("name", head),),
            )  # fmt: skip
        else:
            yield from _fields(ident, path, read, declared)


def _unset(ident: str, path: str, name: str) -> Problem:
    return Problem(
        code="flow:unset-variable", severity="warning", node=ident, path=path,
        detail=f"nothing gives {name!r} a value", fix="declare_variable", about=(("name", name),),
    )  # fmt: skip


def _fields(ident: str, path: str, read: str, declared: dict[str, Any]) -> Iterable[Problem]:
    head, *rest = read.split(".")
    variable = declared.get(head)
    names = FIELDS.get(head) or (set(variable.fields) if variable is not None and variable.fields else None)
    member = next((r for r in rest if not r.isdigit()), None)
    if names is not None and member is not None and member not in names:
        yield Problem(
            code="flow:unknown-field", severity="warning", node=ident, path=path,
            detail=f"{head!r} has no {member!r}; it has {', '.join(sorted(names))}", fix="rename_field",
            about=(("name", head), ("field", member), ("known", ", ".join(sorted(names)))),
        )  # fmt: skip


def _reads(rule: Any) -> tuple[str, ...]:
    try:
        return tuple(p for p in compile_rule(rule).paths if p)
    except RuleError:
        return ()


class _Sure:
    """Variables that have a value on entering each node, whatever way was taken (greatest fixed point).

    A set of names is an integer of bits: with hundreds of nodes and names real sets cost half a second.
    """

    def __init__(self, look: Look, nodes: dict[str, Node], given: set[str]) -> None:
        names = sorted(given | {w for n in nodes.values() for w in n.writes()})
        self._bit = {name: 1 << n for n, name in enumerate(names)}
        flow = look.flow
        into: dict[str, list[tuple[str, int]]] = {i: [] for i in flow.nodes}
        after: dict[str, list[str]] = {}
        for source, name, target in edges(flow):
            into[target].append((source, self._bits(_written(nodes.get(source), name))))
            after.setdefault(source, []).append(target)
        every, first = (1 << len(names)) - 1, self._bits(given)
        self._sure = dict.fromkeys(flow.nodes, every)
        if flow.start in self._sure:
            self._sure[flow.start] = first
        todo = deque(dict.fromkeys([flow.start, *in_order(after, flow.start), *flow.nodes]))
        waiting = set(todo)
        while todo:
            ident = todo.popleft()
            waiting.discard(ident)
            if ident == flow.start or not into.get(ident):
                continue
            now = every
            for source, gains in into[ident]:
                now &= self._sure[source] | gains
            if now != self._sure[ident]:
                self._sure[ident] = now
                fresh = [t for t in after.get(ident, ()) if t not in waiting]
                todo.extend(fresh)
                waiting.update(fresh)

    def _bits(self, names: set[str]) -> int:
        return sum(self._bit[name] for name in names)

    def has(self, ident: str, name: str) -> bool:
        return bool(self._sure[ident] & self._bit.get(name, 0))


def _perhaps_set(look: Look) -> set[str]:
    """Names that stand where unreadable nodes usually write: nobody is warned about what may be there in a moment."""
    found: set[str] = set()
    for node in look.flow.unknown:
        if isinstance(node.raw.get("save_as"), str):
            found.add(node.raw["save_as"])
        listed = node.raw.get("set")
        for item in listed if isinstance(listed, list) else []:
            if isinstance(item, dict) and isinstance(item.get("name"), str):
                found.add(item["name"])
    return found


def _written(node: Node | None, name: str) -> set[str]:
    if node is None or name in node.error_exits() or name in _LATE_EXITS:
        return set()
    return set(node.writes())


def words(value: Words) -> list[str]:
    """All variants of a text."""
    return list(value.values()) if isinstance(value, dict) else [value]
