"""Code for reading the data: `var val exists missing missing_some`."""

from __future__ import annotations

import ast

from engine.core.logic.compiler.emitter import Emitter, Scope, Val, both, call, compare, constant, name
from engine.core.logic.tree import ARRAY, Node
from engine.core.logic.values import dotted, text


def scope_data(emit: Emitter, scope: Scope) -> ast.expr:
    """A scope as one value; a `reduce` step becomes an object of its two fields."""
    if scope.accumulator is None:
        return name(scope.item)
    keys: list[ast.expr | None] = [ast.Constant("current"), ast.Constant("accumulator")]
    return emit.store(ast.Dict(keys, [name(scope.item), name(scope.accumulator)]))


def read(emit: Emitter, scope: Scope, path: tuple[object, ...], default: ast.expr | None = None) -> ast.expr:
    if scope.accumulator is None:
        return emit.read(scope.item, path, default)
    match path:
        case ():
            return scope_data(emit, scope)
        case ("current", *rest):
            return emit.read(scope.item, rest, default)
        case ("accumulator", *rest):
            return emit.read(scope.accumulator, rest, default)
    return default or ast.Constant(None)


def var(emit: Emitter, node: Node) -> Val:
    scope = emit.scopes[-1]
    if not node.args:
        return Val(read(emit, scope, ()), "any")
    default = emit.node(node.args[1]).expr if len(node.args) > 1 else None
    where = node.args[0]
    if where.is_literal and not isinstance(where.literal(), list | dict):
        if emit.tracing:
            emit.node(where)
        return Val(read(emit, scope, dotted(where.literal()), default), "any")
    path = emit.node(where).expr
    data = scope_data(emit, scope)
    return Val(emit.store(call(emit.use("_read"), data, path, default or ast.Constant(None))), "any")


def _frames(emit: Emitter) -> list[Scope | str | None]:
    """From the innermost outwards: each scope, and between two the frame that holds the iteration's index."""
    frames: list[Scope | str | None] = []
    for scope in reversed(emit.scopes):
        frames += [scope, scope.counter]
    return frames[:-1]


def val(emit: Emitter, node: Node) -> Val:
    keys = node.args
    frames = _frames(emit)
    if all(key.is_literal for key in keys):
        path = [key.literal() for key in keys]
        if node.single and isinstance(path[0], list):
            path = path[0]
        up = 0
        if path and isinstance(path[0], list):
            up = abs(path[0][0]) if len(path[0]) == 1 and type(path[0][0]) is int else len(frames)
            path = path[1:]
        plain = tuple(part if isinstance(part, str) else text(part) for part in path)
        if up >= len(frames):
            return Val(ast.Constant(None), "any")
        match frames[up]:
            case Scope() as scope:
                return Val(read(emit, scope, plain), "any")
            case str() as index if plain == ("index",):
                return Val(name(index), "number")
        return Val(ast.Constant(None), "any")
    given = [emit.node(key).expr for key in keys]
    wanted = given[0] if node.single else ast.List(given, ast.Load())
    data = [_frame_data(emit, frame) for frame in frames]
    return Val(emit.store(call(emit.use("_read_keys"), ast.Tuple(data, ast.Load()), wanted)), "any")


def _frame_data(emit: Emitter, frame: Scope | str | None) -> ast.expr:
    match frame:
        case Scope():
            return scope_data(emit, frame)
        case str():
            return ast.Dict([ast.Constant("index")], [name(frame)])
    return ast.Constant(None)


def uses_index(body: Node) -> bool:
    """Whether the body may ask for the iteration's index: a `val` that climbs, or whose keys are computed."""
    return any(
        part.op == "val"
        and part.args
        and (part.args[0].op == ARRAY or not all(k.is_literal for k in part.args))
        for part in body.walk()
    )


def exists(emit: Emitter, node: Node) -> Val:
    scope = emit.scopes[-1]
    path = [key.literal() for key in node.args] if all(key.is_literal for key in node.args) else []
    if path and scope.accumulator is None and all(isinstance(p, str) and not p.isdigit() for p in path):
        parent = emit.read(scope.item, path[:-1])
        last = constant(path[-1])
        slow = call(emit.use("_exists"), parent, last)
        quick = compare(last, ast.In(), parent)
        return Val(emit.store(ast.IfExp(emit.type_is(parent, "dict"), quick, slow)), "boolean")
    keys = [emit.node(key).expr for key in node.args]
    return Val(emit.store(call(emit.use("_exists"), scope_data(emit, scope), *keys)), "boolean")


def missing(emit: Emitter, node: Node) -> Val:
    names = [emit.node(arg).expr for arg in node.args]
    data = scope_data(emit, emit.scopes[-1])
    return Val(emit.store(call(emit.use(f"_{node.op}"), data, *names)), "list")


def contains(emit: Emitter, node: Node) -> Val:
    """`in`: over literal texts or numbers a constant tuple; a literal text is looked for in place."""
    target = emit.target()
    needle = emit.node(node.args[0])
    members = node.args[1].literal() if node.args[1].is_literal else None
    found: ast.expr | None = None
    if isinstance(members, list):
        listed = ast.Tuple([constant(member) for member in members], ast.Load())
        if all(isinstance(member, str) for member in members):
            found = compare(needle.expr, ast.In(), listed)
        elif all(type(member) in (int, float) for member in members):
            is_bool = compare(call(emit.use("type"), needle.expr), ast.IsNot(), emit.use("bool"))
            found = both(is_bool, compare(needle.expr, ast.In(), listed))
    if found is not None:
        return Val(emit.store(found, target), "boolean")
    hay = emit.node(node.args[1])
    emit.charge(hay.expr)
    if needle.literal and isinstance(needle.value, str):
        quick = compare(needle.expr, ast.In(), hay.expr)
        found = ast.IfExp(emit.type_is(hay.expr, "list", "str"), quick, ast.Constant(False))
    else:
        found = call(emit.use("_contains"), needle.expr, hay.expr)
    return Val(emit.store(found, target), "boolean")
