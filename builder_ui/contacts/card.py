"""One contact: what is known, under which names, what they agreed to, what was said, and what may be done with it."""

from __future__ import annotations

from nicegui import ui

from builder_ui.contacts import words
from builder_ui.contacts.details import Details
from builder_ui.contacts.names import Consents, Names
from builder_ui.contacts.twins import Twins
from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import TONES, Tone, chip, empty
from builder_ui.settings.frame import Hand, Strip, when
from engine.core.errors import TramaError
from engine.services import channels, contact_fields, contact_merge, contacts, conversations, erasure, tickets
from engine.services.contacts import ContactCard
from engine.services.views import ConversationRow, TicketRow

MOST_TICKETS = 20
TICKETS: dict[str, Tone] = {
    "waiting": "warn", "serving": "info", "finished": "good", "abandoned": "bad", "transferred": "plain",
}  # fmt: skip


class Card:
    def __init__(self, hand: Hand, ident: int) -> None:
        self._hand, self._ident = hand, ident
        self._strip = Strip(hand.t)
        self._place = node("div", "")

    async def load(self) -> None:
        hand, t = self._hand, self._hand.t
        rt, tenant = hand.rt, hand.tenant
        try:
            card = await contacts.contact(rt, tenant, self._ident)
        except TramaError:
            self._place.clear()
            with self._place:
                word("h1", t("ct.unknown"), "unseen")
                empty("search_off", t("ct.unknown"), t("ct.unknown-more"))
            return
        row = card.contact
        known = {c.id: c.name for c in await channels.channels(rt, tenant)}
        fields = await contact_fields.fields(rt, tenant)
        tags = await contact_fields.tags(rt, tenant)
        twins = await contact_merge.duplicates(rt, tenant, row.id)
        merges = await contact_merge.history(rt, tenant, row.id)
        talks = await conversations.of_contact(rt, tenant, row.id)
        served = await tickets.history(rt, tenant, row.id)
        stone = await erasure.of_contact(rt, tenant, row.id) if row.state == "erased" else None
        self._place.clear()
        with self._place:
            with node("header", "page-head"):
                with node("div", ""):
                    word("h1", t("ct.erased") if row.state == "erased" else words.name(t, row))
                    word("p", t("ct.since", at=when(row.created_at), seen=when(row.last_seen_at)), "quiet")
                word("a", t("ct.to-list"), "btn ghost", href="/contacts")
            if stone is not None:
                word("p", t("ct.erased-more", at=when(stone.at)), "strip ct-strip")
                return
            if row.state == "merged":
                with node("p", "strip ct-strip"):
                    word("span", t("ct.is-merged"))
                    word("a", t("ct.to-kept"), "btn ghost", href=f"/contacts/{row.merged_into}")
            with node("div", "ct-card"):
                with node("div", "cards"):
                    Details(hand, row, fields, tags, self._strip, self.load)
                    self._talks(talks)
                    self._tickets(served)
                with node("div", "cards"):
                    Twins(hand, row, twins, merges, self._strip, self.load)
                    Names(hand, card, known, self._strip, self.load)
                    Consents(hand, card, known, self.load)
                    self._data(card)

    def _talks(self, talks: list[ConversationRow]) -> None:
        t = self._hand.t
        with node("section", "card", aria_label=t("ct.conversations")):
            word("h2", t("ct.conversations"))
            if not talks:
                word("p", t("ct.no-conversations"), "quiet")
            with node("ul", "ct-lines"):
                for one in talks:
                    with (
                        node("li"),
                        node("a", "ct-line ct-link", href=f"/conversas/{one.id}"),
                        node("div", "grow"),
                    ):
                        with node("div", "card-head"):
                            word("span", one.protocol, "mono")
                            word("time", when(one.last_message_at), "quiet")
                            if one.state == "open":
                                chip(t.known("owner", one.owner), TONES.get(one.owner, "plain"))
                            else:
                                chip(t("ct.closed"))
                        word("div", one.last_text, "quiet ct-cut")

    def _tickets(self, served: list[TicketRow]) -> None:
        t = self._hand.t
        if not served:
            return
        with node("section", "card", aria_label=t("ct.tickets")):
            word("h2", t("ct.tickets"))
            with node("ul", "ct-lines"):
                for one in served[:MOST_TICKETS]:
                    with node("li", "ct-line"), node("div", "grow"):
                        with node("div", "card-head"):
                            word("span", one.queue or t("ct.no-queue"), "strong")
                            word("time", when(one.created_at), "quiet")
                            chip(t.known("ct.ticket", one.state), TICKETS[one.state])
                        said = " · ".join(part for part in (one.reason, one.outcome) if part)
                        if said:
                            word("div", said, "quiet ct-cut")

    def _data(self, card: ContactCard) -> None:
        hand, t = self._hand, self._hand.t
        export, erase = hand.by.may("contacts:export"), hand.by.may("contacts:erase")
        if not (export or erase) or card.contact.state != "active":
            return
        with node("section", "card", aria_label=t("ct.data")):
            word("h2", t("ct.data"))
            word("p", t("ct.data-more"), "quiet")
            with node("div", "cell-chips"):
                if export:
                    with node(
                        "a", "btn ghost", href=f"/api/v1/contacts/{card.contact.id}/export", download=""
                    ):
                        ui.icon("download").props("aria-hidden=true")
                        word("span", t("ct.export"))
                if erase:
                    press(t("ct.erase"), lambda: self._erase(card), "ghost ct-danger", icon="delete_forever")

    def _erase(self, card: ContactCard) -> None:
        hand, t, row = self._hand, self._hand.t, card.contact
        wanted = row.name or row.phone or row.email or row.cpf or str(row.id)

        async def erase() -> None:
            done = await hand.do(
                erasure.erase(
                    hand.rt, hand.tenant, row.id, confirmed=typed.value or "", person=hand.by.person
                )
            )
            if done is not None:
                dialog.close()
                await self.load()

        with named_dialog(t("ct.erase")) as dialog, node("div", "card dialog"):
            word("h2", t("ct.erase-title", name=words.name(t, row)))
            word("p", t("ct.erase-more"))
            word("p", t("ct.erase-type", name=wanted), "quiet")
            typed = ui.input(t("ct.erase-confirm")).props(
                "dense outlined autofocus maxlength=320 autocomplete=off"
            )
            with node("div", "dialog-deeds"):
                press(t("settings.cancel"), dialog.close, "ghost")
                button = press(t("ct.erase"), erase, "primary ct-danger-fill")
            button.props["disabled"] = True

            def check() -> None:
                button.props["disabled"] = (typed.value or "").strip() != wanted
                button.update()

            typed.on_value_change(check)
        dialog.open()
