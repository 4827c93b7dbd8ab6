"""The panel at the right: one of several at a time, drawn when it is opened first."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from builder_ui.elements.native import node, word
from builder_ui.texts import Texts


class Panel(NamedTuple):
    """`draw` fills it when it is opened; with `fresh` anew each time, else it stays as it was left."""

    name: str
    icon: str
    draw: Callable[[], object]
    fresh: bool = False


class Panels:
    def __init__(self, t: Texts, panels: list[Panel], first: str) -> None:
        self._t = t
        self._panels = {p.name: p for p in panels}
        self._bodies: dict[str, Element] = {}
        self._drawn: set[str] = set()
        self._tabs: dict[str, Element] = {}
        self._counts: dict[str, TextElement] = {}
        self._told: list[Callable[[str], object]] = []
        self.current = ""
        with node("aside", "panel", aria_label=t("editor.panel")) as self._root:
            with node("div", "panel-tabs", role="tablist"):
                for panel in panels:
                    self._tab(panel)
            for panel in panels:
                body = node(
                    "div", f"panel-body panel-{panel.name}", role="tabpanel", id=f"panel-{panel.name}",
                    aria_labelledby=f"tab-{panel.name}", tabindex=0,
                )  # fmt: skip
                body.set_visibility(False)
                self._bodies[panel.name] = body
        self.open(first)

    def _tab(self, panel: Panel) -> None:
        title = self._t(f"panel.{panel.name}")
        tab = node(
            "button", "panel-tab", type="button", role="tab", id=f"tab-{panel.name}", title=title,
            aria_controls=f"panel-{panel.name}", aria_selected="false",
        )  # fmt: skip
        tab.on("click", lambda _, name=panel.name: self.open(name), args=[])
        with tab:
            ui.icon(panel.icon).props("aria-hidden=true")
            word("span", title, "panel-title")
            count = word("span", "", "panel-count")
            count.set_visibility(False)
        self._tabs[panel.name], self._counts[panel.name] = tab, count

    def on_open(self, told: Callable[[str], object]) -> None:
        self._told.append(told)

    def open(self, name: str) -> None:
        """Show a panel; the same again leaves it open."""
        if name != self.current:
            for other, body in self._bodies.items():
                body.set_visibility(other == name)
                self._tabs[other].props["aria-selected"] = "true" if other == name else "false"
                self._tabs[other].update()
            self.current = name
        panel = self._panels[name]
        if panel.fresh or name not in self._drawn:
            self._drawn.add(name)
            body = self._bodies[name]
            body.clear()
            with body:
                panel.draw()
        for told in self._told:
            told(name)

    def count(self, name: str, text: str, tone: str = "plain") -> None:
        """A figure beside the tab's title; "" for none."""
        count = self._counts[name]
        count.text = text
        count.set_visibility(bool(text))
        count.classes(replace=f"panel-count state-{tone}")
