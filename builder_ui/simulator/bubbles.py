"""One bubble on the phone, as WhatsApp draws it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import segno
from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.elements.text import formatted
from builder_ui.simulator.transcript import Bubble, Option
from builder_ui.texts import Texts

ZONE = ZoneInfo("America/Sao_Paulo")
_TICKS = {"sent": "done", "delivered": "done_all", "read": "done_all"}


@dataclass(frozen=True)
class Hands:
    """What the owner of the phone can do with a bubble."""

    choose: Callable[[Bubble, Option, bool], object]
    """The bubble, the option, and whether it is a row of a list."""
    open: Callable[[Bubble], object]
    quote: Callable[[Bubble], object]
    react: Callable[[Bubble], object]


def draw(bubble: Bubble, quoted: Bubble | None, hands: Hands, t: Texts) -> None:
    """The bubble and what hangs below it, into the current slot."""
    side = "mine" if bubble.mine else "theirs"
    with node("div", f"bubble {side} kind-{_kind(bubble)}", data_bubble=bubble.id):
        if bubble.quoted:
            with node("div", "quoted"):
                word(
                    "span", t("chat.you") if quoted is not None and quoted.mine else t("chat.company"), "who"
                )
                word("span", _summary(quoted, t) if quoted is not None else t("chat.earlier"), "what")
        _content(bubble, t)
        with node("div", "meta"):
            word("span", local(bubble.at).strftime("%H:%M"))
            if bubble.tick:
                # the icon hides itself from screen readers, so what it means stands around it
                with node("span", "tick-box", role="img", aria_label=t(f"tick.{bubble.tick}")):
                    ui.icon(_TICKS[bubble.tick]).classes(f"tick tick-{bubble.tick}")
        if bubble.reaction:
            word("div", bubble.reaction, "reaction")
        if not bubble.mine:
            with node("div", "hands"):
                press("", lambda: hands.quote(bubble), "tiny", icon="reply", label=t("chat.reply"))
                press("", lambda: hands.react(bubble), "tiny", icon="thumb_up_off_alt", label=t("chat.react"))
    if bubble.buttons:
        with node("div", "replies"):
            for option in bubble.buttons:
                _reply(bubble, option, hands)
    if bubble.sections:
        with node("div", "replies"):
            press(bubble.opens or t("chat.options"), lambda: hands.open(bubble), "reply", icon="list")


def _reply(bubble: Bubble, option: Option, hands: Hands) -> None:
    press(option.title, lambda: hands.choose(bubble, option, False), "reply", icon="reply")


def list_row(option: Option, choose: Callable[[], Awaitable[object]]) -> None:
    """A line of the sheet that a list opens."""
    with press("", choose, "row"), node("span", "row-words"):
        word("span", option.title, "row-title")
        if option.description:
            word("span", option.description, "row-more")


def local(at: float) -> datetime:
    return datetime.fromtimestamp(at, ZONE)


def _kind(bubble: Bubble) -> str:
    return bubble.kind if bubble.kind.isalnum() else "other"


def _summary(bubble: Bubble, t: Texts) -> str:
    if bubble.kind == "pix":
        return t("chat.pix")
    return bubble.text or bubble.filename or t.known("kind", bubble.kind)


def _content(bubble: Bubble, t: Texts) -> None:
    if bubble.header:
        word("div", bubble.header, "head")
    match bubble.kind:
        case "pix":
            _pix(bubble.text.strip(), t, with_picture=not bubble.pictured)
            return
        case "image" | "sticker":
            node("img", "picture", src=_source(bubble), alt=bubble.text or t("kind.image"), loading="lazy")
        case "audio":
            node("audio", "sound", src=_source(bubble), controls=True, aria_label=t("kind.audio"))
        case "video":
            node("video", "picture", src=_source(bubble), controls=True, aria_label=t("kind.video"))
        case "document":
            link = node("a", "paper", href=_source(bubble), target="_blank", rel="noopener")
            with link:
                ui.icon("description").props("aria-hidden=true")
                word("span", bubble.filename or t("kind.document"))
        case "location":
            _place(bubble, t)
        case "text" | "interactive" | "template" | "button":
            pass
        case other:
            word("div", t.known("kind", other), "odd")
    if bubble.text:
        formatted(bubble.text)
    if bubble.footer:
        word("div", bubble.footer, "foot")


def _source(bubble: Bubble) -> str:
    if bubble.media.startswith(("https://", "http://")):
        return bubble.media
    return f"/demonstracao/media/{bubble.media}"


def _place(bubble: Bubble, t: Texts) -> None:
    latitude, longitude = bubble.place or (0.0, 0.0)
    with node("div", "place"):
        ui.icon("place").props("aria-hidden=true")
        word("span", f"{latitude:.5f}, {longitude:.5f}", "figures")
    if not bubble.text:
        word("div", t("kind.location"), "foot")


def _pix(code: str, t: Texts, *, with_picture: bool) -> None:
    with node("div", "pix"):
        with node("div", "pix-head"):
            ui.icon("pix").props("aria-hidden=true")
            word("span", t("chat.pix"))
        if with_picture:
            uri = segno.make(code, error="m", micro=False).svg_data_uri(
                scale=4, border=2, dark="#111b21", light="#fff"
            )
            node("img", "qr", src=uri, alt=t("chat.pix_qr"))
        word("code", code, "pix-code")
        copy = node("button", "btn pix-copy", type="button", data_code=code, data_done=t("chat.copied"))
        copy.on("click", js_handler="(e) => tramaCopy(e.currentTarget)")
        with copy:
            ui.icon("content_copy").props("aria-hidden=true")
            word("span", t("chat.copy_pix"))
