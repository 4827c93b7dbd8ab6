"""The pages behind the login."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from scene import SOON, Stage

pytestmark = pytest.mark.browser


def enter(page: Page, address: str, target: str, password: str = "demo123") -> None:
    page.goto(f"{address}{target}")
    page.get_by_label("E-mail").fill("demo@plataforma.com")
    page.get_by_label("Senha").fill(password)
    page.get_by_role("button", name="Entrar").click()


def test_a_wrong_password_says_so_and_the_right_one_leads_on(page: Page, address: str) -> None:
    enter(page, address, "/flows", "wrong-one")
    expect(page.get_by_role("alert")).to_have_text("E-mail ou senha não conferem.")
    page.get_by_label("E-mail").fill("demo@plataforma.com")
    page.get_by_label("Senha").fill("demo123")
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fluxos")
    page.get_by_role("button", name="Sair").click()
    expect(page).to_have_url(f"{address}/login")
    page.goto(f"{address}/conversas")
    expect(page).to_have_url(f"{address}/login?next=/conversas")


def test_flows_show_their_problems_and_tests(page: Page, address: str) -> None:
    enter(page, address, "/flows")
    line = page.get_by_role("row").filter(has_text="Negociação de débitos")
    expect(line).to_contain_text("v1")
    expect(line).to_contain_text("de", timeout=SOON)
    page.get_by_label("Buscar fluxo").fill("pix")
    expect(line).not_to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Cobrança por Pix")).to_be_visible()


def test_a_conversation_and_the_reasons_behind_it_come_by_themselves(stage: Stage, address: str) -> None:
    page = stage.page.context.new_page()
    enter(page, address, "/conversas")
    expect(page.get_by_role("heading", level=1)).to_have_text("Conversas")
    stage.says("111.111.111-11")
    stage.hears("Está tudo em dia")
    page.locator(".inbox-row").filter(has_text="Maria Silva").first.click(timeout=SOON)
    expect(page.locator(".words .bubble").last).to_contain_text("", timeout=SOON)
    expect(page.locator(".turn").first).to_be_visible(timeout=SOON)
    stage.says("ajuda")
    expect(page.locator(".words")).to_contain_text("volta ao começo", timeout=SOON)


def test_health_says_what_is_well(page: Page, address: str) -> None:
    enter(page, address, "/saude")
    expect(page.locator(".finding").first).to_contain_text("PostgreSQL", timeout=SOON)
