"""A day in the inbox, in real browsers: answers, colleagues, the window, drafts, a phone, hostile words."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import re
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Locator, expect
from scene import SOON, Stage

from connectors.fake.graph import APP_SECRET

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

ANA, BRUNO = "ana@plataforma.com", "bruno@plataforma.com"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
_numbers = itertools.count(int(time.time()) % 10_000_000)


class Customer:
    """Somebody on WhatsApp whom nobody knows yet."""

    def __init__(self, address: str, name: str) -> None:
        self.address = address
        self.phone = f"55119{next(_numbers):08d}"
        # nobody of the tests before is called the same
        self.name = f"{name} {self.phone[-4:]}"

    def says(self, text: str) -> None:
        message = {
            "from": self.phone, "id": f"wamid.e2e{time.time_ns()}", "timestamp": str(int(time.time())),
            "type": "text", "text": {"body": text},
        }  # fmt: skip
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"phone_number_id": "106540352242922"},
            "contacts": [{"profile": {"name": self.name}, "wa_id": self.phone}],
            "messages": [message],
        }
        entry = [{"id": "2", "changes": [{"field": "messages", "value": value}]}]
        body = json.dumps({"object": "whatsapp_business_account", "entry": entry}).encode()
        mac = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        request = urllib.request.Request(f"{self.address}/webhooks/whatsapp_cloud/1", data=body)
        request.add_header("x-hub-signature-256", f"sha256={mac}")
        request.add_header("content-type", "application/json")
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 200


class Agent:
    """A person at the inbox, in a browser of their own."""

    def __init__(self, browser: Browser, address: str, email: str, **window: Any) -> None:
        options = {
            "viewport": {"width": 1440, "height": 900},
            "locale": "pt-BR",
            "reduced_motion": "reduce",
        } | window
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("dialog", lambda dialog: self.faults.append(dialog.message))
        self.address = address
        self.page.goto(f"{address}/login")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password]", "demo123")
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/login" not in url)
        self.go("/inbox")

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)
        expect(self.page.locator("body[data-ready]")).to_be_attached(timeout=SOON)

    def find(self, customer: Customer) -> None:
        """Open a customer's conversation by the end of their number."""
        search = self.page.get_by_role("textbox", name="Nome, telefone, protocolo ou palavras").or_(
            self.page.get_by_role("searchbox", name="Nome, telefone, protocolo ou palavras")
        )
        search.fill(customer.phone[-8:])
        row = self.page.locator(".ib-row").filter(has_text=customer.name)
        expect(row).to_be_visible(timeout=SOON)
        row.click()
        expect(self.page.locator(".ib-name")).to_have_text(customer.name, timeout=SOON)
        expect(self.field).to_be_enabled(timeout=SOON)

    @property
    def field(self) -> Locator:
        return self.page.locator(".ib-text")

    def take(self) -> None:
        self.page.get_by_role("button", name="Assumir", exact=True).click()
        expect(self.page.get_by_role("button", name="Assumir", exact=True)).to_have_count(0, timeout=SOON)

    def bubble(self, words: str) -> Locator:
        found = self.page.locator(".ib-bubble").filter(has_text=words).last
        expect(found).to_be_visible(timeout=SOON)
        return found

    def view(self, name: str) -> None:
        self.page.get_by_role("button", name=re.compile(f"^{name}")).first.click()

    def row(self, customer: Customer) -> Locator:
        return self.page.locator(".ib-row").filter(has_text=customer.name)

    def leave(self) -> None:
        assert self.faults == []
        self.context.close()


@pytest.fixture
def ana(browser: Browser, address: str) -> Iterator[Agent]:
    agent = Agent(browser, address, ANA)
    yield agent
    agent.leave()


@pytest.fixture
def bruno(browser: Browser, address: str) -> Iterator[Agent]:
    agent = Agent(browser, address, BRUNO)
    yield agent
    agent.leave()


