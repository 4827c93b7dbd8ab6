"""The picker of approved templates, with the values to fill in and what the customer will read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import chip, empty
from builder_ui.inbox.words import words
from engine.core.errors import TramaError
from engine.services import templates
from engine.services.templates import filled, places
from engine.services.views import InboxRow, TemplateRow

if TYPE_CHECKING:
    from builder_ui.inbox.inbox import Inbox


class Templates:
    def __init__(self, desk: Inbox) -> None:
        self.desk = desk

    async def open(self, row: InboxRow) -> None:
        desk, t = self.desk, self.desk.t
        known = await templates.templates(desk.rt, desk.tenant, channel=row.channel_id)
        with (
            desk.root,
            named_dialog(t("ib.templates")) as self._dialog,
            node("div", "card ib-dialog ib-templates"),
        ):
            word("h2", t("ib.templates"))
            with node("div", "ib-templates-body") as self._place:
                self._list(row, known)
            with node("div", "ib-dialog-foot"):
                press(t("ib.cancel"), self._dialog.close, "ghost")
                self._send = press(t("ib.send"), self._sent, "primary", icon="send")
                self._send.set_visibility(False)
        self._dialog.on("hide", self._dialog.delete)
        self._dialog.open()

    def _list(self, row: InboxRow, known: list[TemplateRow]) -> None:
        t = self.desk.t
        if not known:
            empty("verified", t("ib.templates_none"), t("ib.templates_none_more"))
        with node("div", "ib-targets", role="group", aria_label=t("ib.templates")):
            for one in known:
                with press("", lambda o=one: self._fill(row, o), "ghost ib-target ib-template-row"):
                    word("span", one.name, "strong")
                    word("span", one.language, "quiet")
                    chip(t(f"ib.category.{one.category}"))
                    word("span", one.body[:140], "quiet ib-template-text")

    async def _fill(self, row: InboxRow, one: TemplateRow) -> None:
        desk, t = self.desk, self.desk.t
        try:
            values = await templates.suggested(desk.rt, desk.who, one.id, row.id)
        except TramaError as fault:
            desk.refuse(fault.code)
            return
        self._row, self._one, self._values = row, one, values
        self._place.clear()
        with self._place:
            word("h3", one.name)
            for n in range(sum(places(one))):
                raw = one.parameters[n] if n < len(one.parameters) else ""
                label = raw if raw and "{{" not in raw else t("ib.place", n=n + 1)
                field = ui.input(label, value=values[n]).props("outlined dense maxlength=1000")
                field.on_value_change(lambda e, at=n: self._typed(at, str(e.value or "")))
            word("div", t("ib.preview"), "quiet")
            self._preview = node("div", "ib-bubble ib-preview from-person")
        self._send.set_visibility(True)
        self._show()

    def _typed(self, at: int, value: str) -> None:
        self._values[at] = value
        self._show()

    def _show(self) -> None:
        shown = filled(self._one, self._values)
        self._preview.clear()
        with self._preview:
            if shown.header:
                word("div", shown.header, "ib-head", dir="auto")
            words(shown.body, self.desk.t)
            if shown.footer:
                word("div", shown.footer, "quiet", dir="auto")
            if shown.buttons:
                with node("ul", "ib-choices"):
                    for title in shown.buttons:
                        word("li", title)
        if shown.missing:
            self._send.props["disabled"] = True
        else:
            self._send.props.pop("disabled", None)
        self._send.update()

    async def _sent(self) -> None:
        desk = self.desk
        try:
            await templates.send(
                desk.rt, desk.tenant, self._row.id, self._one.id, self._values, person=desk.person
            )
        except TramaError as fault:
            desk.refuse(fault.code)
            return
        self._dialog.close()
        await desk.reread()
