"""The whole function of a rule, and the call of an operator that is not written in place."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from types import CodeType, FunctionType, TracebackType
from typing import Any

from engine.core.logic import limits
from engine.core.logic.compiler import access, arithmetic, comparison, control, lists
from engine.core.logic.compiler.emitter import Emitter, Kind, Val, assign, call, compare, name
from engine.core.logic.env import DEFAULT, Env
from engine.core.logic.errors import RuleError
from engine.core.logic.operators import OPERATORS
from engine.core.logic.tree import ARRAY, Node
from engine.core.logic.values import Json

Run = Callable[..., Json]
Trace = Callable[[int, Any], None]
TracedRun = Callable[[Any, Env | None, Trace], Json]
FILE = "<rule>"
"""The file name of compiled rules, by which a traceback knows them."""

_HANDLERS: dict[str, Callable[[Emitter, Node], Val]] = {
    ARRAY: control.array,
    "var": access.var,
    "val": access.val,
    "exists": access.exists,
    "missing": access.missing,
    "missing_some": access.missing,
    "in": access.contains,
    "if": control.if_,
    "and": control.and_,
    "or": control.or_,
    "??": control.coalesce,
    "!": control.not_,
    "!!": control.truth,
    "throw": control.throw,
    "try": control.try_,
    **dict.fromkeys(("==", "!=", "===", "!==", "<", "<=", ">", ">="), comparison.comparison),
    **dict.fromkeys(("+", "-", "*", "/", "%"), arithmetic.arithmetic),
    "sum": arithmetic.total,
    "cat": arithmetic.cat,
    "map": lists.map_,
    "filter": lists.filter_,
    **dict.fromkeys(("some", "all", "none"), lists.quantifier),
    "reduce": lists.reduce,
}
_KINDS: dict[str, Kind] = {"boolean": "boolean", "number": "any", "text": "any", "list": "list"}
_SEARCH = 20
_GROWING = {"any", "text", "list"}


def _operator(emit: Emitter, node: Node) -> Val:
    """The call of an operator's function; with literal arguments, of what it prepared for them."""
    operator = OPERATORS[node.op]
    function = operator.run
    if function is None:
        raise AssertionError(f"{node.op} has neither code nor a function")
    env = [name("env")] if operator.needs_env else []
    emit.uses_env = emit.uses_env or operator.needs_env
    rest = node.args[1:]
    if operator.prepare and rest and all(arg.is_literal for arg in rest):
        ready = emit.keep(operator.prepare(*(arg.literal() for arg in rest)))
        first = emit.node(node.args[0]).expr
        if emit.loops:  # a search may take many times the length of the text
            amount = ast.BinOp(call(emit.use("_cost"), first), ast.Mult(), ast.Constant(_SEARCH))
            emit.burn(amount)
        if emit.tracing:
            for arg in rest:
                emit.node(arg)
        return Val(emit.store(call(ready, first)), _KINDS.get(operator.returns, "any"))
    args = [emit.node(arg).expr for arg in node.args]
    for given in args:
        emit.charge(given)
    called = emit.keep(function)
    if node.single and operator.spread:
        least = ast.Constant(operator.arity[0])
        made: ast.expr = call(emit.use("_spread"), called, args[0], least)
    else:
        made = call(called, *env, *args)
    result = emit.store(made)
    if operator.returns in _GROWING and emit.loops:
        emit.burn(call(emit.use("_cost"), result))
    return Val(result, _KINDS.get(operator.returns, "any"))


def located(fault: RuleError | RecursionError, tree: Node) -> RuleError:
    """The failure at the pointer of the node whose code raised it: its line in the compiled code."""
    if not isinstance(fault, RuleError):
        return RuleError("rule:too-deep", "the data is nested too deeply for this rule")
    trace: TracebackType | None = fault.__traceback__
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return fault.at(next((node.path for node in tree.walk() if node.index == line), fault.path))


def build(tree: Node) -> Run:
    """The function of a rule, `(data, env=None)`."""
    run: Run = _function(tree, Emitter(_HANDLERS, _operator), "d", "env")
    return run


def build_traced(tree: Node) -> TracedRun:
    """The tracing twin: the same code, which also reports each node's number and value, in order."""
    run: TracedRun = _function(tree, Emitter(_HANDLERS, _operator, tracing=True), "d", "env", "_trace")
    return run


def _function(tree: Node, emit: Emitter, *parameters: str) -> Any:
    result = emit.node(tree)
    emit.add(ast.Return(result.expr))
    body, emit.block = emit.block, []
    if emit.burns_fuel:
        emit.add(assign("fuel", ast.Constant(limits.FUEL)))
    if emit.uses_env:
        nothing = compare(name("env"), ast.Is(), ast.Constant(None))
        emit.add(ast.If(nothing, [assign("env", emit.use("_default_env", DEFAULT))], []))
    failed = call(emit.use("_located", partial(located, tree=tree)), name("fault"))
    caught = ast.Tuple([emit.use("RuleError"), emit.use("RecursionError")], ast.Load())
    handler = ast.ExceptHandler(caught, "fault", [ast.Raise(failed, name("fault"))])
    emit.add(ast.Try(body, [handler], [], []))
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(each) for each in parameters],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    function = ast.FunctionDef("rule", arguments, emit.block, [], None)
    module = ast.fix_missing_locations(ast.Module([function], []))
    code = compile(module, FILE, "exec", dont_inherit=True)
    (inner,) = (part for part in code.co_consts if isinstance(part, CodeType))
    return FunctionType(inner, emit.globals, "rule", (None,) if len(parameters) == 2 else None)