def test_receive_answer_canned_transfer_close(ana: Agent, bruno: Agent, address: str) -> None:
    rita = Customer(address, "Rita Alencar")
    rita.says("minha luz caiu")
    ana.find(rita)
    ana.bubble("minha luz caiu")
    ana.take()
    ana.field.fill("Boa tarde, vou verificar.")
    ana.field.press("Enter")
    ana.bubble("Boa tarde, vou verificar.")
    expect(ana.field).to_have_value("", timeout=SOON)

    # a canned reply is offered while one types, and filled in for this customer
    ana.field.press_sequentially("/obri")
    expect(ana.page.get_by_role("option", name="/obrigado")).to_be_visible(timeout=SOON)
    ana.field.press("Enter")
    expect(ana.field).to_have_value(re.compile("^Obrigado pelo contato, Rita!"), timeout=SOON)
    ana.field.press("Enter")
    ana.bubble("Obrigado pelo contato, Rita!")

    # what the customer writes comes by itself, and answers can quote it
    rita.says("voltou agora, obrigada")
    came = ana.bubble("voltou agora, obrigada")
    came.hover()
    came.locator("xpath=..").get_by_role("button", name="Responder a esta mensagem").click()
    ana.field.fill("Que bom!")
    ana.field.press("Enter")
    expect(ana.bubble("Que bom!").locator(".ib-quoted")).to_contain_text("voltou agora")

    # a picture goes along, a note stays inside
    ana.page.locator(".ib-pick").set_input_files({"name": "foto.png", "mimeType": "image/png", "buffer": PNG})
    expect(ana.page.locator(".ib-file")).to_contain_text("foto.png")
    expect(ana.page.locator(".ib-file progress")).to_have_count(0, timeout=SOON)
    ana.page.get_by_role("button", name="Enviar", exact=True).click()
    expect(ana.page.locator(".ib-picture img")).to_be_visible(timeout=SOON)
    ana.page.locator(".ib-pick").set_input_files(
        {"name": "foto.png", "mimeType": "image/png", "buffer": b"MZ\x90"}
    )
    expect(ana.page.locator(".ib-toast")).to_contain_text("tipo de arquivo", timeout=SOON)
    ana.page.locator(".ib-name").click()
    ana.field.blur()
    ana.page.keyboard.press("n")
    ana.field.press_sequentially("cliente há dez anos @bru")
    expect(ana.page.get_by_role("option", name="@Bruno Lima")).to_be_visible(timeout=SOON)
    ana.field.press("Enter")
    expect(ana.field).to_have_value("cliente há dez anos @Bruno Lima ")
    ana.field.press("Enter")
    expect(ana.page.locator(".ib-note")).to_contain_text("cliente há dez anos", timeout=SOON)
    bruno.view("Menções")
    expect(bruno.row(rita)).to_be_visible(timeout=SOON)
    bruno.view("Minhas")

    # to a colleague, on whose screen it stands at once
    ana.field.blur()
    ana.page.keyboard.press("t")
    # what the customer says meanwhile does not take the dialog away
    rita.says("mais uma coisa")
    ana.bubble("mais uma coisa")
    ana.page.get_by_role("dialog").get_by_role("button", name=re.compile("Bruno")).click()
    expect(bruno.row(rita)).to_be_visible(timeout=SOON)
    bruno.row(rita).click()
    expect(bruno.page.locator(".ib-name")).to_have_text(rita.name, timeout=SOON)
    expect(bruno.page.locator(".ib-note").first).to_contain_text("cliente há dez anos", timeout=SOON)

    # closed, thought better of, closed
    def close() -> None:
        bruno.page.get_by_role("button", name="Encerrar", exact=True).click()
        bruno.page.get_by_role("dialog").get_by_role("button", name="Resolvido").click()
        expect(bruno.row(rita)).to_have_count(0, timeout=SOON)

    close()
    bruno.page.get_by_role("button", name="Desfazer").click()
    expect(bruno.page.locator(".ib-name")).to_have_text(rita.name, timeout=SOON)
    expect(bruno.page.get_by_role("button", name="Encerrar", exact=True)).to_be_visible(timeout=SOON)
    close()
    expect(bruno.page.locator(".ib-toast")).to_have_count(0, timeout=SOON)
    bruno.view("Encerradas")
    expect(bruno.row(rita)).to_be_visible(timeout=SOON)


