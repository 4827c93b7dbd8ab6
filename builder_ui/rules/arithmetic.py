"""A value made from others: sums of fields and values, inside one another; what is more than that is JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from builder_ui.elements.native import node, press, word
from builder_ui.form.elements import Entry
from builder_ui.rules.value import operand
from builder_ui.texts import Texts
from engine.core.logic.editing import Field, Given, Operand, Relative, Value, written
from engine.core.logic.formulas import SEVERAL, SINGLE, Part, Term, formula, terms

Path = tuple[int, ...]
_TEXTS = frozenset({"cat", "??", "lower", "upper", "trim", "length"})
_LIKE = frozenset({"+", "-", "max", "min", "??"})
"""Operations whose terms are all of one kind: beside money stands money."""


class Arithmetic:
    """`changed` gets each new rule; `kinds` are the types of the fields by path."""

    def __init__(
        self,
        t: Texts,
        rule: Any,
        kinds: dict[str, str],
        changed: Callable[[Any], Awaitable[None]],
        *,
        disabled: bool,
    ) -> None:
        self.t, self.kinds, self.changed, self.disabled = t, kinds, changed, disabled
        self.tree: Part = terms(rule)

    def draw(self) -> None:
        self.box = node("div", "rl-sum")
        self._fill()

    def _fill(self) -> None:
        self.box.clear()
        with self.box:
            self._part(self.tree, (), "any", "")

    def _part(self, part: Part, path: Path, kind: str, op: str) -> None:
        if isinstance(part, Term):
            self._term(part, path)
        elif isinstance(part, Given) and path == ():
            word("p", self.t("rules.only_json"), "tf-notice")
            word("code", written(part.source), "rl-given")
        else:
            self._leaf(part, path, kind, op)

    def _leaf(self, part: Operand, path: Path, kind: str, op: str) -> None:
        async def told(found: Operand, redraw: bool) -> None:
            await self._put(path, self._numbered(found, op), redraw=redraw)

        async def calculate() -> None:
            now = self._at(path)
            await self._put(path, Term("+", (now, Value(0))), redraw=True)

        shown = "text" if op in _TEXTS and isinstance(part, Value) else kind
        operand(
            self.t,
            part,
            shown,
            "",
            told,
            label=self.t("rules.value"),
            disabled=self.disabled,
            calculate=calculate,
        )

    def _numbered(self, part: Operand, op: str) -> Operand:
        """What reads as a number is one, where numbers are wanted."""
        if isinstance(part, Value) and isinstance(part.value, str) and op and op not in _TEXTS:
            plain = part.value.strip().replace(",", ".")
            if plain.lstrip("-").replace(".", "", 1).isdigit():
                return Value(float(plain) if "." in plain else int(plain))
        return part

    def _term(self, term: Term, path: Path) -> None:
        t = self.t
        with node("div", "rl-group is-sum", role="group", aria_label=t(f"rules.sum.{term.op}")):

            async def turned(op: Any) -> None:
                await self._put(path, self._turned(term, str(op)), redraw=True)

            with node("div", "rl-group-head"):
                Entry(
                    "select", term.op, turned, label=t("rules.operation"), disabled=self.disabled,
                    options=[
                        {"value": o, "label": t(f"rules.sum.{o}" if o else "rules.sum.one")}
                        for o in ("", *SEVERAL, *SINGLE)
                    ],
                )  # fmt: skip
            kind = self._kind(term)
            for n, part in enumerate(term.parts):
                with node("div", "rl-clause"):
                    self._part(part, (*path, n), kind, term.op)
                    if len(term.parts) > 1 and not self.disabled:
                        press("", self._dropper(path, n), "tf-hand", icon="close", label=t("rules.remove"))
            if term.op in SEVERAL and not self.disabled:
                press(t("rules.add_value"), self._adder(path), "tf-add", icon="add")

    def _kind(self, term: Term) -> str:
        """Money beside money, else whatever it is."""
        if term.op not in _LIKE:
            return "any"
        known = {self._type(part) for part in term.parts}
        return "money" if "money" in known else "any"

    def _type(self, part: Part) -> str:
        if isinstance(part, Field):
            return self.kinds.get(part.path, "any")
        if isinstance(part, Term):
            return self._kind(part)
        return "date" if isinstance(part, Relative) else ""

    def _turned(self, term: Term, op: str) -> Part:
        if not op:
            return term.parts[0] if term.parts else Value(0)
        parts = term.parts[:1] if op in SINGLE else term.parts
        return Term(op, parts or (Value(0),))

    def _dropper(self, path: Path, n: int) -> Callable[[], Awaitable[None]]:
        async def dropped() -> None:
            now = self._at(path)
            if isinstance(now, Term):
                left = (*now.parts[:n], *now.parts[n + 1 :])
                await self._put(path, msgspec.structs.replace(now, parts=left), redraw=True)

        return dropped

    def _adder(self, path: Path) -> Callable[[], Awaitable[None]]:
        async def add() -> None:
            now = self._at(path)
            if isinstance(now, Term):
                new = Value("" if now.op in _TEXTS else 0)
                more = msgspec.structs.replace(now, parts=(*now.parts, new), single=False)
                await self._put(path, more, redraw=True)

        return add

    def _at(self, path: Path) -> Part:
        part = self.tree
        for n in path:
            assert isinstance(part, Term)
            part = part.parts[n]
        return part

    async def _put(self, path: Path, new: Part, *, redraw: bool) -> None:
        self.tree = _replaced(self.tree, path, new)
        if redraw:
            self._fill()
        await self.changed(formula(self.tree))


def _replaced(part: Part, path: Path, new: Part) -> Part:
    if not path:
        return new
    assert isinstance(part, Term)
    n = path[0]
    inner = _replaced(part.parts[n], path[1:], new)
    return msgspec.structs.replace(part, parts=(*part.parts[:n], inner, *part.parts[n + 1 :]))
