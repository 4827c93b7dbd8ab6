"""The rule language: JSON-Logic, compiled to Python code.

One tree (`tree`) is walked by all: the compiler, the static check, the explanation, the reading in Portuguese
and English and the SQL of segments. Operators live in `operators/`, one function with its examples each.
"""

from __future__ import annotations

from engine.core.logic.check import check
from engine.core.logic.env import Env
from engine.core.logic.errors import RuleError, RuleProblem
from engine.core.logic.explain import Explanation, explain
from engine.core.logic.operators import OPERATORS, Operator
from engine.core.logic.reading import reading
from engine.core.logic.rule import Rule, compile_rule, evaluate
from engine.core.logic.sql import Column, SqlQuery, to_sql
from engine.core.logic.values import Json, truthy

__all__ = [
    "OPERATORS",
    "Column",
    "Env",
    "Explanation",
    "Json",
    "Operator",
    "Rule",
    "RuleError",
    "RuleProblem",
    "SqlQuery",
    "check",
    "compile_rule",
    "evaluate",
    "explain",
    "reading",
    "to_sql",
    "truthy",
]
