"""Hands on the canvas of a flow: points of the flow instead of points of the window."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

Point = tuple[float, float]
CANVAS = "document.querySelector('.trama-canvas').trama"


class Hands:
    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def root(self) -> Any:
        return self.page.locator(".trama-canvas")

    def opened(self) -> None:
        """The canvas has its flow."""
        self.page.wait_for_function("document.querySelector('.trama-canvas')?.trama?.opened")

    def at(self, x: float, y: float) -> Point:
        """Where a point of the flow is in the window."""
        px, py = self.page.evaluate(
            """([x, y]) => { const r = document.querySelector('.trama-canvas'), v = r.trama.viewport(),
            b = r.getBoundingClientRect(); return [b.left + v.x + x * v.zoom, b.top + v.y + y * v.zoom]; }""",
            [x, y],
        )
        return px, py

    def node(self, ident: str) -> Point:
        """The middle of a node's head, in the flow."""
        x, y = self.page.evaluate(f"id => {{ const b = {CANVAS}.boxOf(id); return [b[0], b[1]]; }}", ident)
        return x + 120, y + 20

    def exit(self, ident: str, name: str) -> Point:
        x, y, _ = self.page.evaluate(f"([id, exit]) => {CANVAS}.graph.out(id, exit)", [ident, name])
        return x, y

    def drag(self, start: Point, end: Point, *, shift: bool = False) -> None:
        """From one point of the flow to another."""
        mouse = self.page.mouse
        if shift:
            self.page.keyboard.down("Shift")
        (x0, y0), (x1, y1) = self.at(*start), self.at(*end)
        mouse.move(x0, y0)
        mouse.down()
        for i in range(1, 6):
            mouse.move(x0 + (x1 - x0) * i / 5, y0 + (y1 - y0) * i / 5)
        self.page.wait_for_timeout(40)
        mouse.up()
        if shift:
            self.page.keyboard.up("Shift")

    def click(self, point: Point) -> None:
        self.page.mouse.click(*self.at(*point))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def shown(self, script: str) -> Any:
        """`script` reads `s`, the scene."""
        return self.page.evaluate(f"(() => {{ const s = {CANVAS}; return {script}; }})()")

    def settled(self) -> None:
        """Every change was answered."""
        self.page.wait_for_function(f"{CANVAS}.shared.ledger.entries.length === 0")
