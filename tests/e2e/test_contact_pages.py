"""Contacts on the real product: a file with a broken line comes in; somebody is found, changed, merged, parted again
and erased.
"""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
FILE = """\
Nome;Celular;E-mail;CPF;Observações
Zélia Quaresma;(41) 98123-4567;zelia@exemplo.br;529.982.247-25;=1+1
Sem DDD;12;;;
Zelia Q.;(11) 97123-0001;zelia@exemplo.br;;
"""


def enter(page: Page, address: str) -> None:
    page.goto(f"{address}/login?next=/contacts")
    page.get_by_label("E-mail").fill("demo@plataforma.com")
    page.get_by_label("Senha", exact=True).fill("demo123")
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url("**/contacts")


def test_from_the_file_to_the_card(page: Page, address: str) -> None:
    enter(page, address)
    page.get_by_role("link", name="Importar").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "clientes.csv", "mimeType": "text/csv", "buffer": FILE.encode("cp1252")}
    )
    page.wait_for_url(re.compile(r"/contacts/import/\d+"))
    expect(page.get_by_text("Telefone que não pode existir")).to_be_visible()
    expect(page.get_by_text("novo", exact=True)).to_have_count(2)
    page.get_by_role("button", name="Conferir o arquivo todo").click()
    expect(page.get_by_text("1 × Telefone que não pode existir")).to_be_visible()
    page.get_by_role("button", name="Importar agora").click()
    expect(page.get_by_role("heading", name="Relatório")).to_be_visible(timeout=20_000)
    with page.expect_download() as report:
        page.get_by_role("link", name="Baixar como CSV").click()
    assert "3;phone;contact:bad-phone;12" in report.value.path().read_text("utf-8-sig")

    # typed as one remembers it
    page.goto(f"{address}/contacts")
    search = page.get_by_label("Nome, telefone, e-mail")
    for words in ("zel quar", "98123-4567", "529.982"):
        search.fill(words)
        expect(page.locator(".ct-table tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Zélia Quaresma").click()
    name = page.get_by_label("Nome", exact=True)
    expect(name).to_have_value("Zélia Quaresma")
    name.fill("Zélia Quaresma Lima")
    name.blur()
    expect(page.get_by_role("heading", name="Zélia Quaresma Lima")).to_be_visible()
    page.get_by_role("button", name="Desfazer").click()
    expect(page.get_by_role("heading", name="Zélia Quaresma", exact=True)).to_be_visible()

    expect(page.get_by_text("Mesmo e-mail: zelia@exemplo.br")).to_be_visible()
    page.get_by_role("button", name="Unir").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Unir Zelia Q. a Zélia Quaresma")
    dialog.get_by_role("button", name="Unir").click()
    identities = page.get_by_role("region", name="Identidades")
    expect(identities).to_contain_text("(11) 97123-0001")
    page.get_by_role("button", name="Desfazer união").click()
    expect(page.get_by_text("Mesmo e-mail: zelia@exemplo.br")).to_be_visible()
    expect(identities).not_to_contain_text("(11) 97123-0001")

    # there is no way back, so it wants the name
    page.get_by_role("button", name="Apagar").click()
    sure = page.get_by_role("dialog").get_by_role("button", name="Apagar")
    expect(sure).to_be_disabled()
    page.get_by_label("Confirmação").fill("Zélia Quaresma")
    sure.click()
    expect(page.get_by_role("heading", name="Contato apagado")).to_be_visible()


@pytest.mark.parametrize(
    ("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)], ids=["light", "dark", "phone"]
)
def test_axe_finds_nothing(page: Page, address: str, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    enter(page, address)
    page.goto(f"{address}/tema/{theme}?next=/contacts")
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        page.wait_for_function("!document.querySelector('.q-loading-bar:not([aria-hidden=true])')")
        # a dialog that fades in has no contrast yet
        page.wait_for_function("document.getAnimations().every((a) => a.playState !== 'running')")
        page.evaluate(AXE_SCRIPT)
        said = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        faults = [f"{v['id']}: {[n['html'][:160] for n in v['nodes'][:3]]}" for v in said]
        if page.evaluate("document.querySelector('.page').scrollWidth") > width:
            faults.append("wider than the screen")
        if faults:
            found[name] = faults

    expect(page.get_by_role("heading", name="Contatos")).to_be_visible()
    page.get_by_role("button", name="Novo contato").click()
    name = f"Íris {theme} {width}"
    page.get_by_role("dialog").get_by_label("Nome", exact=True).fill(name)
    page.get_by_role("dialog").get_by_label("E-mail", exact=True).fill("iris@exemplo.br")
    look("new")
    page.get_by_role("button", name="Criar").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    look("card")
    page.get_by_role("button", name="Apagar").click()
    expect(page.get_by_label("Confirmação")).to_be_focused()
    look("erase")
    for path in ("", "/fields", "/duplicates", "/import"):
        page.goto(f"{address}/contacts{path}")
        page.wait_for_load_state("networkidle")
        look(path or "list")
    page.locator("input[type=file]").set_input_files(
        {"name": "c.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    expect(page.get_by_role("heading", name="Colunas")).to_be_visible()
    look("mapping")
    page.get_by_role("button", name="Importar agora").click()
    expect(page.get_by_role("heading", name="Relatório")).to_be_visible(timeout=20_000)
    look("report")
    assert found == {}
