"""The second factor of one's own account: set up with a QR code, recovery codes, taken away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import segno
from nicegui import ui

from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import chip
from builder_ui.settings.frame import Hand, shown_once
from engine.services import account, second_factor
from engine.services.second_factor import Setup


class Factor:
    """A card that shows how it stands. `first`: it must be set up before anything else."""

    def __init__(self, hand: Hand, person: int, *, first: bool) -> None:
        self._hand, self._person, self._first = hand, person, first
        self._card = node("section", "card")

    async def load(self) -> None:
        hand, t = self._hand, self._hand.t
        standing = await second_factor.standing(hand.rt, hand.tenant, self._person)
        self._card.clear()
        with self._card:
            with node("div", "card-head"):
                word("h2", t("factor.title"))
                chip(*((t("people.on"), "good") if standing.enabled else (t("people.off"), "plain")))
            if not standing.enabled:
                word("p", t("factor.about"), "quiet")
                with node("div", "dialog-deeds"):
                    press(t("factor.begin"), self._ask_begin, "primary", icon="qr_code_2")
                return
            word("p", t("factor.codes-left", n=standing.codes_left), "quiet")
            if standing.codes_left < 3:
                word("p", t("factor.few"), "alert", role="status")
            with node("div", "dialog-deeds"):
                press(t("factor.new-codes"), self._ask_codes, "ghost")
                if not standing.wanted:
                    press(t("factor.remove"), self._ask_remove, "ghost")

    def _with_password(self, title: str, deed: Callable[[], Awaitable[None]]) -> None:
        """Ask for the password, so that nobody who finds the screen open can do it."""
        hand, t = self._hand, self._hand.t

        async def go() -> None:
            async def confirmed() -> bool:
                await account.confirm_password(hand.rt, hand.by, password.value or "")
                return True

            if await hand.do(confirmed()):
                dialog.close()
                await deed()

        with named_dialog(title) as dialog, node("div", "card dialog"):
            word("h2", title)
            password = ui.input(t("factor.password"), password=True).props(
                "dense outlined autofocus autocomplete=current-password"
            )
            password.on("keydown.enter", go, args=[])
            with node("div", "dialog-deeds"):
                press(t("settings.cancel"), dialog.close, "ghost")
                press(t("factor.go-on"), go, "primary")
        dialog.open()

    def _ask_begin(self) -> None:
        self._with_password(self._hand.t("factor.begin"), self._begin)

    def _ask_codes(self) -> None:
        self._with_password(self._hand.t("factor.new-codes"), self._codes)

    def _ask_remove(self) -> None:
        self._with_password(self._hand.t("factor.remove"), self._remove)

    async def _begin(self) -> None:
        hand = self._hand
        setup = await hand.do(second_factor.begin(hand.rt, hand.tenant, self._person))
        if setup is None:
            return
        self._card.clear()
        with self._card:
            self._scan(setup)

    def _scan(self, setup: Setup) -> None:
        t = self._hand.t
        word("h2", t("factor.title"))
        with node("div", "scan"):
            picture = segno.make(setup.uri, error="m").svg_data_uri(scale=4, border=3)
            node("img", "factor-qr", src=picture, alt=t("factor.qr"), width=200, height=200)
            with node("div", "scan-steps"):
                word("p", t("factor.step1"))
                word("p", t("factor.by-hand"), "quiet")
                spaced = " ".join(setup.secret[n : n + 4] for n in range(0, len(setup.secret), 4))
                word("code", spaced, "secret")
                word("p", t("factor.step2"))
                code = ui.input(t("factor.code")).props(
                    "dense outlined autofocus inputmode=numeric autocomplete=one-time-code maxlength=7"
                )

                async def confirm() -> None:
                    await self._confirm(code.value or "")

                code.on("keydown.enter", confirm, args=[])
                with node("div", "dialog-deeds"):
                    press(t("settings.cancel"), self.load, "ghost")
                    press(t("factor.confirm"), confirm, "primary")

    async def _confirm(self, code: str) -> None:
        hand = self._hand
        codes = await hand.do(
            second_factor.confirm(hand.rt, hand.tenant, self._person, "".join(code.split()))
        )
        if codes is None:
            return
        await self.load()
        self._show(codes)
        if self._first:
            with self._card, node("div", "dialog-deeds"):
                word("a", hand.t("factor.enter"), "btn primary", href="/")

    async def _codes(self) -> None:
        hand = self._hand
        codes = await hand.do(second_factor.new_codes(hand.rt, hand.tenant, self._person))
        if codes is not None:
            await self.load()
            self._show(codes)

    def _show(self, codes: list[str]) -> None:
        t = self._hand.t
        with self._card:
            shown_once(t, t("factor.codes"), t("factor.codes-more"), "\n".join(codes))

    async def _remove(self) -> None:
        hand = self._hand
        await hand.do(
            second_factor.remove(hand.rt, hand.tenant, self._person, by=self._person),
            hand.t("factor.removed"),
        )
        await self.load()
