"""Random rules and data from a seed, in the operators that the oracle knows too."""

from __future__ import annotations

import random
from typing import Any

FIELDS = ("n", "f", "s", "t", "b", "z", "gone", "o.n", "o.s", "o.gone", "list", "rows")
WORDS = ("open", "paid", "a", "ana", "São", "")


def data(rng: random.Random) -> dict[str, Any]:
    """A record with numbers, texts, booleans, nulls, an object, a list and rows."""
    return {
        "n": rng.choice([0, 1, 2, 3, 10, -4, 30]),
        "f": rng.choice([0.5, 1.5, 2.0, -3.25, 10.0]),
        "s": rng.choice(WORDS),
        "t": rng.choice(["1", "2", "10", "1.5", "-3"]),
        "b": rng.choice([True, False]),
        "z": None,
        "o": {"n": rng.choice([1, 5, 7]), "s": rng.choice(WORDS[:4])},
        "list": [rng.randrange(6) for _ in range(rng.randrange(5))],
        "rows": [
            {"n": rng.randrange(5), "s": rng.choice(WORDS), "b": rng.random() < 0.5}
            for _ in range(rng.randrange(4))
        ],
    }


def literal(rng: random.Random) -> Any:
    return rng.choice([0, 1, 2, 3, 30, -1, 1.5, True, False, None, "1", "2", *WORDS])


def number(rng: random.Random, depth: int) -> Any:
    """A rule that is mostly a number."""
    kind = rng.randrange(8 if depth > 0 else 3)
    match kind:
        case 0:
            return rng.choice([0, 1, 2, 3, 10, -4, 2.5])
        case 1 | 2:
            return {"var": rng.choice(["n", "f", "o.n", "t", "b", "n", "z", "gone"])}
        case 3:
            return {"+": [number(rng, depth - 1) for _ in range(rng.randint(1, 3))]}
        case 4:
            return {rng.choice("-*%/"): [number(rng, depth - 1), number(rng, depth - 1)]}
        case 5:
            return {"if": [test(rng, depth - 1), number(rng, depth - 1), number(rng, depth - 1)]}
        case 6:
            add = {"+": [{"var": "accumulator"}, {"var": rng.choice(["current", "current.n"])}]}
            return {"reduce": [rows(rng, depth - 1), add, rng.choice([0, 1])]}
    return {rng.choice(["max", "min"]): [rng.choice([1, 2, 3]), {"var": rng.choice(["n", "f", "o.n"])}]}


def rows(rng: random.Random, depth: int) -> Any:
    kind = rng.randrange(6 if depth > 0 else 3)
    match kind:
        case 0:
            return {"var": "list"}
        case 1:
            return {"var": rng.choice(["rows", "gone"])}
        case 2:
            return [rng.choice([0, 1, 2, 3]) for _ in range(rng.randrange(4))]
        case 3:
            return {"filter": [rows(rng, depth - 1), inner(rng, depth - 1)]}
        case 4:
            return {"map": [rows(rng, depth - 1), rng.choice([inner(rng, depth - 1), {"var": "n"}])]}
    return {"merge": [rows(rng, depth - 1), rng.choice([1, 2, [3, 4], rows(rng, depth - 1)])]}


def inner(rng: random.Random, depth: int) -> Any:
    """A condition on an item, which may be a number or a row."""
    left = rng.choice([{"var": ""}, {"var": "n"}, {"var": "s"}, {"val": [[2], "n"]}, {"val": [[1], "index"]}])
    return rng.choice(
        [
            {rng.choice(["<", ">", "<=", ">=", "==", "!=", "===", "!=="]): [left, rng.choice([0, 1, 2, 3])]},
            {"!!": [left]},
            {"in": [{"var": "n"}, [1, 2]]},
            {"==": [{"var": "s"}, rng.choice(WORDS)]},
        ]
    )


def text(rng: random.Random, depth: int) -> Any:
    kind = rng.randrange(5 if depth > 0 else 2)
    match kind:
        case 0:
            return rng.choice(WORDS)
        case 1:
            return {"var": rng.choice(["s", "o.s", "t", "gone", "s"])}
        case 2:
            return {"cat": [text(rng, depth - 1), rng.choice([text(rng, depth - 1), 1, True, {"var": "n"}])]}
        case 3:
            return {"substr": [text(rng, depth - 1), rng.choice([0, 1, -2]), rng.choice([1, 2, -1])]}
    return {"if": [test(rng, depth - 1), text(rng, depth - 1), text(rng, depth - 1)]}


def test(rng: random.Random, depth: int) -> Any:
    """A rule that is mostly a condition."""
    kind = rng.randrange(13 if depth > 0 else 3)
    compare = rng.choice(["<", ">", "<=", ">=", "==", "!=", "===", "!=="])
    match kind:
        case 0:
            return {compare: [number(rng, depth - 1), number(rng, depth - 1)]}
        case 1:
            return {compare: [text(rng, depth - 1), text(rng, depth - 1)]}
        case 2:
            return {compare: [{"var": rng.choice(FIELDS)}, literal(rng)]}
        case 3 | 4:
            return {"and": [test(rng, depth - 1) for _ in range(rng.randint(1, 3))]}
        case 5 | 6:
            return {"or": [test(rng, depth - 1) for _ in range(rng.randint(1, 3))]}
        case 7:
            return {rng.choice(["!", "!!"]): [test(rng, depth - 1)]}
        case 8:
            return {"in": [text(rng, depth - 1), rng.choice([["open", "a"], text(rng, depth - 1), ["paid"]])]}
        case 9:
            return {rng.choice(["some", "all", "none"]): [rows(rng, depth - 1), inner(rng, depth - 1)]}
        case 10:
            return {"exists": rng.choice([["o", "n"], ["gone"], "n", ["z"]])}
        case 11:
            return {"missing": [rng.choice(FIELDS), rng.choice(FIELDS)]}
    return {compare: [number(rng, depth - 1), number(rng, depth - 1), number(rng, depth - 1)]}


def rule(rng: random.Random) -> Any:
    make = rng.choice([test, test, number, text, rows])
    made = make(rng, 4)
    extra = rng.randrange(10)
    if extra == 0:
        return {"try": [made, literal(rng)]}
    if extra == 1:
        return {"??": [made, literal(rng)]}
    if extra == 2:
        return {"var": [rng.choice(FIELDS), literal(rng)]}
    return made
