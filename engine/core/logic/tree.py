"""A rule as a tree: parsed once, walked by the compiler, the check, the reading, the explanation and SQL."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import msgspec

from engine.core.errors import pointer
from engine.core.logic import limits
from engine.core.logic.errors import RuleError
from engine.core.logic.values import Json

LITERAL = "literal"
ARRAY = "array"


class Node(msgspec.Struct, frozen=True):
    """An operator with its arguments, an array of nodes, or a literal.

    `path` is the JSON pointer to this node, `index` its number in reading order (the line number of the code
    made from it). `single` says that the argument was written without a list: `{"max": x}` takes the members
    of `x` when it is a list.
    """

    op: str
    path: str
    index: int
    args: tuple[Node, ...] = ()
    value: Any = None
    single: bool = False

    @property
    def is_literal(self) -> bool:
        return self.op == LITERAL or (self.op == ARRAY and all(arg.is_literal for arg in self.args))

    def literal(self) -> Json:
        """The value of a literal node (fresh lists: nothing is shared with the rule)."""
        return [arg.literal() for arg in self.args] if self.op == ARRAY else self.value

    def walk(self) -> Iterator[Node]:
        yield self
        for arg in self.args:
            yield from arg.walk()

    @property
    def size(self) -> int:
        return sum(1 for _ in self.walk())


def parse(rule: Json) -> Node:
    """The tree of a rule. Raises RuleError rule:too-deep, rule:too-large, rule:not-json, rule:unknown-operator
    (an object with several keys or an operator that nobody knows; plain objects are written with `preserve`).
    """
    from engine.core.logic.operators import OPERATORS

    _measure(rule)
    counter = iter(range(1, limits.NODES * 2))

    def node(value: Any, path: str, loops: int) -> Node:
        index = next(counter)
        match value:
            case list():
                items = tuple(node(item, f"{path}/{place}", loops) for place, item in enumerate(value))
                return Node(ARRAY, path, index, items)
            case dict() if value:
                if len(value) > 1:
                    detail = "an object in a rule has one key, the operator; wrap data in `preserve`"
                    raise RuleError(
                        "rule:unknown-operator", detail, path=path, thrown={"type": "Unknown Operator"}
                    )
                ((name, given),) = value.items()
                return operation(name, given, path, index, loops)
        return Node(LITERAL, path, index, value=value)

    def operation(name: str, given: Any, path: str, index: int, loops: int) -> Node:
        here = path + pointer(name)
        operator = OPERATORS.get(name)
        if operator is None:
            raise RuleError(
                "rule:unknown-operator",
                f"there is no operator {name!r}",
                path=path,
                thrown={"type": "Unknown Operator"},
            )
        if name == "preserve":
            return Node(LITERAL, path, index, value=given)
        loops += operator.scoped
        if loops > limits.LOOPS:
            raise RuleError(
                "rule:too-deep", f"more than {limits.LOOPS} iterators inside one another", path=path
            )
        if isinstance(given, list):
            args = tuple(node(item, f"{here}/{place}", loops) for place, item in enumerate(given))
            return Node(operator.name, path, index, args)
        return Node(operator.name, path, index, (node(given, here, loops),), single=True)

    return node(rule, "", 0)


def _measure(rule: Any) -> None:
    """Refuses, without recursion, what is too deep, too large or not JSON."""
    stack: list[tuple[Any, str, int]] = [(rule, "", 0)]
    nodes = 0
    while stack:
        value, path, depth = stack.pop()
        nodes += 1
        if depth > limits.DEPTH:
            raise RuleError("rule:too-deep", f"more than {limits.DEPTH} levels", path=path)
        if nodes > limits.NODES:
            raise RuleError("rule:too-large", f"more than {limits.NODES} operators and values", path=path)
        match value:
            case dict():
                for key, item in value.items():
                    if not isinstance(key, str):
                        raise RuleError("rule:not-json", f"the key {key!r} is not text", path=path)
                    stack.append((item, path + pointer(key), depth + 1))
            case list():
                stack.extend((item, f"{path}/{place}", depth + 1) for place, item in enumerate(value))
            case float() if not math.isfinite(value):
                raise RuleError("rule:not-json", "a number must be finite", path=path)
            case None | bool() | int() | float() | str():
                if isinstance(value, int) and abs(value) > limits.INTEGER:
                    raise RuleError("rule:too-large", "the whole number is beyond the limit", path=path)
                if isinstance(value, str) and len(value) > limits.TEXT:
                    raise RuleError("rule:too-large", f"more than {limits.TEXT} characters", path=path)
            case _:
                raise RuleError("rule:not-json", f"{type(value).__name__} is not JSON", path=path)
