"""Cases that do not fit together are told, with an input that shows it; what people mean is not."""

from __future__ import annotations

from typing import Any

import pytest
from test_checker import flow

from engine.core.node import Problem
from engine.services.flow_checks import Checker

PERSON = {"type": "hand_over", "id": "person"}


def days(op: str, n: int) -> dict[str, Any]:
    return {op: [{"var": "days"}, n]}


def told(node: dict[str, Any], edges: str) -> dict[str, Problem]:
    document = flow({"id": "d", **node}, PERSON, edges=edges, variables=[{"name": "days", "type": "number"}])
    found = [
        p for p in Checker([]).check(document) if p.code in ("rule:gap", "rule:overlap", "rule:shadowed")
    ]
    return {p.code: p for p in found}


def decide(*rules: Any) -> dict[str, Any]:
    cases = [{"exit": f"c{n}", "label": f"Caso {n}", "when": r} for n, r in enumerate(rules)]
    return {"type": "decide", "cases": cases}


def test_a_hole_is_told_where_the_rest_leads_nowhere() -> None:
    node = decide(days("<", 30), days(">", 30))
    problem = told(node, "d c0 person; d c1 person")["rule:gap"]
    assert dict(problem.about)["input"] == '{"days":30}'
    assert told(node, "d c0 person; d c1 person; d else person") == {}


def test_a_case_that_nothing_reaches_is_a_warning_at_its_place() -> None:
    problem = told(decide(days(">", 0), days(">", 30)), "d c0 person; d c1 person; d else person")[
        "rule:shadowed"
    ]
    assert (problem.severity, problem.path, dict(problem.about)["cases"]) == ("warning", "/cases/1", "Caso 1")


def test_narrow_before_wide_is_what_people_mean() -> None:
    assert told(decide(days(">", 30), days(">", 0)), "d c0 person; d c1 person; d else person") == {}


def test_two_cases_that_cross_are_told_once() -> None:
    node = decide({"and": [days(">", 0), days("<", 31)]}, {"and": [days(">", 29), days("<", 60)]})
    problem = told(node, "d c0 person; d c1 person; d else person")["rule:overlap"]
    assert dict(problem.about) == {"input": '{"days":30}', "cases": "Caso 0, Caso 1"}


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([[{"<": [{"var": "value"}, 30]}], [{">": [{"var": "value"}, 30]}]], "rule:gap"),
        ([[None], [{">": [{"var": "value"}, 30]}]], "rule:shadowed"),
        ([["vip"], ["common"], ["vip"]], "rule:shadowed"),
    ],
)
def test_rows_of_a_table_are_judged_like_cases(rows: list[list[Any]], code: str) -> None:
    table = {
        "type": "decision_table",
        "inputs": [{"var": "days"}],
        "rows": [{"when": r, "then": {}} for r in rows],
    }
    assert code in told(table, "d matched person")
