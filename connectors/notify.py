"""Notices to people outside the conversation: a Slack-compatible webhook, or an SMS gateway over HTTP.

E-mail is `connectors.smtp`. A webhook's address is its secret: it stays in the settings and a flow names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from connectors.calls import CallPlan, Failed, Ok, exchange
from connectors.contract import Request
from connectors.phone import normalise

Secret = Annotated[str, Meta(extra_json_schema={"secret": True})]
MAX_WEBHOOK, MAX_SMS = 3000, 480  # characters; 480 is three joined SMS of GSM letters


class NotifySettings(msgspec.Struct, frozen=True, kw_only=True):
    """`webhooks` are name to URL. The SMS gateway gets `{sms_to_field: number, sms_text_field: text}` as JSON with
    `sms_headers`."""

    webhooks: dict[str, Secret] = {}
    sms_url: str = ""
    sms_headers: dict[str, Secret] = {}
    sms_to_field: str = "to"
    sms_text_field: str = "text"
    timeout: Annotated[float, Meta(gt=0, le=60)] = 10.0

    def __repr__(self) -> str:
        return f"NotifySettings(webhooks={sorted(self.webhooks)})"


def notice(
    settings: NotifySettings, by: Literal["webhook", "sms"], to: str, text: str, *, subject: str = ""
) -> CallPlan:
    """Send one notice; the value is `{"status": 200}`. Codes: `notify:unknown-webhook`, `notify:no-gateway`,
    `notify:bad-number`, `notify:rejected`, `notify:unavailable`, `notify:timeout`, `notify:refused`."""
    if by == "webhook":
        url = settings.webhooks.get(to, "")
        if not url:
            return Failed(code="notify:unknown-webhook", detail=f"{to[:40]!r} is not configured")
        # Slack's mark-up would turn <…> of a customer's words into links and mentions of everybody.
        words = f"*{_escaped(subject)}*\n{_escaped(text)}" if subject else _escaped(text)
        return (yield from _post(settings, url, {}, {"text": words[:MAX_WEBHOOK]}))
    if not settings.sms_url:
        return Failed(code="notify:no-gateway", detail="no SMS gateway is configured")
    number = normalise(to)
    if not number:
        return Failed(code="notify:bad-number", detail="not a phone number")
    body = {settings.sms_to_field: number, settings.sms_text_field: text[:MAX_SMS]}
    return (yield from _post(settings, settings.sms_url, settings.sms_headers, body))


def _post(
    settings: NotifySettings, url: str, headers: Mapping[str, str], body: Mapping[str, str]
) -> CallPlan:
    request = Request(
        method="POST", url=url, headers=headers, json=body, timeout=settings.timeout, max_bytes=64_000
    )
    response = yield from exchange(request, "notify", repeatable=False)
    if isinstance(response, Failed):
        # The address of a webhook must not reach a log by way of an error text.
        return msgspec.structs.replace(response, detail=response.code)
    if 200 <= response.status < 300:
        return Ok({"status": response.status})
    busy = response.status == 429 or response.status >= 500
    code = "notify:unavailable" if busy else "notify:rejected"
    return Failed(code=code, retryable=busy, detail=f"HTTP {response.status}", fault=busy)


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
