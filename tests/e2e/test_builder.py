"""The builder as a business admin uses it, on the real product: build, prove, break, publish, go back, together."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from bench_top import Workbench
from playwright.sync_api import Browser, Page, expect
from scene import SOON, Stage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def bench(page: Page, address: str) -> Workbench:
    made = Workbench(page, address)
    made.enter()
    return made


def edges(document: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(e["from"], e["exit"], e["to"]) for e in document["edges"]}


def node(document: dict[str, Any], ident: str) -> dict[str, Any]:
    found: dict[str, Any] = next(n for n in document["nodes"] if n["id"] == ident)
    return found


def eventually(page: Page, value: Callable[[], Any], expected: Any) -> None:
    for _ in range(100):
        found = value()
        if found == expected:
            return
        page.wait_for_timeout(100)
    assert found == expected


def test_a_triage_is_built_with_the_mouse_tried_and_published(bench: Workbench) -> None:
    page = bench.page
    flow = bench.start("Triagem com o mouse", "oi, olá")
    expect(page.get_by_role("button", name="Primeiro passo")).to_be_visible()
    bench.stand_back()
    form = page.locator("#panel-step")

    name = bench.drop("ask", 0.1, 0.25)
    form.get_by_label("Pergunta").first.fill("Qual é o seu nome?")
    form.get_by_label("Guardar a resposta em").fill("nome")
    form.get_by_label("Guardar a resposta em").press("Tab")
    bench.saved()

    days = bench.drop("ask", 0.34, 0.25)
    bench.connect(name, "answered", days)
    form.get_by_label("Pergunta").first.fill("A fatura venceu há quantos dias?")
    form.get_by_label("Tipo de resposta").select_option(label="Número")
    form.get_by_label("Guardar a resposta em").fill("dias")
    form.get_by_label("Guardar a resposta em").press("Tab")
    bench.saved()

    rule = bench.drop("decide", 0.58, 0.25)
    bench.connect(days, "answered", rule)
    form.get_by_text("ainda sem condições").click()
    page.get_by_role("button", name="Condição").click()
    page.get_by_role("combobox", name="Escolha um campo").first.click()
    page.get_by_role("option", name="dias").first.click()
    page.get_by_label("Comparação").select_option(label="é maior que")
    page.get_by_label("Valor", exact=True).fill("5")
    page.get_by_label("Valor", exact=True).blur()
    expect(page.locator(".rl-reading")).to_contain_text("dias é maior que 5")
    page.get_by_role("button", name="Concluir").click()
    bench.saved()

    person = bench.drop("hand_over", 0.8, 0.15)
    bench.connect(rule, "case_1", person)
    fine = bench.drop("send_message", 0.8, 0.45)
    bench.connect(rule, "else", fine)
    form.get_by_label("Texto").first.fill("Ainda dá tempo, {{ nome }}!")
    bench.saved()
    lost = bench.drop("hand_over", 0.34, 0.75)
    for source, exit_name in ((name, "invalid"), (name, "timeout"), (days, "invalid"), (days, "timeout")):
        bench.connect(source, exit_name, lost)
    end = bench.drop("end", 0.8, 0.75)
    bench.connect(fine, "next", end)
    bench.saved()

    document = bench.document(flow)
    assert node(document, rule)["cases"][0]["when"] == {"and": [{">": [{"var": "dias"}, 5]}]}
    assert len(document["nodes"]) == 7 and len(edges(document)) == 9
    eventually(
        page,
        lambda: [p["code"] for p in bench.api("POST", f"/flows/{flow}/check") if p["severity"] == "error"],
        [],
    )

    page.locator(".editor-bar").get_by_role("button", name="Experimentar").click()
    line = page.get_by_label("Escreva como cliente…")
    for said, heard in (
        ("oi", "Qual é o seu nome?"),
        ("Ana", "venceu há quantos dias"),
        ("3", "Ainda dá tempo, Ana!"),
    ):
        line.fill(said)
        line.press("Enter")
        expect(page.locator("#panel-try").get_by_text(heard, exact=False).last).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Salvar como teste").click()
    page.get_by_role("textbox", name="Nome do teste").fill("em dia")
    page.get_by_role("button", name="Salvar", exact=True).click()
    eventually(page, lambda: [t["name"] for t in bench.document(flow).get("tests", [])], ["em dia"])

    page.get_by_role("button", name="Publicar").click()
    expect(page.get_by_text("1 de 1 passaram")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Publicar agora").click()
    expect(page.locator(".editor-bar .state")).to_have_text("No ar: v1", timeout=SOON)

    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SOON)
    # now a change breaks the test, and the button stays shut
    bench.choose(fine)
    form.get_by_label("Texto").first.fill("Tarde demais.")
    bench.saved()
    page.get_by_role("button", name="Publicar").click()
    expect(page.get_by_text("0 de 1 passaram")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("agora é “Tarde demais.”")).to_be_visible()
    expect(page.get_by_role("button", name="Publicar agora")).to_be_disabled()
    page.get_by_text("Publicar mesmo com erros").click()
    page.get_by_label("Por quê?").fill("o texto novo foi aprovado")
    page.get_by_role("button", name="Publicar agora").click()
    expect(page.locator(".editor-bar .state")).to_have_text("No ar: v2", timeout=SOON)

    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SOON)
    versions = bench.panel("versions")
    versions.locator(".version", has_text="v1").get_by_role("button", name="Ver", exact=True).click()
    banner = page.locator(".canvas-viewing")
    expect(banner).to_contain_text("versão 1", timeout=SOON)
    banner.get_by_role("button", name="Voltar ao rascunho").click()
    expect(banner).to_be_hidden(timeout=SOON)
    versions.locator(".version", has_text="v1").get_by_role("button", name="Voltar para esta").click()
    expect(page.locator(".editor-bar .state")).to_have_text("No ar: v1", timeout=SOON)
    eventually(page, lambda: node(bench.document(flow), fine)["text"], "Ainda dá tempo, {{ nome }}!")


def test_the_same_is_built_with_the_keyboard_alone(bench: Workbench) -> None:
    page = bench.page
    flow = bench.start("Triagem sem mouse")
    bench.root.focus()

    def insert(words: str) -> None:
        bench.press("/")
        page.keyboard.type(words, delay=10)
        option = page.get_by_role("dialog").get_by_role("option").first
        expect(option).to_contain_text(words, ignore_case=True, timeout=SOON)
        before = len(bench.nodes())
        bench.press("Enter")
        page.wait_for_function(
            f"document.querySelector('.trama-canvas').trama.graph.nodes.size > {before}", timeout=SOON
        )
        expect(page.get_by_role("dialog")).to_have_count(0)

    insert("perguntar")
    question = page.locator("#panel-step").get_by_label("Pergunta").first
    question.focus()
    page.keyboard.type("Tudo bem?")
    bench.press("Tab")
    bench.saved()
    bench.root.focus()
    insert("menu")
    bench.root.focus()
    insert("enviar mensagem")
    bench.saved()
    document = bench.document(flow)
    assert node(document, "ask")["text"] == "Tudo bem?"
    assert edges(document) == {("ask", "answered", "menu"), ("menu", "option_1", "send_message")}

    # by the outline: from the menu's second option to the message, without the canvas
    page.locator("#left-outline").focus()
    bench.press("Enter")
    tree = page.get_by_role("tree")
    expect(tree.get_by_role("treeitem").first).to_be_visible(timeout=SOON)
    row = tree.get_by_role("treeitem", name="Outra coisa")
    row.focus()
    bench.press("=")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.type("enviar")
    expect(dialog.get_by_role("option")).to_have_count(1, timeout=SOON)
    bench.press("Enter")
    eventually(page, lambda: ("menu", "other", "send_message") in edges(bench.document(flow)), True)
    row.focus()
    bench.press("Delete")
    eventually(page, lambda: ("menu", "other", "send_message") in edges(bench.document(flow)), False)

    # everything back, and again
    after = bench.document(flow)
    bench.root.focus()
    for _ in range(12):
        bench.press("Control+z")
    eventually(page, lambda: bench.document(flow).get("nodes"), [])
    for _ in range(12):
        bench.press("Control+y")
    eventually(page, lambda: bench.document(flow), after)
    bench.press("?")
    expect(page.get_by_role("heading", name="Atalhos do teclado")).to_be_visible()


def test_steps_are_pasted_into_another_flow_and_undone(bench: Workbench) -> None:
    page = bench.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bench.open("csat")
    bench.root.focus()
    bench.press("Control+a", "Control+c")
    flow = bench.start("Recebe colado")
    bench.root.focus()
    bench.press("Control+v")
    eventually(page, lambda: len(bench.document(flow)["nodes"]), 5)
    pasted = bench.document(flow)
    assert len(edges(pasted)) == 6 and pasted["start"]
    bench.root.focus()
    bench.press("Control+v")
    eventually(page, lambda: len(bench.document(flow)["nodes"]), 10)
    bench.root.focus()
    bench.press("Control+z")
    eventually(page, lambda: bench.document(flow), pasted)
    page.reload()
    bench.ready()
    bench.root.focus()
    bench.press("Control+z")
    eventually(page, lambda: bench.document(flow)["nodes"], [])


def test_what_is_broken_is_not_published(bench: Workbench) -> None:
    page = bench.page
    flow = bench.start("Quebrado")
    bench.drop("send_message", 0.3, 0.3)
    page.locator("#panel-step").get_by_label("Texto").first.fill("Oi {{ ninguem }}")
    ghost = bench.drop("run_flow", 0.7, 0.3)
    bench.saved()
    page.get_by_role("button", name="Publicar").click()
    expect(page.locator(".publish-line").first).to_be_visible(timeout=SOON)
    expect(page.get_by_role("button", name="Publicar agora")).to_be_disabled()
    # settings that cannot be read are never published, not even by an administrator
    expect(page.get_by_text("Publicar mesmo com erros")).to_be_hidden()
    page.locator(".publish-line").first.click()
    expect(page.locator("#panel-step")).to_contain_text("Executar fluxo", timeout=SOON)
    assert bench.shown("[...s.chosen]") == [ghost]
    assert bench.api("POST", f"/flows/{flow}/publish", {})["code"] in ("flow:has-errors", "flow:bad-node")


def test_two_people_see_each_other_and_lose_nothing(bench: Workbench, browser: Browser, address: str) -> None:
    flow = bench.start("Juntos")
    first = bench.drop("send_message", 0.3, 0.3)
    bench.saved()
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    other = Workbench(context.new_page(), address)
    other.enter()
    other.open(flow)
    expect(bench.page.locator(".badge-peer")).to_have_count(1, timeout=SOON)
    expect(other.page.locator(".badge-peer")).to_have_count(1, timeout=SOON)

    # each adds and moves at the same time; both see both
    second = bench.drop("ask", 0.3, 0.6)
    other.page.wait_for_function(
        "id => document.querySelector('.trama-canvas').trama.graph.nodes.has(id)", arg=second, timeout=SOON
    )
    third = other.drop("end", 0.7, 0.6)
    x, y = bench.node(first)
    bench.drag((x, y), (x + 100, y + 40))
    x, y = other.node(second)
    other.drag((x, y), (x - 60, y + 100))
    bench.saved()
    other.saved()
    expected = bench.document(flow)["layout"]
    for window in (bench, other):
        eventually(
            window.page,
            lambda w=window: {
                i: {"x": p[0], "y": p[1]}
                for i, p in w.shown(
                    "Object.fromEntries([...s.graph.nodes].map(([i, n]) => [i, [n.x, n.y]]))"
                ).items()
            },
            expected,
        )
    assert bench.nodes() == other.nodes() == {first, second, third}

    # whose form is open holds the step; the other sees that
    bench.choose(first)
    other.choose(first)
    expect(other.page.locator(".lock")).to_be_visible(timeout=SOON)
    expect(other.page.locator("#panel-step").get_by_label("Texto").first).to_be_disabled()
    bench.page.locator("#panel-step").get_by_label("Texto").first.fill("da primeira")
    bench.saved()
    expect(other.page.locator("#panel-step").get_by_label("Texto").first).to_have_value(
        "da primeira", timeout=SOON
    )
    other.page.get_by_role("button", name="Editar mesmo assim").click()
    expect(bench.page.locator(".lock")).to_be_visible(timeout=SOON)
    expect(other.page.locator("#panel-step").get_by_label("Texto").first).to_be_enabled(timeout=SOON)
    context.close()
    expect(bench.page.locator(".badge-peer")).to_have_count(0, timeout=SOON)


def test_a_reload_in_the_middle_and_a_lost_connection_lose_nothing(bench: Workbench) -> None:
    page = bench.page
    flow = bench.start("Queda de rede")
    step = bench.drop("send_message", 0.3, 0.3)
    text = page.locator("#panel-step").get_by_label("Texto").first
    text.fill("antes")
    page.reload()
    bench.ready()
    bench.choose(step)
    expect(page.locator("#panel-step").get_by_label("Texto").first).to_have_value("antes", timeout=SOON)
    bench.saved()

    page.evaluate("window.socket.disconnect()")
    expect(page.locator(".tc-banner").first).to_be_visible(timeout=SOON)
    page.locator("#panel-step").get_by_label("Texto").first.fill("escrito sem rede")
    page.evaluate("window.socket.connect()")
    eventually(page, lambda: node(bench.document(flow), step)["text"], "escrito sem rede")


def test_the_list_finds_copies_tags_archives_and_imports(bench: Workbench) -> None:
    page = bench.page
    page.goto(f"{bench.address}/flows")
    row = page.get_by_role("row").filter(has_text="Pesquisa de satisfação").first
    expect(row).to_contain_text("3 de 3", timeout=SOON)
    row.get_by_role("button", name="Ações de").click()
    page.get_by_text("Duplicar").click()
    copy = page.get_by_role("row").filter(has_text="(cópia)")
    expect(copy).to_contain_text("rascunho", timeout=SOON)
    copy.get_by_role("button", name="Ações de").click()
    page.get_by_text("Arquivar").click()
    expect(copy).to_have_count(0, timeout=SOON)
    page.get_by_role("button", name="Arquivados").click()
    expect(copy).to_have_count(1, timeout=SOON)

    page.get_by_role("button", name="Importar").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("ou cole o JSON aqui").fill('{"format": 1, "nodes": 7}')
    dialog.get_by_role("button", name="Conferir").click()
    expect(dialog.get_by_text("Isto não é um fluxo")).to_be_visible(timeout=SOON)
    evil = "<img src=x onerror=alert(1)>"
    hostile = json.dumps(
        {
            "format": 1, "id": "mau", "name": evil, "kind": "chatbot", "start": "a",
            "nodes": [
                {"id": "a", "type": "hologram", "text": evil},
                {"id": "b", "type": "send_message", "label": "<b>oi</b>", "text": evil},
            ],
            "edges": [{"from": "a", "exit": "x", "to": "b"}],
        }
    )  # fmt: skip
    dialog.get_by_label("ou cole o JSON aqui").fill(hostile)
    dialog.get_by_role("button", name="Conferir").click()
    expect(dialog.get_by_text("hologram")).to_be_visible(timeout=SOON)
    page.on("dialog", lambda _: pytest.fail("a text of the flow was run"))
    dialog.get_by_role("button", name="Importar").click()
    page.wait_for_url("**/flows/mau", timeout=SOON)
    bench.ready()
    bench.choose("b")
    expect(page.locator("#panel-step").get_by_label("Texto").first).to_have_value(evil)
    for panel in ("problems", "try", "tests", "versions", "live"):
        bench.panel(panel)
    page.locator("#left-outline").click()
    expect(page.get_by_role("tree")).to_contain_text("<b>oi</b>", timeout=SOON)
    assert page.locator("img[src=x]").count() == 0


def test_a_template_is_tested_and_used(bench: Workbench) -> None:
    page = bench.page
    page.goto(f"{bench.address}/flows")
    page.get_by_role("button", name="Modelos prontos").click()
    page.get_by_label("Buscar modelo").fill("satisfação")
    card = page.locator(".template:visible")
    expect(card).to_have_count(1, timeout=SOON)
    card.get_by_role("button", name="Testar agora").click()
    expect(card.get_by_text("3 de 3 testes passaram")).to_be_visible(timeout=SOON)
    card.get_by_role("button", name="Usar este").click()
    page.wait_for_url("**/flows/pesquisa_de_satisfacao*", timeout=SOON)
    bench.ready()
    assert len(bench.nodes()) == 5


def test_live_figures_lead_to_the_conversations_behind_them(bench: Workbench, address: str) -> None:
    page = bench.page
    stage = Stage(page.context.new_page(), address)
    stage.open()
    stage.reset()
    stage.says("boleto")
    stage.hears("CPF")
    bench.open("invoice_query")
    live = bench.panel("live")
    expect(live.locator(".figure").first).to_contain_text(re.compile(r"[1-9]"), timeout=SOON)
    bench.root.focus()
    bench.press("f")
    bench.click(bench.node(bench.shown("s.graph.start")))
    live.locator(".passer").first.click(timeout=SOON)
    expect(live.get_by_text(re.compile(r"Turno \d+ de \d+"))).to_be_visible(timeout=SOON)
    live.get_by_role("button", name="Fechar").click()
    expect(live.locator(".walk")).to_have_count(0, timeout=SOON)
