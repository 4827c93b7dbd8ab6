"""Cases that leave a hole or step on each other, with the input that shows it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.logic import evaluate, truthy
from engine.core.logic.gaps import MOST_INPUTS, Finding, gaps, nested


def over(path: str, n: int) -> Any:
    return {">": [{"var": path}, n]}


def upto(path: str, n: int) -> Any:
    return {"<": [{"var": path}, n]}


def test_a_hole_at_the_boundary() -> None:
    assert gaps([("late", over("days", 30)), ("soon", upto("days", 30))]) == [
        Finding(kind="gap", input={"days": 30})
    ]


def test_no_hole_where_the_boundary_belongs_to_one_side() -> None:
    assert gaps([("late", {">=": [{"var": "days"}, 30]}), ("soon", upto("days", 30))]) == []


def test_two_cases_that_both_want_an_input() -> None:
    found = gaps([("small", upto("total", 10_000)), ("late", over("days", 5))], otherwise=True)
    assert [(f.kind, f.names) for f in found] == [("overlap", ("small", "late"))]
    assert found[0].input["total"] < 10_000 and found[0].input["days"] > 5


def test_a_case_that_is_never_reached() -> None:
    found = gaps([("late", over("days", 5)), ("very late", over("days", 30))], otherwise=True)
    assert [(f.kind, f.names) for f in found] == [("shadowed", ("very late", "late"))]


def test_texts_lists_and_dates() -> None:
    cases = [
        ("open", {"in": [{"var": "status"}, ["open", "late"]]}),
        ("paid", {"==": [{"var": "status"}, "paid"]}),
        ("vip", {"in": ["vip", {"var": "contact.tags"}]}),
        ("before", {"<": [{"var": "due"}, "2026-11-20"]}),
    ]
    gap = next(f for f in gaps(cases) if f.kind == "gap")
    assert gap.input["status"] not in ("open", "late", "paid")
    assert "vip" not in gap.input["contact.tags"]
    assert gap.input["due"] >= "2026-11-20"


@pytest.mark.parametrize("rule", [{"nobody knows": []}, True, {"is_holiday": []}])
def test_what_reads_nothing_or_cannot_be_read_says_nothing(rule: Any) -> None:
    assert gaps([("x", rule)]) == []


def test_many_fields_are_bounded() -> None:
    cases = [(f"c{n}", {"and": [over(f"a{i}", n) for i in range(8)]}) for n in range(12)]
    assert MOST_INPUTS == 4_000
    assert any(f.kind == "gap" for f in gaps(cases))


BOUNDS = st.integers(0, 6)
CLAUSES = st.builds(
    lambda op, path, n: {op: [{"var": path}, n]},
    st.sampled_from(["<", "<=", ">", ">=", "=="]),
    st.sampled_from("ab"),
    BOUNDS,
)
RULES = CLAUSES | st.builds(
    lambda op, parts: {op: parts}, st.sampled_from(["and", "or"]), st.lists(CLAUSES, min_size=1, max_size=3)
)


@given(st.lists(RULES, min_size=1, max_size=4))
def test_agrees_with_trying_everything(rules: list[Any]) -> None:
    cases = [(str(n), rule) for n, rule in enumerate(rules)]
    fields = {c for rule in rules for c in "ab" if f"'{c}'" in str(rule)}
    every = [
        {k: v for k, v in (("a", a), ("b", b)) if k in fields} for a in range(-1, 8) for b in range(-1, 8)
    ]
    taken = [[n for n, r in enumerate(rules) if truthy(evaluate(r, nested(i)))] for i in every]
    found = gaps(cases)
    assert any(f.kind == "gap" for f in found) == any(not t for t in taken)
    for one in found:
        takes = [str(n) for n, r in enumerate(rules) if truthy(evaluate(r, nested(one.input)))]
        if one.kind == "gap":
            assert takes == []
        else:
            assert set(one.names) <= set(takes) or one.kind == "shadowed"
    unreached = {n for t in taken for n in t[1:]} - {t[0] for t in taken if t}
    assert {int(f.names[0]) for f in found if f.kind == "shadowed"} == unreached
