"""Holes and overlaps in a list of cases: an input that no case takes, one that two take, a case that nothing reaches.

The inputs are not thought out but tried: for every field the values at and around each literal that it is compared
with, combined over the fields (a bounded number of combinations), run through the real rules. So a finding is always
true, with its counter-example in hand; that nothing was found is no proof beyond the values that were tried.

Rejected: intervals and set algebra over the tree. They know only the operators that somebody taught them, and say
nothing about a rule with one that they do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any, Literal

import msgspec

from engine.core.logic.env import Env
from engine.core.logic.errors import RuleError
from engine.core.logic.rule import Rule, compile_rule
from engine.core.logic.tree import Node
from engine.core.logic.values import Json, dotted, truthy

MOST_INPUTS = 4_000
"""Combinations that are tried."""
MOST_VALUES = 24
"""Values of one field that are tried."""
OTHER = "§"
"""A text that nobody compares with."""
_COMPARED = frozenset({"==", "!=", "===", "!==", "<", "<=", ">", ">="})


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """`gap`: no case takes `input`. `overlap`: the cases `names` all take it, only the first is ever taken there.
    `shadowed`: whatever was tried for the case `names[0]` is taken before by `names[1:]`, `input` for example.
    `input` is path -> value; a path that is missing in it is absent from the data."""

    kind: Literal["gap", "overlap", "shadowed"]
    input: dict[str, Any]
    names: tuple[str, ...] = ()


def gaps(
    cases: Sequence[tuple[str, Json]], *, otherwise: bool = False, env: Env | None = None
) -> list[Finding]:
    """What is odd about the cases (name, rule), taken in their order: at most one gap, an overlap for each pair of
    cases, and every case that nothing reaches. `otherwise`: there is a way for the rest, so that no input is a gap.
    Rules that cannot be compiled take nothing and are not judged."""
    rules: list[tuple[str, Rule]] = []
    for name, said in cases:
        try:
            rules.append((name, compile_rule(said)))
        except RuleError:
            continue
    samples = _samples([rule for _, rule in rules])
    if not rules or not samples:
        return []
    found: dict[object, Finding] = {}
    reached: set[int] = set()
    behind: dict[int, tuple[dict[str, Any], set[int]]] = {}
    for given in _inputs(samples):
        takes = [n for n, (_, rule) in enumerate(rules) if _takes(rule, given, env)]
        if not takes:
            if not otherwise:
                found.setdefault("gap", Finding(kind="gap", input=given))
            continue
        reached.add(takes[0])
        for later in takes[1:]:
            held = behind.setdefault(later, (given, set()))
            held[1].add(takes[0])
            pair = (takes[0], later)
            names = (rules[takes[0]][0], rules[later][0])
            found.setdefault(pair, Finding(kind="overlap", input=given, names=names))
    for later, (given, before) in sorted(behind.items()):
        if later not in reached:
            for first in before:
                found.pop((first, later), None)
            whole = (rules[later][0], *(rules[n][0] for n in sorted(before)))
            found["shadowed", later] = Finding(kind="shadowed", input=given, names=whole)
    return list(found.values())


def _takes(rule: Rule, given: dict[str, Any], env: Env | None) -> bool:
    try:
        return truthy(rule(nested(given), env))
    except RuleError:
        return False


def nested(given: dict[str, Any]) -> dict[str, Any]:
    """`{"a.b": 1}` as data: `{"a": {"b": 1}}`."""
    data: dict[str, Any] = {}
    for path, value in given.items():
        *above, last = path.split(".")
        at = data
        for part in above:
            held = at.setdefault(part, {})
            if not isinstance(held, dict):
                break
            at = held
        else:
            at[last] = value
    return data


def _inputs(samples: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Combinations of the values, thinned out evenly where there are too many."""
    sizes = {path: len(values) for path, values in samples.items()}
    while _count(sizes.values()) > MOST_INPUTS:
        widest = max(sizes, key=lambda path: sizes[path])
        if sizes[widest] <= 2:
            break
        sizes[widest] -= 1
    thin = {path: _spread(values, sizes[path]) for path, values in samples.items()}
    for n, picked in enumerate(product(*thin.values())):
        if n >= MOST_INPUTS:
            return
        yield dict(zip(thin, picked, strict=True))


def _count(sizes: Any) -> int:
    total = 1
    for size in sizes:
        total *= size
    return total


def _spread(values: list[Any], most: int) -> list[Any]:
    """At most so many of them; the first always, because it is the plainest."""
    if len(values) <= most:
        return values
    step = len(values) / most
    return [values[int(n * step)] for n in range(most)]


def _samples(rules: Sequence[Rule]) -> dict[str, list[Any]]:
    """Values worth trying for each field that is compared with something written in a rule."""
    found: dict[str, list[Any]] = {}
    for rule in rules:
        _collect(rule.tree, found)
    return {path: _unique(values)[:MOST_VALUES] for path, values in found.items()}


def _collect(node: Node, found: dict[str, list[Any]]) -> None:
    literals = [arg.literal() for arg in node.args if arg.is_literal]
    for arg in node.args:
        path = _path(arg)
        if path is None:
            continue
        if node.op in _COMPARED:
            for literal in literals:
                found.setdefault(path, []).extend(_around(literal))
        elif node.op == "in":
            for literal in literals:
                listed = literal if isinstance(literal, list) else [[literal], []]
                found.setdefault(path, []).extend([*listed, OTHER] if isinstance(literal, list) else listed)
        elif node.op in ("starts_with", "ends_with", "contains_any"):
            for literal in literals:
                words = literal if isinstance(literal, list) else [literal]
                found.setdefault(path, []).extend([*(str(w).replace("*", "") for w in words), OTHER])
        elif node.op in ("!", "!!", "and", "or", "if"):
            found.setdefault(path, []).extend([True, False])
    if node.op not in ("some", "all", "none", "filter", "map", "reduce", "try"):
        for arg in node.args:
            _collect(arg, found)


def _path(node: Node) -> str | None:
    if node.op == "var" and node.args and node.args[0].is_literal and isinstance(node.args[0].literal(), str):
        return ".".join(dotted(node.args[0].literal())) or None
    if node.op == "val" and node.args and all(isinstance(a.value, str) for a in node.args):
        return ".".join(str(a.value) for a in node.args)
    return None


def _around(literal: Json) -> list[Any]:
    """A literal with its neighbours."""
    match literal:
        case bool():
            return [literal, not literal]
        case int():
            return [literal, literal - 1, literal + 1]
        case float():
            return [literal, literal - 0.5, literal + 0.5]
        case str():
            try:
                day = date.fromisoformat(literal)
            except ValueError:
                return [literal, OTHER]
            return [literal, (day - timedelta(days=1)).isoformat(), (day + timedelta(days=1)).isoformat()]
        case None:
            return [None, 1]
        case list():
            return [literal]
    return []


def _unique(values: list[Any]) -> list[Any]:
    kept: dict[str, Any] = {}
    for value in values:
        kept.setdefault(f"{type(value).__name__}:{value!r}", value)
    return list(kept.values())
