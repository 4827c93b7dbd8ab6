"""Every operator shows what it does: its examples are run, and its places in the table are filled."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engine.core.logic import OPERATORS, Env, RuleError, check, evaluate, reading
from engine.core.logic.operators import Example

ENV = Env(
    now=datetime(2026, 11, 20, 15, 30, tzinfo=UTC),
    hours={day: [("08:00", "12:00"), ("13:00", "18:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
    | {"sat": [("22:00", "02:00")]},
    holidays={date(2026, 12, 25): "Natal"},
    sticky="contact-1",
)
UNIQUE = {operator.name: operator for operator in OPERATORS.values()}
EXAMPLES = [
    pytest.param(example, id=f"{name}-{number}")
    for name, operator in UNIQUE.items()
    for number, example in enumerate(operator.examples)
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_example(example: Example) -> None:
    assert evaluate(example.rule, example.data, ENV) == example.result


@pytest.mark.parametrize("name", UNIQUE)
def test_documented(name: str) -> None:
    operator = UNIQUE[name]
    assert operator.examples
    assert operator.summary["pt-BR"] and operator.summary["en"]
    for example in operator.examples:
        assert reading(example.rule, "pt-BR") and reading(example.rule, "en")
        assert [problem for problem in check(example.rule) if problem.severity == "error"] == []


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        ("2026-11-20T08:00:00-03:00", True),
        ("2026-11-20T12:00:00-03:00", False),
        ("2026-11-20T20:59:59Z", True),
        ("2026-11-20T21:00:00Z", False),
        ("2026-11-21T23:30:00-03:00", True),
        ("2026-11-22T01:59:00-03:00", True),
        ("2026-11-22T02:00:00-03:00", False),
        ("2026-12-25T10:00:00-03:00", False),
        ("not a time", False),
    ],
)
def test_business_hours_across_midnight_and_zones(at: str, open_: bool) -> None:
    assert evaluate({"is_business_hours": at}, None, ENV) is open_


def test_division_by_nothing_is_an_error_at_its_place() -> None:
    for divisor in (0, None, "", 0.0):
        with pytest.raises(RuleError) as caught:
            evaluate({"if": [True, {"+": [1, {"/": [10, {"var": "n"}]}]}]}, {"n": divisor})
        assert (caught.value.code, caught.value.path) == ("rule:not-a-number", "/if/1/+/1")


def test_whole_numbers_stay_whole() -> None:
    assert repr(evaluate({"/": [1990, 2]}, None)) == "995"
    assert evaluate({"cat": [{"/": [5.0, 2.5]}, "|", {"*": [2, 1.5]}]}, None) == "2|3"
    assert evaluate({"%": [-7.5, 2]}, None) == -1.5


def test_fractional_is_sticky_and_fair() -> None:
    rule = {"fractional": ["promo", ["a", 25], ["b", 75]]}
    drawn = [evaluate(rule, None, Env(sticky=f"c{number}")) for number in range(4000)]
    again = [evaluate(rule, None, Env(sticky=f"c{number}")) for number in range(4000)]
    assert drawn == again
    assert 900 < drawn.count("a") < 1100


def test_matches_is_vetted_and_bounded() -> None:
    with pytest.raises(RuleError, match="rule:bad-pattern at /and/0/matches/1"):
        evaluate({"and": [{"matches": [{"var": "t"}, "("]}]}, {})
    with pytest.raises(RuleError, match="rule:bad-pattern"):
        evaluate({"matches": [{"var": "t"}, {"var": "pattern"}]}, {"t": "a", "pattern": "(a+)+$"})
    with pytest.raises(RuleError, match="rule:pattern-timeout"):
        evaluate({"matches": [{"var": "t"}, "(a|aa)+$"]}, {"t": "a" * 5000 + "b"})
    assert [p.code for p in check({"matches": [{"var": "t"}, "(a|aa)+$"]})] == ["rule:slow-pattern"]


def test_month_ends_and_daylight_saving() -> None:
    assert evaluate({"date_add": ["2024-02-29", 1, "years"]}, None) == "2025-02-28"
    new_york = Env(zone="America/New_York")
    before = "2026-03-07T12:00:00-05:00"
    assert evaluate({"date_add": [before, 1, "days"]}, None, new_york) == "2026-03-08T12:00:00-04:00"
    assert evaluate({"date_add": [before, 24, "hours"]}, None, new_york) == "2026-03-08T13:00:00-04:00"
    with pytest.raises(RuleError, match="rule:unknown-zone"):
        evaluate({"today": []}, None, Env(zone="Mars/Olympus"))
    assert evaluate({"date_diff": [{"var": "a"}, "2026-01-01"]}, {"a": "never"}) is None
    assert evaluate({"date_add": ["9999-12-31", 1]}, None) is None
