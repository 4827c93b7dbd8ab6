"""What WhatsApp Cloud is sent for each content, and what its answers mean."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Delivery, NotSent, Response, Sent
from connectors.whatsapp_cloud import Settings, WhatsAppCloud, classify
from connectors.whatsapp_cloud.compose import bubbles, split
from connectors.whatsapp_cloud.errors import ERRORS
from connectors.whatsapp_cloud.media import allowed
from connectors.wire import WireFailure
from engine.core.inbound import Identity
from engine.core.message import (
    Button,
    Buttons,
    Choices,
    Location,
    Media,
    Outbound,
    PixPayment,
    Reaction,
    Row,
    Section,
    Template,
    Text,
)

Drive = Callable[..., tuple[list[Any], Any]]
NOW = datetime(2026, 11, 21, tzinfo=UTC)
channel = WhatsAppCloud()
ours = Settings(phone_number_id="1065", access_token="t0ken")
MARIA = [Identity("wa_id", "5541988887777")]


def ok(number: int = 1, wa_id: str = "5541988887777") -> dict[str, Any]:
    return {"contacts": [{"input": "x", "wa_id": wa_id}], "messages": [{"id": f"wamid.{number}"}]}


def plan(content: Outbound, to: list[Identity] = MARIA, **more: Any) -> Any:
    return channel.send(ours, Delivery(id="outbox-1", to=to, content=content, **more), NOW)


def refused(code: int, status: int = 400, **more: Any) -> Response:
    error = {"message": "(#x) y", "code": code, **more}
    return Response(status=status, body=msgspec.json.encode({"error": error}))


CONTENTS: dict[str, Outbound] = {
    "text": Text("Olá, Conceição"),
    "image": Media("image", url="https://example.org/a.jpg", caption="o medidor"),
    "document": Media("document", ref="778", filename="boleto.pdf", caption="2ª via"),
    "audio_with_caption": Media("audio", ref="779", caption="ouça", voice=True),
    "location": Location(-25.43, -49.27, "Loja"),
    "buttons": Buttons(
        "Tudo certo?", [Button("s", "Sim"), Button("n", "Não")], header="Confirma", footer="Trama"
    ),
    "four_buttons": Buttons("Qual?", [Button(str(i), f"Opção {i}") for i in range(4)]),
    "long_button": Buttons("Qual?", [Button("a", "Quero negociar minha dívida agora"), Button("b", "Sair")]),
    "twelve_buttons": Buttons("Qual?", [Button(str(i), f"Opção {i}") for i in range(12)], footer="fim"),
    "same_title_twice": Buttons("Qual?", [Button("a", "Sim"), Button("b", "Sim")]),
    "list": Choices(
        "Escolha",
        "Abrir",
        [Section([Row("1", "Faturas", "em aberto")], "Conta"), Section([Row("2", "Sair")], "Fim")],
    ),
    "list_of_eleven": Choices(
        "Escolha", "Abrir", [Section([Row(str(i), f"Linha {i}") for i in range(11)], "Tudo")]
    ),
    "template": Template(
        "cobranca",
        body=["Ana", "duas\nlinhas"],
        header=Media("image", url="https://example.org/h.png"),
        buttons=["", "pagar"],
    ),
    "reaction": Reaction("wamid.X", "👍"),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_content_becomes_these_bubbles(name: str, golden: Any) -> None:
    golden(Path(__file__).parent / "golden" / "whatsapp_cloud_sent" / f"{name}.json", bubbles(CONTENTS[name]))


def test_a_message_carries_our_id_and_the_reply(drive: Drive) -> None:
    requests, outcome = drive(plan(Text("oi"), reply_to="wamid.Q"), ok())
    assert requests[0].url == "https://graph.facebook.com/v25.0/1065/messages"
    assert requests[0].headers == {"authorization": "Bearer t0ken"}
    assert requests[0].json == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "5541988887777",
        "type": "text",
        "text": {"body": "oi", "preview_url": False},
        "context": {"message_id": "wamid.Q"},
        "biz_opaque_callback_data": "outbox-1",
    }
    assert outcome == Sent(external_ids=["wamid.1"])
    assert "t0ken" not in repr(requests)


def test_the_channel_corrects_the_ninth_digit(drive: Drive) -> None:
    _, outcome = drive(plan(Text("oi")), ok(wa_id="554188887777"))
    assert outcome.identity == Identity("wa_id", "554188887777")


def test_a_person_without_a_number_is_reached_by_user_id(drive: Drive) -> None:
    answer = {"contacts": [{"user_id": "BR.7"}], "messages": [{"id": "wamid.1", "message_status": "paused"}]}
    requests, outcome = drive(plan(Text("oi"), to=[Identity("bsuid", "BR.7")]), answer)
    assert requests[0].json["recipient"] == "BR.7"
    assert "to" not in requests[0].json
    assert outcome == Sent(external_ids=["wamid.1"], state="paused")


@pytest.mark.parametrize(
    ("content", "to", "code"),
    [
        (Text("oi"), [Identity("cpf", "11111111111")], "whatsapp_cloud:no-address"),
        (Text(" \n"), MARIA, "whatsapp_cloud:empty"),
        (Media("image", stored="k"), MARIA, "whatsapp_cloud:media-without-source"),
        (Media("image", url="file:///etc/passwd"), MARIA, "whatsapp_cloud:media-without-source"),
    ],
)
def test_what_cannot_be_sent_costs_no_request(drive: Drive, content: Outbound, to: Any, code: str) -> None:
    requests, outcome = drive(plan(content, to=to))
    assert requests == []
    assert (outcome.policy, outcome.code) == ("permanent", code)


def test_a_long_text_goes_in_bubbles_and_stops_where_one_fails(drive: Drive) -> None:
    words = " ".join(["palavra"] * 1200)
    requests, outcome = drive(plan(Text(words)), ok(1), refused(131056))
    assert [len(r.json["text"]["body"]) <= 4096 for r in requests] == [True, True]
    assert outcome == NotSent(
        policy="pace",
        code="whatsapp_cloud:pair-rate",
        detail="131056 (#x) y",
        after=6.0,
        sent_ids=["wamid.1"],
    )
    again, outcome = drive(plan(Text(words), skip=1), ok(2), ok(3))
    assert again[0].json == requests[1].json
    assert outcome.external_ids == ["wamid.2", "wamid.3"]


def test_pix_is_text_picture_and_the_code_alone(drive: Drive) -> None:
    pix = PixPayment("Pague R$ 10,00", "00020126", 1000)
    requests, outcome = drive(plan(pix), {"id": "555"}, ok(1), ok(2), ok(3))
    upload, *messages = requests
    assert upload.files["file"][1].startswith(b"\x89PNG")
    assert [r.json["type"] for r in messages] == ["text", "image", "text"]
    assert messages[2].json["text"]["body"] == "00020126"
    assert outcome.external_ids == ["wamid.1", "wamid.2", "wamid.3"]


def test_pix_goes_without_its_picture_when_the_upload_fails(drive: Drive) -> None:
    pix = PixPayment("Pague", "00020126", 1000)
    requests, outcome = drive(plan(pix), WireFailure("wire:timeout", written=True), ok(1), ok(2))
    assert [r.json["type"] for r in requests[1:]] == ["text", "text"]
    assert isinstance(outcome, Sent)


def test_pix_whose_picture_was_taken_sends_only_the_code_again(drive: Drive) -> None:
    requests, _ = drive(plan(PixPayment("Pague", "00020126", 1000), skip=2), ok(9))
    assert [r.json["text"]["body"] for r in requests] == ["00020126"]


@pytest.mark.parametrize(
    ("answer", "policy"),
    [
        (WireFailure("wire:unreachable"), "retry"),
        (WireFailure("wire:timeout", written=True), "unknown"),
        (WireFailure("wire:refused"), "permanent"),
        (Response(status=200, body=b"<html>"), "unknown"),
        (Response(status=504, body=b"upstream"), "unknown"),
        (Response(status=503, body=b"busy"), "retry"),
        (Response(status=401, body=b""), "stop_channel"),
        (refused(131047), "template_needed"),
        (refused(10, subcode=1, error_subcode=2018278), "template_needed"),
        (refused(254), "stop_channel"),
        (refused(999_999, status=400), "permanent"),
    ],
)
def test_an_answer_decides_what_happens_next(drive: Drive, answer: Any, policy: str) -> None:
    _, outcome = drive(plan(Text("oi")), answer)
    assert outcome.policy == policy


def test_policies_agree_with_the_collected_error_codes(testdata: Path) -> None:
    ours_by_theirs = {
        "retry_backoff": "retry",
        "retry_pair": "pace",
        "pause_number": "stop_number",
        "pause_channel_auth": "stop_channel",
        "fail_use_template": "template_needed",
        "fail_template": "template_unusable",
        "fail_permanent": "permanent",
        "no_retry_marketing": "permanent",
    }
    listed = json.loads((testdata / "errors/graph_errors.json").read_bytes())["codes"]
    for code, entry in listed.items():
        theirs = entry["policy"].split(" ")[0]
        expected = "opted_out" if code == "131050" else ours_by_theirs[theirs]
        assert classify(int(code.split("-")[0])).policy == expected, code
    assert set(ERRORS) == {int(code) for code in listed if "-" not in code}


@given(st.text(max_size=400), st.integers(33, 90))
def test_splitting_loses_no_word(words: str, limit: int) -> None:
    pieces = split(words, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(words.split())


def test_splitting_keeps_a_family_together() -> None:
    family = "👨‍👩‍👧‍👦"
    assert split("x" * 30 + family, 33) == ["x" * 30, family]


def test_read_and_typing(drive: Drive) -> None:
    requests, outcome = drive(channel.mark_read(ours, "wamid.1", typing=True), {"success": True})
    assert requests[0].json["typing_indicator"] == {"type": "text"}
    assert requests[0].json["status"] == "read"
    assert outcome == Sent(external_ids=[])


SHA = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # of b"hello"
ABOUT = {
    "url": "https://lookaside.fbsbx.com/m?x=1",
    "mime_type": "image/jpeg",
    "sha256": SHA,
    "file_size": "5",
}


def test_media_is_fetched_with_the_token_and_checked(drive: Drive) -> None:
    requests, found = drive(channel.fetch_media(ours, "123"), ABOUT, Response(status=200, body=b"hello"))
    assert requests[1].url == ABOUT["url"]
    assert requests[1].headers["authorization"] == "Bearer t0ken"
    assert (found.body, found.headers["content-type"]) == (b"hello", "image/jpeg")


def test_media_with_other_bytes_is_not_taken(drive: Drive) -> None:
    _, found = drive(channel.fetch_media(ours, "123"), ABOUT, Response(status=200, body=b"hellO"))
    assert found.code == "whatsapp_cloud:media-digest"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/x",
        "http://lookaside.fbsbx.com/x",
        "https://fbsbx.com.evil.example/",
        "https://evilfbsbx.com/",
        "https://lookaside.fbsbx.com:8443/",
        "https://a@lookaside.fbsbx.com/",
        "https://[::1",
        "",
    ],
)
def test_the_token_goes_to_no_other_host(drive: Drive, address: str) -> None:
    requests, found = drive(channel.fetch_media(ours, "123"), {**ABOUT, "url": address})
    assert len(requests) == 1
    assert found.code == "whatsapp_cloud:media-host"


def test_a_stand_in_may_serve_its_own_media() -> None:
    assert allowed(Settings(base_url="http://127.0.0.1:9999"), "http://127.0.0.1:9999/_media/1")
