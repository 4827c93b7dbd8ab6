"""One line of the list. It is drawn again only when something in it changed."""

from __future__ import annotations

from datetime import datetime

from nicegui import ui

from builder_ui.elements.native import node, word
from builder_ui.inbox import clocks
from builder_ui.texts import Texts
from engine.services.views import InboxRow

ICONS = {"whatsapp_cloud": "chat", "webchat": "public", "messenger": "forum", "instagram": "photo_camera"}
URGENT = 8
MOST_UNREAD = 99


class Row:
    """`queues` are the names of queues by their keys."""

    def __init__(
        self,
        row: InboxRow,
        t: Texts,
        now: datetime,
        queues: dict[str, str],
        *,
        why: str = "",
        message: int = 0,
    ) -> None:
        self.row, self._t, self._queues = row, t, queues
        self._why, self._message = why, message
        self.element = node("a", "ib-row", href=f"/inbox/{row.id}", data_id=row.id)
        if message:
            self.element.props["data-message"] = str(message)
        self._draw(now)

    def update(self, row: InboxRow, now: datetime) -> bool:
        """Whether it looks different now."""
        if row == self.row:
            return False
        self.row = row
        self.element.clear()
        self._draw(now)
        return True

    def current(self, is_current: bool) -> None:
        if is_current:
            self.element.props["aria-current"] = "true"
        else:
            self.element.props.pop("aria-current", None)
        self.element.update()

    def _draw(self, now: datetime) -> None:
        row, t = self.row, self._t
        self.element.classes(replace="ib-row" + (" unread" if row.unread or row.mentioned else ""))
        with self.element:
            with node("div", "ib-row-top"):
                ui.icon(ICONS.get(row.channel_kind, "chat_bubble")).classes("ib-row-channel").props(
                    "aria-hidden=true"
                )
                word("bdi", called(row, t), "ib-row-name")
                if row.priority >= URGENT and row.ticket is not None:
                    with node("span", "ib-row-urgent", title=t("ib.urgent")):
                        ui.icon("priority_high").props("aria-hidden=true")
                        word("span", t("ib.urgent"), "unseen")
                word("time", clocks.short(row.last_message_at, now, t), "ib-row-time")
            with node("div", "ib-row-mid"):
                if row.draft:
                    word("span", t("ib.draft"), "ib-row-draft")
                word("span", self._why or row.last_text or t("ib.no_words"), "ib-row-last", dir="auto")
                if row.mentioned:
                    word("span", "@", "ib-badge mention", title=t("ib.mentioned"))
                if row.unread:
                    shown = str(row.unread) if row.unread <= MOST_UNREAD else f"{MOST_UNREAD}+"
                    with node("span", "ib-badge"):
                        word("span", shown)
                        word("span", t("ib.unread_many"), "unseen")
            self._low()

    def _low(self) -> None:
        row, t = self.row, self._t
        with node("div", "ib-row-low"):
            clocks.promise(row, t)
            if row.snoozed_until is not None:
                word(
                    "span",
                    t("ib.until", at=f"{clocks.local(row.snoozed_until):%d/%m %H:%M}"),
                    "state state-info",
                )
            if row.state == "closed":
                word("span", t("ib.closed"), "state state-plain")
            elif row.owner != "person":
                word("span", t(f"ib.owner.{row.owner}"), "state state-info")
            elif row.person_name:
                word("bdi", row.person_name, "ib-row-who")
            if row.ticket is not None and row.ticket.state == "waiting":
                word("span", t("ib.waiting"), "state state-warn")
            if row.queue:
                word("span", self._queues.get(row.queue, row.queue), "ib-row-queue")
            for tag in row.tags[:2]:
                word("bdi", tag, "ib-tag")


def called(row: InboxRow, t: Texts) -> str:
    """What a customer is called."""
    return row.contact_name or row.contact_phone or t("ib.nameless")
