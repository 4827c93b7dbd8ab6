"""The panes in a browser, as a person uses them: talk to the draft, make a test of it, break it, see it, accept it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import browser, opened, served  # noqa: F401
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("stand")
    script = str(Path(__file__).with_name("proof_stand.py"))
    command = [sys.executable, script]
    with served(
        lambda port: [*command, str(port), str(folder)], folder, "/openapi.json", {"PYTHONPATH": str(ROOT)}
    ) as base:
        yield base


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:  # noqa: F811
    context = browser.new_context(viewport={"width": 900, "height": 900})
    with opened(context) as page:
        yield page
    context.close()


def told(page: Page, stand: str, key: str) -> dict[str, Any]:
    found: dict[str, Any] = page.request.get(f"{stand}/told/{key}").json()
    return found


def eventually(ask: Callable[[], Any]) -> Any:
    """What the server tells once it has heard of a click."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        found = ask()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("nothing came")


def say(page: Page, text: str) -> None:
    line = page.get_by_label("Escreva como cliente…")
    line.fill(text)
    line.press("Enter")


def test_talk_go_back_answer_for_the_erp_reload_and_make_a_test(page: Page, stand: str) -> None:
    page.goto(f"{stand}/?key=talk&flow=invoice_query&pane=both")
    say(page, "boleto")
    expect(page.locator(".beat")).to_have_count(1)
    say(page, "222.222.222-22")
    page.get_by_role("button", name="João Santos").dblclick()
    expect(page.get_by_text("ERP: faturas")).to_be_visible()
    page.get_by_role("button", name="João Santos").click()
    expect(page.get_by_text("Encontrei 4 faturas em aberto", exact=False)).to_be_visible()
    path = told(page, stand, "talk")["painted"]["path"]
    assert path["now"] in path["nodes"] and len(path["edges"]) > 4

    page.get_by_role("button", name="Negociar").click()
    expect(page.locator(".beat")).to_have_count(5)
    page.locator(".beat").nth(4).hover()
    page.get_by_role("button", name="Voltar para antes disto").nth(4).click()
    expect(page.locator(".beat")).to_have_count(4)
    page.get_by_role("button", name="Pagar agora").click()
    expect(page.get_by_role("button", name="Caminho 2")).to_have_attribute("aria-pressed", "true")

    page.locator(".beat-why-head").last.click()
    page.locator(".beat-why[open] .visit-go").first.click()
    assert eventually(lambda: told(page, stand, "talk")["selected"])

    page.reload()
    expect(page.locator(".beat")).to_have_count(5)
    expect(page.get_by_role("button", name="Caminho 1")).to_be_visible()

    page.get_by_role("button", name="Salvar como teste").click()
    page.get_by_role("textbox", name="Nome do teste").fill("João paga tudo")
    page.get_by_role("button", name="Salvar", exact=True).click()
    expect(page.locator(".test-name", has_text="João paga tudo")).to_be_visible()
    flow = told(page, stand, "talk")["flow"]
    assert [len(t["turns"]) for t in flow["tests"] if t["name"] == "João paga tudo"] == [5]
    line = page.locator(".test", has_text="João paga tudo")
    expect(line.get_by_text("passa", exact=True)).to_be_visible(timeout=15_000)


def test_a_test_fails_after_a_change_is_compared_accepted_and_removed(page: Page, stand: str) -> None:
    page.goto(f"{stand}/?key=fail&flow=csat&pane=both")
    tests = told(page, stand, "fail")["flow"]["tests"]
    page.request.post(
        f"{stand}/do/fail",
        data={"do": "set_flow", "path": "/tests/0/turns/0/expect", "value": ["Nada disso."]},
    )
    page.get_by_role("button", name="Rodar todos").click()
    line = page.locator(".test").first
    expect(line.get_by_text("falha", exact=True)).to_be_visible(timeout=15_000)
    line.locator("summary").click()
    expect(line.locator("del.test-line", has_text="Nada disso.")).to_be_visible()
    expect(line.locator("ins.test-line").first).to_be_visible()
    line.get_by_role("button", name="Abrir em Experimentar").click()
    expect(page.locator(".beat")).to_have_count(1)
    line.get_by_role("button", name="Aceitar o que veio como certo").click()
    expect(line.get_by_text("passa", exact=True)).to_be_visible(timeout=15_000)

    page.get_by_role("switch", name="Mostrar no desenho").click()
    coverage = eventually(lambda: told(page, stand, "fail")["painted"].get("coverage"))
    assert coverage["taken"] and not set(coverage["taken"]) & set(coverage["missed"])
    line.get_by_role("button", name="Excluir").click()
    expect(page.locator(".test")).to_have_count(len(tests) - 1)


def test_problems_are_found_gone_to_and_mended(page: Page, stand: str) -> None:
    page.goto(f"{stand}/?key=mend&flow=broken&pane=problems")
    problems = page.locator(".problem")
    expect(problems.first).to_be_visible()
    before = problems.count()
    page.get_by_label("Buscar nos problemas").fill("nunca recebe")
    expect(problems).to_have_count(1)
    problems.locator(".problem-go").click()
    assert eventually(lambda: told(page, stand, "mend")["selected"]) == ["hello"]
    page.get_by_role("button", name="Trocar por “nome”").click()
    expect(page.get_by_text("Nada encontrado")).to_be_visible()
    page.get_by_label("Buscar nos problemas").fill("")
    assert problems.count() < before
    page.get_by_role("button", name="Corrigir os").first.click()
    expect(page.get_by_role("button", name="Corrigir os").first).to_be_hidden()
    assert len(told(page, stand, "mend")["words"]) == 2


def test_a_conversation_is_walked_turn_by_turn_on_the_canvas(page: Page, stand: str) -> None:
    page.goto(f"{stand}/?key=walk&flow=invoice_query&pane=walk")
    expect(page.get_by_text("Turno 3 de 3")).to_be_visible()
    last = told(page, stand, "walk")["painted"]["path"]
    page.get_by_role("button", name="Turno anterior").click()
    expect(page.get_by_text("Turno 2 de 3 · versão 3")).to_be_visible()
    assert eventually(lambda: told(page, stand, "walk")["painted"]["path"] != last)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("Turno 1 de 3")).to_be_visible()
    expect(page.get_by_text("CPF informado")).to_be_visible()
