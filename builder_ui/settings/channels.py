"""Channels (`/settings/channels`): the numbers and sites that customers write to, with their credentials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import chip, empty
from builder_ui.settings.frame import Hand, Strip, part
from engine.services import channels
from engine.services.channels import HIDDEN, ChannelView, Kind
from engine.services.demo import Demo
from engine.services.runtime import Runtime

PATH = "/settings/channels"


def register(rt: Runtime, demo: Demo | None) -> None:
    part(rt, demo, PATH, "channels.title", lambda hand: Listing(hand).load())


class Listing:
    def __init__(self, hand: Hand) -> None:
        self._hand, t = hand, hand.t
        self._may = hand.by.may("channels:write")
        self._kinds = {kind.kind: kind for kind in channels.kinds()}
        with node("header", "page-head"):
            word("h1", t("channels.title"))
            if self._may:
                with press(t("channels.add"), None, "primary", icon="add"), ui.menu():
                    for kind in self._kinds.values():
                        ui.menu_item(kind.title, lambda kind=kind: self._form(kind, None))
        self._strip = Strip(t)
        self._body = node("div", "cards")

    async def load(self) -> None:
        hand, t = self._hand, self._hand.t
        rows = await channels.channels(hand.rt, hand.tenant)
        self._body.clear()
        with self._body:
            if not rows:
                with node("div", "card teach"):
                    empty("hub", t("channels.none"), t("channels.none-more"))
            for row in rows:
                with node("section", "card line-card"):
                    with node("div", "grow"):
                        with node("div", "card-head"):
                            word("h2", row.name)
                            word("span", self._kinds[row.kind].title, "quiet")
                            stopped = row.state == "stopped"
                            chip(t(f"channels.state.{row.state}"), "bad" if stopped else "good")
                        word(
                            "p",
                            row.reason if stopped and row.reason else self._address(row),
                            "quiet wide-cell",
                        )
                    if self._may:
                        self._deeds(row)

    def _address(self, row: ChannelView) -> str:
        """Where the other side is to send: what an administrator copies into its settings."""
        path = f"/webchat/{row.id}/widget.js" if row.kind == "webchat" else f"/webhooks/{row.kind}/{row.id}"
        return self._hand.address + path

    def _deeds(self, row: ChannelView) -> None:
        t = self._hand.t
        press(t("channels.try"), lambda: self._try(row), "ghost")
        press(t("settings.edit"), lambda: self._form(self._kinds[row.kind], row), "ghost")
        stopped = row.state == "stopped"
        label = t("channels.start" if stopped else "channels.stop", name=row.name)
        press("", lambda: self._turn(row), "round", icon="play_arrow" if stopped else "pause", label=label)

    async def _turn(self, row: ChannelView) -> None:
        hand, t = self._hand, self._hand.t
        if row.state == "stopped":
            await hand.do(channels.start(hand.rt, hand.tenant, row.id, person=hand.by.person))
        else:
            await hand.do(
                channels.stop(
                    hand.rt, hand.tenant, row.id, t("channels.by", name=hand.by.name), person=hand.by.person
                )
            )
        await self.load()
        again = await channels.view(hand.rt, hand.tenant, row.id)
        self._strip.tell(t(f"channels.did.{again.state}", name=row.name), lambda: self._turn(again))

    async def _try(self, row: ChannelView) -> None:
        hand, t = self._hand, self._hand.t
        found = await hand.do(channels.introduce(hand.rt, hand.tenant, row.id))
        if found is None:
            return
        if not found.asked:
            ui.notify(t("channels.nobody-to-ask"), position="bottom")
        elif found.ok:
            ui.notify(t("channels.known-as", name=found.name), type="positive", position="bottom")
        else:
            ui.notify(
                t("channels.refused", code=found.code),
                caption=found.detail,
                type="warning",
                position="bottom",
            )

    def _form(self, kind: Kind, row: ChannelView | None) -> None:
        hand, t = self._hand, self._hand.t
        title = t("channels.new", kind=kind.title) if row is None else row.name
        fields: dict[str, Callable[[], Any]] = {}
        with named_dialog(title) as dialog, node("div", "card dialog"):
            word("h2", title)
            name = ui.input(t("channels.name"), value=row.name if row else kind.title)
            name.props("dense outlined maxlength=120")
            for one in kind.fields:
                value = row.settings.get(one.name, one.default) if row else one.default
                fields[one.name] = self._field(one.type, one.name, value, secret=one.secret)

            async def save() -> None:
                told = {key: read() for key, read in fields.items()}
                told = {key: value for key, value in told.items() if value is not None}
                deed = (
                    channels.add(
                        hand.rt, hand.tenant, kind.kind, str(name.value), told, person=hand.by.person
                    )
                    if row is None
                    else channels.change(
                        hand.rt, hand.tenant, row.id, str(name.value), told, person=hand.by.person
                    )
                )
                if await hand.do(deed, t("settings.saved")) is not None:
                    dialog.close()
                    await self.load()

            with node("div", "dialog-deeds"):
                press(t("settings.cancel"), dialog.close, "ghost")
                press(t("settings.save"), save, "primary")
        dialog.open()

    def _field(self, kind: str, name: str, value: Any, *, secret: bool) -> Callable[[], Any]:
        """A field of the form; what reads it."""
        label = self._hand.t.known("channels.field", name)
        if secret:
            held = value == HIDDEN
            field = ui.input(label, placeholder=self._hand.t("channels.kept") if held else "", password=True)
            field.props("dense outlined autocomplete=off")
            return lambda: field.value or (HIDDEN if held else "")
        if kind == "list":
            chips = ui.input_chips(label, value=list(value or [])).props("dense outlined")
            return lambda: [str(v) for v in chips.value or []]
        if kind == "number":
            number = ui.number(label, value=value).props("dense outlined")
            return lambda: number.value
        text = ui.input(label, value=str(value or "")).props("dense outlined")
        return lambda: text.value or ""
