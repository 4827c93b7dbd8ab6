"""The body of one inbound WhatsApp message, by its `type`.

Fields may be missing in any of them: a removed reaction has no emoji, a template button may lack its payload,
`interactive` may lack its body, a failed download leaves `errors` where the media belongs.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from connectors.loose import JsonObject, arr, decode, digits, integer, number, obj, text
from engine.core.message import (
    Chosen,
    ContactCard,
    ContactCards,
    FormReply,
    Inbound,
    Location,
    Media,
    MediaKind,
    Order,
    OrderItem,
    Reaction,
    Text,
    Unsupported,
)

_NO_MINOR_UNIT = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"}
)


def content(message: JsonObject) -> Inbound:
    """What `message` says. A kind that we do not know, or one without its body, is `Unsupported`."""
    kind = text(message.get("type"))
    reader = _READERS.get(kind)
    found = reader(obj(message.get(kind))) if reader and isinstance(message.get(kind), dict) else None
    if kind == "contacts":
        found = _contacts(arr(message.get("contacts")))
    return found or Unsupported(kind=kind or "unknown", reason=_reason(message))


def _reason(message: JsonObject) -> str:
    for error in map(obj, arr(message.get("errors"))):
        details = text(obj(error.get("error_data")).get("details"))
        return details or text(error.get("message")) or text(error.get("title")) or text(error.get("code"))
    return ""


def _text(body: JsonObject) -> Inbound | None:
    return Text(body["body"]) if isinstance(body.get("body"), str) else None  # type: ignore[arg-type]


def _media(kind: MediaKind) -> Callable[[JsonObject], Inbound | None]:
    def read(body: JsonObject) -> Inbound | None:
        ref = text(body.get("id"))
        if not ref:
            return None
        return Media(
            kind=kind,
            ref=ref,
            mime=text(body.get("mime_type")),
            sha256=text(body.get("sha256")),
            caption=text(body.get("caption")),
            filename=text(body.get("filename")),
            voice=body.get("voice") is True,
        )

    return read


def _location(body: JsonObject) -> Inbound | None:
    latitude, longitude = number(body.get("latitude")), number(body.get("longitude"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Location(latitude, longitude, text(body.get("name")), text(body.get("address")))


def _contacts(cards: list[object]) -> Inbound | None:
    found = [_card(obj(card)) for card in cards if isinstance(card, dict)]
    return ContactCards(found) if found else None


def _card(card: JsonObject) -> ContactCard:
    name = obj(card.get("name"))
    phones = [digits(p.get("wa_id")) or digits(p.get("phone")) for p in map(obj, arr(card.get("phones")))]
    return ContactCard(
        name=text(name.get("formatted_name")) or text(name.get("first_name")),
        phones=[phone for phone in phones if phone],
        organisation=text(obj(card.get("org")).get("company")),
    )


def _button(body: JsonObject) -> Inbound | None:
    """A quick reply of a template: without a payload, what the person saw is all that it means."""
    title = text(body.get("text"))
    ident = text(body.get("payload")) or title
    return Chosen(id=ident, title=title, source="template") if ident else None


def _interactive(body: JsonObject) -> Inbound | None:
    kind = text(body.get("type"))
    reply = obj(body.get(kind))
    match kind:
        case "button_reply" | "list_reply" if text(reply.get("id")):
            source = "button" if kind == "button_reply" else "list"
            return Chosen(id=text(reply.get("id")), title=text(reply.get("title")), source=source)  # type: ignore[arg-type]
        case "nfm_reply":
            values, _ = decode(text(reply.get("response_json")).encode())
            return FormReply(name=text(reply.get("name")), values=obj(values))
        case _:
            return Unsupported(kind=f"interactive.{kind}" if kind else "interactive")


def _reaction(body: JsonObject) -> Inbound | None:
    to = text(body.get("message_id"))
    return Reaction(to=to, emoji=text(body.get("emoji"))) if to else None


def _order(body: JsonObject) -> Inbound | None:
    items = [_item(obj(item)) for item in arr(body.get("product_items"))]
    return Order(catalog=text(body.get("catalog_id")), items=items, text=text(body.get("text")))


def _item(item: JsonObject) -> OrderItem:
    currency = text(item.get("currency")).upper()
    price = number(item.get("item_price")) or 0.0
    minor = Decimal(repr(price)) * (1 if currency in _NO_MINOR_UNIT else 100)
    return OrderItem(
        product=text(item.get("product_retailer_id")),
        quantity=integer(item.get("quantity"), 1),
        price=int(minor.to_integral_value()) if abs(minor) < 2**53 else 0,
        currency=currency,
    )


_READERS: dict[str, Callable[[JsonObject], Inbound | None]] = {
    "text": _text,
    "image": _media("image"),
    "audio": _media("audio"),
    "video": _media("video"),
    "document": _media("document"),
    "sticker": _media("sticker"),
    "location": _location,
    "button": _button,
    "interactive": _interactive,
    "reaction": _reaction,
    "order": _order,
}
