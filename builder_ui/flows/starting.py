"""A new flow from nothing: a name, and it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from builder_ui.elements.native import named_dialog, node, press, word
from engine.core.errors import TramaError
from engine.services import flow_list

if TYPE_CHECKING:
    from builder_ui.flows.page import Listing

KINDS = ("chatbot", "triage", "collection", "campaign", "subflow")


class Starting:
    def __init__(self, listing: Listing) -> None:
        self._listing, t = listing, listing.t
        with named_dialog(t("flows.new-title")) as self._dialog, node("div", "card dialog"):
            word("h2", t("flows.new-title"))
            self._name = ui.input(t("flows.name")).props("dense outlined autofocus maxlength=120")
            self._name.on("keydown.enter", self._make, args=[])
            with node("div", "kinds", role="radiogroup", aria_label=t("flows.kind")):
                self._kind = ui.radio(
                    {k: f"{t(f'flowkind.{k}')}: {t(f'flowkind-more.{k}')}" for k in KINDS}, value="chatbot"
                )
            self._keywords = ui.input(t("flows.keywords")).props("dense outlined maxlength=300")
            self._keywords.props["hint"] = t("flows.keywords-more")
            self._kind.on_value_change(lambda e: self._keywords.set_visibility(e.value != "subflow"))
            with node("div", "dialog-deeds"):
                press(t("flows.from-template"), self._template, "ghost", icon="grid_view")
                node("div", "grow")
                press(t("flows.cancel"), self._dialog.close, "ghost")
                press(t("flows.make"), self._make, "primary")

    def open(self) -> None:
        self._name.set_value("")
        self._keywords.set_value("")
        self._dialog.open()

    def _template(self) -> None:
        self._dialog.close()
        self._listing.gallery.open()

    async def _make(self) -> None:
        listing = self._listing
        name = (self._name.value or "").strip() or listing.t("flows.untitled")
        who = listing.principal
        kind = self._kind.value
        keywords = [] if kind == "subflow" else (self._keywords.value or "").split(",")
        try:
            made = await flow_list.start(
                listing.rt, who.tenant, name, kind, listing.t.language, keywords=keywords, person=who.person
            )
        except TramaError as fault:
            ui.notify(listing.t.known("refused", fault.code), caption=fault.detail, type="warning")
            return
        ui.navigate.to(f"/flows/{made.row.id}")
