"""The value of a clause: an input that fits the field's type, another field, or a date counted from today."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from builder_ui.elements.native import node, word
from builder_ui.form.elements import Entry, Pick, Writer
from builder_ui.rules.operators import SEVERAL, WORDED, start
from builder_ui.texts import Texts
from engine.core.logic.editing import Field, Given, Operand, Relative, Value, field, relative, written

Changed = Callable[[Operand, bool], Awaitable[None]]
"""The new operand, and whether another input must be drawn for it."""
UNITS = ("minutes", "hours", "days", "weeks", "months", "years")
_ENTRIES = {"number": "number", "money": "money", "date": "date", "time": "time", "cpf": "cpf"}


def operand(
    t: Texts,
    part: Operand,
    kind: str,
    op: str,
    changed: Changed,
    *,
    label: str,
    disabled: bool,
    calculate: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Draws the input of an operand, and beside it the choice of where it comes from."""
    with node("div", "rl-value"):
        match part:
            case Field(path=path):
                _field(path, changed, label, disabled)
            case Relative():
                _relative(t, part, changed, disabled)
            case Given(source=source):
                word("code", written(source), "rl-given", title=written(source))
            case Value(value=value):
                _plain(t, value, kind, op, changed, label, disabled)
        if not disabled:
            _source(t, part, kind, op, changed, calculate)


def _source(
    t: Texts,
    part: Operand,
    kind: str,
    op: str,
    changed: Changed,
    calculate: Callable[[], Awaitable[None]] | None,
) -> None:
    now = "field" if isinstance(part, Field) else "relative" if isinstance(part, Relative) else "value"
    offered = ["value", "field"]
    if kind in ("date", "datetime", "any") and op not in SEVERAL | WORDED:
        offered.append("relative")
    if calculate is not None:
        offered.append("sum")

    async def turned(wanted: Any) -> None:
        match wanted:
            case "field":
                await changed(field("contact.name"), True)
            case "sum" if calculate is not None:
                await calculate()
            case "relative":
                await changed(relative("today", 0, "days"), True)
            case "value":
                base = (
                    Value([]) if op in SEVERAL else Value("") if kind in ("date", "datetime") else start(kind)
                )
                await changed(base, True)

    Entry(
        "select", now, turned, label=t("rules.source"),
        options=[{"value": k, "label": t(f"rules.source.{k}")} for k in offered],
    ).classes("rl-source")  # fmt: skip


def _field(path: str, changed: Changed, label: str, disabled: bool) -> None:
    async def told(value: Any) -> None:
        await changed(field(str(value)), False)

    Pick(path, told, source="rule_hints", free=True, label=label, disabled=disabled)


def _relative(t: Texts, part: Relative, changed: Changed, disabled: bool) -> None:
    amount_now, unit_now, way_now = abs(part.amount), part.unit, -1 if part.amount < 0 else 1

    async def tell() -> None:
        await changed(relative(part.base, amount_now * way_now, unit_now), False)

    async def amount(value: Any) -> None:
        nonlocal amount_now
        amount_now = value if isinstance(value, int) else 0
        await tell()

    async def unit(value: Any) -> None:
        nonlocal unit_now
        unit_now = str(value)
        await tell()

    async def way(value: Any) -> None:
        nonlocal way_now
        way_now = -1 if value == -1 else 1
        await tell()

    base = t(f"rules.{part.base}")
    word("span", base, "rl-word")
    Entry(
        "select", way_now, way, label=t("rules.way"), disabled=disabled,
        options=[{"value": 1, "label": t("rules.plus")}, {"value": -1, "label": t("rules.minus")}],
    )  # fmt: skip
    Entry("number", amount_now, amount, label=t("rules.amount"), disabled=disabled)
    Entry(
        "select", part.unit, unit, label=t("rules.unit"), disabled=disabled,
        options=[{"value": u, "label": t(f"rules.unit.{u}")} for u in UNITS],
    )  # fmt: skip


def _plain(t: Texts, value: Any, kind: str, op: str, changed: Changed, label: str, disabled: bool) -> None:
    if isinstance(value, list) or op in SEVERAL:

        async def several(found: Any) -> None:
            given = [_typed(item, value) if isinstance(item, str) else item for item in found]
            await changed(Value(given), False)

        Pick(
            value if isinstance(value, list) else [value], several, many=True, free=True, source="nothing",
            label=label, placeholder=t("rules.words"), disabled=disabled,
        )  # fmt: skip
        return
    if isinstance(value, bool) or kind == "boolean":

        async def chosen(found: Any) -> None:
            await changed(Value(bool(found)), False)

        Entry(
            "select", bool(value), chosen, label=label, disabled=disabled,
            options=[{"value": True, "label": t("rules.yes")}, {"value": False, "label": t("rules.no")}],
        )  # fmt: skip
        return
    entry = _ENTRIES.get(kind) if op not in WORDED else None
    if entry is None and isinstance(value, int | float):
        entry = "number"
    if entry is not None and (
        isinstance(value, int | float) or value == "" or kind not in ("number", "money")
    ):

        async def put(found: Any) -> None:
            await changed(Value(found if found is not None else ""), False)

        Entry(entry, value, put, label=label, disabled=disabled)
        return

    async def wrote(found: Any) -> None:
        text = str(found)
        number = kind == "any" and op in (">", ">=", "<", "<=", "between") and _number(text) is not None
        await changed(Value(_number(text) if number else text), False)

    shown = value if isinstance(value, str) else "" if value is None else written(value)
    Writer(shown, wrote, label=label, placeholder=t("rules.value"), disabled=disabled)


def _typed(item: str, before: Any) -> Any:
    """A word added to a list of numbers is a number where it reads as one."""
    numbers = isinstance(before, list) and any(isinstance(b, int | float) for b in before)
    found = _number(item)
    return found if numbers and found is not None else item


def _number(text: str) -> int | float | None:
    plain = text.strip().replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return int(value) if value.is_integer() and "." not in plain else value
