"""Canned replies as a list: to put one into the answer, to write, change and delete them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from builder_ui.elements.chooser import Choice
from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import empty
from engine.core.errors import TramaError
from engine.services import canned
from engine.services.views import CannedRow

if TYPE_CHECKING:
    from builder_ui.inbox.inbox import Inbox

NEW, ALL = 0, -1


class Replies:
    def __init__(self, desk: Inbox) -> None:
        self.desk = desk

    async def open(self) -> None:
        """Choose one for the answer, or go on to the list of all."""
        desk, t = self.desk, self.desk.t
        rows = await canned.search(desk.rt, desk.tenant, desk.person, "", limit=50)
        choices = [Choice(r.id, "bolt", f"/{r.shortcut}", (r.title or r.text)[:80]) for r in rows]
        if desk.who.may("canned:write"):
            choices.append(Choice(NEW, "add", t("ib.canned_new"), t("ib.canned_new_more")))
            choices.append(Choice(ALL, "edit", t("ib.canned_all")))
        desk.acts.choose(t("ib.canned"), choices, self._picked)

    async def _picked(self, ident: int) -> None:
        desk = self.desk
        if ident == NEW:
            self.write(None)
        elif ident == ALL:
            await self.listed()
        elif desk.row is not None:
            try:
                text = await canned.use(desk.rt, desk.who, ident, desk.row.id)
            except TramaError as fault:
                desk.refuse(fault.code)
                return
            desk.js("insert", desk.row.id, text)

    async def listed(self) -> None:
        """Everyone's and the person's own, each with what can be done to it."""
        desk, t = self.desk, self.desk.t
        rows = await canned.canned(desk.rt, desk.tenant, desk.person)
        with desk.root, named_dialog(t("ib.canned_all")) as dialog, node("div", "card ib-dialog"):
            word("h2", t("ib.canned_all"))
            if not rows:
                empty("bolt", t("ib.canned_none"), t("ib.canned_new_more"))
            for row in sorted(rows, key=lambda r: r.shortcut):
                with node("div", "ib-canned-row"):
                    with node("div", "ib-canned-words"):
                        word("span", f"/{row.shortcut}", "strong")
                        word("span", t("ib.canned_used", n=row.used), "quiet")
                        if row.person_id is not None:
                            word("span", t("ib.canned_own"), "quiet")
                        word("span", row.text, "ib-canned-text", dir="auto")
                    press(
                        "",
                        lambda r=row: self.write(r, instead_of=dialog),
                        "round",
                        icon="edit",
                        label=t("ib.edit"),
                    )
                    press(
                        "",
                        lambda r=row: self._delete(r, dialog),
                        "round",
                        icon="delete",
                        label=t("ib.delete"),
                    )
            with node("div", "ib-dialog-foot"):
                press(t("ib.shut"), dialog.close, "ghost")
                press(t("ib.canned_new"), lambda: self.write(None, instead_of=dialog), "primary", icon="add")
        dialog.on("hide", dialog.delete)
        dialog.open()

    def write(self, row: CannedRow | None, *, instead_of: ui.dialog | None = None) -> None:
        """A new one, or one to change."""
        if instead_of is not None:
            instead_of.close()
        desk, t = self.desk, self.desk.t
        title = t("ib.canned_new") if row is None else t("ib.edit")
        with desk.root, named_dialog(title) as dialog, node("div", "card ib-dialog"):
            word("h2", title)
            word("p", t("ib.canned_help"), "quiet")
            shortcut = ui.input(t("ib.canned_shortcut"), value=row.shortcut if row else "")
            shortcut.props("outlined dense maxlength=40 prefix=/")
            text = ui.textarea(t("ib.canned_text"), value=row.text if row else "")
            text.props("outlined dense autogrow maxlength=4096")
            shared = ui.checkbox(t("ib.canned_shared"), value=row is None or row.person_id is None)
            with node("div", "ib-dialog-foot"):
                press(t("ib.cancel"), dialog.close, "ghost")
                press(t("ib.save"), lambda: done(), "primary")

        async def done() -> None:
            try:
                await canned.save(
                    desk.rt,
                    desk.who,
                    shortcut.value or "",
                    text.value or "",
                    title=row.title if row else "",
                    shared=bool(shared.value),
                    ident=row.id if row else None,
                )
            except TramaError as fault:
                desk.refuse(fault.code)
                return
            dialog.close()
            await desk.offers()

        dialog.on("hide", dialog.delete)
        dialog.open()

    async def _delete(self, row: CannedRow, dialog: ui.dialog) -> None:
        """At once, with a way back."""
        desk, t = self.desk, self.desk.t
        dialog.close()
        try:
            await canned.delete(desk.rt, desk.who, row.id)
        except TramaError as fault:
            desk.refuse(fault.code)
            return

        async def undo() -> None:
            shared = row.person_id is None
            try:
                await canned.save(desk.rt, desk.who, row.shortcut, row.text, title=row.title, shared=shared)
            except TramaError as fault:
                desk.refuse(fault.code)
            await desk.offers()

        desk.toasts.show(t("ib.done.canned_deleted", name=row.shortcut), undo)
        await desk.offers()
