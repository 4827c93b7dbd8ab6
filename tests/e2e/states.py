"""What the screens can look like, each state opened as a person does it. Read in the language of the window."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bench_top import Workbench
from playwright.sync_api import Locator, Page, expect
from scene import SOON

FLOW = "collection"
MENU = Path(__file__).parents[2] / "flows" / "main_menu.json"
GLIDE = 350
"""Milliseconds for what glides into its place."""


class Screens(Workbench):
    """One window; every method leaves it in the state of its name."""

    def look(self, *, theme: str = "light", language: str = "pt-BR") -> None:
        """Colours and language of this window from now on."""
        self.page.goto(f"{self.address}/tema/{theme}?next=/login")
        self.page.goto(f"{self.address}/idioma/{language}?next=/login")

    def sign_in(self) -> None:
        """In whatever language."""
        page = self.page
        page.goto(f"{self.address}/login")
        page.locator("input[type=email], input[name=email]").first.fill("demo@plataforma.com")
        page.locator("input[type=password]").fill("demo123")
        page.locator(".login-card button[type=submit]").click()
        expect(page.locator(".flows-table")).to_be_visible(timeout=SOON)

    @property
    def narrow(self) -> bool:
        size = self.page.viewport_size
        return size is not None and size["width"] <= 820

    def opened(self) -> None:
        """The flow is there: on the canvas, or where that has no room in the outline."""
        if self.narrow:
            expect(self.page.locator("[role=treeitem], .canvas-empty:visible").first).to_be_visible(
                timeout=SOON
            )
        else:
            super().opened()

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def still(self) -> None:
        self.page.wait_for_timeout(GLIDE)

    # -- pages ----------------------------------------------------------------------------------------------------

    def visit(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")
        self.still()

    # -- the list -------------------------------------------------------------------------------------------------

    def flows(self) -> None:
        self.page.goto(f"{self.address}/flows")
        expect(self.page.locator(".flows-table .q-spinner")).to_have_count(0, timeout=SOON)

    def flows_menu(self) -> None:
        self.flows()
        self.page.locator(".flows-table .deeds button").first.click()
        expect(self.page.get_by_role("menu")).to_be_visible()
        self.still()

    def flows_tags(self) -> None:
        self.flows_menu()
        self.page.locator(".menu-item").nth(2).click()
        expect(self.dialog).to_be_visible()
        self.still()

    def flows_new(self) -> None:
        self.flows()
        self.page.locator(".page-head .btn.primary").click()
        expect(self.dialog).to_be_visible()
        self.still()

    def flows_import(self) -> None:
        self.flows()
        self.page.locator(".page-head .btn").first.click()
        self.dialog.locator("textarea").fill(MENU.read_text())
        self.dialog.locator(".dialog-deeds .btn").first.click()
        expect(self.dialog.locator(".import-report .pairs")).to_be_visible(timeout=SOON)
        self.still()

    def gallery(self) -> None:
        self.flows()
        self.page.locator(".page-head .btn").nth(1).click()
        expect(self.page.locator(".template").first).to_be_visible(timeout=SOON)
        self.still()

    def gallery_run(self) -> None:
        self.gallery()
        card = self.page.locator(".template").first
        card.locator(".template-deeds .btn").first.click()
        expect(card.locator(".sample").first).to_be_visible(timeout=SOON)
        self.still()

    # -- the builder ----------------------------------------------------------------------------------------------

    def builder(self) -> None:
        self.open(FLOW)
        expect(self.page.locator("#tab-problems .panel-count, #tab-problems")).not_to_have_count(0)
        self.still()

    def empty(self) -> None:
        self.flows_new()
        self.dialog.locator("input[type=text]").first.fill("Triagem")
        self.dialog.locator(".btn.primary").click()
        self.page.wait_for_url(re.compile(r"/flows/\w+$"), timeout=SOON)
        self.ready()
        expect(self.page.locator(".canvas-empty:visible")).to_have_count(1)
        self.still()

    def side(self, name: str) -> None:
        """The builder with one panel open, and what the panel looks up by itself."""
        self.builder()
        self.panel(name)
        self.page.wait_for_load_state("networkidle")
        self.still()

    def tried(self) -> None:
        self.open("csat")
        pane = self.panel("try")
        line = pane.locator("input[type=text], textarea").last
        line.fill("oi")
        line.press("Enter")
        pane.locator(".beat-note .btn").click()
        expect(pane.locator(".bubble.theirs")).to_have_count(1, timeout=SOON)
        line.fill("5")
        line.press("Enter")
        expect(pane.locator(".bubble.theirs")).to_have_count(2, timeout=SOON)
        self.still()

    def tested(self) -> None:
        self.open("csat")
        body = self.panel("tests")
        body.locator(".btn").first.click()
        self.page.wait_for_load_state("networkidle")
        self.still()

    def form(self, ident: str, flow: str = FLOW) -> None:
        self.open(flow)
        self.pick(ident)
        self.still()

    def pick(self, ident: str) -> None:
        """A step chosen by the search over the flow."""
        self.page.locator("#tab-step").focus()
        self.press("Control+f")
        field = self.dialog.locator("input")
        expect(field).to_be_focused(timeout=SOON)
        field.fill(f'"id":"{ident}"')
        expect(self.dialog.get_by_role("option")).to_have_count(1, timeout=SOON)
        field.press("Enter")
        expect(
            self.page.locator("#panel-step .tf-head, #panel-step form, #panel-step .tf").first
        ).to_be_visible(timeout=SOON)
        self.page.evaluate("document.activeElement?.blur()")

    def rule(self) -> None:
        self.form("analyse")
        self.page.locator(
            "#panel-step .tf-rule, #panel-step .tf-case .diff-words, #panel-step .tf-reading"
        ).first.click()
        expect(self.page.locator(".rl")).to_be_visible(timeout=SOON)
        self.still()

    def rule_json(self) -> None:
        self.rule()
        self.page.locator(".rl .tf-tab").nth(1).click()
        self.still()

    def publish(self) -> None:
        self.changed()
        self.page.locator(".editor-bar .btn.primary").click()
        expect(self.page.locator(".publish-part").nth(2)).to_be_visible(timeout=SOON)
        self.still()

    def outline(self) -> None:
        self.builder()
        if not self.narrow:
            self.page.locator("#left-outline").click()
        expect(self.page.get_by_role("treeitem").nth(3)).to_be_visible(timeout=SOON)
        self.still()

    def commands(self) -> None:
        self.key("Control+k")

    def help(self) -> None:
        self.key("?")

    def search(self) -> None:
        self.key("Control+f")
        self.dialog.locator("input").fill("fatura")
        self.still()

    def inserter(self) -> None:
        self.key("/")

    def key(self, key: str) -> None:
        self.builder()
        self.page.locator("#tab-step" if self.narrow else ".trama-canvas").focus()
        self.press(key)
        expect(self.dialog).to_be_visible(timeout=SOON)
        self.still()

    def compared(self) -> None:
        """What is on the air beside a draft with another goodbye."""
        self.changed()
        self.panel("versions")
        self.page.locator("#panel-versions .compare .btn").click()
        expect(self.page.locator("#panel-versions .difference")).not_to_be_empty(timeout=SOON)
        self.still()

    def changed(self) -> None:
        self.form("bye", "main_menu")
        text = self.page.locator("#panel-step textarea").first
        text.fill("Obrigado pelo contato! Até a próxima. 👋")
        text.press("Tab")
        self.still()
        if not self.narrow:
            self.settled()

    def old_version(self) -> None:
        self.side("versions")
        self.page.locator("#panel-versions .version .version-deeds .btn").first.click()
        expect(self.page.locator("#panel-versions .difference")).not_to_be_empty(timeout=SOON)
        self.still()

    def two_people(self) -> None:
        self.form("ask_cpf")
        with suppress(IndexError):
            self.other.close()
        other = self.page.context.new_page()
        self.second = Screens(other, self.address)
        self.second.form("ask_cpf")
        expect(self.page.locator(".badge-peer")).to_have_count(1, timeout=SOON)
        self.still()

    @property
    def other(self) -> Page:
        return self.page.context.pages[1]


STATES: dict[str, Callable[[Screens], None]] = {
    "login": lambda s: s.visit("/login"),
    "demonstration": lambda s: s.visit("/demonstracao"),
    "conversations": lambda s: s.visit("/conversas"),
    "health": lambda s: s.visit("/saude"),
    "flows": Screens.flows,
    "flows-menu": Screens.flows_menu,
    "flows-tags": Screens.flows_tags,
    "flows-new": Screens.flows_new,
    "flows-import": Screens.flows_import,
    "gallery": Screens.gallery,
    "gallery-run": Screens.gallery_run,
    "unknown-flow": lambda s: s.visit("/flows/never_made"),
    "empty": Screens.empty,
    "panel-step": lambda s: s.side("step"),
    "panel-try": lambda s: s.side("try"),
    "panel-problems": lambda s: s.side("problems"),
    "panel-tests": lambda s: s.side("tests"),
    "panel-versions": lambda s: s.side("versions"),
    "panel-live": lambda s: s.side("live"),
    "tried": Screens.tried,
    "tested": Screens.tested,
    "form-ask": lambda s: s.form("ask_cpf"),
    "form-menu": lambda s: s.form("choose"),
    "form-decide": lambda s: s.form("analyse"),
    "form-table": lambda s: s.form("discount", "negotiation"),
    "rule": Screens.rule,
    "rule-json": Screens.rule_json,
    "publish": Screens.publish,
    "outline": Screens.outline,
    "commands": Screens.commands,
    "help": Screens.help,
    "search": Screens.search,
    "inserter": Screens.inserter,
    "compared": Screens.compared,
    "old-version": Screens.old_version,
    "two-people": Screens.two_people,
}
