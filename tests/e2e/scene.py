"""What a presenter and a customer do on the demonstration, in words."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

SOON = 20_000
"""Milliseconds within which an answer must be on the screen. A machine that does much else is slow."""


class Stage:
    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def open(self) -> None:
        self.page.goto(f"{self.address}/demonstracao")
        self.ready()

    def ready(self) -> None:
        """The page is connected: what is typed now goes somewhere."""
        expect(self.page.locator("body[data-ready]")).to_be_attached(timeout=SOON)

    def reset(self) -> None:
        before = self.page.locator("[data-phone]").get_attribute("data-phone")
        self.page.get_by_role("button", name="Recomeçar tudo").click()
        expect(self.page.locator("[data-phone]")).not_to_have_attribute(
            "data-phone", before or "", timeout=SOON
        )
        self.ready()
        expect(self.page.get_by_text("Diga oi")).to_be_visible(timeout=SOON)

    @property
    def chat(self) -> Locator:
        return self.page.get_by_role("log", name="Conversa")

    @property
    def composer(self) -> Locator:
        return self.page.get_by_label("Mensagem", exact=True)

    def says(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def presses(self, title: str) -> None:
        self.chat.get_by_role("button", name=title, exact=True).last.click(timeout=SOON)

    def hears(self, words: str | re.Pattern[str]) -> Locator:
        """The latest bubble of the company with these words, once it is there."""
        bubble = self.chat.locator(".bubble.theirs").filter(has_text=words).last
        expect(bubble).to_be_visible(timeout=SOON)
        return bubble

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def clock(self, name: str) -> None:
        """Let time pass by a button of the clock."""
        self.tab("Relógio")
        shown = self.page.locator("[data-clock=day]")
        before = shown.text_content()
        self.page.get_by_role("button", name=name).click()
        if name not in ("+5 min", "+1 h"):
            expect(shown).not_to_have_text(before or "", timeout=SOON)

    def bubbles(self) -> list[str]:
        """The words of all bubbles, from top to bottom."""
        return [text.strip() for text in self.chat.locator(".bubble:not(.dots) .said").all_inner_texts()]
