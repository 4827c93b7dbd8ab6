"""Calls that flows make: any HTTP service, and notices."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.calls import Ok
from connectors.contract import Response
from connectors.http_call import http_call
from connectors.notify import NotifySettings, notice
from connectors.wire import WireFailure


def test_an_answer_is_kept_with_its_status(drive: Any) -> None:
    args = {
        "url": "https://example.org/cep",
        "method": "post",
        "headers": {"X-Key": "k"},
        "body": {"cep": "1"},
    }
    [request], found = drive(http_call(args, key="call-1"), Response(status=404, body=b'{"erro": true}'))
    assert (request.method, request.json, request.headers["x-key"]) == ("POST", {"cep": "1"}, "k")
    assert request.headers["idempotency-key"] == "call-1"
    assert found == Ok({"status": 404, "body": {"erro": True}})


def test_what_is_not_json_is_a_text_with_an_end(drive: Any) -> None:
    _, found = drive(
        http_call({"url": "https://example.org"}), Response(status=200, body=b"\x00ol\xc3\xa1" * 9000)
    )
    assert len(found.value["body"]) == 20_000
    assert "\x00" not in found.value["body"]


@pytest.mark.parametrize(
    "args",
    [
        {"method": "TRACE"},
        {"headers": {"Host": "evil"}},
        {"headers": {"Content-Length": "1"}},
        {"headers": "x"},
    ],
)
def test_what_would_bend_http_is_refused(drive: Any, args: dict[str, Any]) -> None:
    requests, found = drive(http_call({"url": "https://example.org", **args}))
    assert (requests, found.code) == ([], "http:bad-request")


@pytest.mark.parametrize(
    ("method", "failure", "code", "retryable", "unknown"),
    [
        ("GET", WireFailure("wire:timeout", written=True), "http:timeout", True, False),
        ("POST", WireFailure("wire:timeout", written=True), "http:timeout", False, True),
        ("POST", WireFailure("wire:unreachable"), "http:unavailable", True, False),
        ("GET", WireFailure("wire:refused"), "http:refused", False, False),
    ],
)
def test_no_answer(
    drive: Any, method: str, failure: WireFailure, code: str, retryable: bool, unknown: bool
) -> None:
    _, found = drive(http_call({"url": "https://example.org", "method": method}), failure)
    assert (found.code, found.retryable, found.unknown) == (code, retryable, unknown)


KNOWN = NotifySettings(
    webhooks={"ops": "https://hooks.example/T/hush"},
    sms_url="https://sms.example/send",
    sms_headers={"authorization": "Bearer hush"},
    sms_to_field="msisdn",
)


def test_a_webhook_gets_text_that_mentions_nobody(drive: Any) -> None:
    [request], found = drive(notice(KNOWN, "webhook", "ops", "<!channel> oi", subject="Fila"), {})
    assert request.json == {"text": "*Fila*\n&lt;!channel&gt; oi"}
    assert isinstance(found, Ok)


def test_an_sms_goes_to_the_gateway(drive: Any) -> None:
    [request], _ = drive(notice(KNOWN, "sms", "(41) 98888-7777", "oi"), {})
    assert request.json == {"msisdn": "5541988887777", "text": "oi"}


@pytest.mark.parametrize(
    ("by", "to", "answer", "code"),
    [
        ("webhook", "nobody", None, "notify:unknown-webhook"),
        ("sms", "190", None, "notify:bad-number"),
        ("webhook", "ops", Response(status=404), "notify:rejected"),
        ("webhook", "ops", Response(status=503), "notify:unavailable"),
        (
            "webhook",
            "ops",
            WireFailure("wire:dropped", "https://hooks.example/T/hush", written=True),
            "notify:unavailable",
        ),
    ],
)
def test_a_notice_that_did_not_arrive(drive: Any, by: Any, to: str, answer: Any, code: str) -> None:
    _, found = drive(notice(KNOWN, by, to, "oi"), *([] if answer is None else [answer]))
    assert found.code == code
    assert "hush" not in f"{found!r} {KNOWN!r}"
