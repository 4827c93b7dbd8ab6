"""A rule written to do harm is refused with its place, or stopped, in bounded time and memory."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.core.logic import RuleError, compile_rule, evaluate


def nested(depth: int) -> Any:
    rule: Any = True
    for _ in range(depth):
        rule = {"!": [rule]}
    return rule


def refused(rule: Any, data: Any = None) -> tuple[str, str]:
    with pytest.raises(RuleError) as caught:
        evaluate(rule, data)
    return caught.value.code, caught.value.path


def test_depth() -> None:
    assert evaluate(nested(45), None) is False
    code, path = refused(nested(20_000))
    assert code == "rule:too-deep"
    assert path.startswith("/!/0/!/0")


def test_nodes() -> None:
    assert evaluate({"and": [{"==": [{"var": "a"}, 1]}] * 900}, {"a": 1}) is True
    assert refused({"and": [True] * 6000})[0] == "rule:too-large"


def test_many_branches() -> None:
    rows = [part for n in range(700) for part in ({"==": [{"var": "n"}, n]}, f"row {n}")]
    rule = {"if": [*rows, "none"]}
    assert evaluate(rule, {"n": 699}) == "row 699"
    assert evaluate(rule, {"n": 3}) == "row 3"
    assert evaluate(rule, {"n": 700}) == "none"


def test_deep_logic_compiles() -> None:
    rule: Any = {"var": "a"}
    for level in range(45):
        rule = {"if" if level % 2 else "and": [True, rule]}
    assert evaluate(rule, {"a": "x"}) == "x"


def test_iterators_inside_one_another() -> None:
    rule: Any = {"var": ""}
    for _ in range(8):
        rule = {"map": [[1, 2], rule]}
    assert evaluate(rule, None)
    assert refused({"map": [[1], rule]})[0] == "rule:too-deep"


def test_iterations_are_paid() -> None:
    rule: Any = {"+": [{"var": ""}, 1]}
    for _ in range(4):
        rule = {"map": [{"val": [[-2], "n"]}, rule]} if _ else {"map": [[*range(300)], rule]}
    loops = {"map": [{"var": "n"}, {"map": [[*range(300)], {"map": [[*range(300)], 1]}]}]}
    assert refused(loops, {"n": [*range(1000)]})[0] == "rule:too-many-steps"


@pytest.mark.parametrize(
    "body",
    [
        {"cat": [{"var": "accumulator"}, {"var": "accumulator"}]},
        {"merge": [{"var": "accumulator"}, {"var": "accumulator"}]},
        [{"var": "accumulator"}, {"var": "accumulator"}],
        {"merge": [[{"var": "accumulator"}]]},
        {"*": [{"var": "accumulator"}, 1_000_000_007]},
        {"+": [{"var": "accumulator"}, {"var": "accumulator"}]},
    ],
)
def test_growth_is_bounded(body: Any) -> None:
    start = ["x"] if "merge" in body else "x" if isinstance(body, list) or "cat" in body else 7
    code, _ = refused({"reduce": [{"var": "n"}, body, start]}, {"n": [*range(5000)]})
    assert code in ("rule:too-large", "rule:too-many-steps")


def test_text_made_in_a_loop_is_paid() -> None:
    rule = {"map": [{"var": "n"}, {"upper": {"val": [[2], "t"]}}]}
    assert refused(rule, {"n": [1] * 10_000, "t": "x" * 50_000})[0] == "rule:too-many-steps"


@pytest.mark.parametrize(
    "body",
    [
        {"in": ["x", {"val": [[2], "m"]}]},
        {"in": [{"var": ""}, {"val": [[2], "m"]}]},
        {"==": [{"val": [[2], "m"]}, {"val": [[2], "k"]}]},
        {"sum": {"val": [[2], "m"]}},
        {"+": {"val": [[2], "m"]}},
        {"max": {"val": [[2], "m"]}},
        {"sort": [{"val": [[2], "m"]}]},
        {"matches": [{"val": [[2], "t"]}, "(a|b)*c"]},
        {"contains_any": [{"val": [[2], "t"]}, ["zz*"]]},
    ],
)
def test_looking_through_data_in_a_loop_is_paid(body: Any) -> None:
    data = {"n": [7] * 5_000, "m": [1] * 20_000, "k": [1] * 20_000, "t": "ab" * 10_000}
    assert refused({"map": [{"var": "n"}, body]}, data)[0] in ("rule:too-many-steps", "rule:pattern-timeout")


def test_unknown_operators_have_a_place() -> None:
    assert refused({"and": [True, {"a/b~c": 1}]}) == ("rule:unknown-operator", "/and/1")
    assert refused({"if": [False, {"nope": 1}, 2]}) == ("rule:unknown-operator", "/if/1")
    assert refused([{"==": [1, {"+": 1, "-": 2}]}]) == ("rule:unknown-operator", "/0/==/1")


@pytest.mark.parametrize(
    "path",
    ["__class__", "__class__.__mro__", "__init__.__globals__", "a.__class__", "0.__class__", "items", "keys"],
)
def test_python_is_out_of_reach(path: str) -> None:
    for data in ({"a": "x"}, [1], "text", 5, None):
        assert evaluate({"var": path}, data) is None
        assert evaluate({"val": path.split(".")}, data) is None


@pytest.mark.parametrize(
    "text", ["'); import os #", 'x" + open("/etc/passwd")', "{d}", "\\N{BULLET}", "\n", "%s"]
)
def test_text_is_never_code(text: str) -> None:
    assert evaluate({"cat": [text, {"var": text}]}, {text.replace(".", ""): 1}) in (text, text + "1")
    assert evaluate({"==": [{"val": [text]}, text]}, {text: text}) is True


def test_results_share_nothing_with_the_rule() -> None:
    rule = compile_rule({"if": [True, {"preserve": {"a": [1]}}]})
    first: Any = rule(None)
    first["a"].append(2)
    assert rule(None) == {"a": [1]}


def test_deeply_nested_data() -> None:
    data: Any = 1
    for _ in range(5000):
        data = [data]
    assert refused({"==": [{"var": "a"}, {"var": "b"}]}, {"a": data, "b": [data]})[0] == "rule:too-deep"
    assert refused({"cat": [{"var": "a"}, "x"]}, {"a": data})[0] == "rule:too-large"


def test_numbers_at_the_edge() -> None:
    assert refused({"*": [{"var": "x"}, {"var": "x"}]}, {"x": 1e200})[0] == "rule:not-a-number"
    assert refused({"+": [{"var": "x"}, 0.5]}, {"x": 10**400})[0] == "rule:too-large"
    assert refused({"/": [{"var": "x"}, 3]}, {"x": 10**400})[0] == "rule:not-a-number"
    assert evaluate({"<": [{"var": "x"}, 1.5]}, {"x": 10**400}) is False
    for text in ("nan", "inf", "1_000", "0x10", "٣", "1e999", "9" * 500):
        assert refused({"+": [text, 1]})[0] == "rule:not-a-number"


def test_the_cache_keeps_numbers_apart() -> None:
    kinds = [repr(evaluate({"if": [True, value]}, None)) for value in (1, 1.0, True, "1")]
    assert kinds == ["1", "1.0", "True", "'1'"]
    assert compile_rule({"var": "a"}) is compile_rule(json.loads('{"var": "a"}'))
