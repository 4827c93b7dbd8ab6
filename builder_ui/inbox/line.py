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


def deed(line: DeedLine, t: Texts, people: dict[int, str], queues: dict[str, str]) -> None:
    """Who took, moved, set aside or closed it, and for whom."""
    after = line.detail.get("after")
    facts = after if isinstance(after, dict) else {}
    person, queue = facts.get("person"), str(facts.get("queue") or "")
    target = people.get(person, "") if isinstance(person, int) else queues.get(queue, queue)
    with node("div", "ib-system"):
        word("span", t(f"ib.deed.{line.action}", who=line.person_name or t("ib.author.system")))
        if target:
            word("bdi", t("ib.deed_to", name=target))
        if facts.get("reason"):
            word("bdi", str(facts["reason"])[:200], "quiet")
        word("time", clocks.local(line.at).strftime("%H:%M"), "quiet")
