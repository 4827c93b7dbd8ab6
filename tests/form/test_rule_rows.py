"""Rules as rows, and back without loss."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.logic import check, explain
from engine.core.logic.editing import (
    Clause,
    Field,
    Given,
    Group,
    Raw,
    Relative,
    Value,
    at,
    field,
    guard,
    insert,
    operand,
    places,
    pointer_of,
    put,
    relative,
    remove,
    rows,
    rule,
    written,
)  # fmt: skip
from engine.core.logic.formulas import Term, formula, terms

sys.path.append(str(Path(__file__).resolve().parents[1] / "logic"))
import rule_random

OVERDUE = {">": [{"var": "days"}, 5]}
VIP = {"in": ["vip", {"var": "contact.tags"}]}
LARGE = {">=": [{"var": "total"}, 10000]}


def test_a_rule_as_a_person_reads_it() -> None:
    tree = rows({"and": [OVERDUE, {"or": [VIP, LARGE]}]})
    assert tree == Group(
        "all",
        (
            Clause(">", Field("days", {"var": "days"}), (Value(5),)),
            Group(
                "any",
                (
                    Clause("has", Field("contact.tags", {"var": "contact.tags"}), (Value("vip"),)),
                    Clause(">=", Field("total", {"var": "total"}), (Value(10000),)),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("source", "op", "negated"),
    [
        ({"exists": ["invoice", "days"]}, "exists", False),
        ({"!": {"exists": "email"}}, "exists", True),
        ({"!": [{"in": [{"var": "s"}, ["a", "b"]]}]}, "in", True),
        ({"<=": [1, {"var": "n"}, 9]}, "between", False),
        ({"!!": [{"var": "b"}]}, "filled", False),
        ({"!": {"var": "b"}}, "true", True),
        ({"var": "b"}, "true", False),
        ({"is_cpf": {"var": "cpf"}}, "is_cpf", False),
        ({"is_business_hours": []}, "is_business_hours", False),
        ({"contains_any": [{"var": "message.text"}, ["boleto", "segunda via"]]}, "contains_any", False),
        ({"==": [{"val": ["contact", "name"]}, "Ana"]}, "==", False),
    ],
)
def test_clauses_that_have_a_row(source: Any, op: str, negated: bool) -> None:
    row = rows(source)
    assert isinstance(row, Clause)
    assert (row.op, row.negated) == (op, negated)
    assert written(rule(row)) == written(source)


@pytest.mark.parametrize(
    "source",
    [
        {"some": [{"var": "invoices"}, {">": [{"var": "days"}, 5]}]},
        {"==": [1, {"var": "n"}]},
        {">": [{"+": [{"var": "a"}, 1]}, 5]},
        {"is_business_hours": [{"now": []}]},
        {"nobody knows": [1]},
        {"a": 1, "b": 2},
        "text",
        [],
        {"!": []},
        {"and": {"var": "list"}},
    ],
)
def test_what_has_no_row_stays_whole(source: Any) -> None:
    assert rows(source) == Raw(source)


def test_a_strange_value_stays_whole_beside_a_known_field() -> None:
    row = rows({"==": [{"var": "a"}, {"cat": ["x", "y"]}]})
    assert isinstance(row, Clause)
    assert row.right == (Given({"cat": ["x", "y"]}),)


def test_dates_counted_from_today() -> None:
    assert operand({"date_add": [{"today": []}, -5]}) == Relative(
        "today", -5, "days", {"date_add": [{"today": []}, -5]}
    )
    assert relative("now", 90, "minutes").source == {"date_add": [{"now": []}, 90, "minutes"]}
    assert relative("today", 0, "days").source == {"today": []}


@given(st.integers(0, 2**32))
def test_no_rule_loses_anything(seed: int) -> None:
    source = rule_random.rule(random.Random(seed))
    assert written(rule(rows(source))) == written(source)


LITERALS = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | st.text("ab.", max_size=3)
ANYTHING = st.recursive(
    LITERALS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["and", "or", "!", "!!", "+", "round", "in", "var", "val", "exists", "==", "<=", "now"]),
        inner | st.lists(inner, max_size=3),
        max_size=2,
    ),
    max_leaves=25,
)  # fmt: skip


@given(ANYTHING)
def test_no_json_loses_anything(source: Any) -> None:
    assert written(rule(rows(source))) == written(source)


@given(ANYTHING)
def test_no_formula_loses_anything(source: Any) -> None:
    assert written(formula(terms(source))) == written(source)


def test_a_calculation_as_terms() -> None:
    source = {"round": [{"/": [{"*": [{"var": "total"}, {"var": "percent"}]}, 100]}]}
    found = terms(source)
    assert isinstance(found, Term) and found.op == "round"
    (inner,) = found.parts
    assert isinstance(inner, Term) and inner.op == "/"
    assert inner.parts[1] == Value(100)


def test_a_rule_that_is_nested_beyond_reason_is_raw() -> None:
    deep: Any = True
    for _ in range(20_000):
        deep = {"!": [deep]}
    assert isinstance(rows(deep), Raw)


def test_members_are_added_changed_and_taken_away() -> None:
    tree = rows({"and": [OVERDUE, {"or": [VIP, LARGE]}]})
    tree = insert(tree, (0,), guard("days"))
    tree = remove(tree, (2, 0))
    tree = put(tree, (2, 0), Clause("==", field("total"), (Value(1),)))
    assert rule(tree) == {"and": [{"exists": ["days"]}, OVERDUE, {"or": [{"==": [{"var": "total"}, 1]}]}]}
    assert remove(tree, ()) == Group("all")
    with pytest.raises(IndexError):
        at(tree, (9,))


@given(st.integers(0, 2**32))
def test_pointers_lead_to_their_rows(seed: int) -> None:
    source = rule_random.rule(random.Random(seed))
    tree = rows(source)
    for place, row in places(tree):
        found = source
        for part in pointer_of(tree, place).split("/")[1:]:
            found = found[int(part)] if isinstance(found, list) else found[part.replace("~1", "/")]
        assert written(found) == written(rule(row))


def test_check_and_explain_speak_of_rows_by_these_pointers() -> None:
    source = {"and": [{"!": [{"or": [{"<": [{"var": "days"}, 30]}]}]}]}
    tree = rows(source)
    assert check(source)[0].path == pointer_of(tree, (0, 0))
    assert explain(source, {"days": 12}).children[0].children[0].children[0].path == pointer_of(tree, (0, 0))
