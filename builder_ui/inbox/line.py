"""What stands between the bubbles: days, where the unread begins, notes of colleagues, and what people did."""

from __future__ import annotations

from nicegui import ui

from builder_ui.elements.native import node, word
from builder_ui.inbox import clocks
from builder_ui.inbox.words import words
from builder_ui.texts import Texts
from engine.services.views import DeedLine, NoteLine


def note(line: NoteLine, t: Texts) -> None:
    """A note, in another colour than anything that a customer sees."""
    with node("div", "ib-line note", data_note=line.id), node("div", "ib-note"):
        with node("div", "ib-note-head"):
            ui.icon("lock").props("aria-hidden=true")
            word("bdi", line.person_name or t("ib.author.bot"), "strong")
            word("span", t("ib.note_only"), "quiet")
            word("time", clocks.local(line.at).strftime("%H:%M"), "quiet")
        words(line.text, t, marks=False)


def deed(line: DeedLine, t: Texts) -> None:
    """Who took, moved, set aside or closed it. What nobody here did is not told twice."""
    who = line.person_name or t("ib.author.system")
    after = line.detail.get("after")
    facts = after if isinstance(after, dict) else {}
    text = t(f"ib.deed.{line.action}", who=who)
    more = str(facts.get("reason") or line.detail.get("reason") or facts.get("queue") or "")[:200]
    with node("div", "ib-system"):
        word("span", text)
        if more:
            word("bdi", more, "quiet")
        word("time", clocks.local(line.at).strftime("%H:%M"), "quiet")
