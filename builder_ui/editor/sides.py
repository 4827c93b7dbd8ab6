"""The sides of the canvas: blocks or outline at the left, the panel at the right, and the room that they leave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui.element import Element

from builder_ui.editor.palette import palette
from builder_ui.elements.native import node, word
from builder_ui.texts import Texts

SIDES = ("left", "right")


class Sides:
    """`body` holds left side, canvas and panel. `told` hears which side is folded."""

    def __init__(self, t: Texts, told: Callable[[str, bool], object]) -> None:
        self._t, self._told = t, told
        self._folded: set[str] = set()
        self._shown: dict[str, Callable[[], object]] = {}
        self._bodies: dict[str, Element] = {}
        self._tabs: dict[str, Element] = {}
        self.body = node("div", "editor-body")

    def draw_left(
        self,
        pick: Callable[[str], Awaitable[object]],
        outline: Callable[[], Callable[[], object]],
    ) -> None:
        """`outline` draws it and gives what is to be called each time that it is shown."""
        with node("aside", "editor-left", aria_label=self._t("editor.left")):
            with node("div", "left-tabs", role="tablist"):
                self._tabs = {name: self._tab(name) for name in ("palette", "outline")}
            with node("div", "left-body", role="tabpanel", aria_labelledby="left-palette") as body:
                self._bodies["palette"] = body
                palette(self._t, pick)
            with node(
                "div", "left-body outline-body", role="tabpanel", aria_labelledby="left-outline"
            ) as body:
                self._bodies["outline"] = body
                self._shown["outline"] = outline()
        self.left("palette")

    def _tab(self, name: str) -> Element:
        tab = node("button", "left-tab", type="button", role="tab", id=f"left-{name}", aria_selected="false")
        tab.on("click", lambda: self.left(name), args=[])
        with tab:
            word("span", self._t(f"editor.{name}"))
        return tab

    def left(self, name: str) -> None:
        """Show the palette or the outline."""
        self.unfold("left")
        for other, body in self._bodies.items():
            body.set_visibility(other == name)
            self._tabs[other].props["aria-selected"] = "true" if other == name else "false"
            self._tabs[other].update()
        scripted = name == "outline"
        self.body.classes(add="scripted" if scripted else "", remove="" if scripted else "scripted")
        if name in self._shown:
            self._shown[name]()

    def fold(self, side: str) -> None:
        """Make room for the canvas, or bring the blocks ("left") or the panel ("right") back."""
        self._folded ^= {side}
        for one in SIDES:
            folded = one in self._folded
            self.body.classes(add=f"no-{one}" if folded else "", remove="" if folded else f"no-{one}")
            self._told(one, folded)

    def unfold(self, side: str) -> None:
        if side in self._folded:
            self.fold(side)
