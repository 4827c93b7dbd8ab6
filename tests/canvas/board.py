"""The canvas in a browser, in the words of somebody who works on it."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from playwright.sync_api import Page


class Board:
    def __init__(self, page: Page, base: str, key: str) -> None:
        self.page, self.base, self.key = page, base, key

    def open(self, **query: object) -> None:
        more = "".join(f"&{name}={value}" for name, value in query.items())
        self.page.goto(f"{self.base}/?key={self.key}{more}")
        self.page.wait_for_function("document.querySelector('.trama-canvas')?.trama?.opened")
        self.page.wait_for_selector(".tc-step")

    @property
    def root(self) -> Any:
        return self.page.locator(".trama-canvas")

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the flow is in the window."""
        px, py = self.page.evaluate(
            """([x, y]) => { const r = document.querySelector('.trama-canvas'), v = r.trama.viewport(),
            b = r.getBoundingClientRect(); return [b.left + v.x + x * v.zoom, b.top + v.y + y * v.zoom]; }""",
            [x, y],
        )
        return px, py

    def node(self, ident: str) -> tuple[float, float]:
        """The middle of a node's head, in the flow."""
        x, y = self.page.evaluate("id => { const b = document.querySelector('.trama-canvas').trama.boxOf(id); "
                                  "return [b[0], b[1]]; }", ident)  # fmt: skip
        return x + 120, y + 20

    def exit(self, ident: str, name: str) -> tuple[float, float]:
        x, y, _ = self.page.evaluate(
            "([id, exit]) => document.querySelector('.trama-canvas').trama.graph.out(id, exit)", [ident, name]
        )
        return x, y

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, shift: bool = False) -> None:
        """From one point of the flow to another."""
        mouse = self.page.mouse
        if shift:
            self.page.keyboard.down("Shift")
        mouse.move(*self.at(*start))
        mouse.down()
        (x0, y0), (x1, y1) = self.at(*start), self.at(*end)
        for i in range(1, 6):
            mouse.move(x0 + (x1 - x0) * i / 5, y0 + (y1 - y0) * i / 5)
        self.page.wait_for_timeout(40)
        mouse.up()
        if shift:
            self.page.keyboard.up("Shift")

    def click(self, point: tuple[float, float]) -> None:
        self.page.mouse.click(*self.at(*point))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def shown(self, script: str) -> Any:
        """`script` reads `s`, the scene."""
        return self.page.evaluate(
            f"(() => {{ const s = document.querySelector('.trama-canvas').trama; return {script}; }})()"
        )

    # ---- the other side
    def told(self, kind: str = "") -> list[Any]:
        with urllib.request.urlopen(f"{self.base}/told/{self.key}") as answer:
            return [one for one in json.load(answer) if not kind or one[0] == kind]

    def commands(self) -> list[dict[str, Any]]:
        return [one[3] for one in self.told("command")]

    def asks(self) -> list[list[Any]]:
        return [one[1:] for one in self.told("ask")]

    def until(self, what: str, count: int = 1) -> list[Any]:
        """What was told of this kind, once there are `count` of them."""
        for _ in range(100):
            found = (
                self.commands() if what == "command" else self.asks() if what == "ask" else self.told(what)
            )
            if len(found) >= count:
                return found
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{count} {what} expected; told were {self.told()}")

    def say(self, *what: Any) -> None:
        request = urllib.request.Request(
            f"{self.base}/say/{self.key}", json.dumps(what).encode(), {"content-type": "application/json"}
        )
        urllib.request.urlopen(request).close()

    def settled(self) -> None:
        self.page.wait_for_function(
            "document.querySelector('.trama-canvas').trama.shared.ledger.entries.length === 0"
        )
