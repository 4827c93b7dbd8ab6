"""How the contact will see it: the node's words as a bubble, with example values, in the channel of choice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.elements.text import formatted
from builder_ui.form.sheet import Sheet
from engine.core.errors import TramaError
from engine.core.matching import Option
from engine.core.message import Buttons, Choices, Outbound, Text
from engine.core.offer import offer
from engine.core.template import template
from engine.services.hints import limits, sample

SPEAKING: dict[str, str] = {
    "send_message": "/text", "ask": "/text", "menu": "/text", "csat": "/text", "close": "/text",
    "hand_over": "/text", "send_payment": "/text", "send_template": "/preview", "notify": "/text",
}  # fmt: skip
"""Node types that say something, and where."""
CHANNELS = ("whatsapp_cloud", "webchat")
STARS = [{"id": str(n), "title": "⭐" * n} for n in range(5, 0, -1)]


class Preview:
    """Follows the document, and what is being typed at `typed(path, text)`."""

    def __init__(self, sheet: Sheet, kind: str) -> None:
        self.sheet, self.kind = sheet, kind
        self.channel = CHANNELS[0]
        self.typing: tuple[str, str] | None = None
        self._seen: object = None
        with node("section", "tf-preview", aria_label=sheet.t("form.preview")):
            with node("div", "tf-preview-head"):
                word("span", sheet.t("form.preview"), "tf-label")
                self.tabs = node("div", "tf-tabs")
            self.wall = node("div", "tf-wall")
        self._head()
        sheet.watch(self.draw)
        self.draw()

    def _head(self) -> None:
        t = self.sheet.t
        self.tabs.clear()
        with self.tabs:
            for kind in CHANNELS:
                on = kind == self.channel
                press(
                    t(f"form.channel.{kind}"), self._turner(kind), "tf-tab on" if on else "tf-tab",
                    aria_pressed="true" if on else "false",
                )  # fmt: skip

    def _turner(self, kind: str) -> Callable[[], None]:
        def turned() -> None:
            self.channel = kind
            self._head()
            self.draw()

        return turned

    def typed(self, path: str, text: str) -> None:
        """What is being typed at this pointer, before it is settled."""
        self.typing = (path, text)
        self.draw()

    def words(self) -> str:
        """The text for the channel, as typed or as settled."""
        path = SPEAKING[self.kind]
        value = self.sheet.get(path, "")
        if isinstance(value, dict):
            language = self.sheet.desk.document.language
            keys = (f"{self.channel}:{language}", self.channel, language, "default")
            key = next((k for k in keys if k in value), "")
            if self.typing is not None and self.typing[0] == f"{path}/{key}":
                return self.typing[1]
            value = value.get(key, "")
        elif self.typing is not None and self.typing[0] == path:
            return self.typing[1]
        return value if isinstance(value, str) else ""

    def draw(self) -> None:
        shown = self.content()
        attachments = self.sheet.get("/media", []) if self.kind == "send_message" else []
        more = self.sheet.get("/more", []) if self.kind == "send_message" else []
        now = (self.channel, repr(shown), repr(attachments), repr(more))
        if now == self._seen:
            return
        self._seen = now
        self.wall.classes(replace=f"tf-wall {self.channel}")
        self.wall.clear()
        with self.wall:
            empty = not any((_text(shown), attachments, more))
            if empty:
                word("div", self.sheet.t("form.preview.empty"), "quiet")
                return
            for part in attachments if isinstance(attachments, list) else []:
                self._attachment(part)
            if _text(shown):
                self._bubble(shown)
            for text in more if isinstance(more, list) else []:
                said = text.get("default", "") if isinstance(text, dict) else str(text)
                if said:
                    self._bubble(Text(self.fill(said)))

    def content(self) -> Outbound:
        """The bubble with its buttons, as this channel would get it."""
        text = self.fill(self.words())
        bounds = limits()[self.channel]
        found = STARS if self.kind == "csat" else self.sheet.get("/options", [])
        if self.kind == "ask":
            answer = self.sheet.get("/answer", "text")
            if answer == "yes_no":
                found = [{"id": "sim", "title": "Sim"}, {"id": "nao", "title": "Não"}]
            elif answer != "choice":
                found = []
        options = []
        for raw in found if isinstance(found, list) else []:
            title = raw.get("title") if isinstance(raw, dict) else None
            if isinstance(title, str) and title:
                about = raw.get("description", "")
                options.append(
                    Option(id="x", title=title, description=about if isinstance(about, str) else "")
                )
        button = self.sheet.get("/button", "Ver opções")
        return offer(text, options, bounds, button=button if isinstance(button, str) else "")

    def fill(self, text: str) -> str:
        """With example values; as written where the text is not right yet."""
        try:
            return template(text).render(sample(self.sheet.hints))
        except TramaError:
            return text

    def _bubble(self, shown: Outbound) -> None:
        with node("div", "bubble theirs"):
            formatted(_text(shown))
            with node("div", "meta"):
                word("span", "10:42")
        match shown:
            case Buttons(buttons=buttons):
                with node("div", "replies"):
                    for button in buttons:
                        self._reply(button.title, "reply")
            case Choices(button=button, sections=sections):
                with node("div", "replies"):
                    self._reply(button or "…", "list")
                with node("div", "tf-list"):
                    for row in (r for s in sections for r in s.rows):
                        with node("div", "tf-list-row"):
                            word("div", row.title)
                            if row.description:
                                word("div", row.description, "quiet")

    def _reply(self, title: str, icon: str) -> None:
        with node("div", "btn reply"):
            ui.icon(icon).props("aria-hidden=true")
            word("span", title)

    def _attachment(self, part: Any) -> None:
        if not isinstance(part, dict):
            return
        with node("div", "bubble theirs"):
            with node("div", "paper"):
                ui.icon("attach_file").props("aria-hidden=true")
                word("span", self.sheet.t.known("choice", str(part.get("kind", ""))))
            caption = part.get("caption", "")
            said = caption.get("default", "") if isinstance(caption, dict) else caption
            if isinstance(said, str) and said:
                formatted(self.fill(said))


def _text(shown: Outbound) -> str:
    match shown:
        case Text(text=text) | Buttons(text=text) | Choices(text=text):
            return text
    return ""


__all__ = ["SPEAKING", "Preview"]
