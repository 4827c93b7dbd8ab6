"""The floor in a real browser: a supervisor moves, whispers, sets and takes over; and queues are set up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from scene import SOON
from test_everyone import PHONE, faults
from test_inbox import ANA, BRUNO, Agent, Customer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
CARLA, BOSS = "carla@plataforma.com", "demo@plataforma.com"
PAGES = ("/supervision", "/settings/queues", "/settings/queues/1", "/settings/channels")


@pytest.fixture
def carla(browser: Browser, address: str) -> Iterator[Agent]:
    agent = Agent(browser, address, CARLA)
    yield agent
    agent.leave()


def waits(carla: Agent, customer: Customer, queue: str) -> None:
    """The customer asks for a person, out of hours or not: the supervisor puts them into a queue."""
    customer.says("oi")
    carla.go("/inbox")
    carla.find(customer)
    conversation = int(carla.page.url.rsplit("/", 1)[-1])
    moved = carla.page.request.post(
        f"{carla.address}/api/v1/conversations/{conversation}/transfer",
        data={"queue": queue},
        headers={"origin": carla.address},
    )
    assert moved.ok, moved.text()


def test_a_supervisor_runs_the_floor(carla: Agent, browser: Browser, address: str) -> None:
    ana = Agent(browser, address, ANA)
    joana = Customer(address, "Joana Prado")
    waits(carla, joana, "financeiro")
    carla.go("/supervision")
    page = carla.page
    row = page.locator(".desk-table tr").filter(has_text=joana.name)
    expect(row).to_be_visible(timeout=SOON)

    row.get_by_role("checkbox").click()
    page.get_by_role("combobox", name="Passar para atendente").click()
    page.get_by_role("option", name="Ana Ribeiro").click()
    expect(page.get_by_text("1 movidos para Ana Ribeiro.")).to_be_visible(timeout=SOON)
    expect(row).to_contain_text("Ana Ribeiro", timeout=SOON)

    row.get_by_role("button", name=f"Ações para {joana.name}").click()
    page.get_by_text("Sussurrar ao atendente").click()
    page.get_by_role("textbox", name="Nota").fill("ofereça o parcelamento")
    page.get_by_role("button", name="Enviar").click()
    ana.go("/inbox")
    ana.find(joana)
    expect(ana.page.get_by_text("ofereça o parcelamento").last).to_be_visible(timeout=SOON)

    row.get_by_role("button", name=f"Ações para {joana.name}").click()
    page.get_by_text("Assumir").click()
    page.wait_for_url("**/inbox/*", timeout=SOON)
    expect(page.locator(".ib-name")).to_have_text(joana.name, timeout=SOON)
    ana.leave()


def test_what_is_set_for_an_agent_can_be_taken_back(carla: Agent, browser: Browser, address: str) -> None:
    bruno = Agent(browser, address, BRUNO)
    bruno.page.request.put(
        f"{address}/api/v1/agents/me/state", data={"state": "online"}, headers={"origin": address}
    )
    carla.go("/supervision")
    page = carla.page
    line = page.locator(".desk-table tr").filter(has_text="Bruno Lima").filter(has=page.locator(".desk-load"))
    expect(line).to_contain_text("Disponível", timeout=SOON)
    line.get_by_role("button", name="Ações para Bruno Lima").click()
    page.get_by_text("Colocar em pausa").click()
    expect(line).to_contain_text("Em pausa", timeout=SOON)
    page.get_by_role("button", name="Desfazer").click()
    expect(line).to_contain_text("Disponível", timeout=SOON)
    bruno.leave()


def test_a_queue_is_set_up(browser: Browser, address: str) -> None:
    boss = Agent(browser, address, BOSS)
    page = boss.page
    boss.go("/settings/queues")
    page.get_by_role("button", name="Nova fila").click()
    page.get_by_role("textbox", name="Nome").fill("Segunda via")
    page.get_by_role("button", name="Salvar").click()
    page.wait_for_url("**/settings/queues/*", timeout=SOON)
    expect(page.get_by_role("heading", name="Segunda via")).to_be_visible(timeout=SOON)
    page.get_by_role("spinbutton", name="Atendimentos ao mesmo tempo").fill("3")
    page.get_by_role("button", name="Adicionar prazo").click()
    page.get_by_role("button", name="Salvar").click()
    expect(page.get_by_text("Salvo").first).to_be_visible(timeout=SOON)
    made = next(q for q in page.request.get(f"{address}/api/v1/queues").json() if q["key"] == "segunda-via")
    assert (made["settings"]["most"], len(made["settings"]["sla"])) == (3, 5)
    boss.leave()


def test_everyone_can_use_these_screens(browser: Browser, address: str) -> None:
    found = {}
    for mode, window in (
        ("light", {}),
        ("dark", {"color_scheme": "dark"}),
        ("phone", {"viewport": PHONE}),
    ):
        boss = Agent(browser, address, BOSS, **window)
        for path in PAGES:
            boss.go(path)
            expect(boss.page.locator("h1").first).to_be_visible(timeout=SOON)
            said = faults(boss.page)
            wide = boss.page.viewport_size["width"] if boss.page.viewport_size else 0
            if boss.page.evaluate("document.documentElement.scrollWidth") > wide:
                said.append("wider than the screen")
            if said:
                found[f"{mode} {path}"] = said
        boss.leave()
    assert found == {}
