"""The compiler's working state: the block being written, the scopes of data, the values already read.

Every node becomes statements that leave its value in a local variable (or a constant). Statements rather than
one large expression, because `try` costs nothing when nothing fails: a field is read as `d["a"]["b"]` and a
comparison made as `x > 30`, and only what is absent or of another type takes the slow path.
The line number of a statement is the number of the node that it belongs to: a failure is traced back to its
JSON pointer at no cost.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

from engine.core.logic.tree import Node

Kind = Literal["any", "number", "boolean", "text", "list"]


class Val(NamedTuple):
    """Where a value is (a name or a constant, safe to use twice) and what is known of its type.

    "number" includes booleans. `node` is the literal node when the value is known now.
    """

    expr: ast.expr
    kind: Kind
    node: Node | None = None

    @property
    def literal(self) -> bool:
        return self.node is not None

    @property
    def value(self) -> Any:
        assert self.node is not None
        return self.node.literal()


class Scope(NamedTuple):
    """The data that `var` sees: one variable, or the two of a `reduce` step. `counter` counts an iteration."""

    item: str
    counter: str | None = None
    accumulator: str | None = None


def name(identifier: str) -> ast.Name:
    return ast.Name(identifier, ast.Load())


def constant(value: Any) -> ast.expr:
    """A literal as code; lists and objects are built anew at each evaluation, so no caller can change a rule."""
    if isinstance(value, list):
        return ast.List([constant(item) for item in value], ast.Load())
    if isinstance(value, dict):
        return ast.Dict([ast.Constant(key) for key in value], [constant(item) for item in value.values()])
    return ast.Constant(value)


def call(function: ast.expr, *args: ast.expr) -> ast.Call:
    return ast.Call(function, list(args), [])


def compare(left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.Compare:
    return ast.Compare(left, [op], [right])


def both(*tests: ast.expr) -> ast.expr:
    return ast.BoolOp(ast.And(), list(tests))


def either(*tests: ast.expr) -> ast.expr:
    return ast.BoolOp(ast.Or(), list(tests))


def negate(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def assign(target: str, value: ast.expr) -> ast.Assign:
    return ast.Assign([ast.Name(target, ast.Store())], value)


class Emitter:
    """Writes one function. `handlers` say how each operator is written; `fallback` the ordinary call."""

    def __init__(
        self,
        handlers: dict[str, Callable[[Emitter, Node], Val]],
        fallback: Callable[[Emitter, Node], Val],
        *,
        tracing: bool = False,
    ) -> None:
        self.handlers = handlers
        self.fallback = fallback
        self.tracing = tracing
        self.globals: dict[str, Any] = {"__builtins__": {}}
        self.block: list[ast.stmt] = []
        self.scopes: list[Scope] = [Scope("d")]
        self.known: dict[tuple[str, tuple[str, ...]], str] = {}
        self.line = 1
        self.loops = 0
        self.burns_fuel = False
        self.uses_env = False
        self.sums = 0
        self._into: str | None = None
        self._names = 0

    def node(self, node: Node, into: str | None = None) -> Val:
        """Writes the code of a node and says where its value is; `into` is a variable it may choose."""
        outer, self.line = self.line, node.index
        self._into = into
        if node.is_literal:
            value = node.literal()
            if isinstance(value, list | dict):
                result = Val(self.store(constant(value)), "list" if isinstance(value, list) else "any", node)
            else:
                result = Val(ast.Constant(value), _kind(value), node)
        else:
            result = self.handlers.get(node.op, self.fallback)(self, node)
        if self.tracing:
            self.line = node.index
            self.add(ast.Expr(call(name("_trace"), ast.Constant(node.index), result.expr)))
        self.line = outer
        return result

    def add(self, *statements: ast.stmt) -> None:
        for statement in statements:
            _stamp(statement, self.line)
            self.block.append(statement)

    def fresh(self) -> str:
        self._names += 1
        return f"v{self._names}"

    def target(self) -> str:
        """The variable for the result of the node that is being written; asked for before its arguments are."""
        into, self._into = self._into, None
        return into or self.fresh()

    def store(self, value: ast.expr, target: str | None = None) -> ast.Name:
        target = target or self.fresh()
        self.add(assign(target, value))
        return name(target)

    def use(self, identifier: str, value: Any = None) -> ast.Name:
        """A global of the code, taken from the runtime unless a value is given."""
        if identifier not in self.globals:
            if value is None:
                from engine.core.logic.compiler.runtime import RUNTIME

                value = RUNTIME.get(identifier)
            self.globals[identifier] = value
        return name(identifier)

    def keep(self, value: Any) -> ast.Name:
        """A new global constant."""
        return self.use(f"k{len(self.globals)}", value)

    def type_is(self, value: ast.expr, *types: str) -> ast.expr:
        tests: list[ast.expr] = [
            compare(call(self.use("type"), value), ast.Is(), self.use(each)) for each in types
        ]
        return tests[0] if len(tests) == 1 else either(*tests)

    @contextmanager
    def branch(self) -> Iterator[list[ast.stmt]]:
        """A block that may not run: what it reads is not known afterwards."""
        outer, block, known = self.block, list[ast.stmt](), self.known
        self.block, self.known = block, dict(known)
        try:
            yield block
        finally:
            self.block, self.known = outer, known

    @contextmanager
    def scope(self, scope: Scope) -> Iterator[None]:
        self.scopes.append(scope)
        try:
            yield
        finally:
            self.scopes.pop()

    def attempt(self, target: str, value: ast.expr, slow: ast.expr, *faults: str) -> None:
        """`target = value`, and on one of the faults `target = slow`."""
        kinds: list[ast.expr] = [self.use(fault) for fault in faults]
        kind = kinds[0] if len(kinds) == 1 else ast.Tuple(kinds, ast.Load())
        handler = ast.ExceptHandler(kind, None, [assign(target, slow)])
        self.add(ast.Try([assign(target, value)], [handler], [], []))

    def burn(self, amount: ast.expr) -> None:
        """Takes from the evaluation's fuel and stops it when that is used up."""
        self.burns_fuel = True
        self.add(
            ast.AugAssign(ast.Name("fuel", ast.Store()), ast.Sub(), amount),
            ast.If(
                compare(name("fuel"), ast.Lt(), ast.Constant(0)),
                [ast.Expr(call(self.use("_exhausted")))],
                [],
            ),
        )

    def charge(self, value: ast.expr) -> None:
        """Inside a loop, makes looking through a text or list cost its length each time."""
        if self.loops:
            self.burn(call(self.use("_cost"), value))

    def read(self, item: str, path: Sequence[Any], default: ast.expr | None = None) -> ast.expr:
        """The value at a path below a variable; null (or `default`) where it leads nowhere."""
        if not path:
            return name(item)
        key = (item, tuple(path))
        if default is None and key in self.known:
            return name(self.known[key])
        target = self.fresh()
        otherwise = default or ast.Constant(None)
        slow = call(self.use("_walk"), name(item), self.path(path), otherwise)
        if all(type(part) is str and not part.isdigit() for part in path):
            quick: ast.expr = name(item)
            for part in path:
                quick = ast.Subscript(quick, ast.Constant(part), ast.Load())
            handlers = [
                ast.ExceptHandler(self.use("KeyError"), None, [assign(target, otherwise)]),
                ast.ExceptHandler(self.use("TypeError"), None, [assign(target, slow)]),
            ]
            self.add(ast.Try([assign(target, quick)], handlers, [], []))
        else:
            self.store(slow, target)
        if default is None:
            self.known[key] = target
        return name(target)

    def path(self, path: Sequence[Any]) -> ast.expr:
        return ast.Tuple([ast.Constant(part) for part in path], ast.Load())


def _kind(value: Any) -> Kind:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "text"
    return "any"


def _stamp(statement: ast.AST, line: int) -> None:
    """Gives a line to what has none; what has one was stamped with all its parts."""
    stack: list[ast.AST] = [statement]
    while stack:
        part = stack.pop()
        if isinstance(part, ast.stmt | ast.expr | ast.excepthandler):
            if hasattr(part, "lineno"):
                continue
            part.lineno = part.end_lineno = line
            part.col_offset = part.end_col_offset = 0
        stack.extend(ast.iter_child_nodes(part))
