"""What people wrote, as text: folded when it is long, in its own direction, never markup."""

from __future__ import annotations

from nicegui import ui
from nicegui.element import Element

from builder_ui.elements.native import node, press, word
from builder_ui.elements.text import formatted
from builder_ui.texts import Texts

FOLD = 1_500
"""Characters after which a text is folded; a wall of words must not push everything else off the screen."""
LARGEST = 20_000


def words(text: str, t: Texts, *, marks: bool = True) -> None:
    """The text, with stars and underscores as chat apps show them."""
    with node("div", "ib-said", dir="auto") as place:
        _draw(place, text, t, marks, whole=len(text) <= FOLD)


def _draw(place: Element, text: str, t: Texts, marks: bool, *, whole: bool) -> None:
    shown = text[:LARGEST] if whole else text[:FOLD] + "…"
    with place:
        if marks:
            formatted(shown)
        else:
            word("div", shown, "said")
        if len(text) <= FOLD:
            return

        def turn() -> None:
            place.clear()
            _draw(place, text, t, marks, whole=not whole)

        press(t("ib.less") if whole else t("ib.more_words", n=len(text) - FOLD), turn, "ib-fold")


def icon(name: str) -> None:
    ui.icon(name).props("aria-hidden=true")
