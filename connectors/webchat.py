"""The webchat of our own widget, as a channel.

Nothing is sent over HTTP: a message reaches the visitor's browser over its WebSocket as soon as its row is committed,
and whoever was away is given what was missed. So `send` needs no request, and a bubble counts as accepted at once; that
it was delivered and read is told by the browser.

A visitor is known by a random name in a token that is signed for one channel. The browser keeps the token, so the
conversation goes on after a reload; whoever has the token is the visitor.

Frames are JSON objects with a type `t`, at most `FRAME_BYTES` long:

| from the browser | means |
| --- | --- |
| `hello` `token` `seen` `name` | first of all; `seen` is the greatest `n` that it has shown |
| `message` `id` `text` | the visitor wrote; `id` is made by the browser, repeats of it are one message |
| `choose` `id` `button` `title` `source` | the visitor pressed a button or picked a row |
| `ack` `upto` `state` | messages up to number `upto` were `delivered` or `read` |
| `typing`, `ping` | |

| to the browser | means |
| --- | --- |
| `welcome` `token` `title` `greeting` `colour` | the token to keep |
| `message` `n` `from` `at` `content` `id` | a bubble; `n` grows; `id` is set on the visitor's own |
| `synced` `n` | everything up to now was given |
| `stored` `id` | the message is safe here, it need not be sent again |
| `refused` `id` `code` | it will never be accepted |
| `slow` `id` `after` | try again in so many seconds |
| `pong` | |
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import segno
from msgspec import Meta

from connectors.contract import Channel, ChannelSettings, Delivery, Received, SendPlan, Sent
from connectors.loose import arr, clean_text, decode, fingerprint, obj, text
from engine.core.inbound import (
    ChannelEvent,
    DeliveryState,
    Identity,
    MessageIn,
    RefusedIn,
    Sender,
    StatusIn,
    TypingIn,
)
from engine.core.message import (
    Buttons,
    Choices,
    Chosen,
    Content,
    Inbound,
    Limits,
    Location,
    Media,
    PixPayment,
    Text,
    plain,
)

FRAME_BYTES = 64_000
MOST_TEXT = 4096
TOKEN_DAYS = 180
LIMITS = Limits(
    text=MOST_TEXT,
    caption=1024,
    interactive_text=MOST_TEXT,
    buttons=10,
    button_title=40,
    rows=30,
    row_title=60,
    row_description=120,
    list_button=40,
    header=120,
    window_hours=0,
    templates=False,
)
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_TOKEN = re.compile(r"([A-Za-z0-9_-]{16,64})\.(\d{1,11})\.([0-9a-f]{64})", re.ASCII)
_ORIGIN = r"^(\*|https?://[A-Za-z0-9._\-\[\]:]{1,255})$"


class Settings(ChannelSettings, frozen=True, kw_only=True):
    """`origins` are the sites (`https://www.example.com`) that may show the chat besides this server itself; `*` lets
    any. `colour` is the widget's, as `#rrggbb`."""

    burst_seconds: float = 1.0
    origins: list[Annotated[str, Meta(pattern=_ORIGIN)]] = []
    title: Annotated[str, Meta(max_length=60)] = ""
    greeting: Annotated[str, Meta(max_length=500)] = ""
    colour: Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}$")] = "#0b6e4f"


class Webchat(Channel):
    kind: ClassVar[str] = "webchat"
    title: ClassVar[str] = "Webchat"
    Settings: ClassVar[type[ChannelSettings]] = Settings
    limits: ClassVar[Limits] = LIMITS
    reconciles: ClassVar[bool] = True

    def verify(self, settings: Any, received: Received) -> bool:
        """Nothing comes by webhook: visitors come over their socket, with a token."""
        return False

    def parse(self, settings: Any, body: bytes) -> list[ChannelEvent]:
        """The events of one frame. The body is the socket's envelope `{"visitor", "name"?, "frame"}`, or
        `{"visitor", "acked": [our ids], "state"}` for bubbles that the browser has shown."""
        value, fault = decode(body)
        envelope = obj(value)
        visitor = text(envelope.get("visitor"))
        if not _ID.fullmatch(visitor):
            key = fingerprint(body.decode("utf-8", "replace"))
            return [RefusedIn(key=key, code="webchat:bad-frame", detail=fault or "no visitor")]
        if "acked" in envelope:
            return _acked(visitor, envelope)
        sender = Sender([Identity("webchat", visitor)], name=text(envelope.get("name"))[:100])
        frame = obj(envelope.get("frame"))
        if frame.get("t") == "typing":
            return [TypingIn(key=f"{visitor}:typing", sender=sender)]
        ident = text(frame.get("id"))
        content = _content(frame)
        if not _ID.fullmatch(ident) or isinstance(content, str):
            reason = content if isinstance(content, str) else "id"
            return [
                RefusedIn(key=fingerprint(visitor, frame), code="webchat:bad-frame", path=f"/frame/{reason}")
            ]
        return [MessageIn(key=f"{visitor}:{ident}", sender=sender, content=content)]

    def send(self, settings: Any, delivery: Delivery, now: datetime) -> SendPlan:
        yield from ()
        return Sent(external_ids=[delivery.id])


