"""A line of the list of flows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nicegui import ui

from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import Tone, chip
from builder_ui.versions.versions import moment
from engine.core.node import Problem
from engine.services import flow_list, flows
from engine.services.views import FlowLine

if TYPE_CHECKING:
    from builder_ui.flows.page import Listing


class Row:
    def __init__(self, listing: Listing, line: FlowLine) -> None:
        self.line, self._listing = line, listing
        self._errors = 0
        t = listing.t
        self.element = node("tr")
        with self.element:
            with node("td", "flow-name"):
                with node("a", "strong flow-link", href=f"/flows/{line.id}"):
                    word("span", line.name)
                if line.description:
                    word("div", line.description, "quiet flow-about")
                if line.tags:
                    with node("div", "tags"):
                        for tag in line.tags:
                            word("span", tag, "tag")
            word("td", t.known("flowkind", line.kind))
            with node("td"):
                self._state()
            self._problems, self._tests = node("td"), node("td")
            for cell in (self._problems, self._tests):
                with cell:
                    ui.spinner(size="1em")
            word("td", f"{line.today}" if line.today else "–", "number")
            with node("td"):
                word("div", moment(line.updated_at))
                if line.who:
                    word("div", line.who, "quiet")
            with node("td", "deeds"):
                self._menu()

    def _state(self) -> None:
        line, t = self.line, self._listing.t
        if line.archived:
            chip(t("flows.state.archived"))
        elif line.live_version is None:
            chip(t("flows.draft"))
        else:
            chip(f"v{line.live_version}", "good")
            if line.changed:
                chip(t("flows.draft-changed"), "warn")

    def stands(self, state: str) -> bool:
        line = self.line
        match state:
            case "live":
                return line.live_version is not None
            case "changed":
                return line.changed
            case "draft":
                return line.live_version is None
            case "broken":
                return self._errors > 0
        return True

    def tell_problems(self, problems: Sequence[Problem]) -> None:
        t = self._listing.t
        found = [p for p in problems if p.severity != "info"]
        self._errors = sum(p.severity == "error" for p in found)
        self._problems.clear()
        with self._problems:
            if found:
                chip(t("flows.found", n=len(found)), "bad" if self._errors else "warn")
            else:
                chip(t("flows.clean"), "good")

    def tell_tests(self, text: str, tone: Tone) -> None:
        self._tests.clear()
        with self._tests:
            chip(text, tone)

    def _menu(self) -> None:
        listing, line = self._listing, self.line
        t, rt, who = listing.t, listing.rt, listing.principal
        with press("", None, "round", icon="more_vert", label=t("flows.deeds-of", name=line.name)), ui.menu():
            self._item("open_in_new", t("flows.open"), lambda: ui.navigate.to(f"/flows/{line.id}"))
            if listing.may and not line.archived:
                self._item(
                    "content_copy",
                    t("flows.duplicate"),
                    lambda: listing.carry_out(
                        flow_list.duplicate(
                            rt, who.tenant, line.id, t("flows.copy-of", name=line.name), person=who.person
                        ),
                        t("flows.duplicated"),
                    ),
                )
                self._item("sell", t("flows.tags"), self._edit_tags)
            self._item("download", t("flows.export"), lambda: ui.download.from_url(f"/flows/{line.id}/file"))
            self._item("data_object", t("flows.copy"), lambda: listing.copy(line.id))
            if listing.may and not line.archived:
                self._item("archive", t("flows.archive"), self._archive)
            elif listing.may:
                self._item("unarchive", t("flows.unarchive"), self._unarchive)

    def _item(self, icon: str, text: str, do: object) -> None:
        with ui.menu_item(on_click=do).classes("menu-item"):  # type: ignore[arg-type]
            ui.icon(icon).props("aria-hidden=true")
            word("span", text)

    async def _archive(self) -> None:
        listing, t = self._listing, self._listing.t
        who = listing.principal
        await listing.carry_out(flows.archive(listing.rt, who.tenant, self.line.id, person=who.person), "")
        ui.notify(t("flows.archived", name=self.line.name), position="bottom", timeout=6000)

    async def _unarchive(self) -> None:
        listing = self._listing
        who = listing.principal
        await listing.carry_out(
            flow_list.unarchive(listing.rt, who.tenant, self.line.id, person=who.person),
            listing.t("flows.unarchived"),
        )

    def _edit_tags(self) -> None:
        listing, t, line = self._listing, self._listing.t, self.line
        known = sorted({tag for row in listing.rows.values() for tag in row.line.tags})

        async def save() -> None:
            dialog.close()
            who = listing.principal
            await listing.carry_out(
                flow_list.set_tags(
                    listing.rt, who.tenant, line.id, list(tags.value or []), person=who.person
                ),
                "",
            )

        with named_dialog(t("flows.tags-of", name=line.name)) as dialog, node("div", "card dialog"):
            word("h2", t("flows.tags-of", name=line.name))
            tags = ui.select(
                known, value=line.tags, multiple=True, with_input=True, new_value_mode="add-unique"
            ).props("dense outlined use-chips autofocus")
            tags.props["aria-label"] = t("flows.tags")
            word("p", t("flows.tags-more"), "quiet")
            with node("div", "dialog-deeds"):
                press(t("flows.cancel"), dialog.close, "ghost")
                press(t("flows.save"), save, "primary")
        dialog.open()
