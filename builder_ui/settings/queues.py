"""Queues (`/settings/queues`): the list. What is set of one is on its own page (`builder_ui.settings.queue`)."""

from __future__ import annotations

import re
import unicodedata

from nicegui import ui

from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import chip, empty
from builder_ui.settings.frame import Hand, Strip, part
from engine.services import people, queues, teams
from engine.services.demo import Demo
from engine.services.queues import QueueDraft
from engine.services.runtime import Runtime
from engine.services.views import QueueRow

PATH = "/settings/queues"


def register(rt: Runtime, demo: Demo | None) -> None:
    part(rt, demo, PATH, "queues.title", lambda hand: Listing(hand).load())


class Listing:
    def __init__(self, hand: Hand) -> None:
        self._hand, t = hand, hand.t
        with node("header", "page-head"):
            word("h1", t("queues.title"))
            press(t("queues.add"), lambda: self._form("", ""), "primary", icon="add")
        word("p", t("queues.more"), "quiet")
        self._strip = Strip(t)
        self._body = node("div", "cards")

    async def load(self) -> None:
        hand, t = self._hand, self._hand.t
        names = {p.id: p.name for p in await people.people(hand.rt, hand.tenant)}
        groups = {g.id: g.name for g in await teams.teams(hand.rt, hand.tenant)}
        rows = await queues.queues(hand.rt, hand.tenant, archived=True)
        self._body.clear()
        with self._body:
            if not rows:
                with node("div", "card teach"):
                    empty("format_list_numbered", t("queues.none"), t("queues.none-more"))
            for row in sorted(rows, key=lambda r: r.state == "archived"):
                with node("section", "card line-card"):
                    with node("div", "grow"):
                        with node("div", "card-head"):
                            word("h2", row.name)
                            word("span", row.key, "quiet mono")
                            if row.state == "archived":
                                chip(t("queues.archived"))
                            if not row.id:
                                chip(t("queues.loose"), "warn")
                        serve = [groups.get(g, "") for g in row.teams] + [
                            names.get(p, "") for p in row.members
                        ]
                        who = ", ".join(filter(None, serve)) or t("queues.everyone")
                        mode = t(f"queues.mode.{row.settings.mode}")
                        word("p", " · ".join((who, mode, t("queues.at-once", n=row.settings.most))), "quiet")
                    self._deeds(row)

    def _deeds(self, row: QueueRow) -> None:
        t = self._hand.t
        if not row.id:
            press(t("queues.set-up"), lambda: self._form(row.name, row.key), "ghost")
        elif row.state == "archived":
            press(t("queues.restore"), lambda: self._set_state(row, archived=False), "ghost")
        else:
            word("a", t("settings.edit"), "btn ghost", href=f"{PATH}/{row.id}")
            label = t("queues.archive", name=row.name)
            press("", lambda: self._set_state(row, archived=True), "round", icon="archive", label=label)

    async def _set_state(self, row: QueueRow, *, archived: bool) -> None:
        hand, t = self._hand, self._hand.t
        deed = queues.set_state(
            hand.rt, hand.tenant, row.id, "archived" if archived else "active", person=hand.by.person
        )
        if await hand.do(deed) is None:
            return
        await self.load()
        if archived:
            self._strip.tell(
                t("queues.did-archive", name=row.name), lambda: self._set_state(row, archived=False)
            )

    def _form(self, name: str, key: str) -> None:
        hand, t = self._hand, self._hand.t
        title = t("queues.add")

        async def save() -> None:
            wanted = str(code.value or "") or slug(str(label.value or ""))
            deed = queues.add(
                hand.rt, hand.tenant, wanted, QueueDraft(name=str(label.value or "")), person=hand.by.person
            )
            made = await hand.do(deed)
            if made is not None:
                ui.navigate.to(f"{PATH}/{made.id}")

        with named_dialog(title) as dialog, node("div", "card dialog"):
            word("h2", title)
            label = ui.input(t("queues.name"), value=name).props("dense outlined autofocus maxlength=100")
            code = ui.input(t("queues.key"), value=key).props("dense outlined maxlength=63")
            word("p", t("queues.key-more"), "quiet")
            label.on_value_change(lambda e: code.props(f'placeholder="{slug(str(e.value or ""))}"'))
            with node("div", "dialog-deeds"):
                press(t("settings.cancel"), dialog.close, "ghost")
                press(t("settings.save"), save, "primary")
        dialog.open()


def slug(name: str) -> str:
    """The code that a name gives: `Segunda via` is `segunda-via`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:63]