def _content(frame: dict[str, object]) -> Inbound | str:
    """What was said, or the name of the member that is at fault."""
    match frame.get("t"):
        case "message":
            said = text(frame.get("text"))
            return Text(said) if said.strip() and len(said) <= MOST_TEXT else "text"
        case "choose":
            button = text(frame.get("button"))
            if not button or len(button) > LIMITS.button_id:
                return "button"
            source: Literal["button", "list"] = "list" if frame.get("source") == "list" else "button"
            return Chosen(button, text(frame.get("title"))[:200], source)
        case _:
            return "t"


def _acked(visitor: str, envelope: dict[str, object]) -> list[ChannelEvent]:
    state: DeliveryState = "read" if envelope.get("state") == "read" else "delivered"
    ids = [text(i) for i in arr(envelope["acked"])] if isinstance(envelope["acked"], list) else []
    return [
        StatusIn(key=f"{ident}:{state}", message=ident, outbox=ident, status=state) for ident in ids if ident
    ]


def refusal(frame: dict[str, object]) -> str:
    """Why a frame cannot be accepted, as an error code; "" where it can."""
    if not _ID.fullmatch(text(frame.get("id"))):
        return "webchat:bad-id"
    match _content(frame):
        case "text":
            return "webchat:too-long" if text(frame.get("text")).strip() else "webchat:empty"
        case str():
            return "webchat:bad-frame"
        case _:
            return ""


def token(key: bytes, channel: int, visitor: str, at: int) -> str:
    """The token of a visitor of this channel, made at `at` (seconds since 1970)."""
    return f"{visitor}.{at}.{_mac(key, channel, visitor, at)}"


def visitor_of(key: bytes, channel: int, given: str, now: int) -> str:
    """The visitor whose token this is; "" for a token that is forged, of another channel, or too old."""
    match = _TOKEN.fullmatch(given)
    if match is None:
        return ""
    visitor, at = match[1], int(match[2])
    right = hmac.compare_digest(_mac(key, channel, visitor, at), match[3])
    return visitor if right and now - at <= TOKEN_DAYS * 86_400 else ""


def _mac(key: bytes, channel: int, visitor: str, at: int) -> str:
    own = hmac.new(key, b"trama webchat visitor", hashlib.sha256).digest()
    return hmac.new(own, f"{channel}:{visitor}:{at}".encode(), hashlib.sha256).hexdigest()


def shown(content: Content) -> dict[str, Any]:
    """A bubble as the widget gets it: only what a visitor may see, texts as plain text."""
    match content:
        case Buttons():
            return {
                "type": "buttons",
                "text": content.text,
                "header": content.header,
                "footer": content.footer,
                "buttons": [{"id": b.id, "title": b.title} for b in content.buttons],
            }
        case Choices():
            return {
                "type": "list",
                "text": content.text,
                "header": content.header,
                "footer": content.footer,
                "button": content.button,
                "sections": msgspec.to_builtins(content.sections),
            }
        case Media():
            url = content.url if content.url.startswith("https://") else ""
            facts = {
                "kind": content.kind,
                "url": url,
                "caption": content.caption,
                "filename": content.filename,
            }
            return {"type": "media", **facts}
        case Location():
            return {
                "type": "location",
                "latitude": content.latitude,
                "longitude": content.longitude,
                "name": content.name,
                "address": content.address,
            }
        case PixPayment():
            return {"type": "pix", "text": content.text, "code": content.code, "qr": _qr(content.code)}
        case _:
            return {"type": "text", "text": clean_text(plain(content))}


def _qr(code: str) -> str:
    """A picture of the code as a data URI, "" where it is too long for one."""
    try:
        return str(segno.make(code, error="m", micro=False).svg_data_uri(scale=4, border=4))
    except (segno.DataOverflowError, ValueError):
        return ""