def test_two_agents_one_conversation(ana: Agent, bruno: Agent, address: str) -> None:
    ivo = Customer(address, "Ivo Teles")
    ivo.says("preciso de ajuda")
    ana.find(ivo)
    bruno.find(ivo)
    ana.take()
    strip = bruno.page.locator(".ib-strip")
    expect(strip).to_contain_text("atende esta conversa", timeout=SOON)
    expect(bruno.field).to_be_hidden()
    # a note is still possible; taking over is one press, and the other sees it
    bruno.page.get_by_role("button", name="Nota interna").click()
    bruno.field.fill("posso assumir?")
    bruno.field.press("Enter")
    expect(ana.page.locator(".ib-note")).to_contain_text("posso assumir?", timeout=SOON)
    bruno.page.get_by_role("button", name="Assumir a conversa").click()
    expect(bruno.page.locator(".ib-strip")).to_be_hidden(timeout=SOON)
    expect(ana.page.locator(".ib-strip")).to_contain_text("Bruno", timeout=SOON)
    expect(ana.field).to_be_hidden()


def test_the_window_closes_and_a_template_goes(ana: Agent, stage: Stage, address: str) -> None:
    lia = Customer(address, "Lia Prado")
    lia.says("depois eu mando os documentos")
    ana.find(lia)
    ana.take()
    try:
        stage.clock("+25 h")
        ana.go(ana.page.url.removeprefix(address))
        expect(ana.page.locator(".ib-strip")).to_contain_text("modelo aprovado", timeout=SOON)
        expect(ana.field).to_be_hidden()
        ana.page.get_by_role("button", name="Escolher modelo").click()
        dialog = ana.page.get_by_role("dialog")
        dialog.get_by_role("button", name=re.compile("segunda_via")).click()
        send = dialog.get_by_role("button", name="Enviar")
        expect(send).to_be_disabled(timeout=SOON)
        dialog.get_by_label("fatura").fill("maio de 2026")
        dialog.get_by_label("vencimento").fill("10/06")
        expect(dialog.locator(".ib-preview")).to_contain_text(
            "Olá, Lia! A segunda via que você pediu está pronta: maio"
        )
        expect(send).to_be_enabled()
        send.click()
        sent = ana.bubble("A segunda via que você pediu está pronta")
        expect(sent.locator(".ib-tick")).to_have_attribute(
            "aria-label", re.compile("enviada|entregue|lida"), timeout=SOON
        )
    finally:
        stage.page.get_by_role("button", name="Hora real").click()


def test_what_was_typed_survives_the_browser(browser: Browser, address: str) -> None:
    caio = Customer(address, "Caio Braga")
    caio.says("oi")
    first = Agent(browser, address, ANA)
    first.find(caio)
    first.take()
    where = first.page.url.removeprefix(address)
    first.field.press_sequentially("Caio, encontrei sua fatura de")
    # a reload at once: this browser knows it; another browser a moment later: the server does
    first.page.reload()
    expect(first.field).to_have_value("Caio, encontrei sua fatura de", timeout=SOON)
    expect(first.row(caio).locator(".ib-row-draft")).to_be_visible(timeout=SOON)
    first.context.close()
    second = Agent(browser, address, ANA)
    second.go(where)
    expect(second.field).to_have_value("Caio, encontrei sua fatura de", timeout=SOON)
    second.field.press("End")
    # a lost connection is said; what is typed meanwhile is still there afterwards, and goes
    second.context.set_offline(True)
    expect(second.page.locator(".ib-lost")).to_be_visible(timeout=SOON)
    second.field.press_sequentially(" maio.")
    second.context.set_offline(False)
    expect(second.page.locator(".ib-lost")).to_be_hidden(timeout=SOON)
    expect(second.field).to_have_value("Caio, encontrei sua fatura de maio.")
    second.field.press("Enter")
    second.bubble("Caio, encontrei sua fatura de maio.")
    second.page.reload()
    expect(second.field).to_be_enabled(timeout=SOON)
    expect(second.field).to_have_value("")
    second.leave()


def test_hostile_words_stay_words(ana: Agent, address: str) -> None:
    bad = Customer(address, "<img src=x onerror=alert(1)>")
    bad.says("<script>alert(2)</script> \u202e evil \u200b" + "{{7*7}}")
    bad.says("x" * 4000)
    ana.find(bad)
    ana.bubble("<script>alert(2)</script>")
    long = ana.page.locator(".ib-bubble").filter(has_text="xxxx")
    assert len(long.inner_text()) < 2000
    long.get_by_role("button", name=re.compile("Mostrar mais")).click()
    expect(long.get_by_role("button", name="Mostrar menos")).to_be_visible(timeout=SOON)
    assert len(long.inner_text()) > 4000
    assert ana.page.locator(".ib img[src=x]").count() == 0
    assert ana.page.evaluate("document.documentElement.scrollWidth") <= 1440


