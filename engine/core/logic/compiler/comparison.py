"""Code for `== != === !== < <= > >=`: the interpreter's own comparison wherever it means the same."""

from __future__ import annotations

import ast

from engine.core.logic.compiler.emitter import (
    Emitter,
    Val,
    both,
    call,
    compare,
    either,
    name,
    negate,
)
from engine.core.logic.tree import Node
from engine.core.logic.values import parse_number

_ORDER: dict[str, tuple[ast.cmpop, str]] = {
    "<": (ast.Lt(), "_less"),
    "<=": (ast.LtE(), "_less_or_equal"),
    ">": (ast.Gt(), "_greater"),
    ">=": (ast.GtE(), "_greater_or_equal"),
}
_NUMERIC = ("number", "boolean")


def comparison(emit: Emitter, node: Node) -> Val:
    """Two arguments, or a chain: each next one is read only while the pairs before hold."""
    target = emit.target()
    left, right = emit.node(node.args[0]), emit.node(node.args[1])
    _pair(emit, node.op, left, right, target)
    for arg in node.args[2:]:
        with emit.branch() as body:
            following = emit.node(arg)
            _pair(emit, node.op, right, following, target)
            right = following
        emit.add(ast.If(name(target), body, []))
    return Val(name(target), "boolean")


def _pair(emit: Emitter, op: str, left: Val, right: Val, target: str) -> None:
    if not left.literal and not right.literal and {left.kind, right.kind} <= {"any", "list", "text"}:
        emit.charge(left.expr)
    if op in _ORDER:
        _ordered(emit, op, left, right, target)
        return
    test = _identical(emit, left, right) if op in ("===", "!==") else _equal(emit, left, right)
    emit.store(negate(test) if op.startswith("!") else test, target)


def _ordered(emit: Emitter, op: str, left: Val, right: Val, target: str) -> None:
    """Two texts and two numbers compare as Python compares them; TypeError sends the rest the slow way.

    Only two lists would be compared by Python and have no order here.
    """
    cmpop, slow_name = _ORDER[op]
    quick: ast.expr = compare(left.expr, cmpop, right.expr)
    slow = call(emit.use(slow_name), left.expr, right.expr)
    if left.kind in _NUMERIC and right.kind in _NUMERIC:
        emit.store(quick, target)
        return
    if "any" in (left.kind, right.kind) and left.kind in ("any", "list") and right.kind in ("any", "list"):
        unknown = left if left.kind == "any" else right
        quick = ast.IfExp(emit.type_is(unknown.expr, "list"), slow, quick)
    elif left.kind == right.kind == "list":
        quick = ast.Constant(False)
    emit.attempt(target, quick, slow, "TypeError")


def _equal(emit: Emitter, left: Val, right: Val) -> ast.expr:
    if left.literal and not right.literal:
        left, right = right, left
    quick = compare(left.expr, ast.Eq(), right.expr)
    slow = call(emit.use("_equal"), left.expr, right.expr)
    if left.kind in _NUMERIC and right.kind in _NUMERIC:
        return quick
    if isinstance(left.expr, ast.Constant):
        return slow
    if right.literal:
        match right.value:
            case str() as text if parse_number(text) is None:
                return quick
            case bool():
                same = compare(left.expr, ast.Is(), right.expr)
                return either(same, both(_is_not(emit, left.expr, "bool"), slow))
            case int() | float():
                return either(quick, both(_is_not(emit, left.expr, "int"), slow))
            case None:
                return either(
                    compare(left.expr, ast.Is(), right.expr), both(_is_not(emit, left.expr, "str"), slow)
                )
    kind = call(emit.use("type"), left.expr)
    alike = ast.Compare(kind, [ast.Is()], [call(emit.use("type"), right.expr)])
    return ast.IfExp(both(alike, compare(kind, ast.In(), emit.use("_plain"))), quick, slow)


def _identical(emit: Emitter, left: Val, right: Val) -> ast.expr:
    if left.literal and not right.literal:
        left, right = right, left
    if right.literal and not isinstance(left.expr, ast.Constant):
        match right.value:
            case str():
                return compare(left.expr, ast.Eq(), right.expr)
            case bool() | None:
                return compare(left.expr, ast.Is(), right.expr)
            case int() | float():
                return both(compare(left.expr, ast.Eq(), right.expr), _is_not(emit, left.expr, "bool"))
    return call(emit.use("_same"), left.expr, right.expr)


def _is_not(emit: Emitter, value: ast.expr, kind: str) -> ast.expr:
    return compare(call(emit.use("type"), value), ast.IsNot(), emit.use(kind))
