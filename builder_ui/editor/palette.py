"""The node types to take from: by group, with search. Dragged onto the canvas, or pressed to stand behind what is
selected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element

from builder_ui.elements.chooser import fold
from builder_ui.elements.native import node, word
from builder_ui.texts import Texts
from engine.nodes import registry

GROUPS = ("talk", "ask", "decide", "people", "do", "think", "wait", "shape")
"""What one reaches for first stands first."""


def entries(t: Texts) -> list[tuple[str, str, str, str, str]]:
    """(group, kind, icon, title, summary) of all node types, in the palette's order."""
    found: list[tuple[str, str, str, str, str]] = []
    for group in GROUPS:
        for kind, cls in registry().items():
            palette = cls.palette
            if palette.group == group:
                found.append(
                    (group, kind, palette.icon, palette.title[t.language], palette.summary[t.language])
                )
    return found


def palette(t: Texts, on_pick: Callable[[str], Awaitable[object]]) -> None:
    """Draw it into the current slot."""
    search = ui.input(placeholder=t("editor.palette.search")).props("dense outlined clearable")
    search.props["aria-label"] = t("editor.palette.search")
    search.classes("palette-search")
    sections: list[tuple[Element, list[tuple[Element, str]]]] = []
    with node("div", "palette-scroll"):
        for group in GROUPS:
            items: list[tuple[Element, str]] = []
            mine = [e for e in entries(t) if e[0] == group]
            if not mine:
                continue
            with node("section", "palette-group") as section:
                word("h2", t(f"group.{group}"))
                for _, kind, icon, title, summary in mine:
                    item = node(
                        "button", f"palette-item group-{group}", type="button", draggable="true",
                        title=summary, data_node_kind=kind,
                    )  # fmt: skip
                    item.on("click", lambda _, k=kind: on_pick(k), args=[])
                    with item:
                        ui.icon(icon).props("aria-hidden=true")
                        word("span", title)
                    items.append((item, fold(f"{title} {summary} {kind}")))
            sections.append((section, items))
        nothing = word("p", t("editor.palette.nothing"), "quiet palette-none")
        nothing.set_visibility(False)

    def sift() -> None:
        wanted = fold(search.value or "").split()
        some = False
        for section, items in sections:
            shown = 0
            for item, text in items:
                fits = all(w in text for w in wanted)
                item.set_visibility(fits)
                shown += fits
            section.set_visibility(bool(shown))
            some = some or bool(shown)
        nothing.set_visibility(not some)

    search.on_value_change(sift)
