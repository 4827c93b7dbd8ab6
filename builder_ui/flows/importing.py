"""Bringing a flow in: a file or pasted JSON, a report of what it holds, then a copy or in place of what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import events, ui

from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import chip, pairs
from engine.core.edit.bounds import LARGEST
from engine.core.errors import TramaError
from engine.services import exchange, flow_list
from engine.services.exchange import Report

if TYPE_CHECKING:
    from builder_ui.flows.page import Listing


class Importing:
    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._report: Report | None = None
        self._text = b""
        t = listing.t
        with named_dialog(t("import.title")) as self._dialog, node("div", "card dialog import"):
            word("h2", t("import.title"))
            self._upload = ui.upload(
                label=t("import.file"), auto_upload=True, max_file_size=LARGEST, on_upload=self._uploaded,
                on_rejected=lambda: self._refuse(t("import.too-large")),
            ).props('accept=".json,application/json"').classes("gone")  # fmt: skip
            pick = press(t("import.file"), None, "ghost", icon="upload_file")
            # a browser opens its window of files for the hand itself, not for what a server says a moment later
            pick.on("click", js_handler=f"() => getElement({self._upload.id}).$refs.qRef.pickFiles()")
            word("p", t("import.paste"), "dialog-label", aria_hidden="true")
            self._paste = ui.textarea().props("outlined dense rows=5 spellcheck=false")
            self._paste.props["aria-label"] = t("import.paste")
            self._result = node("div", "import-report", role="status")
            with node("div", "dialog-deeds"):
                press(t("import.look"), self._pasted, "ghost", icon="fact_check")
                node("div", "grow")
                press(t("flows.cancel"), self._dialog.close, "ghost")
                self._over = press(t("import.over"), self._bring_over, "ghost")
                self._copy = press(t("import.copy"), self._bring_copy, "primary")
        self._offer(None)

    def open(self) -> None:
        self._upload.reset()
        self._paste.set_value("")
        self._result.clear()
        self._offer(None)
        self._dialog.open()

    async def _uploaded(self, event: events.UploadEventArguments) -> None:
        await self._look(await event.file.read())

    async def _pasted(self) -> None:
        await self._look((self._paste.value or "").encode())

    async def _look(self, text: bytes) -> None:
        listing = self._listing
        self._text = text
        try:
            report = await exchange.examine(listing.rt, listing.principal.tenant, text)
        except TramaError as fault:
            self._refuse(listing.t.known("refused", fault.code), f"{fault.path} {fault.detail}".strip())
            return
        self._show(report)

    def _refuse(self, title: str, more: str = "") -> None:
        self._offer(None)
        self._result.clear()
        with self._result, node("div", "alert"):
            word("div", title, "strong")
            if more:
                word("div", more[:400], "mono")

    def _offer(self, report: Report | None) -> None:
        self._report = report
        self._copy.set_visibility(report is not None)
        self._over.set_visibility(report is not None and report.exists)

    def _show(self, report: Report) -> None:
        t, d = self._listing.t, report.document
        self._offer(report)
        self._result.clear()
        with self._result:
            with node("div", "card-head"):
                word("span", d.name, "strong")
                chip(t.known("flowkind", d.kind))
                if report.exists:
                    chip(t("import.exists"), "warn")
            pairs(
                [
                    (t("import.id"), d.id),
                    (t("import.steps"), str(report.steps)),
                    (t("import.tests"), str(len(d.tests))),
                    (t("import.errors"), str(report.errors)),
                    (t("import.warnings"), str(report.warnings)),
                ]
            )
            if report.unknown:
                word("p", t("import.unknown", kinds=", ".join(report.unknown)[:300]), "quiet")
            for problem in report.unreadable[:8]:
                word("div", f"{problem.node} {problem.path}: {problem.detail}"[:200], "mono")
            if len(report.unreadable) > 8:
                word("p", t("import.more", n=len(report.unreadable) - 8), "quiet")

    async def _bring_copy(self) -> None:
        listing, report = self._listing, self._report
        if report is None:
            return
        who = listing.principal
        name = (
            listing.t("flows.copy-of", name=report.document.name) if report.exists else report.document.name
        )
        try:
            made = await flow_list.copy(listing.rt, who.tenant, report.document, name, person=who.person)
        except TramaError as fault:
            self._refuse(listing.t.known("refused", fault.code), fault.detail)
            return
        ui.navigate.to(f"/flows/{made.row.id}")

    async def _bring_over(self) -> None:
        listing, report = self._listing, self._report
        if report is None:
            return
        who = listing.principal
        try:
            made = await exchange.bring_in(listing.rt, who.tenant, self._text, over=True, person=who.person)
        except TramaError as fault:
            self._refuse(listing.t.known("refused", fault.code), fault.detail)
            return
        ui.navigate.to(f"/flows/{made.row.id}")
