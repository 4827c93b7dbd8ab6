"""API keys (`/settings/keys`): what other systems may do, until when, and when they last did."""

from __future__ import annotations

from datetime import timedelta

from nicegui import ui

from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import Tone, chip, empty
from builder_ui.settings.frame import Hand, part, shown_once, when
from engine.services import keys
from engine.services.demo import Demo
from engine.services.permissions import RIGHTS
from engine.services.runtime import Runtime
from engine.services.views import ApiKey

PATH = "/settings/keys"
LIVES = (0, 30, 90, 365)
"""Days; 0 is for ever."""


def register(rt: Runtime, demo: Demo | None) -> None:
    part(rt, demo, PATH, "settings.keys", lambda hand: Listing(hand).load())


class Listing:
    def __init__(self, hand: Hand) -> None:
        self._hand, t = hand, hand.t
        with node("header", "page-head"):
            word("h1", t("settings.keys"))
            press(t("keys.add"), self._form, "primary", icon="add")
        word("p", t("keys.about"), "quiet")
        self._body = node("div")

    async def load(self) -> None:
        hand, t = self._hand, self._hand.t
        rows = await keys.api_keys(hand.rt, hand.tenant)
        self._body.clear()
        with self._body:
            if not rows:
                with node("div", "card teach"):
                    empty("key", t("keys.none"), t("keys.none-more"))
                return
            with node("div", "table-wrap card"), node("table", "table settings-table"):
                word("caption", t("settings.keys"), "unseen")
                with node("thead"), node("tr"):
                    for key in ("name", "scopes", "used", "ends"):
                        word("th", t(f"keys.{key}"), scope="col")
                    with node("th", scope="col"):
                        word("span", t("settings.deeds"), "unseen")
                with node("tbody"):
                    for row in sorted(rows, key=lambda row: row.revoked_at is not None):
                        self._row(row)

    def _row(self, row: ApiKey) -> None:
        hand, t = self._hand, self._hand.t
        over = row.expires_at is not None and row.expires_at <= hand.rt.now()
        with node("tr"):
            with node("td", "wide-cell"):
                word("div", row.name, "strong")
                word("div", f"{row.prefix}…", "quiet mono")
            with node("td"):
                rights = row.scopes[:3]
                with node("div", "cell-chips"):
                    for scope in rights:
                        chip(t.known("right", scope))
                    if len(row.scopes) > len(rights):
                        more = word("span", f"+{len(row.scopes) - len(rights)}", "state state-plain")
                        more.props["title"] = ", ".join(t.known("right", s) for s in row.scopes)
            word("td", when(row.used_at), data_label=t("keys.used"))
            with node("td", data_label=t("keys.ends")):
                state: tuple[str, Tone] | None = None
                if row.revoked_at is not None:
                    state = (t("keys.revoked"), "bad")
                elif over:
                    state = (t("keys.over"), "bad")
                if state is not None:
                    chip(*state)
                else:
                    word("span", when(row.expires_at) if row.expires_at else t("keys.never"))
            with node("td", "deeds"):
                if row.revoked_at is None and not over:
                    press(
                        t("keys.revoke"),
                        lambda _, row=row: self._revoke(row),
                        "ghost",
                        label=t("keys.revoke-of", name=row.name),
                    )

    async def _revoke(self, row: ApiKey) -> None:
        """A key that was ended cannot be had back, so this one is asked."""
        hand, t = self._hand, self._hand.t

        async def revoke() -> None:
            dialog.close()
            await hand.do(
                keys.revoke_api_key(hand.rt, hand.tenant, row.id, person=hand.by.person),
                t("keys.was-revoked", name=row.name),
            )
            await self.load()

        with named_dialog(t("keys.revoke-of", name=row.name)) as dialog, node("div", "card dialog"):
            word("h2", t("keys.revoke-of", name=row.name))
            word("p", t("keys.revoke-more"))
            with node("div", "dialog-deeds"):
                press(t("settings.cancel"), dialog.close, "ghost")
                press(t("keys.revoke"), revoke, "primary")
        dialog.open()

    def _form(self) -> None:
        hand, t = self._hand, self._hand.t

        async def save() -> None:
            days = int(life.value)
            until = hand.rt.now() + timedelta(days=days) if days else None
            chosen = [scope for scope, box in boxes.items() if box.value]
            if not chosen:
                ui.notify(t("keys.no-scope"), type="warning")
                return
            if not (name.value or "").strip():
                ui.notify(t("keys.nameless"), type="warning")
                return
            made = await hand.do(
                keys.create_api_key(hand.rt, hand.tenant, name.value, chosen, expires_at=until, by=hand.by)
            )
            if made is not None:
                dialog.close()
                await self.load()
                shown_once(t, t("keys.made", name=made[0].name), t("keys.made-more"), made[1])

        with named_dialog(t("keys.add")) as dialog, node("div", "card dialog import"):
            word("h2", t("keys.add"))
            name = ui.input(t("keys.name")).props("dense outlined autofocus maxlength=120")
            word("div", t("keys.scopes"), "dialog-label")
            boxes: dict[str, ui.checkbox] = {}
            with node("div", "scopes", role="group", aria_label=t("keys.scopes")):
                for scope in RIGHTS:
                    if hand.by.may(scope):
                        boxes[scope] = ui.checkbox(t.known("right", scope)).props("dense")
            life = ui.select(
                {days: t(f"keys.life.{days}") for days in LIVES}, value=90, label=t("keys.ends")
            ).props("dense outlined")
            with node("div", "dialog-deeds"):
                press(t("settings.cancel"), dialog.close, "ghost")
                press(t("keys.add"), save, "primary")
        dialog.open()
