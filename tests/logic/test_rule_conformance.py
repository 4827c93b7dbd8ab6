"""The public JSON-Logic suites: all of the official and the base cases, and the rest but for listed reasons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rule_differences import SUITES, reason

from engine.core.logic import RuleError, evaluate


def outcome(rule: Any, data: Any) -> Any:
    """The result, or what a `try` would see of the failure."""
    try:
        return evaluate(rule, data)
    except RuleError as fault:
        return ("error", fault.thrown)


def cases(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    return [
        (file.name, case)
        for file in sorted(folder.rglob("*.json"))
        for case in json.loads(file.read_text(encoding="utf-8"))
        if isinstance(case, dict)
    ]


def expected(case: dict[str, Any]) -> Any:
    return ("error", case["error"]) if "error" in case else case["result"]


def same(left: Any, right: Any) -> bool:
    """Equal, and no boolean taken for a number."""
    return bool(left == right and isinstance(left, bool) == isinstance(right, bool))


def test_every_official_case(testdata: Path) -> None:
    written = json.loads((testdata / "jsonlogic/official/tests.json").read_text(encoding="utf-8"))
    listed = [case for case in written if isinstance(case, list)]
    wrong = [(rule, data) for rule, data, result in listed if not same(outcome(rule, data), result)]
    assert len(listed) == 275
    assert wrong == []


def test_every_base_case(testdata: Path) -> None:
    file = testdata / "jsonlogic/json-logic-engine/suites/compatible.json"
    listed = [case for case in json.loads(file.read_text(encoding="utf-8")) if isinstance(case, dict)]
    wrong = [case for case in listed if not same(outcome(case["rule"], case.get("data")), expected(case))]
    assert len(listed) == 278
    assert wrong == []


@pytest.mark.parametrize("suite", ["json-logic-engine", "compat-tables"])
def test_every_other_case_passes_or_is_listed(suite: str, testdata: Path) -> None:
    failing = [
        case["rule"]
        for _, case in cases(testdata / "jsonlogic" / suite / "suites")
        if not same(outcome(case["rule"], case.get("data")), expected(case))
    ]
    unexplained = [rule for rule in failing if reason(suite, rule) is None]
    written = {json.dumps(rule) for rule in failing}
    stale = [rule for rules in SUITES[suite].values() for rule in rules if json.dumps(rule) not in written]
    assert unexplained == []
    assert stale == [], "listed as differing, but passes"
