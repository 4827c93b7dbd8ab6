"""What people and the bot say to each other, in one form for all channels.

A `Content` is one bubble. Inbound and outbound share the types where they mean the same; a connector turns a
wire format into these and back. Rejected: one struct with thirty optional fields, because every reader would
have to guess which belong together.

Sizes are counted in Unicode characters. Texts are data: nothing here is markup.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MediaKind = Literal["image", "audio", "video", "document", "sticker"]


class Text(msgspec.Struct, frozen=True, tag="text", tag_field="type"):
    text: str
    preview_url: bool = False


class Media(msgspec.Struct, frozen=True, tag="media", tag_field="type", omit_defaults=True):
    """An attachment. `url` is fetchable, `ref` is the channel's own id for it, `stored` our copy's key.

    `sha256` is hexadecimal or base64 as the channel gave it; `voice` marks a recorded voice message.
    """

    kind: MediaKind
    url: str = ""
    ref: str = ""
    stored: str = ""
    mime: str = ""
    sha256: str = ""
    caption: str = ""
    filename: str = ""
    voice: bool = False


class Location(msgspec.Struct, frozen=True, tag="location", tag_field="type", omit_defaults=True):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""


class Button(msgspec.Struct, frozen=True):
    id: str
    title: str


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str
    title: str
    description: str = ""


class Section(msgspec.Struct, frozen=True, omit_defaults=True):
    rows: list[Row]
    title: str = ""


class Buttons(msgspec.Struct, frozen=True, tag="buttons", tag_field="type", omit_defaults=True):
    """A text with quick-reply buttons (WhatsApp: at most 3). A channel without buttons numbers them."""

    text: str
    buttons: list[Button]
    header: str = ""
    footer: str = ""


class Choices(msgspec.Struct, frozen=True, tag="list", tag_field="type", omit_defaults=True):
    """A text with a list that opens (WhatsApp: at most 10 rows over all sections)."""

    text: str
    button: str
    sections: list[Section]
    header: str = ""
    footer: str = ""


class Template(msgspec.Struct, frozen=True, tag="template", tag_field="type", omit_defaults=True):
    """A message template approved by the channel (HSM).

    `body` are the positional parameters; `header` an optional parameter (text or media); `buttons` the payloads
    of the quick-reply buttons by their position; `preview` what the person will read, for our own screens.
    """

    name: str
    language: str = "pt_BR"
    body: list[str] = []
    header: Text | Media | None = None
    buttons: list[str] = []
    preview: str = ""


class Reaction(msgspec.Struct, frozen=True, tag="reaction", tag_field="type"):
    """An emoji on the message `to` (external id); an empty emoji takes it away."""

    to: str
    emoji: str = ""


class Chosen(msgspec.Struct, frozen=True, tag="chosen", tag_field="type", omit_defaults=True):
    """Inbound: the person pressed a button or picked a row. `id` is ours, `title` what they saw."""

    id: str
    title: str = ""
    source: Literal["button", "list", "template"] = "button"


class FormReply(msgspec.Struct, frozen=True, tag="form_reply", tag_field="type"):
    """Inbound: a filled-in form of the channel (WhatsApp Flows)."""

    name: str
    values: dict[str, object]


class ContactCard(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    phones: list[str] = []
    organisation: str = ""


class ContactCards(msgspec.Struct, frozen=True, tag="contacts", tag_field="type"):
    cards: list[ContactCard]


class OrderItem(msgspec.Struct, frozen=True):
    """`price` in minor units of `currency` (ISO 4217) for one piece."""

    product: str
    quantity: int
    price: int
    currency: str


class Order(msgspec.Struct, frozen=True, tag="order", tag_field="type", omit_defaults=True):
    catalog: str
    items: list[OrderItem]
    text: str = ""


class Unsupported(msgspec.Struct, frozen=True, tag="unsupported", tag_field="type", omit_defaults=True):
    """Inbound: the channel says that something came which it cannot pass on, or a kind that we do not know."""

    kind: str
    reason: str = ""


class PixPayment(msgspec.Struct, frozen=True, tag="pix", tag_field="type", omit_defaults=True):
    """Outbound: a Pix charge. `code` is the BR Code to copy, `amount` in centavos, `text` the words around it.

    The connector shows the QR picture where the channel can, and always the code as its own bubble, because
    people copy it.
    """

    text: str
    code: str
    amount: int
    txid: str = ""


Outbound = Text | Media | Location | Buttons | Choices | Template | Reaction | PixPayment
Inbound = Text | Media | Location | Chosen | Reaction | FormReply | ContactCards | Order | Unsupported
Content = (
    Text
    | Media
    | Location
    | Buttons
    | Choices
    | Template
    | Reaction
    | PixPayment
    | Chosen
    | FormReply
    | ContactCards
    | Order
    | Unsupported
)

Limit = Annotated[int, Meta(ge=0)]


class Limits(msgspec.Struct, frozen=True):
    """What a channel can show; 0 means that it cannot show it at all.

    The static check, the settings form and the simulator read the same figures.
    """

    text: Limit = 4096
    caption: Limit = 1024
    interactive_text: Limit = 1024
    buttons: Limit = 3
    button_title: Limit = 20
    button_id: Limit = 256
    rows: Limit = 10
    row_title: Limit = 24
    row_description: Limit = 72
    list_button: Limit = 20
    header: Limit = 60
    window_hours: Limit = 24
    templates: bool = True


def plain(content: Content) -> str:
    """The words of a bubble, as a person would read them aloud; "" where it has none."""
    match content:
        case Text(text=text) | Buttons(text=text) | Choices(text=text) | PixPayment(text=text):
            return text
        case Chosen(title=title, id=ident):
            return title or ident
        case Media(caption=caption):
            return caption
        case Template(preview=preview, name=name):
            return preview or name
        case Location(name=name):
            return name
        case Order(text=text):
            return text
        case Reaction(emoji=emoji):
            return emoji
        case FormReply() | ContactCards() | Unsupported():
            return ""
