"""A rule as rows that a person can edit: groups of clauses, each a field, an operator and a value; and back.

The law (tested on random rules): `rule(rows(x))` is `x`, to the letter. Whatever has no row of its own stays whole as
`Raw`, a value that has no input of its own stays whole as `Given`. So nothing is ever dropped for want of a widget.

Rejected: a tree of widgets that writes JSON on saving. Importers made that way drop clauses that they do not know.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from engine.core.errors import pointer
from engine.core.logic import limits
from engine.core.logic.values import Json

Kind = Literal["all", "any", "none"]
Place = tuple[int, ...]
"""Where a row is: the numbers of the members on the way down from the root."""
DEEPEST = 30
"""Groups inside one another that are drawn; what lies deeper stays raw."""


class Field(msgspec.Struct, frozen=True):
    """A field of the data by its dotted path. `source` is how the rule writes it (`{"var": …}`, `{"val": […]}`)."""

    path: str
    source: Any


class Value(msgspec.Struct, frozen=True):
    """A text, number, truth value, null, or a list of such."""

    value: Any


class Relative(msgspec.Struct, frozen=True):
    """Today or now, and so many `unit` later (negative: earlier). `source` is how the rule writes it."""

    base: Literal["today", "now"]
    amount: int
    unit: str
    source: Any


class Given(msgspec.Struct, frozen=True):
    """Anything else that gives a value, as the rule writes it."""

    source: Any


Operand = Field | Value | Relative | Given


class Clause(msgspec.Struct, frozen=True):
    """`op` is one of `OPS`. `left` is what is asked about (absent for `is_holiday`), `right` what it is held
    against. `negated` says that a `!` is around it, `bare` that this `!` has no list around its argument, `single`
    that the operator itself has none."""

    op: str
    left: Operand | None = None
    right: tuple[Operand, ...] = ()
    negated: bool = False
    bare: bool = False
    single: bool = False


class Raw(msgspec.Struct, frozen=True):
    """A part of a rule that has no row of its own."""

    source: Any


class Group(msgspec.Struct, frozen=True):
    """All, any or none of the members. A `none` is `{"!": [{"or": […]}]}`; `bare` that its `!` has no list around
    its argument, `alone` that there is no `or` in it, for a single member."""

    kind: Kind
    members: tuple[Row, ...] = ()
    bare: bool = False
    alone: bool = False


Row = Group | Clause | Raw

_COMPARED = ("==", "!=", "===", "!==", "<", "<=", ">", ">=")
_WORDS = ("starts_with", "ends_with", "contains_any", "matches")
_CHECKED = ("is_cpf", "is_cnpj", "is_phone")
_MOMENTS = ("is_business_hours", "is_holiday")
OPS = (*_COMPARED, "between", "in", "has", *_WORDS, "exists", *_CHECKED, *_MOMENTS, "filled", "true")
"""`has` is `in` with the field on the right (a list has the value, a text has the part); `between` is `<=` with
three; `filled` is `!!`; `true` is the bare field."""


def rows(rule: Json) -> Row:
    """The rule as rows. Never raises: what cannot be drawn, or is beyond the limits of a rule, is `Raw`."""
    if too_large(rule):
        return Raw(rule)
    return _row(rule, 0)


def rule(row: Row) -> Json:
    """The rule that the rows are."""
    match row:
        case Raw(source=kept):
            whole: Json = kept
            return whole
        case Group(kind="all", members=members):
            return {"and": [rule(m) for m in members]}
        case Group(kind="any", members=members):
            return {"or": [rule(m) for m in members]}
        case Group(members=members, bare=bare, alone=alone):
            inner = rule(members[0]) if alone and len(members) == 1 else {"or": [rule(m) for m in members]}
            return {"!": inner if bare else [inner]}
    assert isinstance(row, Clause)
    said = _clause(row)
    if not row.negated:
        return said
    return {"!": said if row.bare else [said]}


def operand(source: Json) -> Operand:
    """What a part of a rule is, as the value of a clause."""
    match source:
        case None | bool() | int() | float() | str():
            return Value(source)
        case list() if all(item is None or isinstance(item, bool | int | float | str) for item in source):
            return Value(source)
        case {"var": str(path), **more} if not more and path:
            return Field(path, source)
        case {"var": [str(path)], **more} if not more and path:
            return Field(path, source)
        case {"val": list(keys), **more} if not more and keys and all(_is_key(k) for k in keys):
            return Field(".".join(map(str, keys)), source)
        case {"date_add": [start, int(amount), *unit], **more} if not more and _base(start):
            base = _base(start)
            if (
                base
                and not isinstance(amount, bool)
                and len(unit) <= 1
                and all(isinstance(u, str) for u in unit)
            ):
                return Relative(base, amount, unit[0] if unit else "days", source)
    if base := _base(source):
        return Relative(base, 0, "days", source)
    return Given(source)


def _base(said: Json) -> Literal["today", "now"] | None:
    if said == {"today": []}:
        return "today"
    return "now" if said == {"now": []} else None


def source(part: Operand) -> Json:
    """An operand as the rule writes it."""
    said: Json = part.value if isinstance(part, Value) else part.source
    return said


def field(path: str) -> Field:
    """A new operand for a field."""
    return Field(path, {"var": path})


def relative(base: Literal["today", "now"], amount: int, unit: str) -> Relative:
    """A new operand for a date counted from today or now."""
    start: dict[str, Any] = {base: []}
    return Relative(base, amount, unit, start if amount == 0 else {"date_add": [start, amount, unit]})


def guard(path: str) -> Clause:
    """The clause that asks whether a field is there at all."""
    return Clause("exists", Field(path, path.split(".")))


# -- reading a rule ---------------------------------------------------------------------------------------------


def _row(said: Json, depth: int) -> Row:
    found = _group(said, depth) if depth < DEEPEST else None
    made: Row | None = found if found is not None else _negated(said)
    return made if made is not None and written(rule(made)) == written(said) else Raw(said)


def _group(said: Json, depth: int) -> Group | None:
    match said:
        case {"and": list(members), **more} if not more:
            return Group("all", tuple(_row(m, depth + 1) for m in members))
        case {"or": list(members), **more} if not more:
            return Group("any", tuple(_row(m, depth + 1) for m in members))
        case {"!": [{"or": list(members), **inside}], **more} if not more and not inside:
            return Group("none", tuple(_row(m, depth + 1) for m in members))
        case {"!": {"or": list(members), **inside}, **more} if not more and not inside:
            return Group("none", tuple(_row(m, depth + 1) for m in members), bare=True)
        case {"!": [{"and": list()} as inner], **more} if not more:
            return Group("none", (_row(inner, depth + 1),), alone=True)
        case {"!": {"and": list()} as inner, **more} if not more:
            return Group("none", (_row(inner, depth + 1),), alone=True, bare=True)
    return None


def _negated(said: Json) -> Clause | None:
    match said:
        case {"!": [inner], **more} if not more:
            found, bare = _asked(inner), False
        case {"!": dict(inner), **more} if not more:
            found, bare = _asked(inner), True
        case _:
            return _asked(said)
    return None if found is None else msgspec.structs.replace(found, negated=True, bare=bare)


def _asked(said: Json) -> Clause | None:
    if isinstance(operand(said), Field):
        return Clause("true", operand(said))
    if not isinstance(said, dict) or len(said) != 1:
        return None
    ((name, given),) = said.items()
    match name, given:
        case "<=", [low, middle, high] if not isinstance(operand(middle), Value | Given):
            return Clause("between", operand(middle), (operand(low), operand(high)))
        case str(op), [left, right] if op in _COMPARED or op in _WORDS:
            return (
                None
                if isinstance(operand(left), Value | Given)
                else Clause(op, operand(left), (operand(right),))
            )
        case "in", [left, right]:
            if isinstance(operand(right), Field):
                return Clause("has", operand(right), (operand(left),))
            return (
                Clause("in", operand(left), (operand(right),)) if isinstance(operand(left), Field) else None
            )
        case "exists", list(keys) if keys and all(_is_key(k) for k in keys):
            return Clause("exists", Field(".".join(map(str, keys)), keys))
        case "exists", str(key) if key and "." not in key:
            return Clause("exists", Field(key, key))
        case str(op), [one] if op in _CHECKED and isinstance(operand(one), Field):
            return Clause(op, operand(one))
        case str(op), dict(one) if op in _CHECKED and isinstance(operand(one), Field):
            return Clause(op, operand(one), single=True)
        case str(op), [] if op in _MOMENTS:
            return Clause(op)
        case "!!", [one] if isinstance(operand(one), Field):
            return Clause("filled", operand(one))
        case "!!", dict(one) if isinstance(operand(one), Field):
            return Clause("filled", operand(one), single=True)
    return None


def _is_key(key: Any) -> bool:
    return isinstance(key, str) and key != "" and "." not in key


# -- writing a rule ---------------------------------------------------------------------------------------------


def _clause(row: Clause) -> Json:
    right = [source(part) for part in row.right]
    if row.op in _MOMENTS:
        return {row.op: []}
    assert row.left is not None
    left = source(row.left)
    match row.op:
        case "true":
            return left
        case "exists":
            return {"exists": left}
        case "filled":
            return {"!!": left if row.single else [left]}
        case "between":
            return {"<=": [right[0], left, right[1]]}
        case "has":
            return {"in": [right[0], left]}
        case op if op in _CHECKED:
            return {op: left if row.single else [left]}
    return {row.op: [left, *right]}


def written(value: Json) -> str:
    """JSON to the letter: 1 and 1.0 are not the same here."""
    return json.dumps(value, ensure_ascii=False)


def too_large(said: Any) -> bool:
    """Beyond the limits of a rule, or no JSON. Looked at without recursion."""
    stack: list[tuple[Any, int]] = [(said, 0)]
    seen = 0
    while stack:
        value, depth = stack.pop()
        seen += 1
        if depth > limits.DEPTH or seen > limits.NODES * 2:
            return True
        match value:
            case dict():
                if not all(isinstance(k, str) for k in value):
                    return True
                stack.extend((v, depth + 1) for v in value.values())
            case list():
                stack.extend((v, depth + 1) for v in value)
            case None | bool() | int() | float() | str():
                pass
            case _:
                return True
    return False


# -- moving about in rows ---------------------------------------------------------------------------------------


def at(row: Row, place: Place) -> Row:
    """The row at a place. Raises IndexError where there is none."""
    for n in place:
        if not isinstance(row, Group):
            raise IndexError(place)
        row = row.members[n]
    return row


def put(row: Row, place: Place, new: Row) -> Row:
    """The rows with another one at a place."""
    if not place:
        return new
    members = _members(row, place)
    return _with(
        row, (*members[: place[0]], put(members[place[0]], place[1:], new), *members[place[0] + 1 :])
    )


def insert(row: Row, place: Place, new: Row) -> Row:
    """The rows with one more, before what stands at the place now."""
    *above, n = place
    group = at(row, tuple(above))
    members = _members(group, (n,), more=True)
    return put(row, tuple(above), _with(group, (*members[:n], new, *members[n:])))


def remove(row: Row, place: Place) -> Row:
    """The rows without that one. The root leaves an empty group."""
    if not place:
        return Group("all")
    *above, n = place
    group = at(row, tuple(above))
    members = _members(group, (n,))
    return put(row, tuple(above), _with(group, (*members[:n], *members[n + 1 :])))


def _members(row: Row, place: Place, *, more: bool = False) -> tuple[Row, ...]:
    if not isinstance(row, Group) or not 0 <= place[0] < len(row.members) + more:
        raise IndexError(place)
    return row.members


def _with(row: Row, members: tuple[Row, ...]) -> Group:
    assert isinstance(row, Group)
    return msgspec.structs.replace(row, members=members)


def pointer_of(row: Row, place: Place) -> str:
    """The JSON pointer of a row in the rule: where `check` and `explain` speak of it."""
    path = ""
    for n in place:
        assert isinstance(row, Group)
        path += _inside(row) + pointer(n) if not (row.alone and len(row.members) == 1) else _hull(row)
        row = row.members[n]
    return path


def _inside(row: Group) -> str:
    if row.kind == "none":
        return _hull(row) + pointer("or")
    return pointer("and" if row.kind == "all" else "or")


def _hull(row: Group) -> str:
    return pointer("!") if row.bare else pointer("!", 0)


def places(row: Row, start: Place = ()) -> Sequence[tuple[Place, Row]]:
    """Every row with its place, groups before their members."""
    found = [(start, row)]
    if isinstance(row, Group):
        for n, member in enumerate(row.members):
            found.extend(places(member, (*start, n)))
    return found
