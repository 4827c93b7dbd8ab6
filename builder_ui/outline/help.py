"""The map of keys (`?`)."""

from __future__ import annotations

from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.texts import Texts

KEYS: dict[str, list[tuple[str, str]]] = {
    "build": [
        ("/", "insert"), ("Enter", "open"), ("Ctrl D", "duplicate"), ("Delete", "delete"), ("C", "connect"),
        ("N", "note"), ("G", "group"), ("Ctrl Z", "undo"), ("Ctrl Shift Z · Ctrl Y", "redo"),
    ],
    "clipboard": [("Ctrl C", "copy"), ("Ctrl X", "cut"), ("Ctrl V", "paste"), ("Ctrl A", "all")],
    "move": [
        ("← ↑ → ↓", "nudge"), ("Shift ← ↑ → ↓", "nudge-far"), ("Tab · Shift Tab", "walk"),
        ("Alt ← ↑ → ↓", "follow"), ("Alt Shift ← ↑ → ↓", "align"), ("Esc", "deselect"),
    ],
    "look": [
        ("F", "fit"), ("L", "arrange"), ("Shift F", "fit-selection"), ("+ · − · 0", "zoom"), ("Ctrl F", "search"),
        ("Ctrl K", "palette"), ("?", "help"),
    ],
    "outline": [
        ("↑ ↓", "line"), ("← →", "fold"), ("+", "insert-here"), ("=", "connect"), ("Delete", "delete"),
        ("Enter", "open"),
    ],
}  # fmt: skip


class Help:
    def __init__(self, t: Texts) -> None:
        with named_dialog(t("keys.title")) as self._dialog, node("div", "keys card"):
            with node("div", "card-head"):
                word("h2", t("keys.title"))
                node("div", "grow")
                press("", self._dialog.close, "round", icon="close", label=t("keys.close"))
            with node("div", "keys-columns"):
                for group, keys in KEYS.items():
                    with node("section", ""):
                        word("h3", t(f"keys.group.{group}"))
                        with node("dl", "keys-list"):
                            for key, deed in keys:
                                with node("dt", ""):
                                    word("kbd", key)
                                word("dd", t(f"keys.{deed}"))

    def open(self) -> None:
        self._dialog.open()
