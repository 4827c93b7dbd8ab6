"""Code for `+ - * / %`, `cat` and `sum`: plain operations for whole numbers, the operators' functions else."""

from __future__ import annotations

import ast

from engine.core.logic import limits
from engine.core.logic.compiler.emitter import Emitter, Val, assign, both, call, compare, name
from engine.core.logic.tree import Node
from engine.core.logic.values import text

_QUICK: dict[str, tuple[ast.operator, str]] = {
    "+": (ast.Add(), "_plus"),
    "-": (ast.Sub(), "_minus"),
    "*": (ast.Mult(), "_times"),
}
_SLOW = {"/": "_divide", "%": "_remainder"}
_INTEGER = limits.INTEGER


def arithmetic(emit: Emitter, node: Node) -> Val:
    function = _QUICK[node.op][1] if node.op in _QUICK else _SLOW[node.op]
    if node.single and not (node.args[0].is_literal and not isinstance(node.args[0].literal(), list)):
        value = emit.node(node.args[0])
        if node.op == "+" and value.kind == "list":
            return Val(emit.store(call(emit.use("_total_of"), value.expr)), "number")
        least = ast.Constant({"+": 0, "*": 0, "%": 2}.get(node.op, 1))
        return Val(emit.store(call(emit.use("_spread"), emit.use(function), value.expr, least)), "number")
    args = [emit.node(arg) for arg in node.args]
    if node.op not in _QUICK or len(args) < 2:
        return Val(emit.store(call(emit.use(function), *(arg.expr for arg in args))), "number")
    result = args[0]
    for arg in args[1:]:
        result = Val(_operate(emit, node.op, result, arg), "number")
    return result


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
    inside = ast.Compare(
        ast.Constant(-_INTEGER), [ast.LtE(), ast.LtE()], [name(target), ast.Constant(_INTEGER)]
    )
    refused = assign(target, call(emit.use("_bounded"), name(target)))
    emit.add(ast.If(inside, [ast.Pass()], [refused]))
    return name(target)


def total(emit: Emitter, node: Node) -> Val:
    """`sum` of one list."""
    if len(node.args) > 1:
        args = [emit.node(arg).expr for arg in node.args]
        return Val(emit.store(call(emit.use("_plus"), *args)), "number")
    value = emit.node(node.args[0])
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
