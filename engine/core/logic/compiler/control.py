"""Code for `if and or ! !! ?? try throw` and lists."""

from __future__ import annotations

import ast
from collections.abc import Callable

from engine.core.logic.compiler.emitter import Emitter, Scope, Val, assign, call, compare, name, negate
from engine.core.logic.tree import Node

_NESTED_BRANCHES = 6


def array(emit: Emitter, node: Node) -> Val:
    items = [emit.node(item).expr for item in node.args]
    return Val(emit.store(ast.List(items, ast.Load())), "list")


def _into(emit: Emitter, node: Node, target: str) -> Val:
    """The node's value in the given variable."""
    value = emit.node(node, into=target)
    if not (isinstance(value.expr, ast.Name) and value.expr.id == target):
        emit.store(value.expr, target)
    return value


def chain(emit: Emitter, node: Node, go_on: Callable[[ast.expr], ast.expr]) -> Val:
    """One argument after the other into the same variable, as long as `go_on` of it holds.

    The tests stand side by side, not inside one another: a thousand alternatives nest no deeper than two, and
    what one argument has read is known to the next.
    """
    if not node.args:
        return Val(ast.Constant(None), "any")
    target = emit.target()
    outer = emit.known
    emit.known = dict(outer)
    kinds = set()
    for place, arg in enumerate(node.args):
        if place == 0:
            value = _into(emit, arg, target)
        else:
            block, emit.block = emit.block, []
            value = _into(emit, arg, target)
            body, emit.block = emit.block, block
            emit.add(ast.If(go_on(name(target)), body, []))
        kinds.add(value.kind)
    emit.known = outer
    return Val(name(target), kinds.pop() if len(kinds) == 1 else "any")


def and_(emit: Emitter, node: Node) -> Val:
    return chain(emit, node, lambda value: value)


def or_(emit: Emitter, node: Node) -> Val:
    return chain(emit, node, negate)


def coalesce(emit: Emitter, node: Node) -> Val:
    return chain(emit, node, lambda value: compare(value, ast.Is(), ast.Constant(None)))


def if_(emit: Emitter, node: Node) -> Val:
    if not node.args:
        return Val(ast.Constant(None), "any")
    target = emit.target()
    flat = len(node.args) // 2 > _NESTED_BRANCHES
    if flat:
        emit.add(assign(target, ast.Constant(None)), assign(f"{target}_open", ast.Constant(True)))
    _branches(emit, node.args, target, flat)
    return Val(name(target), "any")


def _branches(emit: Emitter, args: tuple[Node, ...], target: str, flat: bool) -> None:
    """Nested `if` for few branches; for many, a variable says whether one was taken."""
    if len(args) < 2:
        if args:
            _into(emit, args[0], target)
        else:
            emit.store(ast.Constant(None), target)
        return
    test = emit.node(args[0])
    with emit.branch() as then:
        _into(emit, args[1], target)
        if flat:
            emit.add(assign(f"{target}_open", ast.Constant(False)))
    if not flat:
        with emit.branch() as otherwise:
            _branches(emit, args[2:], target, flat)
        emit.add(ast.If(test.expr, then, otherwise))
        return
    emit.add(ast.If(test.expr, then, []))
    while args := args[2:]:
        with emit.branch() as body:
            if len(args) == 1:
                _into(emit, args[0], target)
            else:
                test = emit.node(args[0])
                with emit.branch() as then:
                    _into(emit, args[1], target)
                    emit.add(assign(f"{target}_open", ast.Constant(False)))
                emit.add(ast.If(test.expr, then, []))
        emit.add(ast.If(name(f"{target}_open"), body, []))


def not_(emit: Emitter, node: Node) -> Val:
    target = emit.target()
    value = emit.node(node.args[0]).expr if node.args else ast.Constant(None)
    return Val(emit.store(negate(value), target), "boolean")


def truth(emit: Emitter, node: Node) -> Val:
    value = emit.node(node.args[0]).expr if node.args else ast.Constant(None)
    return Val(emit.store(call(emit.use("bool"), value)), "boolean")


def throw(emit: Emitter, node: Node) -> Val:
    reason = emit.node(node.args[0]).expr
    emit.add(ast.Raise(call(emit.use("_thrown"), reason), None))
    return Val(ast.Constant(None), "any")


def try_(emit: Emitter, node: Node) -> Val:
    """All but the last argument guarded, one after the other; each later one sees the error as its data."""
    target, done, error = emit.fresh(), emit.fresh(), emit.fresh()
    emit.add(assign(done, ast.Constant(False)), assign(error, ast.Constant(None)))
    for place, arg in enumerate(node.args):
        with emit.branch() as body:
            if place == 0:
                emit.store(emit.node(arg).expr, target)
            else:
                emit.known = {key: known for key, known in emit.known.items() if key[0] != error}
                with emit.scope(Scope(error)):
                    emit.store(emit.node(arg).expr, target)
        if place < len(node.args) - 1:
            caught = assign(error, ast.Attribute(name("fault"), "thrown", ast.Load()))
            handler = ast.ExceptHandler(emit.use("RuleError"), "fault", [caught])
            with emit.branch() as guarded:
                emit.add(ast.Try(body, [handler], [assign(done, ast.Constant(True))], []))
            body = guarded
        if place == 0:
            emit.add(*body)
        else:
            emit.add(ast.If(negate(name(done)), body, []))
    return Val(name(target), "any")
