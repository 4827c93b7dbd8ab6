"""The names under which channels know a contact, and the log of what they agreed to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from builder_ui.contacts import words
from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import chip
from builder_ui.settings.frame import Hand, Strip, when
from engine.services import contacts
from engine.services.contacts import ContactCard
from engine.services.views import IdentityRow

KINDS = ("phone", "email", "cpf")
TOPICS = ("all", "marketing")


class Names:
    def __init__(
        self,
        hand: Hand,
        card: ContactCard,
        channels: dict[int, str],
        strip: Strip,
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._hand, self._card, self._strip, self._changed = hand, card, strip, changed
        self._channels = channels
        t = hand.t
        may = hand.by.may("contacts:write") and card.contact.state == "active"
        with node("section", "card", aria_label=t("ct.identities")):
            with node("div", "card-head"):
                word("h2", t("ct.identities"))
                node("div", "grow")
                if may:
                    press("", self._add, "round", icon="add", label=t("ct.add-identity"))
            if not card.identities:
                word("p", t("ct.no-identities"), "quiet")
            with node("ul", "ct-lines"):
                for identity in card.identities:
                    self._line(identity, may)

    def _line(self, identity: IdentityRow, may: bool) -> None:
        t = self._hand.t
        shown = {"phone": words.phone, "wa_id": words.phone, "cpf": words.cpf}.get(identity.kind, str)(
            identity.value
        )
        with node("li", "ct-line"):
            with node("div", "grow"):
                word("div", shown, "ct-cut")
                where = self._channels.get(identity.channel_id, t("ct.no-channel"))
                said = t.known("ct.evidence", identity.evidence)
                word("div", f"{t.known('ct.kind', identity.kind)} · {where} · {said}", "quiet")
            if may:
                press(
                    "",
                    lambda: self._remove(identity),
                    "round",
                    icon="close",
                    label=t("ct.remove-identity", value=shown),
                )

    def _add(self) -> None:
        hand, t = self._hand, self._hand.t

        async def save() -> None:
            done = await hand.do(
                contacts.add_identity(
                    hand.rt,
                    hand.tenant,
                    self._card.contact.id,
                    kind.value,
                    value.value or "",
                    person=hand.by.person,
                )
            )
            if done is not None:
                dialog.close()
                await self._changed()

        with named_dialog(t("ct.add-identity")) as dialog, node("div", "card dialog"):
            word("h2", t("ct.add-identity"))
            word("p", t("ct.add-identity-more"), "quiet")
            kind = ui.select({k: t(f"ct.kind.{k}") for k in KINDS}, value="phone", label=t("ct.kind")).props(
                "dense outlined"
            )
            value = ui.input(t("ct.value")).props("dense outlined autofocus maxlength=320")
            with node("div", "dialog-deeds"):
                press(t("settings.cancel"), dialog.close, "ghost")
                press(t("settings.save"), save, "primary")
        dialog.open()

    async def _remove(self, identity: IdentityRow) -> None:
        hand, contact = self._hand, self._card.contact.id
        gone = await hand.do(
            contacts.remove_identity(hand.rt, hand.tenant, contact, identity.id, person=hand.by.person)
        )
        if gone is None:
            return

        async def back() -> None:
            await hand.do(
                contacts.restore_identity(hand.rt, hand.tenant, contact, gone, person=hand.by.person)
            )
            await self._changed()

        self._strip.tell(hand.t("ct.identity-removed"), back)
        await self._changed()


class Consents:
    def __init__(
        self, hand: Hand, card: ContactCard, channels: dict[int, str], changed: Callable[[], Awaitable[None]]
    ) -> None:
        self._hand, self._card, self._changed = hand, card, changed
        t = hand.t
        with node("section", "card", aria_label=t("ct.consents")):
            with node("div", "card-head"):
                word("h2", t("ct.consents"))
                if card.contact.opted_out:
                    chip(t("ct.opted-out"), "warn")
                node("div", "grow")
                if hand.by.may("contacts:write") and card.contact.state == "active":
                    press("", self._add, "round", icon="add", label=t("ct.add-consent"))
            if not card.consents:
                word("p", t("ct.no-consents"), "quiet")
            with node("ul", "ct-lines"):
                for line in card.consents:
                    with node("li", "ct-line"), node("div", "grow"):
                        with node("div", "card-head"):
                            chip(
                                t("ct.granted") if line.granted else t("ct.withdrawn"),
                                "good" if line.granted else "bad",
                            )
                            word("span", t.known("ct.topic", line.topic))
                            word("time", when(line.at), "quiet")
                        source = t.known("ct.source", line.source)
                        where = channels.get(line.channel_id, "")
                        word("div", " · ".join(part for part in (source, where, line.words) if part), "quiet")

    def _add(self) -> None:
        hand, t = self._hand, self._hand.t

        async def save(granted: bool) -> None:
            done = await hand.do(
                contacts.consent(
                    hand.rt,
                    hand.tenant,
                    self._card.contact.id,
                    topic=topic.value,
                    granted=granted,
                    words=said.value or "",
                    person=hand.by.person,
                )
            )
            if done is not None:
                dialog.close()
                await self._changed()

        with named_dialog(t("ct.add-consent")) as dialog, node("div", "card dialog"):
            word("h2", t("ct.add-consent"))
            word("p", t("ct.add-consent-more"), "quiet")
            topic = ui.select(
                {k: t(f"ct.topic.{k}") for k in TOPICS}, value="marketing", label=t("ct.about")
            ).props("dense outlined")
            said = ui.input(t("ct.their-words")).props("dense outlined maxlength=2000")
            with node("div", "dialog-deeds"):
                press(t("settings.cancel"), dialog.close, "ghost")
                press(t("ct.withdraw"), lambda: save(False), "ghost")
                press(t("ct.grant"), lambda: save(True), "primary")
        dialog.open()
