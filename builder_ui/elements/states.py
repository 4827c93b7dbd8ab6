"""Small signs that all screens share: chips of a state, empty lists, pairs of a name and a value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from nicegui import ui

from builder_ui.elements.native import node, word

Tone = Literal["good", "bad", "warn", "info", "plain"]
TONES: dict[str, Tone] = {
    "waiting": "info",
    "done": "good",
    "handed_over": "warn",
    "failed": "bad",
    "held": "plain",
    "stale": "plain",
    "silent": "plain",
    "unmatched": "warn",
    "ok": "good",
    "warning": "warn",
    "error": "bad",
    "paid": "good",
    "open": "info",
    "overdue": "bad",
    "in_agreement": "warn",
    "pending": "warn",
    "accepted": "good",
    "proposed": "info",
    "fulfilled": "good",
    "bot": "info",
    "person": "warn",
    "ai": "info",
    "closed": "plain",
}


def chip(text: str, tone: Tone = "plain") -> None:
    word("span", text, f"state state-{tone}")


def empty(icon: str, title: str, more: str = "") -> None:
    """What a list says that has nothing to show."""
    with node("div", "nothing"):
        ui.icon(icon).props("aria-hidden=true")
        word("div", title, "nothing-title")
        if more:
            word("div", more, "nothing-more")


def pairs(items: Iterable[tuple[str, str]], classes: str = "") -> None:
    """A list of names and values."""
    with node("dl", f"pairs {classes}"):
        for name, value in items:
            word("dt", name)
            word("dd", value)


def table(caption: str, heads: list[str], rows: Iterable[list[str | tuple[str, Tone]]]) -> None:
    """A small table; a cell that is a pair is shown as a chip."""
    with node("div", "table-wrap"), node("table", "table"):
        word("caption", caption, "unseen")
        with node("thead"), node("tr"):
            for head in heads:
                word("th", head, scope="col")
        with node("tbody"):
            for row in rows:
                with node("tr"):
                    for cell in row:
                        if isinstance(cell, tuple):
                            with node("td"):
                                chip(*cell)
                        else:
                            word("td", cell)
