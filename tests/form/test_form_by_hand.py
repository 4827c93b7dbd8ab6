"""The form and the rule editor in a browser, as a person uses them."""

from __future__ import annotations

import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from chromium import browser, opened, served  # noqa: F401
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
State = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = str(Path(__file__).with_name("table_top.py"))
    with served(
        lambda port: [sys.executable, script, str(port)], tmp_path_factory.mktemp("table"), "/ready"
    ) as base:
        yield base


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:  # noqa: F811
    context = browser.new_context(locale="pt-BR", viewport={"width": 900, "height": 1000})
    with opened(context) as page:
        yield page
    context.close()


@pytest.fixture
def state(address: str) -> State:
    def read(name: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{address}/state/{name}", timeout=5) as answer:
            found: dict[str, Any] = msgspec.json.decode(answer.read())
        return found

    return read


def eventually(value: Callable[[], Any], expected: Any) -> None:
    until = time.monotonic() + 8
    while (found := value()) != expected and time.monotonic() < until:
        time.sleep(0.1)
    assert found == expected


def test_a_text_with_a_variable_and_a_filter(page: Page, address: str, state: State) -> None:
    page.goto(f"{address}/node/message")
    box = page.get_by_label("Texto", exact=False).first
    box.press("End")
    box.press_sequentially(", {{nome do")
    page.get_by_role("option", name="nome do contato").click()
    expect(box).to_have_value("Olá, {{ contact.name }}")
    # inside the hole a bar offers the filters
    for _ in range(3):
        box.press("ArrowLeft")
    box.press_sequentially(" | primeira")
    box.press("Enter")
    eventually(lambda: state("message")["document"]["nodes"][0]["text"], "Olá, {{ contact.name | first }}")
    expect(page.locator(".tf-preview .bubble")).to_contain_text("Olá, Ana")
    expect(box).to_be_focused()


def test_typing_is_one_edit_not_one_for_each_letter(page: Page, address: str, state: State) -> None:
    page.goto(f"{address}/node/message")
    box = page.get_by_label("Texto", exact=False).first
    box.fill("")
    box.press_sequentially("Bom dia, como vai?", delay=15)
    eventually(lambda: state("message")["document"]["nodes"][0].get("text"), "Bom dia, como vai?")
    assert state("message")["done"] <= 2


def test_the_variable_button_and_escape_leave_no_trace(page: Page, address: str, state: State) -> None:
    page.goto(f"{address}/node/message")
    box = page.get_by_label("Texto", exact=False).first
    box.press("End")
    page.get_by_role("button", name="Variável").first.click()
    expect(page.get_by_role("listbox")).to_be_visible()
    box.press("Escape")
    expect(box).to_have_value("Olá")


def test_options_are_added_named_moved_and_taken_away(page: Page, address: str, state: State) -> None:
    page.goto(f"{address}/node/menu")
    expect(page.locator(".tf-way")).to_contain_text("botões")
    page.get_by_role("button", name="Mais uma opção").click()
    page.get_by_label("Opção 2", exact=True).press_sequentially("Falar com alguém")
    page.get_by_label("Opção 2", exact=True).blur()

    def options() -> list[Any]:
        return [(o["id"], o["title"]) for o in state("menu")["document"]["nodes"][0]["options"]]

    eventually(options, [("conta", "Conta"), ("falar_com_alguem", "Falar com alguém")])
    page.get_by_role("button", name="Subir: Opção 2").click()
    eventually(options, [("falar_com_alguem", "Falar com alguém"), ("conta", "Conta")])
    expect(page.get_by_label("Opção 2", exact=True)).to_have_value("Conta")
    page.get_by_role("button", name="Tirar: Opção 2").click()
    eventually(options, [("falar_com_alguem", "Falar com alguém")])
    assert state("menu")["document"].get("edges", []) == []
    expect(page.get_by_text("tinha uma ligação")).to_be_visible()


def choose(page: Page, place: int, name: str) -> None:
    page.get_by_role("combobox", name="Escolha um campo").nth(place).click()
    page.get_by_role("option", name=name).first.click()


def test_a_rule_by_mouse(page: Page, address: str, state: State) -> None:
    page.goto(f"{address}/rule")
    page.get_by_role("button", name="Condição").click()
    choose(page, 0, "dias em atraso")
    page.get_by_label("Comparação").select_option(label="é maior que")
    page.get_by_label("Valor", exact=True).fill("5")
    page.get_by_role("button", name="Grupo").click()
    choose(page, 1, "etiquetas do contato")
    page.get_by_label("Valor", exact=True).nth(1).fill("vip")
    page.locator(".rl-group .rl-group").get_by_role("button", name="Condição").click()
    choose(page, 2, "valor R$")
    page.get_by_label("Comparação").nth(2).select_option(label="é maior ou igual a")
    page.get_by_label("Valor", exact=True).nth(2).fill("100,00")
    page.get_by_label("Valor", exact=True).nth(2).blur()
    eventually(
        lambda: state("rule")["rule"],
        {
            "and": [
                {">": [{"var": "days"}, 5]},
                {"or": [{"in": ["vip", {"var": "contact.tags"}]}, {">=": [{"var": "total"}, 10000]}]},
            ]
        },
    )
    expect(page.locator(".rl-reading")).to_have_text(
        "dias em atraso é maior que 5 e (etiquetas do contato contém “vip” ou valor é maior ou igual a R$ 100,00)"
    )
    page.get_by_text("Testar com um contato").click()
    expect(page.locator(".rl-verdict .state")).to_have_text("Vale")


def test_a_trigger_says_when_it_is_due(page: Page, address: str, state: State) -> None:
    page.goto(f"{address}/flow")
    page.get_by_role("button", name="Mais um início").click()
    page.get_by_label("Começa com").select_option(label="Um horário")
    page.get_by_label("Horário (cron)").fill("0 9 * * 1")
    page.get_by_label("Horário (cron)").press("Enter")
    expect(page.get_by_text("Próximas vezes: segunda")).to_be_visible()
    eventually(lambda: state("flow")["document"]["triggers"], [{"on": "schedule", "cron": "0 9 * * 1"}])
