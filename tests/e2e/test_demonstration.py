"""The demonstration as a newcomer sees it, through the browser, the real connectors and the real pipeline."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.sync_api import Browser, expect
from scene import SOON, Stage

pytestmark = pytest.mark.browser
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def test_maria_is_told_that_all_is_paid(stage: Stage) -> None:
    stage.says("111.111.111-11")
    stage.hears("Olá, Maria Silva! 🎉 Está tudo em dia")
    mine = stage.chat.locator(".bubble.mine").first
    expect(mine.get_by_role("img", name="Lida")).to_be_visible(timeout=SOON)


def test_joao_negotiates_pays_and_is_thanked(stage: Stage) -> None:
    stage.says("222.222.222-22")
    stage.hears("Encontrei 4 faturas em aberto")
    stage.presses("Negociar")
    stage.presses("À vista")
    stage.hears("Fechamos o acordo?")
    stage.says("sim")
    pix = stage.hears("Código Pix")
    expect(pix.get_by_role("button", name="Copiar código Pix")).to_be_visible()
    assert (pix.locator("code").text_content() or "").startswith("000201")
    stage.tab("ERP")
    stage.page.get_by_role("button", name="Simular pagamento").click(timeout=SOON)
    stage.hears(re.compile(r"✅ Pagamento de R\$ [\d,.]+ confirmado"))
    expect(stage.page.locator(".link-card")).to_contain_text("paga", timeout=SOON)


def test_menu_and_help_work_in_the_middle_and_help_keeps_the_place(stage: Stage) -> None:
    stage.says("222.222.222-22")
    stage.hears("O que deseja fazer?")
    stage.says("ajuda")
    stage.hears("volta ao começo")
    stage.says("negociar")
    stage.hears("Como prefere?")
    stage.says("menu")
    stage.hears("Como posso ajudar?")
    stage.presses("Ver opções")
    stage.page.get_by_role("dialog").get_by_role("button", name="Leituras do medidor").click()
    stage.hears("kWh")


def test_a_webhook_that_comes_twice_changes_nothing(stage: Stage) -> None:
    stage.tab("Falhas")
    stage.page.get_by_label("Entregar cada webhook duas vezes").click()
    stage.says("111.111.111-11")
    stage.hears("Está tudo em dia")
    stage.says("ajuda")
    stage.hears("volta ao começo")
    said = stage.bubbles()
    assert len([text for text in said if "Está tudo em dia" in text]) == 1
    assert len([text for text in said if "volta ao começo" in text]) == 1
    assert said.count("ajuda") == 1


def test_while_the_erp_is_down_a_person_is_called(stage: Stage) -> None:
    stage.clock("Horário comercial")
    stage.tab("Falhas")
    stage.page.get_by_text("Fora do ar").click()
    stage.says("222.222.222-22")
    expect(stage.chat).to_contain_text("fora do ar", timeout=60_000)
    stage.hears("Vou chamar uma pessoa")
    stage.tab("Dados")
    expect(stage.page.get_by_role("region", name="Dados")).to_contain_text("pessoa", timeout=SOON)


def test_twenty_five_hours_later_the_wait_has_ended(stage: Stage) -> None:
    stage.says("222.222.222-22")
    stage.hears("O que deseja fazer?")
    stage.clock("+25 h")
    stage.tab("Decisões")
    turn = stage.page.locator(".turn").filter(has_text="Prazo").first
    expect(turn).to_be_visible(timeout=SOON)
    expect(turn).to_contain_text("timeout")


def test_a_reply_that_the_channel_refuses_once_arrives_later(stage: Stage) -> None:
    stage.tab("Falhas")
    stage.page.get_by_role("button", name="Limite do par").click()
    expect(stage.page.get_by_text("Planejado: 131056")).to_be_visible()
    stage.says("ajuda")
    expect(stage.chat).to_contain_text("volta ao começo", timeout=60_000)


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=\"window.hacked='img'\"><script>window.hacked='script'</script>",
        "{{7*7}} ${7*7} {% raw %}",
        "\u202eolleh \u0301 مرحبا 👩🏽‍🚀",
    ],
)
def test_what_a_customer_writes_is_only_ever_text(stage: Stage, text: str) -> None:
    stage.says(text)
    expect(stage.chat.locator(".bubble.mine .said").last).to_have_text(text, timeout=SOON)
    stage.hears(re.compile("."))
    expect(stage.page.locator(".turn-cause").first).to_have_text(text, timeout=SOON)
    assert stage.page.evaluate("window.hacked") is None


def test_two_presenters_do_not_mix(stage: Stage, browser: Browser) -> None:
    other_window = browser.new_context(locale="pt-BR").new_page()
    other = Stage(other_window, stage.address)
    other.open()
    stage.says("111.111.111-11")
    stage.hears("Maria Silva")
    other.says("ajuda")
    other.hears("volta ao começo")
    assert "Maria" not in "".join(other.bubbles())
    assert "volta ao começo" not in "".join(stage.bubbles())
    other_window.context.close()


def test_what_was_said_is_there_again_after_loading_the_page_anew(stage: Stage) -> None:
    stage.says("111.111.111-11")
    stage.hears("Está tudo em dia")
    before = stage.bubbles()
    stage.page.reload()
    stage.ready()
    stage.hears("Está tudo em dia")
    assert stage.bubbles()[: len(before)] == before


def test_the_script_plays_by_itself(stage: Stage) -> None:
    stage.tab("Roteiro")
    stage.page.get_by_role("button", name="Maria está em dia").click()
    stage.page.get_by_role("region", name="Roteiro").get_by_role("button", name="Automático").click()
    expect(stage.chat).to_contain_text("Está tudo em dia", timeout=60_000)
    expect(stage.chat).to_contain_text("volta ao começo", timeout=60_000)
    expect(stage.chat).to_contain_text("Como posso ajudar?", timeout=60_000)
    expect(stage.page.get_by_text("Fim do roteiro.")).to_be_visible(timeout=SOON)


def test_decisions_tell_the_rule_and_the_values_behind_it(stage: Stage) -> None:
    stage.says("222.222.222-22")
    stage.hears("O que deseja fazer?")
    ruling = stage.page.locator(".ruling.taken").filter(has_text="Há fatura vencida").first
    expect(ruling).to_contain_text("é maior que 0", timeout=SOON)
    expect(ruling).to_contain_text("97")


def test_the_webchat_takes_the_way_of_its_widget_and_is_explained_beside_it(stage: Stage) -> None:
    stage.page.get_by_role("link", name="Webchat").click()
    stage.ready()
    site = stage.page.frame_locator("iframe")
    site.get_by_role("button").first.click(timeout=SOON)
    box = site.get_by_role("textbox")
    box.fill("ajuda")
    box.press("Enter")
    expect(site.locator("body")).to_contain_text("volta ao começo", timeout=SOON)
    expect(stage.page.locator(".turn-cause").first).to_have_text("ajuda", timeout=SOON)


def test_pictures_places_emoji_quotes_and_reactions(stage: Stage) -> None:
    page = stage.page
    stage.says("ajuda")
    answer = stage.hears("volta ao começo")
    answer.hover()
    answer.get_by_role("button", name="Reagir com 👍").click()
    expect(answer.locator(".reaction")).to_have_text("👍", timeout=SOON)
    answer.hover()
    answer.get_by_role("button", name="Responder a esta mensagem").click()
    expect(page.locator(".quote-bar")).to_be_visible()
    page.get_by_role("button", name="Emoji").click()
    page.get_by_role("button", name="🎉").click()
    expect(stage.composer).to_have_value("🎉")
    stage.composer.press("Enter")
    quoting = stage.chat.locator(".bubble.mine").filter(has_text="🎉").last
    expect(quoting.locator(".quoted")).to_contain_text("volta ao começo", timeout=SOON)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Anexar").click()
        page.get_by_text("Foto, áudio ou documento").click()
    chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": PNG})
    picture = stage.chat.locator(".bubble.mine img.picture").last
    expect(picture).to_be_visible(timeout=SOON)
    assert picture.evaluate("i => i.decode().then(() => i.naturalWidth)") == 1
    page.get_by_role("button", name="Anexar").click()
    page.get_by_text("Localização").click()
    expect(stage.chat.locator(".bubble.mine .place").last).to_contain_text("-23.55", timeout=SOON)
