"""Asking the Graph API whose number this is: how credentials are tried without sending anything."""

from __future__ import annotations

from collections.abc import Generator

from connectors.contract import NotSent, Request, Response
from connectors.loose import decode, obj, text
from connectors.whatsapp_cloud.send import refusal
from connectors.whatsapp_cloud.settings import Settings
from connectors.wire import WireFailure

FIELDS = "display_phone_number,verified_name"


def introduce(settings: Settings) -> Generator[Request, Response, str | NotSent]:
    """The name and number that Meta knows, or why it refuses the credentials."""
    if not settings.phone_number_id or not settings.access_token:
        return NotSent(
            policy="permanent", code="whatsapp_cloud:incomplete", detail="number id and token are needed"
        )
    url = f"{settings.url(settings.phone_number_id)}?fields={FIELDS}"
    try:
        answer = yield Request(method="GET", url=url, headers=settings.headers())
    except WireFailure as failure:
        policy = "permanent" if failure.hopeless else "retry"
        return NotSent(policy=policy, code=failure.code, detail=failure.detail)  # type: ignore[arg-type]
    if answer.status != 200:
        return refusal(answer)
    about = obj(decode(answer.body)[0])
    return " ".join(filter(None, (text(about.get("verified_name")), text(about.get("display_phone_number")))))
