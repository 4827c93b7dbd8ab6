"""JSON as JSON: for values of any make, and for the whole node on its own tab."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import UNSET

from builder_ui.elements.native import node, press, word
from builder_ui.form.code import json_field
from builder_ui.form.elements import Writer
from builder_ui.form.field import Frame, described, framed, help_of
from builder_ui.form.jsontext import escape, understood, written
from builder_ui.form.shape import Spec
from builder_ui.form.sheet import Sheet
from builder_ui.form.text import follow
from engine.core.errors import TramaError
from engine.nodes import open_node


def anything(sheet: Sheet, spec: Spec, path: str) -> None:
    """A value of any make: JSON, or a text that is left in quotes' stead."""
    help_text = help_of(sheet.t, spec.owner, spec.name)
    with framed(sheet, spec, path, group=False) as made:

        def shown() -> str:
            found = sheet.read(path)
            return "" if found in (UNSET, None) else written(found)

        made.hold(
            Writer(
                shown(),
                _reading(made, path),
                inputId=made.ids,
                multiline=True,
                mono=True,
                templated=True,
                disabled=not sheet.desk.editable,
                described=described(made, help_text),
            )
        )
        follow(made, shown)


def _reading(made: Frame, path: str) -> Callable[[Any], Awaitable[None]]:
    async def told(text: Any) -> None:
        if not str(text).strip():
            made.settle(await made.sheet.write(path, UNSET))
            return
        value, wrong = understood(str(text))
        if wrong:
            made.fault = lambda: _broken(wrong)
            made.complain()
            return
        made.fault = None
        made.settle(await made.sheet.write(path, value))

    return told


def _broken(where: str) -> Any:
    from builder_ui.form.faults import Fault

    return Fault("json", {"where": where})


class NodeJson:
    """The tab with the node's whole JSON; edits are checked and go as one step."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.text = ""
        with node("div", "tf-json"):
            self._editor()

    def _editor(self) -> None:
        t = self.sheet.t
        self.text = written(self.sheet.raw)
        self.field = json_field(self.text)
        if not self.sheet.desk.editable:
            self.field.disable()
            return
        with node("div", "tf-row"):
            press(t("form.json.apply"), self._apply, "primary")
            press(t("form.json.back"), self._back, "ghost")
        self.wrong = word("div", "", "tf-wrong is-error", role="alert")
        self.wrong.visible = False
        self.sheet.watch(self._follow)

    def _follow(self) -> None:
        now = written(self.sheet.raw)
        if self.field.value == self.text != now:
            self.text = now
            self.field.value = now

    def _back(self) -> None:
        self.text = written(self.sheet.raw)
        self.field.value = self.text
        self.wrong.visible = False

    def _complain(self, text: str) -> None:
        self.wrong.text = text
        self.wrong.visible = bool(text)

    async def _apply(self) -> None:
        t = self.sheet.t
        value, wrong = understood(str(self.field.value))
        if wrong:
            self._complain(t("form.fault.json", where=wrong))
            return
        old = self.sheet.raw
        if not isinstance(value, dict) or old is None:
            self._complain(t("form.json.object"))
            return
        if value.get("id") != old.get("id") or value.get("type") != old.get("type"):
            self._complain(t("form.json.same"))
            return
        changes: list[tuple[str, Any]] = [
            (f"/{escape(k)}", v) for k, v in value.items() if k not in ("id", "type")
        ]
        changes += [(f"/{escape(k)}", UNSET) for k in old if k not in value]
        try:
            open_node(value)
            self._complain("")
        except TramaError as fault:
            # the draft keeps what is not valid yet, and says so
            self._complain(f"{fault.path}: {fault.detail}")
        if await self.sheet.write_all(changes, words=t("form.did.json")):
            self.text = written(self.sheet.raw)
