# ruff: noqa: E501  scripts for the page are easier to read in long lines
"""The screens for those who use a keyboard, a small phone, a screen reader, or see little contrast."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from scene import SOON, Stage

pytestmark = pytest.mark.browser

NAMELESS = """() => [...document.querySelectorAll('button, a[href], input:not([type=hidden]), textarea, [role=tab], img')]
  .filter(e => e.checkVisibility() && !e.closest('[aria-hidden=true]') && e.type !== 'file')
  .filter(e => !(e.tagName === 'IMG' ? e.hasAttribute('alt') : (e.getAttribute('aria-label') || e.textContent.trim()
    || e.title || e.labels?.length || e.value)))
  .map(e => e.outerHTML.slice(0, 160))"""

CONTRAST = """(selectors) => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const lum = ([r, g, b]) => { const f = v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
    return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  const over = (a, b) => a.slice(0, 3).map((v, i) => v * a[3] + b[i] * (1 - a[3]));
  const ground = e => { const stack = []; for (; e; e = e.parentElement) stack.push(parse(getComputedStyle(e).backgroundColor));
    return stack.reverse().reduce((below, c) => [...over(c, below), 1], [255, 255, 255, 1]); };
  const bad = [];
  for (const e of document.querySelectorAll(selectors)) {
    if (!e.checkVisibility() || !e.textContent.trim()) continue;
    const back = ground(e), ink = over(parse(getComputedStyle(e).color), back);
    const [x, y] = [lum(ink), lum(back)].sort((a, b) => b - a), ratio = (x + .05) / (y + .05);
    if (ratio < 4.5) bad.push(`${e.className}: ${ratio.toFixed(2)} ${e.textContent.slice(0, 30)}`);
  }
  return bad;
}"""
READ = (
    "h1, h2, p, dt, dd, th, td, .rail-link span, .state, .said, .meta span, .btn.reply span, .btn.chip span, .day,"
    " .notice, .phone-status, .turn-kind, .turn-cause, .visit-title, .visit-kind, .visit-exit, .why, .part, .btn span,"
    " .q-tab__label, .ruling-words"
)


def test_on_a_small_phone_the_panel_is_a_drawer(browser: Browser, address: str) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 780}, is_mobile=True, has_touch=True, locale="pt-BR"
    )
    page = context.new_page()
    stage = Stage(page, address)
    page.goto(f"{address}/demo")
    stage.ready()
    stage.says("111.111.111-11")
    stage.hears("Está tudo em dia")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.get_by_role("tab", name="Decisões")).not_to_be_visible()
    page.get_by_role("button", name="Apresentador").tap()
    expect(page.locator(".turn").first).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Fechar painel").tap()
    expect(page.locator(".turn").first).not_to_be_visible()
    context.close()


def test_a_keyboard_is_enough(stage: Stage) -> None:
    page = stage.page
    stage.composer.focus()
    page.keyboard.type("menu")
    page.keyboard.press("Enter")
    stage.hears("Como posso ajudar?")
    opener = stage.chat.get_by_role("button", name="Ver opções").last
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if opener.evaluate("e => e === document.activeElement"):
            break
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Fechar")).to_be_focused(timeout=SOON)
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    opener.focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Fechar")).to_be_focused(timeout=SOON)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    stage.hears("CPF")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_has_a_name_and_can_be_read(stage: Stage, theme: str) -> None:
    page = stage.page
    page.goto(f"{stage.address}/tema/{theme}?next=/demonstracao")
    stage.ready()
    stage.says("222.222.222-22")
    stage.hears("O que deseja fazer?")
    expect(page.locator(".ruling").first).to_be_visible(timeout=SOON)
    for tab in ("Decisões", "Dados", "ERP", "Relógio", "Falhas", "Roteiro"):
        stage.tab(tab)
        expect(page.get_by_role("region", name=tab)).to_be_visible()
        assert page.evaluate(NAMELESS) == []
        assert readable(page) == []
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.lang") == "pt-BR"


def readable(page: Page) -> Any:
    """Main texts whose contrast is below 4.5 : 1."""
    page.wait_for_function(
        "document.getAnimations().every(a => a.playState !== 'running' || a.effect.getTiming().iterations > 1)"
    )
    return page.evaluate(CONTRAST, READ)


def test_the_language_can_be_changed(stage: Stage) -> None:
    stage.page.get_by_role("link", name="English").click()
    expect(stage.page.get_by_role("heading", level=1)).to_have_text("Demonstration")
    expect(stage.page.get_by_role("tab", name="Decisions")).to_be_visible()
