"""A compiled rule: what callers hold, call and keep."""

from __future__ import annotations

import json
from functools import lru_cache, partial

import msgspec

from engine.core.logic.compiler import Trace, TracedRun, build, build_traced
from engine.core.logic.env import Env
from engine.core.logic.reads import paths
from engine.core.logic.tree import Node, parse
from engine.core.logic.values import Json
from engine.core.logic.vet import vet

CACHE_SIZE = 4096


class Rule(partial[Json]):
    """A rule ready to run: `rule(data, env=None)` gives its result or raises RuleError with the JSON pointer.

    It is checked at once; its code is made at the first call. Safe to share between threads.
    `source` is the rule as JSON values, `tree` its parsed form, `paths` what it reads from the data.

    A `partial` and not a class with `__call__`, because a call in Python costs as much as three comparisons:
    the compiled function takes the place of the one that makes it.
    """

    source: Json
    tree: Node
    paths: tuple[str, ...]
    _traced: TracedRun | None

    def __new__(cls, source: Json) -> Rule:
        tree = parse(source)
        vet(tree)

        def first(data: Json, env: Env | None = None) -> Json:
            run = build(tree)
            rule.__setstate__((run, (), {}, vars(rule)))  # type: ignore[attr-defined]  # not in the stubs
            return run(data, env)

        rule = super().__new__(cls, first)
        vars(rule).update(source=source, tree=tree, paths=paths(tree), _traced=None, _first=first)
        return rule

    def traced(self, data: Json, env: Env | None, trace: Trace) -> Json:
        """The same evaluation by the tracing twin, which calls `trace(node.index, value)` for each node."""
        if self._traced is None:
            self._traced = build_traced(self.tree)
        return self._traced(data, env, trace)

    def __reduce__(self) -> tuple[type[Rule], tuple[Json]]:
        return Rule, (self.source,)

    def __repr__(self) -> str:
        return f"Rule({self.source!r})"


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
