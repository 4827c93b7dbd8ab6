"""A value made from others: a sum, a difference, the largest, texts joined. What is more than that is JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from builder_ui.elements.native import node, press, word
from builder_ui.form.elements import Entry
from builder_ui.rules.value import operand
from builder_ui.texts import Texts
from engine.core.logic.editing import Given, Operand, Value, source
from engine.core.logic.editing import operand as read

OPERATIONS = ("+", "-", "*", "/", "max", "min", "cat", "count", "??")


class Arithmetic:
    """One operation over operands. `changed` gets the new rule."""

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
        self.op, self.parts = _parts(rule)

    def draw(self) -> None:
        self.box = node("div", "rl-sum")
        self._fill()

    def _fill(self) -> None:
        t = self.t
        self.box.clear()
        with self.box:
            if not self.op and len(self.parts) == 1 and isinstance(self.parts[0], Given):
                word("p", t("rules.only_json"), "tf-notice")
                return

            async def turned(op: Any) -> None:
                self.op = str(op)
                self._fill()
                await self._tell()

            Entry(
                "select", self.op, turned, label=t("rules.operation"), disabled=self.disabled,
                options=[
                    {"value": o, "label": t(f"rules.sum.{o}" if o else "rules.sum.one")} for o in ("", *OPERATIONS)
                ],
            )  # fmt: skip
            for n, part in enumerate(self.parts if self.op else self.parts[:1]):
                with node("div", "rl-clause"):
                    operand(
                        t,
                        part,
                        self._kind(part),
                        "",
                        self._valued(n),
                        label=t("rules.value"),
                        disabled=self.disabled,
                    )
                    if self.op and len(self.parts) > 1 and not self.disabled:
                        press("", self._dropper(n), "tf-hand", icon="close", label=t("rules.remove"))
            if self.op and not self.disabled:
                press(t("rules.add_value"), self._add, "tf-add", icon="add")

    def _kind(self, part: Operand) -> str:
        return "text" if isinstance(part, Value) and isinstance(part.value, str) and part.value else "any"

    def _valued(self, n: int) -> Callable[[Operand, bool], Awaitable[None]]:
        async def told(part: Operand, redraw: bool) -> None:
            if isinstance(part, Value) and isinstance(part.value, str) and self.op not in ("cat", "??", ""):
                plain = part.value.replace(",", ".")
                if plain.replace(".", "", 1).lstrip("-").isdigit():
                    part = Value(float(plain) if "." in plain else int(plain))
            self.parts[n] = part
            if redraw:
                self._fill()
            await self._tell()

        return told

    def _dropper(self, n: int) -> Callable[[], Awaitable[None]]:
        async def dropped() -> None:
            del self.parts[n]
            self._fill()
            await self._tell()

        return dropped

    async def _add(self) -> None:
        self.parts.append(Value("" if self.op in ("cat", "??") else 0))
        self._fill()
        await self._tell()

    async def _tell(self) -> None:
        made = [source(p) for p in self.parts]
        await self.changed({self.op: made[:1] if self.op == "count" else made} if self.op else made[0])


def _parts(rule: Any) -> tuple[str, list[Operand]]:
    if isinstance(rule, dict) and len(rule) == 1:
        ((name, given),) = rule.items()
        if name in OPERATIONS and isinstance(given, list):
            return name, [read(part) for part in given]
    return "", [read(rule)]
