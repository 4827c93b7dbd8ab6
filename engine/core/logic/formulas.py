"""A value that a rule calculates, as terms that a person can edit: an operation over values, fields and further terms.

The law is that of `editing`: `formula(terms(x))` is `x` to the letter; what is no known operation stays whole.
"""

from __future__ import annotations

import msgspec

from engine.core.logic import editing
from engine.core.logic.editing import Operand
from engine.core.logic.values import Json

SEVERAL = ("+", "-", "*", "/", "%", "max", "min", "cat", "merge", "??")
"""Operations over any number of terms."""
SINGLE = ("round", "abs", "count", "sum", "length", "lower", "upper", "trim")
"""Operations over one term."""
DEEPEST = 20


class Term(msgspec.Struct, frozen=True):
    """`single` says that the argument is written without a list."""

    op: str
    parts: tuple[Term | Operand, ...]
    single: bool = False


Part = Term | Operand


def terms(rule: Json) -> Part:
    """The rule as terms. Never raises."""
    if editing.too_large(rule):
        return editing.Given(rule)
    found = _read(rule, 0)
    return found if editing.written(formula(found)) == editing.written(rule) else editing.operand(rule)


def formula(part: Part) -> Json:
    """The rule that the terms are."""
    if not isinstance(part, Term):
        return editing.source(part)
    made = [formula(p) for p in part.parts]
    return {part.op: made[0] if part.single and len(made) == 1 else made}


def _read(rule: Json, depth: int) -> Part:
    if isinstance(rule, dict) and len(rule) == 1 and depth < DEEPEST:
        ((name, given),) = rule.items()
        if name in SEVERAL or name in SINGLE:
            if isinstance(given, list):
                return Term(name, tuple(_read(g, depth + 1) for g in given))
            return Term(name, (_read(given, depth + 1),), single=True)
    return editing.operand(rule)
