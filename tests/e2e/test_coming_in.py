"""Somebody new comes in: let in by an administrator with the mouse, a password and a second factor of their own, and
from then on a login with a code, by keyboard alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from scene import SOON
from test_pages import enter

pytestmark = pytest.mark.browser
NAME, EMAIL, PASSWORD = "Eva Prado", "eva@plataforma.com", "três tigres tristes"


def by_keyboard(page: Page, *fields: str) -> None:
    """Type into one field after the other, from the first that is focused on, and send."""
    for n, text in enumerate(fields):
        if n:
            page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_new_person_sets_up_a_second_factor_and_comes_in_with_it(
    page: Page, browser: Browser, address: str
) -> None:
    enter(page, address, "/settings/people")
    page.get_by_role("button", name="Adicionar pessoa").click()
    form = page.get_by_role("dialog", name="Adicionar pessoa")
    form.get_by_label("Nome").fill(NAME)
    form.get_by_label("E-mail", exact=True).fill(EMAIL)
    form.get_by_text("Enviar convite por e-mail").click()
    form.get_by_role("button", name="Adicionar pessoa").click()
    once = page.get_by_role("dialog", name=f"Senha provisória de {NAME}")
    given = once.locator(".secret").inner_text(timeout=SOON)
    once.get_by_role("button", name="Já anotei").click()
    expect(page.get_by_role("row").filter(has_text=NAME)).to_contain_text("Senha provisória")

    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
    hers = context.new_page()
    hers.goto(f"{address}/login?next=/inbox")
    hers.get_by_label("E-mail").focus()
    by_keyboard(hers, EMAIL, given)
    expect(hers).to_have_url(f"{address}/settings/me")
    expect(hers.get_by_role("alert")).to_contain_text("senha provisória")
    hers.get_by_label("Senha atual").fill(given)
    hers.get_by_label("Nova senha", exact=True).fill(PASSWORD)
    hers.get_by_label("Nova senha, outra vez").fill(PASSWORD)
    hers.get_by_role("button", name="Trocar senha").click()
    hers.wait_for_url(lambda url: "/settings/me" not in url, timeout=SOON)

    assert hers.goto(f"{address}/settings/people") is not None
    refused = hers.request.get(f"{address}/settings/people")
    assert refused.status == 403
    expect(hers.locator(".forbidden")).to_contain_text("não está no seu acesso")

    hers.goto(f"{address}/settings/me")
    hers.get_by_role("button", name="Configurar segundo fator").click()
    hers.get_by_label("Confirme sua senha").fill(PASSWORD)
    hers.keyboard.press("Enter")
    secret = hers.locator(".scan .secret").inner_text(timeout=SOON)
    totp = pyotp.TOTP(secret.replace(" ", ""))
    now = datetime.now()
    hers.get_by_label("Código de 6 dígitos").fill(totp.at(now))
    hers.get_by_role("button", name="Ativar").click()
    codes = hers.get_by_role("dialog", name="Códigos de recuperação")
    assert len(codes.locator(".secret").inner_text(timeout=SOON).split()) == 10
    codes.get_by_role("button", name="Já anotei").click()
    hers.get_by_role("button", name="Sair").click()

    hers.wait_for_url("**/login")
    hers.get_by_label("E-mail").focus()
    by_keyboard(hers, EMAIL, PASSWORD)
    expect(hers.get_by_role("heading", level=1)).to_have_text("Segundo fator")
    hers.get_by_label("Código").focus()
    by_keyboard(hers, "000000")
    expect(hers.get_by_role("alert")).to_contain_text("não confere")
    hers.get_by_label("Código").focus()
    # the code of the next step: the one that is shown may have been used to set it up
    by_keyboard(hers, totp.at(now + timedelta(seconds=30)))
    hers.wait_for_url(lambda url: "/login" not in url, timeout=SOON)
    hers.goto(f"{address}/settings/me")
    expect(hers.locator(".session").first).to_contain_text("com segundo fator")

    # she is sent away while a page of hers is open
    page.reload()
    page.get_by_role("button", name=f"Ações para {NAME}").click()
    page.get_by_text("Desativar", exact=True).click()
    expect(page.get_by_role("status").filter(has_text=NAME)).to_contain_text("foi desativado")
    hers.wait_for_url("**/login", timeout=SOON)
    context.close()
