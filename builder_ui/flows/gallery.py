"""The gallery of templates: each ready-made flow with its picture, what it is for, a conversation, and a test run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from nicegui import ui
from nicegui.element import Element

from builder_ui.elements.chooser import fold
from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import chip
from builder_ui.elements.text import formatted
from engine.core.errors import TramaError
from engine.services import flow_list, gallery
from engine.services.gallery import Template

if TYPE_CHECKING:
    from builder_ui.flows.page import Listing


class Gallery:
    """Drawn when it is opened first."""

    def __init__(self, listing: Listing) -> None:
        self._listing, self._cards = listing, list[tuple[Element, str]]()
        t = listing.t
        with named_dialog(t("gallery.title")) as self._dialog, node("div", "gallery"):
            self._dialog.props("maximized")
            with node("header", "page-head"):
                word("h2", t("gallery.title"))
                self._search = ui.input(placeholder=t("gallery.search")).props("dense outlined clearable")
                self._search.props["aria-label"] = t("gallery.search")
                self._search.on_value_change(self._sift)
                node("div", "grow")
                press("", self._dialog.close, "round", icon="close", label=t("flows.close"))
            self._grid = node("div", "gallery-grid")

    def open(self) -> None:
        if not self._cards:
            with self._grid:
                for template in gallery.templates():
                    self._card(template)
        self._dialog.open()

    def _sift(self) -> None:
        wanted = fold(self._search.value or "").split()
        for card, text in self._cards:
            card.set_visibility(all(w in text for w in wanted))

    def _card(self, template: Template) -> None:
        t = self._listing.t
        with node("article", "card template") as card:
            node(
                "img", "template-picture", src=f"/templates/{template.id}.svg", alt="", loading="lazy",
                width=320, height=150,
            )  # fmt: skip
            with node("div", "card-head"):
                word("h3", template.name)
                chip(t.known("flowkind", template.kind))
            word("p", template.description, "template-about")
            word("p", t("gallery.size", steps=template.steps, tests=template.tests), "quiet")
            if template.calls:
                word("p", t("gallery.calls", n=len(template.calls)), "quiet")
            said = node("div", "template-said")
            said.set_visibility(False)
            with node("div", "template-deeds"):
                self._tester(template, said)
                if self._listing.may:
                    press(t("gallery.use"), lambda: self._use(template), "primary", icon="add")
        self._cards.append((card, fold(f"{template.name} {template.description} {template.id}")))

    def _tester(self, template: Template, said: Element) -> None:
        t = self._listing.t

        async def run() -> None:
            button.props["disabled"] = True
            button.update()
            verdict = await asyncio.to_thread(gallery.test, template.id)
            lines = await asyncio.to_thread(gallery.sample, template.id)
            said.clear()
            with said:
                good = verdict.ran - len(verdict.failed)
                chip(t("gallery.ran", good=good, all=verdict.ran), "good" if not verdict.failed else "bad")
                for line in lines:
                    with node("div", "sample out" if line.out else "sample in"):
                        formatted(line.text)
            said.set_visibility(True)
            button.props.pop("disabled", None)
            button.update()

        button = press(t("gallery.try"), run, "ghost", icon="play_arrow")

    async def _use(self, template: Template) -> None:
        listing = self._listing
        who = listing.principal
        try:
            made = await flow_list.from_template(
                listing.rt, who.tenant, template.id, listing.t.language, person=who.person
            )
        except TramaError as fault:
            ui.notify(listing.t.known("refused", fault.code), caption=fault.detail, type="warning")
            return
        ui.navigate.to(f"/flows/{made.row.id}")
