"""A compiled rule: what callers hold, call and keep."""

from __future__ import annotations

import json
from functools import lru_cache
from types import TracebackType

import msgspec

from engine.core.logic.compiler import Run, Trace, TracedRun, build, build_traced
from engine.core.logic.compiler.program import FILE
from engine.core.logic.env import DEFAULT, Env
from engine.core.logic.errors import RuleError
from engine.core.logic.reads import paths
from engine.core.logic.tree import Node, parse
from engine.core.logic.values import Json
from engine.core.logic.vet import vet

CACHE_SIZE = 4096


class Rule:
    """A rule ready to run: `rule(data, env)` gives its result or raises RuleError with the JSON pointer.

    It is checked at once; its code is made at the first call. Safe to share between threads.
    `source` is the rule as JSON values, `tree` its parsed form, `paths` what it reads from the data.
    """

    __slots__ = ("_run", "_traced", "paths", "source", "tree")

    def __init__(self, source: Json) -> None:
        self.source = source
        self.tree = parse(source)
        vet(self.tree)
        self.paths: tuple[str, ...] = paths(self.tree)
        self._run: Run = self._first
        self._traced: TracedRun | None = None

    def _first(self, data: Json, env: Env) -> Json:
        self._run = build(self.tree)
        return self._run(data, env)

    def traced(self, data: Json, env: Env | None, trace: Trace) -> Json:
        """The same evaluation by the tracing twin, which calls `trace(node.index, value)` for each node."""
        if self._traced is None:
            self._traced = build_traced(self.tree)
        try:
            return self._traced(data, DEFAULT if env is None else env, trace)
        except (RuleError, RecursionError) as fault:
            raise self._failure(fault) from fault

    def __call__(self, data: Json, env: Env | None = None) -> Json:
        try:
            return self._run(data, DEFAULT if env is None else env)
        except (RuleError, RecursionError) as fault:
            raise self._failure(fault) from fault

    def _failure(self, fault: RuleError | RecursionError) -> RuleError:
        if isinstance(fault, RuleError):
            return located(fault, self.tree)
        return RuleError("rule:too-deep", "the data is nested too deeply for this rule")

    def __repr__(self) -> str:
        return f"Rule({self.source!r})"


def located(fault: RuleError, tree: Node) -> RuleError:
    """The failure at the pointer of the node whose code raised it (the line in the compiled code)."""
    trace: TracebackType | None = fault.__traceback__
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    path = next((node.path for node in tree.walk() if node.index == line), fault.path)
    return fault.at(path)


@lru_cache(maxsize=CACHE_SIZE)
def _compiled(text: str) -> Rule:
    return Rule(json.loads(text))


def compile_rule(rule: Json) -> Rule:
    """The compiled form of a rule, from a bounded cache keyed by its JSON text.

    Raises RuleError with the JSON pointer of the fault: rule:unknown-operator, rule:invalid-argument,
    rule:bad-pattern, rule:too-deep, rule:too-large, rule:not-json.
    """
    try:
        key = msgspec.json.encode(rule).decode()
    except (RecursionError, OverflowError, TypeError, UnicodeEncodeError, msgspec.MsgspecError):
        return Rule(rule)
    return _compiled(key)


def evaluate(rule: Json, data: Json, env: Env | None = None) -> Json:
    """Compiles (or finds) the rule and runs it over the data."""
    return compile_rule(rule)(data, env)
