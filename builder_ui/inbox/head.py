"""Above the words: who it is, which clocks run, and what one can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.inbox import clocks
from builder_ui.inbox.row import called
from engine.services.replying import Window
from engine.services.views import InboxRow

if TYPE_CHECKING:
    from builder_ui.inbox.inbox import Inbox


class Head:
    def __init__(self, desk: Inbox) -> None:
        self.desk = desk
        self._place = node("header", "ib-head-bar")
        self._last: tuple[object, ...] = ()

    def update(self, row: InboxRow, window: Window) -> None:
        # an open menu must not go away with every word that is said
        seen = (_without_words(row), window.open, window.until and int(window.until.timestamp() // 300))
        if self._last == seen:
            return
        self._last = seen
        desk, t = self.desk, self.desk.t
        mine = row.person_id == desk.person
        self._place.clear()
        with self._place:
            press("", None, "round ib-back", icon="arrow_back", label=t("ib.back"), data_deed="back")
            with node("div", "ib-who"):
                word("h2", called(row, t), "ib-name", dir="auto")
                with node("div", "ib-facts"):
                    word("span", row.channel_name, "quiet")
                    word("span", row.protocol, "quiet mono ib-protocol")
                    if row.state == "closed":
                        word("span", t("ib.closed"), "state state-plain")
                    elif row.owner == "person" and not mine and row.person_name:
                        word("span", t("ib.served_by", name=row.person_name), "state state-warn")
                    elif row.owner != "person":
                        word("span", t(f"ib.owner.{row.owner}"), "state state-info")
                    if row.snoozed_until is not None:
                        until = f"{clocks.local(row.snoozed_until):%d/%m %H:%M}"
                        word("span", t("ib.until", at=until), "state state-info")
                    clocks.promise(row, t)
                    if row.state == "open":
                        clocks.window(window, t)
            with node("div", "ib-deeds", role="toolbar", aria_label=t("ib.deeds")):
                if row.state == "closed":
                    press(t("ib.reopen"), desk.acts.take, "ghost", icon="lock_open")
                elif not mine:
                    press(t("ib.take"), desk.acts.take, "primary", icon="back_hand", aria_keyshortcuts="e")
                if row.state == "open":
                    press("", desk.acts.transfer, "round", icon="forward", label=t("ib.transfer"))
                    press("", desk.acts.snooze, "round", icon="snooze", label=t("ib.snooze"))
                    press(
                        t("ib.close"), desk.acts.close, "ghost ib-close", icon="check", aria_keyshortcuts="c"
                    )
                with (
                    press(
                        "", None, "round", icon="more_vert", label=t("ib.more_deeds"), aria_haspopup="menu"
                    ),
                    ui.menu().props("auto-close") as menu,
                ):
                    menu.props["aria-label"] = t("ib.more_deeds")
                    ui.menu_item(t("ib.tags"), desk.acts.tags)
                    if row.state == "open":
                        ui.menu_item(t("ib.flow"), desk.acts.flow)
                        ui.menu_item(t("ib.move"), desk.acts.move)
                        ui.menu_item(t("ib.templates"), desk.acts.templates)
                        if row.owner == "person":
                            ui.menu_item(t("ib.give_back"), desk.acts.give_back)
            press("", None, "round ib-to-panel", icon="info", label=t("ib.panel"), data_deed="panel")


def _without_words(row: InboxRow) -> InboxRow:
    """What the bar shows of a conversation, the same while only words are said."""
    return msgspec.structs.replace(
        row,
        unread=0,
        mentioned=False,
        draft=False,
        last_text="",
        last_message_at=row.last_message_at.min,
        last_inbound_at=None,
    )
