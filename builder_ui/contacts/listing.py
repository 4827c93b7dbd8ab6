"""The list of contacts: what is typed finds, filters narrow, the newest first, page by page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from nicegui import ui

from builder_ui.contacts import words
from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import chip, empty
from builder_ui.settings.frame import Hand, when
from engine.services import channels, clock, contact_fields, contacts
from engine.services.contact_search import Filters
from engine.services.contacts import Change
from engine.services.views import ContactRow

PAGE = 50
PAUSE_MS = 300
SEEN: dict[str, tuple[str, int]] = {"7": ("seen_from", 7), "30": ("seen_from", 30), "-90": ("seen_to", 90)}


class Listing:
    def __init__(self, hand: Hand) -> None:
        self._hand, t = hand, hand.t
        self._filters = Filters()
        self._last: int | None = None
        self._asked = 0
        self._tones: dict[str, Any] = {}
        with node("header", "page-head"):
            word("h1", t("ct.title"))
            node("div", "grow")
            self._links()
        with node("div", "filters", role="search"):
            self._words = ui.input(placeholder=t("ct.search")).props(
                f"dense outlined clearable debounce={PAUSE_MS} maxlength=200"
            )
            self._words.props["aria-label"] = t("ct.search")
            self._words.on_value_change(self.load)
            self._tag = self._select("tag", {"": t("ct.any-tag")})
            self._channel = self._select("channel", {"": t("ct.any-channel")})
            self._consent = self._select(
                "consent", {"": t("ct.any-consent"), "in": t("ct.consent-in"), "out": t("ct.consent-out")}
            )
            self._seen = self._select(
                "seen", {"": t("ct.any-seen"), **{days: t(f"ct.seen.{days}") for days in SEEN}}
            )
            self._field = self._select("field", {"": t("ct.any-field")})
        self._count = word("p", "", "quiet", role="status")
        self._body = node("div", "")
        self._more = press(t("ct.more"), self._next, "ghost ct-more")
        self._more.set_visibility(False)

    def _links(self) -> None:
        hand, t = self._hand, self._hand.t
        if hand.by.may("contacts:merge"):
            with node("a", "btn ghost", href="/contacts/duplicates"):
                ui.icon("join_inner").props("aria-hidden=true")
                word("span", t("ct.duplicates"))
        if hand.by.may("settings:write") or hand.by.may("contacts:merge"):
            with node("a", "btn ghost", href="/contacts/fields"):
                ui.icon("sell").props("aria-hidden=true")
                word("span", t("ct.fields-and-tags"))
        if hand.by.may("contacts:export"):
            self._export = node("a", "btn ghost", href="/api/v1/contacts/export.csv", download="contacts.csv")
            with self._export:
                ui.icon("download").props("aria-hidden=true")
                word("span", t("ct.export-list"))
        if hand.by.may("contacts:import"):
            with node("a", "btn ghost", href="/contacts/import"):
                ui.icon("upload_file").props("aria-hidden=true")
                word("span", t("ct.import"))
        if hand.by.may("contacts:write"):
            press(t("ct.new"), self._create, "primary", icon="person_add")

    def _select(self, key: str, options: dict[str, str]) -> ui.select:
        made = ui.select(options, value="").props("dense outlined options-dense")
        made.props["aria-label"] = self._hand.t(f"ct.filter.{key}")
        made.on_value_change(self.load)
        return made

    async def open(self) -> None:
        """What there is to choose from, and the first page."""
        hand, t = self._hand, self._hand.t
        tags = await contact_fields.tags(hand.rt, hand.tenant)
        self._tones = words.tones(tags)
        self._tag.set_options({"": t("ct.any-tag"), **{tag.name: tag.name for tag in tags}})
        known = await channels.channels(hand.rt, hand.tenant)
        self._channel.set_options({"": t("ct.any-channel"), **{str(c.id): c.name for c in known}})
        fields = await contact_fields.fields(hand.rt, hand.tenant)
        self._field.set_options({"": t("ct.any-field"), **{f.key: t("ct.has", name=f.label) for f in fields}})
        self._field.set_visibility(bool(fields))
        await self.load()

    async def load(self) -> None:
        """The first page of what is asked for now."""
        hand, t = self._hand, self._hand.t
        self._asked += 1
        asked = self._asked
        self._filters = await self._read()
        rows = await contacts.contacts(hand.rt, hand.tenant, filters=self._filters, limit=PAGE)
        count = await contacts.count(hand.rt, hand.tenant, self._filters)
        if asked != self._asked:
            return  # something else was typed meanwhile
        if hand.by.may("contacts:export"):
            self._export.props["href"] = f"/api/v1/contacts/export.csv?{_query(self._filters)}"
            self._export.update()
        self._count.text = (
            t("ct.count-one") if count == 1 else t("ct.count", n=f"{count:,}".replace(",", "."))
        )
        self._body.clear()
        with self._body:
            if rows:
                self._table(rows)
            else:
                self._none()
        self._told(rows)

    async def _next(self) -> None:
        assert self._last is not None
        hand = self._hand
        rows = await contacts.contacts(
            hand.rt, hand.tenant, filters=self._filters, before=self._last, limit=PAGE
        )
        with self._rows:
            for row in rows:
                self._row(row)
        self._told(rows)

    def _told(self, rows: list[ContactRow]) -> None:
        self._last = rows[-1].id if rows else None
        self._more.set_visibility(len(rows) == PAGE)

    async def _read(self) -> Filters:
        now = await clock.now(self._hand.rt, self._hand.tenant)
        seen: dict[str, Any] = {}
        if self._seen.value:
            side, days = SEEN[self._seen.value]
            seen = {side: now - timedelta(days=days)}
        return Filters(
            words=(self._words.value or "").strip(),
            tag=self._tag.value or "",
            channel=int(self._channel.value) if self._channel.value else None,
            opted_out={"in": False, "out": True}.get(self._consent.value or ""),
            field=self._field.value or "",
            **seen,
        )

    def _none(self) -> None:
        t = self._hand.t
        with node("div", "card teach"):
            if self._filters == Filters():
                empty("contacts", t("ct.none"), t("ct.none-more"))
            else:
                empty("search_off", t("ct.not-found"), t("ct.not-found-more"))

    def _table(self, rows: list[ContactRow]) -> None:
        t = self._hand.t
        with node("div", "table-wrap card"), node("table", "table ct-table"):
            word("caption", t("ct.title"), "unseen")
            with node("thead"), node("tr"):
                for key in ("name", "phone", "email", "tags", "last-seen"):
                    word("th", t(f"ct.{key}"), scope="col")
            self._rows = node("tbody")
        with self._rows:
            for row in rows:
                self._row(row)

    def _row(self, row: ContactRow) -> None:
        t = self._hand.t
        with node("tr"):
            with node("td", "ct-name"), node("a", "strong flow-link", href=f"/contacts/{row.id}"):
                word("span", words.name(t, row))
            word("td", words.phone(row.phone), "ct-phone")
            word("td", row.email, "quiet ct-cut ct-mail")
            with node("td", "ct-tags"), node("div", "cell-chips"):
                for tag in row.tags[:6]:
                    chip(tag, self._tones.get(tag, "plain"))
                if len(row.tags) > 6:
                    word("span", f"+{len(row.tags) - 6}", "quiet")
                if row.opted_out:
                    chip(t("ct.opted-out"), "warn")
            word("td", when(row.last_seen_at), "quiet ct-seen")

    def _create(self) -> None:
        hand, t = self._hand, self._hand.t

        async def save() -> None:
            change = Change(name=name.value or "", phone=phone.value or "", email=email.value or "")
            card = await hand.do(contacts.create(hand.rt, hand.tenant, change, person=hand.by.person))
            if card is not None:
                ui.navigate.to(f"/contacts/{card.contact.id}")

        with named_dialog(t("ct.new")) as dialog, node("div", "card dialog"), node("form", "cards") as form:
            form.on("submit.prevent", save, args=[])
            word("h2", t("ct.new"))
            name = ui.input(t("ct.name")).props("dense outlined autofocus maxlength=200")
            phone = ui.input(t("ct.phone")).props("dense outlined maxlength=40 inputmode=tel")
            email = ui.input(t("ct.email")).props("dense outlined maxlength=320 inputmode=email")
            with node("div", "dialog-deeds"):
                press(t("settings.cancel"), dialog.close, "ghost")
                press(t("ct.create"), None, "primary").props["type"] = "submit"
        dialog.open()


def _query(filters: Filters) -> str:
    plain = msgspec.to_builtins(filters)
    default = msgspec.to_builtins(Filters())
    asked = {k: v for k, v in plain.items() if v != default[k]}
    return urlencode({k: str(v).lower() if isinstance(v, bool) else v for k, v in asked.items()})
