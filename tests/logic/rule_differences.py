"""Where this engine differs from the public suites and from the oracle, on purpose, each with its reason.

A difference that is not described here fails the tests.
"""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import pairwise
from typing import Any

from engine.core.logic import RuleError, compile_rule
from engine.core.logic.values import parse_number

UNORDERED = (
    "a number against unrelated text, a list or an object compares false: a bad field must not kill a flow"
)
ABSENT_LIST = "an iterator over nothing gives [], false or true, and a literal body is allowed"
OLDER = "the older suite says otherwise; the newer one, which supersedes it, agrees with us"
ACCUMULATE = "reduce may build lists and objects; their size and depth are bounded instead"

_ORDERED = ("==", "!=", "<", "<=", ">", ">=")
_PAIRS = ([2023, "2024-01-01"], [1, "A"], [[], [1]], [[1], 5], [{}, 1], [1, {}])

SUITES: dict[str, dict[str, list[Any]]] = {
    "json-logic-engine": {
        UNORDERED: [
            {op: pair}
            for op in _ORDERED
            for pair in _PAIRS
            if not (op == ">=" and pair == [2023, "2024-01-01"])
        ],
        ACCUMULATE: [
            {"reduce": [[1, 2, 3], 0, [[]]]},
            {"reduce": [[1, 2, 3], [[]]]},
            {"reduce": [[1, 2, 3], [{}]]},
            {"reduce": [[1, 2, 3], {"preserve": {"a": []}}]},
        ],
    },
    "compat-tables": {
        UNORDERED: [
            {op: pair}
            for op in _ORDERED
            for pair in _PAIRS
            if not (op == ">=" and pair == [2023, "2024-01-01"])
        ],
        ABSENT_LIST: [
            {"all": [None, {">": [{"var": ""}, 0]}]},
            {"all": [{"var": "missing"}, {">": [{"var": ""}, 0]}]},
            {"filter": [{"var": "numbers"}, None]},
            {"filter": [None, {">": [{"var": ""}, 0]}]},
            {"map": [{"var": "integers"}, None]},
            {"map": [None, {"var": ""}]},
            {"none": [None, {"<": [{"var": ""}, 0]}]},
            {"none": [{"var": "missing"}, {"<": [{"var": ""}, 0]}]},
            {"some": [None, {">": [{"var": ""}, 0]}]},
            {"some": [{"var": "missing"}, {">": [{"var": ""}, 0]}]},
        ],
        OLDER: [
            {"and": []},
            {"or": []},
            {"!": [{}]},
            {"!!": [{}]},
            {"!!": {"val": "obj"}},
            {"if": [{}, "apple", "banana"]},
            {"if": [{}, "apple", 0, "banana", 7, "carrot", "date"]},
        ],
    },
}


def reason(suite: str, rule: Any) -> str | None:
    """Why a case of a suite may fail, or None."""
    written = json.dumps(rule)
    for why, rules in SUITES[suite].items():
        if any(json.dumps(listed) == written for listed in rules):
            return why
    return None


MISSING = "`missing` takes null and the empty text for missing, the oracle only what is absent"
EMPTY_TEXT = "the empty text is no number in a comparison; the oracle takes it for 0 in an order"
MERGED_NULL = "the oracle's merge drops a null that was read; the suites keep it"
WRITTEN = "the oracle writes 2.0 as 2.0; ours as 2"
ORACLE_NULL = "the oracle's shortcut for comparing a field of an item takes null for an empty text"
ORACLE_DIVIDES = "the oracle divides by null or zero without an error (1.8e308)"
BOOLEAN_TEXT = 'true equals "1" as in JavaScript; the oracle says no'
NULL_TEXT = "null has no order with any text; the oracle takes it for 0 when the text spells a number"
CHAIN = "a chain of != holds when each pair differs; the oracle looks for one pair that does"
SEQUENCE = "an iterator goes over lists; the oracle also over objects and single values"


def _pair(op: str, left: Any, right: Any) -> str | None:
    """Why this comparison of two values may differ from the oracle's."""
    strict = op in ("===", "!==")
    if not strict and (isinstance(left, list | dict) or isinstance(right, list | dict)):
        return UNORDERED
    for one, other in ((left, right), (right, left)):
        if isinstance(one, str) and isinstance(other, bool | int | float) and not strict:
            if one == "":
                return EMPTY_TEXT
            return (
                UNORDERED if parse_number(one) is None else BOOLEAN_TEXT if isinstance(other, bool) else None
            )
        if one == "" and other is None:
            return ORACLE_NULL
        if isinstance(one, str) and other is None and not strict:
            return NULL_TEXT
    return None


def differences(rule: Any, data: Any) -> set[str]:
    """The listed classes that an evaluation touches: only there may the oracle say something else."""
    compiled = compile_rule(rule)
    nodes = {node.index: node for node in compiled.tree.walk()}
    parents = {arg.index: node for node in nodes.values() for arg in node.args}
    values: dict[int, Any] = {}
    found: set[str] = set()

    def trace(index: int, value: Any) -> None:
        node = nodes[index]
        args = [values.get(arg.index) for arg in node.args]
        values[index] = value
        parent = parents.get(index)
        if parent is not None:
            if parent.op in ("/", "%") and not value and parent.args[0] is not node:
                found.add(ORACLE_DIVIDES)
            if parent.op in ("!=", "!==") and len(parent.args) > 2:
                found.add(CHAIN)
        match node.op:
            case "==" | "!=" | "<" | "<=" | ">" | ">=" | "===" | "!==":
                found.update(why for pair in pairwise(args) if (why := _pair(node.op, *pair)))
            case "missing" if value:
                found.add(MISSING)
            case "merge" if any(arg is None or (isinstance(arg, list) and None in arg) for arg in args):
                found.add(MERGED_NULL)
            case "cat" if any(isinstance(arg, float | list | dict) for arg in args):
                found.add(WRITTEN)
            case "map" | "filter" | "some" | "all" | "none" | "reduce":
                if args[0] is not None and not isinstance(args[0], list):
                    found.add(SEQUENCE)

    with suppress(RuleError):  # what was touched before the failure counts
        compiled.traced(data, None, trace)
    return found
