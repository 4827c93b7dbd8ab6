"""The right pane: the customer, the ticket, invoices, and what was before."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui
from nicegui.element import Element

from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import TONES, chip, pairs
from builder_ui.inbox import clocks
from builder_ui.inbox.content import reais
from builder_ui.inbox.words import words
from engine.services import thread
from engine.services.thread import Card
from engine.services.views import InboxRow, TicketRow

if TYPE_CHECKING:
    from builder_ui.inbox.inbox import Inbox

MOST_INVOICES = 8


class Panel:
    def __init__(self, desk: Inbox) -> None:
        self.desk = desk
        self._contact = 0
        self._asking: asyncio.Task[None] | None = None
        self._clocks: Element | None = None
        with node("aside", "ib-panel", aria_label=desk.t("ib.panel"), tabindex=0):
            with node("div", "ib-panel-head"):
                press(
                    "",
                    None,
                    "round ib-panel-back",
                    icon="arrow_back",
                    label=desk.t("ib.back"),
                    data_deed="back",
                )
                word("h2", desk.t("ib.panel"))
            self._place = node("div", "ib-panel-parts")

    async def show(self, row: InboxRow) -> None:
        """Everything about the customer of this conversation."""
        desk = self.desk
        card = await thread.card(desk.rt, desk.tenant, row.id)
        if desk.current != row.id:
            return
        self._contact = card.contact.id
        self._clocks = None
        self._place.clear()
        with self._place:
            self._person(card, row)
            if card.ticket is not None:
                self._ticket(card.ticket, row)
            self._tags(row)
            with self._part("invoices", open_=True):
                invoices = node("div", "ib-invoices")
            self._history(card, row)
            self._past(card)
            self._known(card)
            self._score()
        self._ask(invoices)

    def update(self, row: InboxRow) -> None:
        """What runs on while one looks: the clocks. The rest is drawn anew only when it changed."""
        if self._clocks is not None and not self._clocks.is_deleted:
            self._clocks.clear()
            with self._clocks:
                clocks.promise(row, self.desk.t)

    def clear(self) -> None:
        self._place.clear()

    @contextmanager
    def _part(self, name: str, *, open_: bool = False) -> Iterator[Element]:
        part = node("details", f"ib-part part-{name}")
        if open_:
            part.props["open"] = True
        with part:
            word("summary", self.desk.t(f"ib.part.{name}"))
            with node("div", "ib-part-body") as body:
                yield body

    def _person(self, card: Card, row: InboxRow) -> None:
        t, contact = self.desk.t, card.contact
        with node("div", "ib-person"):
            with node("div", "ib-avatar", aria_hidden="true"):
                word("span", _initials(contact.name))
            with node("div", "ib-person-words"):
                word("bdi", contact.name or contact.phone or t("ib.nameless"), "strong")
                with node("a", "quiet ib-card-link", href=f"/contacts/{contact.id}"):
                    word("span", t("ib.open_card"))
        if contact.opted_out:
            chip(t("ib.opted_out"), "bad")
        shown = [
            (t("ib.field.phone"), contact.phone),
            (t("ib.field.email"), contact.email),
            (t("ib.field.cpf"), contact.cpf),
            (t("ib.field.language"), contact.language),
        ]
        pairs([(name, value) for name, value in shown if value], "ib-pairs")
        if contact.tags:
            with node("div", "ib-tags"):
                for tag in contact.tags[:20]:
                    word("bdi", tag, "ib-tag")

    def _known(self, card: Card) -> None:
        """What is known of the customer besides."""
        t, contact = self.desk.t, card.contact
        if contact.fields:
            with self._part("fields"):
                pairs(
                    [(name, _shown(value)) for name, value in list(contact.fields.items())[:40]], "ib-pairs"
                )
        with self._part("identities"):
            pairs(
                [
                    (
                        f"{card.channels.get(i.channel_id, '')} {t.known('ib.identity', i.kind)}".strip(),
                        i.value,
                    )
                    for i in card.identities
                ],
                "ib-pairs",
            )
        with self._part("consent"):
            if not card.consents:
                word("p", t("ib.no_consent"), "quiet")
            for consent in card.consents[:10]:
                with node("div", "ib-consent"):
                    chip(
                        t("ib.granted") if consent.granted else t("ib.refused"),
                        "good" if consent.granted else "bad",
                    )
                    word("bdi", consent.topic)
                    word("time", clocks.local(consent.at).strftime("%d/%m/%Y"), "quiet")

    def _ticket(self, ticket: TicketRow, row: InboxRow) -> None:
        t = self.desk.t
        with self._part("ticket", open_=True):
            queue = self.desk.queue_names.get(ticket.queue, ticket.queue)
            pairs(
                [
                    (t("ib.field.protocol"), row.protocol),
                    (t("ib.field.queue"), queue),
                    (t("ib.field.priority"), str(ticket.priority)),
                    (t("ib.field.state"), t.known("ib.ticket", ticket.state)),
                    (t("ib.field.since"), clocks.local(ticket.waiting_since).strftime("%d/%m %H:%M")),
                ],
                "ib-pairs",
            )
            self._clocks = node("div", "ib-tags")
            self.update(row)
            if ticket.reason:
                word("div", t("ib.field.reason"), "quiet")
                word("bdi", t.known("ib.handover", ticket.reason))
            if ticket.summary:
                word("div", t("ib.field.summary"), "quiet")
                words(ticket.summary, t, marks=False)

    def _tags(self, row: InboxRow) -> None:
        t = self.desk.t
        with self._part("tags", open_=bool(row.tags)), node("div", "ib-tags"):
            for tag in row.tags:
                word("bdi", tag, "ib-tag")
            press(t("ib.tags_edit"), self.desk.acts.tags, "ib-small", icon="sell")

    def _score(self) -> None:
        with self._part("score"):
            word("p", self.desk.t("ib.score_none"), "quiet")

    def _history(self, card: Card, row: InboxRow) -> None:
        t = self.desk.t
        with self._part("history", open_=True):
            others = [v for v in card.history if v.id != row.id]
            if not others:
                word("p", t("ib.no_history"), "quiet")
            for other in others:
                with node("a", "ib-past", href=f"/inbox/{other.id}"):
                    word("span", card.channels.get(other.channel_id, other.channel_kind), "strong")
                    word("time", clocks.local(other.last_message_at).strftime("%d/%m/%Y"), "quiet")
                    word("span", other.last_text or t("ib.no_words"), "ib-past-text", dir="auto")

    def _past(self, card: Card) -> None:
        t = self.desk.t
        with self._part("past"):
            if not card.past:
                word("p", t("ib.no_past"), "quiet")
            for ticket in card.past:
                with node("div", "ib-past"):
                    word("span", self.desk.queue_names.get(ticket.queue, ticket.queue), "strong")
                    word("time", clocks.local(ticket.created_at).strftime("%d/%m/%Y"), "quiet")
                    who = card.people.get(ticket.person_id or 0, "")
                    state = t.known("ib.ticket", ticket.state)
                    word(
                        "span",
                        " · ".join(p for p in (state, who, ticket.outcome) if p),
                        "ib-past-text",
                        dir="auto",
                    )

    def _ask(self, place: Element) -> None:
        """The ERP is asked beside everything else; nobody waits for it."""
        if self._asking is not None:
            self._asking.cancel()
        with place, node("div", "ib-loading", role="status"):
            ui.spinner(size="18px")
            word("span", self.desk.t("ib.erp.loading"), "quiet")
        self._asking = background_tasks.create(self._invoices(place, self._contact), name="invoices")

    async def _invoices(self, place: Element, contact: int) -> None:
        desk, t = self.desk, self.desk.t
        found = await thread.invoices(desk.rt, desk.tenant, contact)
        if contact != self._contact or place.is_deleted:
            return
        place.clear()
        with place:
            match found.state:
                case "ok":
                    self._books(found.customer, found.items)
                case "failed":
                    word("p", t("ib.erp.failed"), "quiet", role="alert")
                    press(t("ib.erp.again"), lambda: self._again(place), "ib-small", icon="refresh")
                case state:
                    word("p", t(f"ib.erp.{state}"), "quiet")

    def _again(self, place: Element) -> None:
        place.clear()
        self._ask(place)

    def _books(self, customer: dict[str, Any], items: list[dict[str, Any]]) -> None:
        t = self.desk.t
        owed = customer.get("overdue_total", 0)
        if owed:
            chip(t("ib.erp.overdue", amount=reais(owed)), "bad")
        if not items:
            word("p", t("ib.erp.none"), "quiet")
        for item in items[:MOST_INVOICES]:
            status = str(item.get("status", ""))
            with node("div", "ib-invoice"):
                word("bdi", str(item.get("description") or item.get("reference") or item.get("number") or ""))
                word("span", reais(item.get("updated")), "ib-money")
                word("span", _date(str(item.get("due_date", ""))), "quiet")
                chip(t.known("state", status), TONES.get(status, "plain"))
        if len(items) > MOST_INVOICES:
            word("p", t("ib.erp.more", n=len(items) - MOST_INVOICES), "quiet")


def _initials(name: str) -> str:
    parts = [p for p in name.split() if p[:1].isalpha()]
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper() if parts else "?"


def _shown(value: object) -> str:
    return str(value)[:300]


def _date(iso: str) -> str:
    year, _, rest = iso[:10].partition("-")
    month, _, day = rest.partition("-")
    return f"{day}/{month}/{year}" if day else iso[:20]
