"""Where an answer or a note is written. What is typed lives in the browser (`static/inbox.js`); here is what stands
around it: whether one may write, and why not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder_ui.elements.native import node, press, word
from engine.services import replying
from engine.services.replying import Window
from engine.services.views import InboxRow

if TYPE_CHECKING:
    from builder_ui.inbox.inbox import Inbox

ENDINGS = ".jpg,.jpeg,.png,.webp,.mp3,.ogg,.m4a,.aac,.amr,.mp4,.3gp,.pdf,.docx,.xlsx,.pptx,.txt"


class Composer:
    def __init__(self, desk: Inbox) -> None:
        self.desk = desk
        self._state: tuple[str, str] = ("", "")
        t = desk.t
        with node("div", "ib-composer", data_kind="reply") as self._box:
            self._strip = node("div", "ib-strip")
            self._strip.set_visibility(False)
            with node("div", "ib-kinds", role="group", aria_label=t("ib.kinds")):
                for kind in ("reply", "note"):
                    press(
                        t(f"ib.kind_{kind}"), None, "ib-kind", icon="reply" if kind == "reply" else "lock",
                        data_deed="kind", data_kind=kind, aria_pressed="true" if kind == "reply" else "false",
                    )  # fmt: skip
                word("span", t("ib.draft_kept"), "ib-draft quiet gone")
            with node("div", "ib-replying gone"):
                word("span", "", "ib-replying-text", dir="auto")
                press("", None, "round", icon="close", label=t("ib.unquote"), data_deed="unquote")
            node("div", "ib-files")
            with node("div", "ib-field"):
                node("div", "ib-offer gone", role="listbox", id="ib-offer", aria_label=t("ib.offer"))
                node(
                    "textarea", "ib-text", rows=2, aria_controls="ib-offer",
                    aria_autocomplete="list", aria_label=t("ib.write"), placeholder=t("ib.write"), dir="auto",
                    maxlength=20_000, spellcheck="true", disabled=True,
                )  # fmt: skip
            node("div", "ib-emoji gone", role="dialog", aria_label=t("ib.emoji"))
            with node("div", "ib-tools"):
                node(
                    "input",
                    "ib-pick gone",
                    type="file",
                    multiple=True,
                    accept=ENDINGS,
                    tabindex=-1,
                    aria_hidden="true",
                )
                press(
                    "", None, "round ib-attach", icon="attach_file", label=t("ib.attach"), data_deed="attach"
                )
                press("", None, "round", icon="mood", label=t("ib.emoji"), data_deed="emoji")
                press("", desk.acts.canned, "round ib-canned", icon="bolt", label=t("ib.canned"))
                press("", desk.acts.templates, "round ib-template", icon="verified", label=t("ib.templates"))
                node("div", "grow")
                word("span", "", "ib-count quiet")
                press(t("ib.send"), None, "primary ib-send", icon="send", data_deed="send")

    def update(self, row: InboxRow, window: Window) -> None:
        """Who may write what now."""
        desk, t = self.desk, self.desk.t
        locked, name = "", ""
        if row.state == "closed":
            locked = "closed"
        elif row.owner == "person" and row.person_id not in (None, desk.person):
            locked, name = "other", row.person_name
        elif not window.open:
            locked = "window"
        elif row.owner != "person":
            name = "bot"
        if (locked, name) == self._state:
            return
        self._state = (locked, name)
        self._box.props["data-locked"] = locked
        self._box.update()
        self._strip.clear()
        with self._strip:
            match locked:
                case "other":
                    word("span", t("ib.locked.other", name=name))
                    press(t("ib.take_over"), desk.acts.take, "ghost")
                case "closed":
                    word("span", t("ib.locked.closed"))
                    press(t("ib.reopen"), desk.acts.take, "ghost")
                case "window" if window.templates:
                    word("span", t("ib.locked.window", hours=window.hours))
                    press(t("ib.pick_template"), desk.acts.templates, "primary")
                case "window":
                    word("span", t("ib.locked.window", hours=window.hours))
                case _ if name:
                    word("span", t("ib.locked.bot"))
        self._strip.set_visibility(bool(locked or name))

    def limit(self, kind: str) -> int:
        """Characters that a text may have on this channel."""
        return replying.limits(kind).text
