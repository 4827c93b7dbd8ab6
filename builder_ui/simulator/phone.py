"""The phone: frame, chat, list sheet and composer. It shows what the transcript holds and passes on what is typed."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import date
from functools import partial

from nicegui import events, ui
from nicegui.element import Element

from builder_ui.elements.native import node, press, word
from builder_ui.simulator import bubbles
from builder_ui.simulator.bubbles import Hands, list_row, local
from builder_ui.simulator.transcript import Bubble, Change, Option
from builder_ui.simulator.visitor import LARGEST, Visitor
from builder_ui.texts import Texts

CHIPS = ("111.111.111-11", "222.222.222-22", "menu", "ajuda")
EMOJI = "😀😂😊😍😉😎🤔😅😢😡👍👎🙏👏💪🎉💚❤️🔥✅❌💸📄⚡"
HERE = (-23.55052, -46.63331)


class Phone:
    """`act` runs what the owner does and shows a failure instead of raising."""

    def __init__(self, visitor: Visitor, company: str, t: Texts) -> None:
        self.visitor, self.t = visitor, t
        self._slots: dict[str, Element] = {}
        self._day: date | None = None
        self._quoting: Bubble | None = None
        self._hands = Hands(choose=self._choose, open=self._open, quote=self._quote, react=self._react)
        self._build(company)

    # -- what it shows ------------------------------------------------------------------------------------------

    def show(self, change: Change) -> None:
        """Bring the screen up to date with one change."""
        if change.what == "typing":
            self._typing(True)
        elif change.bubble is not None and change.what == "added":
            if not change.bubble.mine:
                self._typing(False)
            self._append(change.bubble)
        elif change.bubble is not None:
            self._redraw(change.bubble)

    def _append(self, bubble: Bubble) -> None:
        with self._list:
            day = local(bubble.at).date()
            if day != self._day:
                self._day = day
                today = self.visitor.demo.time.moment().astimezone(bubbles.ZONE).date()
                shown = self.t("chat.today") if day == today else day.strftime("%d/%m/%Y")
                word("div", shown, "day")
            self._empty.set_visibility(False)
            slot = self._slots[bubble.id] = node("div", f"line {'mine' if bubble.mine else 'theirs'}")
        self._fill(slot, bubble)

    def _redraw(self, bubble: Bubble) -> None:
        """Reading one message may have read those before it."""
        for ident, slot in self._slots.items():
            known = self.visitor.transcript.bubbles[ident]
            if ident == bubble.id or (known.mine and slot.props.get("data-tick") != known.tick):
                self._fill(slot, known)

    def _fill(self, slot: Element, bubble: Bubble) -> None:
        slot.props["data-tick"] = bubble.tick
        slot.clear()
        with slot:
            bubbles.draw(bubble, self.visitor.transcript.bubbles.get(bubble.quoted), self._hands, self.t)

    def _typing(self, on: bool) -> None:
        self._dots.set_visibility(on)
        self._status.text = self.t("chat.typing" if on else "chat.online")

    # -- what its owner does ------------------------------------------------------------------------------------

    async def act(self, doing: Awaitable[str]) -> None:
        ident = await doing
        change = self.visitor.transcript.delivered(ident)
        if change is not None:
            self.show(change)

    async def send(self, text: str) -> None:
        """Say it; a text of blanks is not sent."""
        quoted, self._quoting = self._quoting, None
        self._quote_bar.set_visibility(False)
        if text.strip():
            await self.act(self.visitor.says(text, reply_to=quoted.id if quoted else ""))

    async def _send_typed(self) -> None:
        text, self._input.value = self._input.value or "", ""
        await self.send(text)

    async def _choose(self, bubble: Bubble, option: Option, from_list: bool) -> None:
        self._sheet.set_visibility(False)
        await self.act(self.visitor.chooses(bubble, option, from_list))

    def _open(self, bubble: Bubble) -> None:
        """The list of choices, from below."""
        self._sheet.clear()
        with self._sheet, node("div", "sheet-card", role="dialog", aria_label=bubble.opens):
            with node("div", "sheet-head"):
                close = press("", self._close, "round", icon="close", label=self.t("chat.close"))
                word("div", bubble.opens, "sheet-title")
            for title, rows in bubble.sections:
                if title:
                    word("div", title, "sheet-section")
                for row in rows:
                    list_row(row, partial(self._choose, bubble, row, True))
        self._sheet.set_visibility(True)
        ui.run_javascript(f"getHtmlElement({close.id})?.focus()")

    def _close(self) -> None:
        self._sheet.set_visibility(False)

    def _quote(self, bubble: Bubble) -> None:
        self._quoting = bubble
        self._quote_bar.clear()
        with self._quote_bar:
            word("span", bubble.text or self.t.known("kind", bubble.kind), "what")
            press("", self._unquote, "round", icon="close", label=self.t("chat.cancel_reply"))
        self._quote_bar.set_visibility(True)
        self._input.run_method("focus")

    def _unquote(self) -> None:
        self._quoting = None
        self._quote_bar.set_visibility(False)

    async def _react(self, bubble: Bubble) -> None:
        await self.act(self.visitor.reacts(bubble, "" if bubble.reaction else "👍"))

    async def _uploaded(self, event: events.UploadEventArguments) -> None:
        data = await event.file.read()
        self._upload.reset()
        await self.act(self.visitor.attaches(data, event.file.content_type or "application/octet-stream"))

    async def _here(self) -> None:
        await self.act(self.visitor.is_at(*HERE))

    def _add_emoji(self, emoji: str) -> None:
        self._input.value = (self._input.value or "") + emoji
        self._input.run_method("focus")

    # -- how it is built ----------------------------------------------------------------------------------------

    def _build(self, company: str) -> None:
        t = self.t
        with node("section", "phone", aria_label=t("demo.phone")):
            with node("div", "phone-bar", aria_hidden="true"):
                word("span", "", "phone-time", data_clock="short")
                with node("span", "phone-icons"):
                    for icon in ("signal_cellular_alt", "wifi", "battery_full"):
                        ui.icon(icon)
            with node("header", "phone-head"):
                word("div", "".join(w[0] for w in company.split()[:2]).upper(), "avatar", aria_hidden="true")
                with node("div", "phone-who"):
                    with node("div", "phone-name"):
                        word("span", company)
                        ui.icon("verified").classes("seal").props("aria-hidden=true")
                    self._status = word("div", t("chat.online"), "phone-status")
            with (
                node("div", "chat", tabindex=0, role="log", aria_live="polite", aria_label=t("demo.chat")),
                node("div", "chat-inner"),
            ):
                word("div", t("chat.notice"), "notice")
                self._empty = word("div", t("chat.empty"), "hint")
                self._list = node("div", "bubbles")
                self._dots = node("div", "line theirs")
                with self._dots, node("div", "bubble theirs dots", aria_label=t("chat.typing"), role="img"):
                    for _ in range(3):
                        node("span")
                self._dots.set_visibility(False)
            self._chips()
            self._quote_bar = node("div", "quote-bar")
            self._quote_bar.set_visibility(False)
            self._composer()
            self._sheet = node("div", "sheet")
            self._sheet.on("keydown.escape", self._close, args=[])
            self._sheet.set_visibility(False)

    def _chips(self) -> None:
        with node("div", "chips", role="group", aria_label=self.t("chat.quick")):
            for chip in CHIPS:
                self._chip(chip)

    def _chip(self, chip: str) -> None:
        press(chip, lambda: self.send(chip), "chip")

    def _composer(self) -> None:
        t = self.t
        self._upload = ui.upload(
            on_upload=self._uploaded,
            on_rejected=lambda: ui.notify(t("chat.too_large"), type="warning"),
            auto_upload=True,
            max_file_size=LARGEST,
        ).classes("gone")
        with node("div", "composer"):
            with node("div", "composer-field"):
                with (
                    press("", None, "round", icon="mood", label=t("chat.emoji")),
                    ui.menu().props(f'role=dialog aria-label="{t("chat.emoji")}"'),
                    node("div", "emoji"),
                ):
                    for emoji in _clusters(EMOJI):
                        self._emoji(emoji)
                self._input = ui.input(placeholder=t("chat.write")).props("borderless dense maxlength=4096")
                self._input.props["aria-label"] = t("chat.write")
                self._input.props["autocomplete"] = "off"
                self._input.classes("composer-input").on("keydown.enter", self._send_typed, args=[])
                with press("", None, "round", icon="attach_file", label=t("chat.attach")), ui.menu():
                    ui.menu_item(t("chat.file"), lambda: self._upload.run_method("pickFiles"))
                    ui.menu_item(t("chat.location"), self._here)
            press("", self._send_typed, "round send", icon="send", label=t("chat.send"))

    def _emoji(self, emoji: str) -> None:
        press(emoji, lambda: self._add_emoji(emoji), "emoji-one")


def _clusters(text: str) -> list[str]:
    """One emoji each: a variation selector belongs to what stands before it."""
    found: list[str] = []
    for character in text:
        if character == "\ufe0f" and found:
            found[-1] += character
        else:
            found.append(character)
    return found
