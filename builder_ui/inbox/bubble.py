"""One message as a bubble: who said it, what it answers to, how far it got, and what to do when it did not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.inbox import clocks, content
from builder_ui.texts import Texts
from engine.services.replying import reason
from engine.services.thread import Quote
from engine.services.views import MessageRow

_TICKS = {
    "queued": "schedule",
    "accepted": "done",
    "sent": "done",
    "delivered": "done_all",
    "read": "done_all",
    "played": "done_all",
}


@dataclass(frozen=True)
class Sight:
    """What a bubble is drawn with. `people` are names by their ids."""

    tenant: int
    t: Texts
    people: dict[int, str]
    quotes: dict[str, Quote]
    retry: Callable[[int], Awaitable[None]]


class Bubble:
    """`update` draws it again when its state or text changed."""

    def __init__(self, message: MessageRow, sight: Sight) -> None:
        self.message, self._sight = message, sight
        side = "out" if message.direction == "out" else "in"
        self.element = node("div", f"ib-line {side}", data_message=message.id)
        self._reaction = ""
        self._draw()

    def update(self, message: MessageRow) -> None:
        if message != self.message:
            self.message = message
            self.element.clear()
            self._draw()

    def react(self, emoji: str) -> None:
        """What the other side set on it; "" takes it away."""
        self._reaction = emoji
        self.element.clear()
        self._draw()

    def _draw(self) -> None:
        message, t = self.message, self._sight.t
        with self.element:
            with node("div", f"ib-bubble from-{message.author}"):
                if message.direction == "out":
                    word("bdi", self._author(), "ib-author")
                self._quoted()
                if message.revoked_at is not None:
                    word("div", t("ib.revoked"), "ib-odd")
                else:
                    content.draw(message, self._sight.tenant, t)
                self._foot()
                if self._reaction:
                    word("span", self._reaction[:8], "ib-reaction", role="img", aria_label=t("ib.reaction"))
            if message.external_id and message.revoked_at is None:
                press(
                    "", None, "ib-quote", icon="reply", label=t("ib.quote"),
                    data_deed="quote", data_external=message.external_id,
                    data_text=(message.text or t.known("ib.kind", str(message.content.get("type", ""))))[:120],
                )  # fmt: skip
            if message.status == "failed":
                self._failed()

    def _author(self) -> str:
        message, t = self.message, self._sight.t
        if message.author == "person" and message.person_id is not None:
            return self._sight.people.get(message.person_id, t("ib.author.person"))
        return t.known("ib.author", message.author)

    def _quoted(self) -> None:
        external, t = self.message.reply_to, self._sight.t
        if not external:
            return
        quote = self._sight.quotes.get(external)
        with node("div", "ib-quoted") as box:
            if quote is None or not quote.message:
                word("span", t("ib.quote_old"))
                return
            word("span", quote.text or t("ib.no_words"), dir="auto")
            box.props["data-deed"] = "jump"
            box.props["data-to"] = str(quote.message)

    def _foot(self) -> None:
        message, t = self.message, self._sight.t
        with node("div", "ib-meta"):
            if message.edited_at is not None and message.revoked_at is None:
                word("span", t("ib.edited"))
            word("time", clocks.local(message.created_at).strftime("%H:%M"))
            symbol = _TICKS.get(message.status, "") if message.direction == "out" else ""
            if symbol:
                state = t.known("status", message.status)
                with node("span", f"ib-tick {message.status}", role="img", aria_label=state, title=state):
                    ui.icon(symbol).props("aria-hidden=true")

    def _failed(self) -> None:
        t = self._sight.t
        code, detail = reason(self.message.error)
        known = t.known("ib.failure", code)
        told = t("ib.failed_other", code=code or detail[:120]) if known == code else known
        with node("div", "ib-failed", role="alert"):
            ui.icon("error").props("aria-hidden=true")
            word("span", told)
            press(t("ib.retry"), lambda: self._sight.retry(self.message.id), "ib-retry")
