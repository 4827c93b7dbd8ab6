"""What channels deliver, through the HTTP door: genuine, forged, repeated, broken, too large."""

from __future__ import annotations

import asyncio
import json

import pytest
from doors import Company, delivery

from engine.services.intake import LARGEST


async def test_a_signed_delivery_is_answered_after_it_is_stored(acme: Company) -> None:
    answer = await acme.deliver(delivery("oi"))
    assert (answer.status_code, answer.content) == (200, b"")
    assert await acme.rows("SELECT text FROM message") == [("oi",)]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-hub-signature-256": "sha256=" + "0" * 64},
        {"x-hub-signature-256": "sha256="},
        {"x-hub-signature-256": "\xe9"},
        {"x-hub-signature-256": ""},
    ],
)
async def test_a_forged_delivery_leaves_nothing(
    acme: Company, headers: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    body = delivery("forged")
    latin = {k: v.encode("latin-1") for k, v in headers.items()}
    answer = await acme.client.post(f"/webhooks/whatsapp/{acme.whatsapp}", content=body, headers=latin)
    assert answer.status_code == 401
    assert await acme.rows("SELECT 1 FROM inbox UNION ALL SELECT 1 FROM refused") == []
    logged = "".join(capfd.readouterr())
    assert "app-secret" not in logged and "forged" not in logged


async def test_the_same_delivery_ten_times_at_once_is_one_message(acme: Company) -> None:
    body = delivery("um", "dois", "três")
    answers = await asyncio.gather(*(acme.deliver(body) for _ in range(10)))
    assert {a.status_code for a in answers} == {200}
    assert await acme.rows("SELECT text FROM message ORDER BY id") == [("um",), ("dois",), ("três",)]


async def test_a_batch_with_a_broken_part_keeps_the_rest(acme: Company) -> None:
    body = json.loads(delivery("um", "dois"))
    body["entry"][0]["changes"][0]["value"]["messages"].insert(1, {"id": 5, "type": ["?"]})
    assert (await acme.deliver(json.dumps(body).encode())).status_code == 200
    assert await acme.rows("SELECT text FROM message ORDER BY id") == [("um",), ("dois",)]
    shown = (await acme.get("/api/v1/refused")).json()["items"]
    assert [r["code"].partition(":")[0] for r in shown] == ["whatsapp_cloud"]


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"\xff\xfe\x00", b"[" * 50_000, b'{"object": "page"}'])
async def test_a_signed_body_that_is_no_delivery_is_shown_to_an_operator(acme: Company, body: bytes) -> None:
    assert (await acme.deliver(body)).status_code == 200
    (refused,) = (await acme.get("/api/v1/refused")).json()["items"]
    assert refused["size"] == len(body)


async def test_a_body_too_large_is_413_and_kept_in_part(acme: Company) -> None:
    body = b'{"x":"' + b"y" * (LARGEST + 1_000_000) + b'"}'
    assert (await acme.deliver(body)).status_code == 413
    (refused,) = (await acme.get("/api/v1/refused")).json()["items"]
    assert refused["code"] == "intake:too-large"


@pytest.mark.parametrize(
    "text", ["{{7*7}}", "<script>alert(1)</script>", "\u202eمرحبا", "😀" * 3000, "a\x00b\x07", "x" * 100_000]
)
async def test_whatever_a_person_writes_is_text(acme: Company, text: str) -> None:
    assert (await acme.deliver(delivery(text))).status_code == 200
    ((stored,),) = await acme.rows("SELECT text FROM message")
    assert stored.replace("�", "") == text.replace("\x00", "")


async def test_the_challenge_is_answered_and_another_one_is_not(acme: Company) -> None:
    async def challenge(token: str) -> tuple[int, str]:
        query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": "1158201444"}
        answer = await acme.client.get(f"/webhooks/whatsapp/{acme.whatsapp}", params=query)
        return answer.status_code, answer.text

    assert await challenge("hush") == (200, "1158201444")
    status, text = await challenge("guess")
    assert status == 403 and "1158201444" not in text


async def test_unknown_channels_and_other_kinds_are_404(acme: Company) -> None:
    for path in (f"/webhooks/webchat/{acme.whatsapp}", "/webhooks/whatsapp/999999", "/webhooks/pombo/1"):
        assert (await acme.client.post(path, content=b"{}")).status_code == 404


async def test_a_webchat_takes_no_webhooks(acme: Company) -> None:
    answer = await acme.client.post(f"/webhooks/webchat/{acme.webchat}", content=b"{}")
    assert answer.status_code == 401
