"""Code for `+ - * / %`, `cat` and `sum`: plain operations for whole numbers, the operators' functions else."""

from __future__ import annotations

import ast

from engine.core.logic import limits
from engine.core.logic.compiler.emitter import Emitter, Val, both, call, compare, name, negate
from engine.core.logic.tree import Node
from engine.core.logic.values import text

_QUICK: dict[str, tuple[ast.operator, str]] = {
    "+": (ast.Add(), "_plus"),
    "-": (ast.Sub(), "_minus"),
    "*": (ast.Mult(), "_times"),
}
_SLOW = {"/": "_divide", "%": "_remainder"}
_INTEGER = limits.INTEGER
_SHORT = 30


def arithmetic(emit: Emitter, node: Node) -> Val:
    function = _QUICK[node.op][1] if node.op in _QUICK else _SLOW[node.op]
    if node.single and not (node.args[0].is_literal and not isinstance(node.args[0].literal(), list)):
        value = emit.node(node.args[0])
        emit.charge(value.expr)
        if node.op == "+" and value.kind == "list":
            return Val(emit.store(call(emit.use("_total_of"), value.expr)), "number")
        least = ast.Constant({"+": 0, "*": 0, "%": 2}.get(node.op, 1))
        return Val(emit.store(call(emit.use("_spread"), emit.use(function), value.expr, least)), "number")
    if node.op not in _QUICK or len(node.args) < 2:
        args = [emit.node(arg) for arg in node.args]
        return Val(emit.store(call(emit.use(function), *(arg.expr for arg in args))), "number")
    # a short formula is bounded as a whole; in a long one, each step, so that no number can grow without end
    short = node.size <= _SHORT
    outer, emit.sums = emit.sums, emit.sums + 1 if short else 0
    args = [_term(emit, arg) for arg in node.args]
    emit.sums = outer
    result = args[0]
    for arg in args[1:]:
        result = Val(_operate(emit, node.op, result, arg), "number")
        if not short:
            _bound(emit, result.expr)
    if short and not outer:
        _bound(emit, result.expr)
    return result


def _term(emit: Emitter, node: Node) -> Val:
    """An operand; what is not a part of the formula itself is a formula of its own."""
    if node.op in _QUICK:
        return emit.node(node)
    outer, emit.sums = emit.sums, 0
    value = emit.node(node)
    emit.sums = outer
    return value


def _operate(emit: Emitter, op: str, left: Val, right: Val) -> ast.expr:
    """`+` and `-` with a number on one side fail on anything that is none; `*` would repeat a text or list."""
    operator, function = _QUICK[op]
    quick: ast.expr = ast.BinOp(left.expr, operator, right.expr)
    slow = call(emit.use(function), left.expr, right.expr)
    target = emit.fresh()
    numeric = [side.kind in ("number", "boolean") for side in (left, right)]
    if op == "-" or (op == "+" and any(numeric)):
        emit.attempt(target, quick, slow, "TypeError", "OverflowError")
    elif all(numeric):
        emit.store(quick, target)
    else:
        unknown = [side.expr for side, known in zip((left, right), numeric, strict=True) if not known]
        tests = [emit.type_is(side, "int") for side in unknown]
        chosen = ast.IfExp(tests[0] if len(tests) == 1 else both(*tests), quick, slow)
        emit.attempt(target, chosen, slow, "OverflowError")
    return name(target)


def _bound(emit: Emitter, value: ast.expr) -> None:
    inside = ast.Compare(ast.Constant(-_INTEGER), [ast.LtE(), ast.LtE()], [value, ast.Constant(_INTEGER)])
    emit.add(ast.If(negate(inside), [ast.Expr(call(emit.use("_bounded"), value))], []))


def total(emit: Emitter, node: Node) -> Val:
    """`sum` of one list."""
    if len(node.args) > 1:
        args = [emit.node(arg).expr for arg in node.args]
        return Val(emit.store(call(emit.use("_plus"), *args)), "number")
    value = emit.node(node.args[0])
    emit.charge(value.expr)
    quick = call(emit.use("_total_of"), value.expr)
    if value.kind == "list":
        return Val(emit.store(quick), "number")
    slow = call(emit.use("_plus"), value.expr)
    return Val(emit.store(ast.IfExp(emit.type_is(value.expr, "list"), quick, slow)), "number")


def cat(emit: Emitter, node: Node) -> Val:
    if node.single and not node.args[0].is_literal:
        from engine.core.logic.operators.text import joined

        value = emit.node(node.args[0])
        made = call(emit.use("_spread"), emit.keep(joined), value.expr, ast.Constant(0))
    else:
        pieces: list[ast.expr] = []
        for arg in node.args:
            value = emit.node(arg)
            if value.literal:
                pieces.append(ast.Constant(text(value.value)))
                continue
            written = call(emit.use("_text"), value.expr)
            if value.kind != "text":
                written_or_text: ast.expr = ast.IfExp(emit.type_is(value.expr, "str"), value.expr, written)
            else:
                written_or_text = value.expr
            pieces.append(ast.FormattedValue(written_or_text, -1))
        made_text = ast.JoinedStr(pieces)
        target = emit.store(made_text)
        size = call(emit.use("len"), target)
        too_long = ast.If(
            compare(size, ast.Gt(), ast.Constant(limits.TEXT)), [ast.Expr(call(emit.use("_too_long")))], []
        )
        emit.add(too_long)
        if emit.loops:
            emit.burn(call(emit.use("len"), target))
        return Val(target, "text")
    result = emit.store(made)
    if emit.loops:
        emit.burn(call(emit.use("len"), result))
    return Val(result, "text")
