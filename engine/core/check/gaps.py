"""Cases that do not fit together: an input that none takes, one that two take, a case that nothing reaches.

Cases are looked at in their order, so a wide case behind a narrow one is what people mean and is not told; two cases
that each take something of their own and something in common are. What none takes is told only where the exit for
the rest leads nowhere. Every finding carries an input that shows it (`about`: `input` is JSON, path -> value).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from engine.core.check.paths import known
from engine.core.errors import pointer
from engine.core.logic.gaps import OTHER, Finding, gaps
from engine.core.node import Look, Node, Problem

MOST_CASES = 12
"""Longer lists are not judged: the trial of inputs grows with them, and the check has to keep up with typing."""
_ALWAYS = {"===": [1, 1]}


def find(look: Look) -> Iterable[Problem]:
    for ident, node in known(look.flow).items():
        lists, names = _cases(node)
        if not 0 < len(lists) <= MOST_CASES:
            continue
        rest = (ident, "else") in look.flow.targets or "else" not in node.exits()
        where = "rows" if node.__struct_config__.tag == "decision_table" else "cases"
        for found in _findings(msgspec.json.encode(lists), rest):
            told = [names[int(n)] for n in found.names]
            shadowed = found.kind == "shadowed"
            cases = told[0] if shadowed else ", ".join(told)
            about = (("input", msgspec.json.encode(found.input).decode()), ("cases", cases))
            yield Problem(
                code=f"rule:{found.kind}",
                severity="warning" if shadowed else "info",
                node=ident,
                path=pointer(where, int(found.names[0])) if shadowed else "",
                detail=_DETAIL[found.kind].format(input=said(found.input), cases=cases),
                fix={"gap": "connect", "shadowed": "move_case_up"}.get(found.kind, ""),
                about=about,
            )


_DETAIL = {
    "gap": "no case takes {input}",
    "overlap": "several of the cases {cases} take {input}: the first counts",
    "shadowed": "what this case takes is taken before, for example {input}",
}


def judged(raw: dict[str, Any]) -> tuple[Finding, ...]:
    """What is odd about the cases of a node that is not in a flow yet, from its JSON."""
    if isinstance(raw.get("rows"), list):
        rules = [_row(raw.get("inputs", []), row.get("when", [])) for row in raw["rows"]]
    else:
        rules = [case.get("when") for case in raw.get("cases", [])]
    return _findings(msgspec.json.encode(rules), True)


def _cases(node: Node) -> tuple[list[Any], list[str]]:
    """Rules and names of a node's ordered cases."""
    if node.__struct_config__.tag == "decision_table":
        inputs, rows = getattr(node, "inputs", []), getattr(node, "rows", [])
        return [_row(inputs, row.when) for row in rows], [str(n) for n in range(1, len(rows) + 1)]
    cases = getattr(node, "cases", None)
    if not isinstance(cases, list):
        return [], []
    found = [c for c in cases if hasattr(c, "when") and hasattr(c, "exit")]
    return [c.when for c in found], [c.label or c.exit for c in found]


def _row(inputs: Sequence[Any], cells: Sequence[Any]) -> Any:
    """A row of a table as one rule over what its inputs read."""
    clauses = []
    for given, cell in zip(inputs, cells, strict=False):
        if isinstance(cell, dict):
            clauses.append(_put(cell, given))
        elif cell is not None:
            clauses.append({"===": [given, cell]})
    return {"and": clauses} if clauses else _ALWAYS


def _put(rule: Any, given: Any) -> Any:
    """The cell's rule with the input in place of `value`."""
    match rule:
        case {"var": "value" | ["value"], **rest} if not rest:
            return given
        case dict():
            return {k: _put(v, given) for k, v in rule.items()}
        case list():
            return [_put(v, given) for v in rule]
    return rule


@lru_cache(maxsize=2_048)
def _findings(encoded: bytes, rest: bool) -> tuple[Finding, ...]:
    """Those worth telling; what crosses one case is told once, with all that it crosses."""
    rules = msgspec.json.decode(encoded)
    kept: list[Finding] = []
    crossed: dict[str, list[Finding]] = {}
    for found in gaps([(str(n), rule) for n, rule in enumerate(rules)], otherwise=rest):
        if found.kind != "overlap":
            kept.append(found)
        elif _crossing(rules, found):
            crossed.setdefault(found.names[1], []).append(found)
    for later, many in crossed.items():
        names = (*(f.names[0] for f in many), later)
        kept.append(Finding(kind="overlap", input=many[0].input, names=names))
    return tuple(kept)


def _crossing(rules: list[Any], found: Finding) -> bool:
    """Whether the earlier case has something of its own too: seen from the other side it is not swallowed."""
    first, later = found.names
    turned = gaps([(later, rules[int(later)]), (first, rules[int(first)])], otherwise=True)
    return all(f.kind != "shadowed" for f in turned)


def said(given: dict[str, Any]) -> str:
    """An input in short: `days = 31, plan = Gold`."""
    return ", ".join(f"{path} = {_value(value)}" for path, value in given.items() if value is not None) or "—"


def _value(value: Any) -> str:
    if value == OTHER:
        return "…"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
