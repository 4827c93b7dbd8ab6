"""Which questions can be asked about a field of which type, and the clause that a fresh one starts as.

A question is an operator of the rows (`engine.core.logic.editing.OPS`), with `!` before it where it is denied.
"""

from __future__ import annotations

from engine.core.logic.editing import Clause, Field, Operand, Value, field, relative

_ORDER = ("==", "!=", ">", ">=", "<", "<=", "between")
_THERE = ("exists", "!exists")
_TEXT = (
    "==",
    "!=",
    "contains_any",
    "!contains_any",
    "in",
    "!in",
    "starts_with",
    "ends_with",
    "filled",
    "!filled",
    "matches",
)
QUESTIONS: dict[str, tuple[str, ...]] = {
    "text": (*_TEXT, *_THERE),
    "number": (*_ORDER, "in", "!in", *_THERE),
    "money": (*_ORDER, *_THERE),
    "date": (*_ORDER, *_THERE),
    "datetime": (*_ORDER, *_THERE),
    "time": (*_ORDER, *_THERE),
    "boolean": ("true", "!true", *_THERE),
    "list": ("has", "!has", "filled", "!filled", *_THERE),
    "object": _THERE,
    "cpf": ("filled", "!filled", "is_cpf", "!is_cpf", "==", "!=", "in", *_THERE),
    "cnpj": ("filled", "!filled", "is_cnpj", "!is_cnpj", "==", "!=", "in", *_THERE),
    "phone": ("filled", "!filled", "is_phone", "==", "!=", "starts_with", *_THERE),
    "email": ("filled", "!filled", "==", "!=", "ends_with", "contains_any", *_THERE),
    "any": (*_TEXT, ">", ">=", "<", "<=", "between", "true", "!true", "has", "!has", *_THERE),
}
MOMENTS = ("is_business_hours", "!is_business_hours", "is_holiday", "!is_holiday")
"""Questions about the moment, without a field. They are offered among the fields."""
ALONE = frozenset(
    {"filled", "true", "exists", "is_cpf", "is_cnpj", "is_phone", "is_business_hours", "is_holiday"}
)
"""Questions without a value."""
SEVERAL = frozenset({"in", "contains_any"})
"""Questions whose value is a list."""
WORDED = frozenset({"starts_with", "ends_with", "matches"})
CHECK_TYPES = {
    "money": "number", "number": "number", "date": "date", "datetime": "date", "time": "text", "boolean": "boolean",
    "list": "list", "object": "object", "any": "any",
}  # fmt: skip
"""Types as the static check of rules knows them; all others are texts."""


def question(clause: Clause) -> str:
    """What the clause asks, as in `QUESTIONS`."""
    return f"!{clause.op}" if clause.negated else clause.op


def questions(kind: str, now: str) -> tuple[str, ...]:
    """What can be asked about a field of this type, with what is asked now in any case."""
    known = QUESTIONS.get(kind, QUESTIONS["text"])
    return known if now in known else (now, *known)


def fresh(path: str, kind: str) -> Clause:
    """The first question about a field that was just chosen."""
    if path in MOMENTS:
        return Clause(path.removeprefix("!"), negated=path.startswith("!"))
    return asked(Clause("", field(path)), questions(kind, QUESTIONS.get(kind, ("==",))[0])[0], kind)


def asked(clause: Clause, wanted: str, kind: str) -> Clause:
    """The clause with another question; its value stays where it still makes sense."""
    op, negated = wanted.removeprefix("!"), wanted.startswith("!")
    left = clause.left
    if op == "exists" and isinstance(left, Field) and clause.op != "exists":
        left = Field(left.path, left.path.split("."))
    elif clause.op == "exists" and op != "exists" and isinstance(left, Field):
        left = field(left.path)
    return Clause(op, left, _values(clause, op, kind), negated=negated)


def about(clause: Clause, path: str, kind: str) -> Clause:
    """The clause about another field; the question stays where it can be asked of it."""
    now = question(clause)
    if (
        path in MOMENTS
        or clause.op in ("is_business_hours", "is_holiday")
        or now not in QUESTIONS.get(kind, ())
    ):
        return fresh(path, kind)
    left = Field(path, path.split(".")) if clause.op == "exists" else field(path)
    return Clause(clause.op, left, _values(clause, clause.op, kind), negated=clause.negated)


def _values(clause: Clause, op: str, kind: str) -> tuple[Operand, ...]:
    if op in ALONE:
        return ()
    held = clause.right
    if op == "between":
        return (
            held if len(held) == 2 else (held[0] if held else start(kind), held[0] if held else start(kind))
        )
    first = held[0] if held else None
    if op in SEVERAL:
        if isinstance(first, Value):
            return (
                Value(first.value if isinstance(first.value, list) else [first.value] if first.value else []),
            )
        return (first,) if first is not None else (Value([]),)
    if isinstance(first, Value) and isinstance(first.value, list):
        first = Value(first.value[0]) if first.value else None
    if first is None or not _fits(first, op, kind):
        return (Value("") if op in WORDED or op == "has" else start(kind),)
    return (first,)


def _fits(value: Operand, op: str, kind: str) -> bool:
    if not isinstance(value, Value):
        return True
    if kind in ("number", "money") and op not in WORDED:
        return isinstance(value.value, int | float) and not isinstance(value.value, bool)
    return not (kind in ("text", "cpf", "cnpj", "email", "phone") and not isinstance(value.value, str))


def start(kind: str) -> Operand:
    """The value with which a fresh clause begins."""
    if kind in ("date", "datetime"):
        return relative("today" if kind == "date" else "now", 0, "days")
    return Value({"number": 0, "money": 0, "boolean": True}.get(kind, ""))


def check_fields(kinds: dict[str, str]) -> dict[str, str]:
    """The fields for `engine.core.logic.check`."""
    return {path: CHECK_TYPES.get(kind, "text") for path, kind in kinds.items()}
