"""The settings of one node as a form, made from the node type's schema.

    settings_form(desk, node_id)

draws into the current slot, and goes on by itself: edits go out through `desk.do`, what others change comes in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import UNSET
from nicegui import ui

from builder_ui.editor.desk import Desk
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import empty
from builder_ui.form import inputs
from builder_ui.form.elements import Writer
from builder_ui.form.field import complaint, frame
from builder_ui.form.flow import flow_settings
from builder_ui.form.jsontext import written
from builder_ui.form.preview import SPEAKING, Preview
from builder_ui.form.raw import NodeJson
from builder_ui.form.shape import WHEN, Spec, specs
from builder_ui.form.shared import Load, share
from builder_ui.form.sheet import Sheet, open_sheet
from builder_ui.form.text import as_text, follow
from builder_ui.form.words import words
from engine.core.edit.commands import RenameNode
from engine.nodes import registry
from engine.services import hints as hint_service


def settings_form(desk: Desk, node_id: str, *, load: Load = hint_service.directory) -> None:
    """The form of a node. `load` brings the company's names; it is called once, after the form is on the screen."""
    sheet = Sheet(desk, node_id)
    sheet.home = node("div", "tf-home")
    with sheet.home:
        share(sheet, load)
        form = _Form(sheet)
        sheet.root = sheet.part(form.draw, lambda: form.make_up(), "tf-form")
    open_sheet(sheet)


class _Form:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.tab = "settings"

    def make_up(self) -> object:
        raw = self.sheet.raw
        return (None if raw is None else str(raw.get("type")), self.tab, self.sheet.desk.editable)

    def draw(self) -> None:
        raw, t = self.sheet.raw, self.sheet.t
        if raw is None:
            empty("touch_app", t("form.gone"), t("form.gone_more"))
            return
        kind = str(raw.get("type"))
        self._head(kind)
        if kind not in registry():
            word("p", t("form.unknown", kind=kind), "tf-notice")
            word("pre", written(raw), "tf-raw")
            return
        self._tabs()
        if self.tab == "json":
            NodeJson(self.sheet)
            return
        self._fields(kind)

    def _head(self, kind: str) -> None:
        t = self.sheet.t
        cls = registry().get(kind)
        with node("header", "tf-head"):
            ui.icon(cls.palette.icon if cls is not None else "help").classes("tf-icon").props(
                "aria-hidden=true"
            )
            with node("div", "tf-head-words"):
                word("div", cls.palette.title[t.language] if cls is not None else kind, "tf-kind")
                word("div", cls.palette.summary[t.language] if cls is not None else "", "tf-help")
        if cls is None:
            return
        with frame(self.sheet, "/label", t("field.label"), help_text="") as made:

            async def named(value: Any) -> None:
                did = t("form.did.set", field=t("field.label"))
                made.settle(await self.sheet.write("/label", value or UNSET, words=did))

            made.hold(
                Writer(
                    as_text(self.sheet.read("/label")),
                    named,
                    inputId=made.ids,
                    placeholder=cls.palette.title[t.language],
                    disabled=not self.sheet.desk.editable,
                )
            )
            follow(made, lambda: as_text(self.sheet.read("/label")))

    def _tabs(self) -> None:
        t = self.sheet.t
        with node("div", "tf-tabs tf-main-tabs", role="group", aria_label=t("form.view")):
            for key in ("settings", "json"):
                on = key == self.tab
                press(
                    t(f"form.tab.{key}"), self._turner(key), "tf-tab on" if on else "tf-tab",
                    aria_pressed="true" if on else "false",
                )  # fmt: skip

    def _turner(self, key: str) -> Callable[[], None]:
        def turned() -> None:
            self.tab = key
            if self.sheet.root is not None:
                self.sheet.root.compare()

        return turned

    def _fields(self, kind: str) -> None:
        fields = specs(kind)
        first = [s for s in fields if not s.more]
        rest = [s for s in fields if s.more]
        t = self.sheet.t
        self._general()
        preview: list[Preview] = []

        def typing(path: str, text: str) -> None:
            if preview:
                preview[0].typed(path, text)

        with node("div", "tf-fields"):
            for spec in first:
                self._field(kind, spec, typing)
            if not fields:
                word("p", t("form.no_settings"), "tf-notice")
        if kind in SPEAKING:
            preview.append(Preview(self.sheet, kind))
        with node("details", "tf-more"):
            word("summary", t("form.more"))
            for spec in rest:
                self._field(kind, spec, typing)
            self._ident()

    def _field(self, kind: str, spec: Spec, typing: Callable[[str, str], None]) -> None:
        path = f"/{spec.name}"
        condition = WHEN.get(f"{kind}.{spec.name}")

        def draw() -> None:
            if spec.control == "words" and SPEAKING.get(kind) == path:
                words(self.sheet, spec, path, typing=typing)
            else:
                inputs.draw(self.sheet, spec, path)

        if condition is None:
            draw()
            return
        other, values = condition
        default = next((s.default for s in specs(kind) if s.name == other), None)

        def counts() -> bool:
            return self.sheet.get(f"/{other}", default) in values

        def drawn() -> None:
            # a value that does not count now is still shown, so that nobody wonders where it went
            if counts():
                draw()

        self.sheet.part(drawn, counts)

    def _general(self) -> None:
        """Problems of the node as a whole, which belong to no field."""

        def found() -> tuple[tuple[str, str], ...]:
            own = [p for p in self.sheet.desk.problems if p.node == self.sheet.ident and p.path in ("", "/")]
            return tuple(dict.fromkeys((p.severity, complaint(self.sheet, p)) for p in own))

        def draw() -> None:
            for severity, text in found():
                word("div", text, f"tf-wrong is-{severity}")

        part = self.sheet.part(draw, found, "tf-wrongs")
        self.sheet.watch_problems(part.compare)

    def _ident(self) -> None:
        t = self.sheet.t
        with frame(self.sheet, "/id", t("field.id"), help_text=t("form.help.id")) as made:

            async def named(value: Any) -> None:
                new = str(value).strip()
                if new and new != self.sheet.ident:
                    did = t("form.did.rename", name=new)
                    made.settle(await self.sheet.do([RenameNode(id=self.sheet.ident, to=new)], words=did))

            made.hold(
                Writer(
                    self.sheet.ident, named, inputId=made.ids, mono=True, disabled=not self.sheet.desk.editable,
                    described=f"{made.ids}-help",
                )
            )  # fmt: skip
            follow(made, lambda: self.sheet.ident)


__all__ = ["flow_settings", "settings_form"]
