"""Sending over the Graph API: the requests, their answers, and what became of a delivery.

`/messages` has no idempotency key. Our outbox id travels in `biz_opaque_callback_data` and comes back in
statuses; a request that may have been carried out is `unknown` until one does.
"""

from __future__ import annotations

from collections.abc import Generator

from connectors.contract import Delivery, NotSent, Outcome, Request, Response, SendPlan, Sent
from connectors.loose import JsonObject, arr, decode, digits, integer, obj, text
from connectors.whatsapp_cloud.compose import bubbles
from connectors.whatsapp_cloud.errors import classify
from connectors.whatsapp_cloud.picture import pix_picture
from connectors.whatsapp_cloud.settings import CALLBACK_DATA, Settings
from connectors.wire import WireFailure
from engine.core.errors import TramaError
from engine.core.inbound import Identity
from engine.core.message import PixPayment, Reaction


def send(settings: Settings, delivery: Delivery) -> SendPlan:
    """One request a bubble; stops at the first that fails and says which ones were taken."""
    address = _address(delivery.to)
    if address is None:
        return NotSent(
            policy="permanent", code="whatsapp_cloud:no-address", detail="no number and no user id"
        )
    try:
        parts = bubbles(delivery.content)
    except TramaError as error:
        return NotSent(policy="permanent", code=error.code, detail=error.detail)
    if isinstance(delivery.content, PixPayment):
        # The picture stands before the code. Taken in an earlier try, it only keeps its place in the count.
        had_picture = delivery.skip >= len(parts)
        picture = [{}] if had_picture else (yield from _qr_bubble(settings, delivery.content.code))
        parts = [*parts[:-1], *picture, parts[-1]]
    taken: list[str] = []
    identity: Identity | None = None
    state = "accepted"
    for index, part in enumerate(parts):
        if index < delivery.skip:
            continue
        body: JsonObject = {"messaging_product": "whatsapp", "recipient_type": "individual"} | address | part
        body["biz_opaque_callback_data"] = delivery.id[:CALLBACK_DATA]
        if delivery.reply_to and index == 0 and not isinstance(delivery.content, Reaction):
            body["context"] = {"message_id": delivery.reply_to}
        answer = yield from post(settings, body)
        if isinstance(answer, NotSent):
            return _after(answer, taken)
        ident, found, state = answer
        taken.append(ident)
        identity = found if found and found.value not in address.values() else identity
    return Sent(external_ids=taken, identity=identity, state=state)


def post(
    settings: Settings, body: JsonObject
) -> Generator[Request, Response, tuple[str, Identity | None, str] | NotSent]:
    """Send one `/messages` body; the message's id, the address that Meta used and the state, or why not."""
    url = settings.url(settings.phone_number_id, "messages")
    try:
        response = yield Request(method="POST", url=url, headers=settings.headers(), json=body)
    except WireFailure as failure:
        return lost(failure)
    if not 200 <= response.status < 300:
        return refusal(response)
    value, _ = decode(response.body)
    answer = obj(value)
    message = obj(next(iter(arr(answer.get("messages"))), None))
    if not text(message.get("id")):
        return NotSent(
            policy="unknown", code="whatsapp_cloud:unreadable-answer", detail="no message id in the answer"
        )
    contact = obj(next(iter(arr(answer.get("contacts"))), None))
    number, user = digits(contact.get("wa_id")), text(contact.get("user_id"))
    identity = Identity("wa_id", number) if number else Identity("bsuid", user) if user else None
    return text(message["id"]), identity, text(message.get("message_status")) or "accepted"


def acknowledge(settings: Settings, external_id: str, *, typing: bool) -> SendPlan:
    """Two blue ticks, and "typing…" for at most 25 s or until we answer."""
    body: JsonObject = {"messaging_product": "whatsapp", "status": "read", "message_id": external_id}
    if typing:
        body["typing_indicator"] = {"type": "text"}
    url = settings.url(settings.phone_number_id, "messages")
    try:
        response = yield Request(method="POST", url=url, headers=settings.headers(), json=body)
    except WireFailure as failure:
        return lost(failure)
    return Sent(external_ids=[]) if 200 <= response.status < 300 else refusal(response)


def upload(
    settings: Settings, data: bytes, filename: str, mime: str
) -> Generator[Request, Response, str | NotSent]:
    """Store a file with Meta for 30 days; its media id. Safe to repeat."""
    request = Request(
        method="POST",
        url=settings.url(settings.phone_number_id, "media"),
        headers=settings.headers(),
        form={"messaging_product": "whatsapp", "type": mime},
        files={"file": (filename, data, mime)},
        timeout=60.0,
    )
    try:
        response = yield request
    except WireFailure as failure:
        return NotSent(policy="retry", code=failure.code, detail=failure.detail)
    if not 200 <= response.status < 300:
        return refusal(response)
    value, _ = decode(response.body)
    ident = text(obj(value).get("id"))
    return ident or NotSent(policy="retry", code="whatsapp_cloud:unreadable-answer", detail="no media id")


def refusal(response: Response) -> NotSent:
    """A Graph API error answer, judged by its code and not by its HTTP status."""
    value, _ = decode(response.body)
    error = obj(obj(value).get("error"))
    code = integer(error.get("code"), -1) if "code" in error else None
    subcode = integer(error.get("error_subcode")) or None
    verdict = classify(code, response.status, subcode)
    details = text(obj(error.get("error_data")).get("details")) or text(error.get("message"))
    after = verdict.after
    if after is None and verdict.policy == "retry":
        wait = integer(response.headers.get("retry-after"))
        after = float(min(wait, 3600)) if wait else None
    number = f"{code} " if code is not None else f"HTTP {response.status} "
    return NotSent(
        policy=verdict.policy, code=verdict.code, detail=(number + details)[:500].strip(), after=after
    )


def lost(failure: WireFailure) -> NotSent:
    """A request that got no answer: unknown if it may have arrived."""
    policy = "permanent" if failure.hopeless else "retry"
    return NotSent(policy="unknown" if failure.written else policy, code=failure.code, detail=failure.detail)  # type: ignore[arg-type]


def _qr_bubble(settings: Settings, code: str) -> Generator[Request, Response, list[JsonObject]]:
    """The QR picture as a bubble, or none: the code to copy is what must arrive, the picture is a comfort."""
    picture = pix_picture(code)
    if picture is None:
        return []
    found = yield from upload(settings, picture, "pix.png", "image/png")
    return [] if isinstance(found, NotSent) else [{"type": "image", "image": {"id": found}}]


def _address(to: list[Identity]) -> JsonObject | None:
    for identity in to:
        match identity.kind:
            case "wa_id" | "phone" if digits(identity.value):
                return {"to": digits(identity.value)}
            case "bsuid" | "parent_bsuid" if identity.value:
                return {"recipient": identity.value}
    return None


def _after(failure: NotSent, taken: list[str]) -> Outcome:
    return NotSent(
        policy=failure.policy, code=failure.code, detail=failure.detail, after=failure.after, sent_ids=taken
    )
