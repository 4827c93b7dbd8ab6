"""Random rules against an independent engine (datalogic-py, Rust): each difference falls into a listed class."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import datalogic_py
import pytest
import rule_random
from rule_differences import differences

from engine.core.logic import RuleError, evaluate

FAILED = object()


def ours(rule: Any, data: Any) -> Any:
    try:
        return evaluate(rule, data)
    except RuleError:
        return FAILED


def theirs(rule: Any, data: Any) -> Any:
    try:
        return datalogic_py.apply(json.dumps(rule), data)
    except datalogic_py.DataLogicError:
        return FAILED


def close(left: Any, right: Any) -> bool:
    """Equal but for the last digits of a sum made in another order; a boolean is no number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right or abs(left - right) <= 1e-9 * max(abs(left), abs(right))
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(close, left, right))
    return bool(left == right)


def compare(count: int, seed: int) -> tuple[list[Any], Counter[str]]:
    """The differences without a class, and how often each class explained one."""
    unexplained, explained = [], Counter[str]()
    for number in range(count):
        rng = random.Random(f"{seed}-{number}")
        rule, data = rule_random.rule(rng), rule_random.data(rng)
        left, right = ours(rule, data), theirs(rule, data)
        if close(left, right):
            explained["same"] += 1
        elif why := differences(rule, data):
            explained.update(sorted(why)[:1])
        else:
            unexplained.append((rule, data, left, right))
    return unexplained, explained


def test_random_rules_agree() -> None:
    unexplained, explained = compare(4_000, seed=1)
    assert unexplained == []
    assert explained["same"] > 3_000, explained


@pytest.mark.slow
def test_thirty_thousand_random_rules_agree() -> None:
    unexplained, explained = compare(30_000, seed=2)
    assert unexplained == []
    assert explained["same"] > 22_500, explained
