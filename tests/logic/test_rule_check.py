"""The static check: what must not be saved, and what the author should look at."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.logic import check

FIELDS = {
    "days": "integer",
    "name": "text",
    "tags": "list",
    "invoice": "object",
    "due": "date",
    "vip": "boolean",
}


def found(rule: Any, fields: dict[str, str] | None = None) -> list[tuple[str, str, str]]:
    return [(problem.code, problem.severity, problem.path) for problem in check(rule, fields)]


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"and": [True, {"nope": [1]}]}, ("rule:unknown-operator", "error", "/and/1")),
        ({"if": [{"==": [1]}, 2]}, ("rule:invalid-argument", "error", "/if/0")),
        ({"or": True}, ("rule:invalid-argument", "error", "")),
        ({"matches": [{"var": "t"}, "(a+)+$"]}, ("rule:slow-pattern", "error", "/matches/1")),
        ({"matches": [{"var": "t"}, "["]}, ("rule:bad-pattern", "error", "/matches/1")),
        ({"matches": [{"var": "t"}, {"var": "p"}]}, ("rule:bad-pattern", "error", "/matches/1")),
        ({"<": [{"var": "days"}, 30]}, ("rule:absent-field", "warning", "")),
        ({">=": [30, {"var": "days"}]}, ("rule:absent-field", "warning", "")),
        ({"==": [{"var": "days"}, 0]}, ("rule:absent-field", "warning", "")),
        ({"/": [{"var": "days"}, 0]}, ("rule:division-by-zero", "error", "")),
        ({"exists": "invoice.days"}, ("rule:dotted-exists", "warning", "")),
        ({"date_add": [{"today": []}, 1, "fortnights"]}, ("rule:unknown-unit", "error", "/date_add/2")),
    ],
)
def test_problem(rule: Any, problem: tuple[str, str, str]) -> None:
    assert found(rule) == [problem]


@pytest.mark.parametrize(
    "rule",
    [
        {">": [{"var": "days"}, 30]},
        {"and": [{"exists": "days"}, {"<": [{"var": "days"}, 30]}]},
        {"if": [{"exists": "days"}, {"<": [{"var": "days"}, 30]}, False]},
        {"if": [{"!": {"exists": "days"}}, False, {"<": [{"var": "days"}, 30]}]},
        {"or": [{"!": [{"exists": ["days"]}]}, {"<": [{"var": "days"}, 30]}]},
        {"<": [{"var": ["days", 99]}, 30]},
        {"some": [{"var": "bills"}, {"<": [{"var": "total"}, 30]}]},
        {"==": [{"var": "name"}, "Ana"]},
        {"==": [{"var": "name"}, None]},
    ],
)
def test_guarded_or_harmless(rule: Any) -> None:
    assert found(rule) == []


def test_all_unknown_operators_are_listed() -> None:
    assert [path for _, _, path in found({"and": [{"x": 1}, {"==": [{"y": {"z": 1}}, 2]}]})] == [
        "/and/0",
        "/and/1/==/0",
        "/and/1/==/0/y",
    ]


@pytest.mark.parametrize(
    ("rule", "code", "path"),
    [
        ({"==": [{"var": "nome"}, "x"]}, "rule:unknown-field", "/==/0"),
        ({"==": [{"var": "name.first"}, "x"]}, "rule:unknown-field", "/==/0"),
        ({">": [{"var": "days"}, "many"]}, "rule:type-mismatch", ""),
        ({"==": [{"var": "tags"}, "vip"]}, "rule:type-mismatch", ""),
        ({"map": [{"var": "name"}, 1]}, "rule:type-mismatch", "/map/0"),
        ({"+": [{"var": "tags"}, 1]}, "rule:type-mismatch", "/+/0"),
    ],
)
def test_fields_and_types(rule: Any, code: str, path: str) -> None:
    assert [(c, p) for c, _, p in found(rule, FIELDS)] == [(code, path)]


def test_known_fields_pass() -> None:
    rule = {
        "and": [
            {"==": [{"var": "invoice.number"}, "x"]},
            {"in": ["vip", {"var": "tags"}]},
            {">": [{"date_diff": [{"today": []}, {"var": "due"}]}, 5]},
            {"==": [{"var": "vip"}, True]},
            {"contains_any": [{"var": "name"}, ["ana"]]},
        ]
    }
    assert found(rule, FIELDS) == []


def test_too_deep_and_too_large() -> None:
    deep: Any = 1
    for _ in range(300):
        deep = {"!": [deep]}
    assert [code for code, _, _ in found(deep)] == ["rule:too-deep"]
    assert [code for code, _, _ in found({"and": [1] * 6000})] == ["rule:too-large"]
