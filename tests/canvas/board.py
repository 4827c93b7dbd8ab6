"""The canvas in a browser, in the words of somebody who works on it."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from hands import Hands
from playwright.sync_api import Page


class Board(Hands):
    def __init__(self, page: Page, base: str, key: str) -> None:
        super().__init__(page)
        self.base, self.key = base, key

    def open(self, **query: object) -> None:
        more = "".join(f"&{name}={value}" for name, value in query.items())
        self.page.goto(f"{self.base}/?key={self.key}{more}")
        self.opened()
        self.page.wait_for_selector(".tc-step")

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
