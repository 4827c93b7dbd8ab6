"""Which paths of the data a rule reads: what is stored with a decision so that it can be explained later."""

from __future__ import annotations

from engine.core.logic.operators import OPERATORS
from engine.core.logic.tree import Node
from engine.core.logic.values import dotted, text


def paths(tree: Node) -> tuple[str, ...]:
    """Dotted paths from the root of the data, in order of appearance; "" when a path is known only at run time.

    A list that is iterated over is read as a whole.
    """
    found: dict[str, None] = {}

    def visit(node: Node, level: int) -> None:
        operator = OPERATORS.get(node.op)
        if node.op == "var" and level == 0:
            found.update(dict.fromkeys(_var(node)))
        elif node.op == "val":
            found.update(dict.fromkeys(_val(node, level)))
        elif node.op in ("missing", "missing_some", "exists") and level == 0:
            found.update(dict.fromkeys(_names(node)))
        for place, arg in enumerate(node.args):
            inner = (
                operator is not None and operator.scoped and (place == 1 or (node.op == "try" and place > 0))
            )
            visit(arg, level + 1 if inner else level)

    visit(tree, 0)
    return tuple(found)


def _var(node: Node) -> list[str]:
    where = node.args[0] if node.args else None
    if where is None:
        return [""]
    return [".".join(dotted(where.literal()))] if where.is_literal else [""]


def _val(node: Node, level: int) -> list[str]:
    if not all(arg.is_literal for arg in node.args):
        return [""]
    keys = [arg.literal() for arg in node.args]
    if node.single and isinstance(keys[0], list):
        keys = keys[0]
    up = 0
    if keys and isinstance(keys[0], list):
        up = abs(keys[0][0]) if keys[0] and isinstance(keys[0][0], int) else 0
        keys = keys[1:]
    return [".".join(map(text, keys))] if up == level * 2 else []


def _names(node: Node) -> list[str]:
    if not all(arg.is_literal for arg in node.args):
        return [""]
    given = [arg.literal() for arg in node.args]
    if node.op == "exists":
        return [".".join(map(text, given))]
    listed = given[-1] if given and isinstance(given[-1], list) else given
    return [text(each) for each in listed]