def test_keys_lead_everywhere(ana: Agent, address: str) -> None:
    two = [Customer(address, "Zeca Um"), Customer(address, "Zeca Dois")]
    for one in two:
        one.says("oi")
    ana.view("Todas")
    for one in two:
        # whatever flow answers
        expect(ana.row(one)).to_be_visible(timeout=2 * SOON)
    ana.page.keyboard.press("j")
    expect(ana.page.locator(".ib-row:focus")).to_have_count(1, timeout=SOON)
    ana.page.keyboard.press("j")
    focused = ana.page.locator(".ib-row:focus .ib-row-name")
    expect(focused).to_have_count(1, timeout=SOON)
    # a line that moves up while one looks keeps the focus
    two[0].says("ainda está aí?")
    expect(ana.row(two[0])).to_contain_text("2não lidas", timeout=2 * SOON)
    expect(focused).to_have_count(1, timeout=SOON)
    called = focused.inner_text()
    ana.page.keyboard.press("Enter")
    expect(ana.page.locator(".ib-name")).to_have_text(called, timeout=SOON)
    expect(ana.field).to_be_enabled(timeout=SOON)
    for key, heading in (("s", "Adiar"), ("c", "Encerrar conversa"), ("t", "Transferir"), ("?", "Teclas")):
        ana.field.blur()
        ana.page.keyboard.press(key)
        expect(ana.page.get_by_role("dialog")).to_contain_text(heading, timeout=SOON)
        ana.page.keyboard.press("Escape")
        expect(ana.page.get_by_role("dialog")).to_have_count(0, timeout=SOON)
    ana.page.keyboard.press("r")
    expect(ana.field).to_be_focused()
    ana.page.keyboard.press("Escape")
    ana.page.keyboard.press("/")
    expect(ana.page.locator(".ib-search input")).to_be_focused()


@pytest.mark.parametrize(
    ("theme", "size"), [("light", (1440, 900)), ("dark", (1440, 900)), ("light", (390, 844))]
)
def test_axe_finds_nothing(browser: Browser, address: str, theme: str, size: tuple[int, int]) -> None:
    agent = Agent(browser, address, ANA, viewport={"width": size[0], "height": size[1]})
    page = agent.page
    nina = Customer(address, "Nina Faria")
    nina.says("oi")
    agent.go(f"/tema/{theme}?next=/inbox")
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        # the bar at the top shows that something is fetched; it is Quasar's and gone in a moment
        page.wait_for_function("!document.querySelector('.q-loading-bar:not([aria-hidden=true])')")
        page.evaluate(AXE_SCRIPT)
        said = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        faults = [f"{v['id']}: {[n['html'][:140] for n in v['nodes'][:3]]}" for v in said]
        if page.evaluate("document.documentElement.scrollWidth") > size[0]:
            faults.append("wider than the screen")
        if faults:
            found[name] = faults

    look("list")
    page.locator(".ib-filters summary").click()
    look("filters")
    agent.find(nina)
    agent.take()
    agent.field.fill("Boa tarde")
    agent.field.press("Enter" if size[0] > 820 else "Control+Enter")
    agent.bubble("Boa tarde")
    look("thread")
    agent.field.fill("/")
    expect(page.locator(".ib-offer-row").first).to_be_visible(timeout=SOON)
    look("canned")
    agent.field.fill("")
    for name in ("Transferir", "Adiar", "Encerrar", "Modelos aprovados"):
        page.get_by_role("button", name=name, exact=True).first.click()
        expect(page.get_by_role("dialog")).to_be_visible(timeout=SOON)
        look(name)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0, timeout=SOON)
    if size[0] <= 820:
        page.get_by_role("button", name="Cliente").click()
        expect(page.locator(".ib-panel")).to_be_visible()
        look("panel")
        small = page.evaluate(
            """() => [...document.querySelectorAll('.ib button, .ib a, .ib summary')].filter((e) => e.checkVisibility()
              && e.getBoundingClientRect().width && e.getBoundingClientRect().height < 40)
              .map((e) => e.outerHTML.slice(0, 90))"""
        )
        assert small == []
    assert not found, json.dumps(found, indent=1)
    agent.leave()
