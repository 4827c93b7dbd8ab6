"""The settings, by hand: everyone can use them, what is done can be undone, and it is in the log."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect
from scene import SOON
from test_pages import enter

pytestmark = pytest.mark.browser
PARTS = ("people", "teams", "company", "keys", "audit", "me")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser, address: str, theme: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    enter(page, address, "/settings/me")
    page.goto(f"{address}/tema/{theme}?next=/settings/me")
    found: list[tuple[str, str]] = []
    for path in (
        *(f"/settings/{part}" for part in PARTS),
        "/login",
        "/login/code",
        "/login/forgot",
        "/login/reset",
    ):
        page.goto(f"{address}{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=SOON)
        page.wait_for_function("document.fonts.status === 'loaded'")
        page.evaluate(AXE_SCRIPT)
        said = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        found += [(path, f"{each['id']}: {each['nodes'][0]['html'][:120]}") for each in said]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append((path, f"{wide} px too wide"))
    context.close()
    assert found == []


def test_a_day_off_comes_and_goes_and_the_log_says_so(page: Page, address: str) -> None:
    enter(page, address, "/settings/company")
    page.get_by_label("Dia", exact=True).fill("2027-03-19")
    page.get_by_label("Nome da folga").fill("Aniversário da cidade")
    page.get_by_text("Todo ano", exact=True).click()
    page.get_by_role("button", name="Acrescentar").click()
    line = page.locator(".off-day").filter(has_text="Aniversário da cidade")
    expect(line).to_contain_text("19/03", timeout=SOON)
    expect(line).to_contain_text("todo ano")
    monday = page.get_by_role("group", name="Segunda")
    monday.get_by_role("button", name=re.compile("Outro período")).click()
    # the day is drawn anew with its second period: what is typed before that is gone
    expect(monday.get_by_label("Segunda 2: das")).to_be_visible(timeout=SOON)
    monday.get_by_label("Segunda 1: às").fill("12:00")
    monday.get_by_label("Segunda 2: das").fill("11:00")
    monday.get_by_label("Segunda 2: às").fill("17:00")
    page.locator("section").filter(has_text="Horário de atendimento").get_by_role(
        "button", name="Salvar"
    ).click()
    expect(page.get_by_text("não deixe períodos se cruzarem")).to_be_visible(timeout=SOON)
    monday.get_by_label("Segunda 2: das").fill("13:00")
    page.locator("section").filter(has_text="Horário de atendimento").get_by_role(
        "button", name="Salvar"
    ).click()
    expect(page.get_by_text("Salvo", exact=True).last).to_be_visible(timeout=SOON)
    line.get_by_role("button", name="Retirar Aniversário da cidade").click()
    expect(line).not_to_be_visible(timeout=SOON)

    page.goto(f"{address}/settings/audit")
    first = page.locator(".audit-row").filter(has_text="Empresa configurada")
    expect(first.first).to_contain_text("Aniversário da cidade", timeout=SOON)
    expect(first.nth(1)).to_contain_text("Segunda: 08:00–12:00, 13:00–17:00")
    with page.expect_download() as download:
        page.get_by_role("link", name="Exportar CSV").click()
    assert "company_configured" in download.value.path().read_text(encoding="utf-8-sig")
