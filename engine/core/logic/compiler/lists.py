"""Code for the iterators: loops in place, paid for before they start."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from engine.core.logic.compiler.access import uses_index
from engine.core.logic.compiler.emitter import Emitter, Scope, Val, assign, call, name, negate
from engine.core.logic.tree import Node


def _source(emit: Emitter, node: Node) -> ast.expr:
    """The list to go over (anything else is none), its length times the size of the body paid."""
    given = emit.node(node.args[0])
    source = given.expr
    if given.kind != "list":
        listed = ast.IfExp(emit.type_is(source, "list"), source, call(emit.use("_as_list"), source))
        source = emit.store(listed)
    weight = ast.Constant(node.args[1].size)
    emit.burn(ast.BinOp(call(emit.use("len"), source), ast.Mult(), weight))
    return source


@contextmanager
def _loop(emit: Emitter, source: ast.expr, body: Node, accumulator: str | None = None) -> Iterator[None]:
    item = emit.fresh()
    index = f"{item}_at" if uses_index(body) else None
    target: ast.expr = ast.Name(item, ast.Store())
    if index:
        target = ast.Tuple([ast.Name(index, ast.Store()), target], ast.Store())
        source = call(emit.use("enumerate"), source)
    emit.loops += 1
    with emit.branch() as block, emit.scope(Scope(item, index, accumulator)):
        if accumulator:
            emit.known = {key: known for key, known in emit.known.items() if key[0] != accumulator}
        yield
    emit.loops -= 1
    emit.add(ast.For(target, source, block or [ast.Pass()], []))


def map_(emit: Emitter, node: Node) -> Val:
    source = _source(emit, node)
    made = emit.store(ast.List([], ast.Load()))
    with _loop(emit, source, node.args[1]):
        value = emit.node(node.args[1]).expr
        emit.add(ast.Expr(call(ast.Attribute(made, "append", ast.Load()), value)))
    return Val(made, "list")


def filter_(emit: Emitter, node: Node) -> Val:
    source = _source(emit, node)
    made = emit.store(ast.List([], ast.Load()))
    with _loop(emit, source, node.args[1]):
        test = emit.node(node.args[1]).expr
        item = name(emit.scopes[-1].item)
        emit.add(ast.If(test, [ast.Expr(call(ast.Attribute(made, "append", ast.Load()), item))], []))
    return Val(made, "list")


def quantifier(emit: Emitter, node: Node) -> Val:
    """`some` and `none` stop at the first item that holds, `all` at the first that does not."""
    source = _source(emit, node)
    at_start = call(emit.use("bool"), source) if node.op == "all" else ast.Constant(node.op == "none")
    result = emit.store(at_start)
    found = ast.Constant(node.op == "some")
    with _loop(emit, source, node.args[1]):
        test = emit.node(node.args[1]).expr
        stop = negate(test) if node.op == "all" else test
        emit.add(ast.If(stop, [assign(result.id, found), ast.Break()], []))
    return Val(result, "boolean")


def reduce(emit: Emitter, node: Node) -> Val:
    source = _source(emit, node)
    start = emit.node(node.args[2]).expr if len(node.args) > 2 else ast.Constant(None)
    accumulator = emit.store(start)
    with _loop(emit, source, node.args[1], accumulator.id):
        made = emit.node(node.args[1])
        emit.store(made.expr, accumulator.id)
        if made.kind not in ("number", "boolean", "text"):
            with emit.branch() as grown:
                emit.burn(call(emit.use("_grown"), accumulator))
            emit.add(ast.If(emit.type_is(accumulator, "list", "dict"), grown, []))
    return Val(accumulator, "any")
