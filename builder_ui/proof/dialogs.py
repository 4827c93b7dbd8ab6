"""Small questions to the person."""

from __future__ import annotations

from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.texts import Texts


async def ask_text(t: Texts, title: str, value: str = "", *, more: str = "", yes: str = "") -> str | None:
    """A line of text; None when the person thought better of it."""
    with ui.dialog() as dialog, node("div", "proof-dialog", role="document"):
        word("h2", title)
        if more:
            word("p", more, "quiet")
        line = ui.input(value=value).props("dense outlined autofocus").classes("proof-line")
        line.props["aria-label"] = title
        line.on("keydown.enter", lambda: dialog.submit(line.value), args=[])
        with node("div", "proof-actions"):
            press(t("proof.try.cancel"), lambda: dialog.submit(None), "ghost")
            press(yes or t("proof.try.save"), lambda: dialog.submit(line.value), "primary")
    found = await dialog
    dialog.delete()
    return str(found).strip() or None if found else None


async def ask_yes(t: Texts, title: str, yes: str) -> bool:
    with ui.dialog() as dialog, node("div", "proof-dialog", role="document"):
        word("h2", title)
        with node("div", "proof-actions"):
            press(t("proof.try.cancel"), lambda: dialog.submit(False), "ghost")
            press(yes, lambda: dialog.submit(True), "primary")
    found = await dialog
    dialog.delete()
    return bool(found)
