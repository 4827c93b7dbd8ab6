"""Answering over HTTP: what is said in a conversation and what people set on it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import unquote

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, SkipValidation
from msgspec import Meta

from engine.api.access import needs
from engine.api.inbox import person
from engine.api.pages import BIGGEST, Before, Ident
from engine.core.errors import TramaError
from engine.core.message import Text
from engine.services import drafts, inbox, mentions, replying, snoozing, templates, thread
from engine.services.inbox import LAST
from engine.services.people import Principal
from engine.services.replying import Kept, Window
from engine.services.runtime import Runtime
from engine.services.thread import Card, Invoices, Thread
from engine.services.views import DraftKind, DraftRow

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
LARGEST_FILE = 101_000_000
Message = Annotated[int, PathParameter(ge=0, le=BIGGEST)]
External = Annotated[str, Meta(max_length=300)]


class SayText(msgspec.Struct, frozen=True, kw_only=True, tag="text", tag_field="type"):
    text: Annotated[str, Meta(min_length=1, max_length=20_000)]
    reply_to: External = ""


class SayFile(msgspec.Struct, frozen=True, kw_only=True, tag="file", tag_field="type"):
    """`file` is the `name` that the upload gave; `filename` what a document is called there."""

    file: Annotated[str, Meta(min_length=1, max_length=80)]
    caption: Annotated[str, Meta(max_length=4_096)] = ""
    filename: Annotated[str, Meta(max_length=200)] = ""
    reply_to: External = ""


class SayTemplate(msgspec.Struct, frozen=True, kw_only=True, tag="template", tag_field="type"):
    """`parameters` fill the places of header and body in their order."""

    template: Annotated[int, Meta(ge=0, le=BIGGEST)]
    parameters: Annotated[list[Annotated[str, Meta(max_length=1_000)]], Meta(max_length=20)] = []


Said = SayText | SayFile | SayTemplate


class NewNote(msgspec.Struct, frozen=True, kw_only=True):
    text: Annotated[str, Meta(min_length=1, max_length=10_000)]


class DraftText(msgspec.Struct, frozen=True, kw_only=True):
    """`rev` is when it was typed, in milliseconds since 1970: of two savings that cross the later one stays."""

    kind: DraftKind = "reply"
    text: Annotated[str, Meta(max_length=20_000)]
    reply_to: External = ""
    rev: Annotated[int, Meta(ge=0, le=2**53)] = 0


class Until(msgspec.Struct, frozen=True, kw_only=True):
    """With its offset from UTC, on the company's clock; null brings the conversation back."""

    until: datetime | None


class Tags(msgspec.Struct, frozen=True, kw_only=True):
    tags: Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=100)]


class Made(msgspec.Struct, frozen=True, kw_only=True):
    id: int


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    kept: bool


@get("/{conversation:int}/thread")
async def read(rt: Services, who: Asker, conversation: Ident, before: Before = LAST) -> Thread:
    """Messages, notes and what people did, oldest first; `before` of the answer leads to the page before."""
    return await thread.thread(rt, who.tenant, conversation, before=before)


@get("/{conversation:int}/card")
async def card(rt: Services, who: Asker, conversation: Ident) -> Card:
    """The customer beside a conversation: identities, consents, conversations on all channels, tickets."""
    return await thread.card(rt, who.tenant, conversation)


@get("/{conversation:int}/invoices")
async def invoices(rt: Services, who: Asker, conversation: Ident) -> Invoices:
    """The customer's invoices, asked of the ERP now."""
    contact = (await thread.card(rt, who.tenant, conversation)).contact
    return await thread.invoices(rt, who.tenant, contact.id)


@get("/{conversation:int}/window")
async def window(rt: Services, who: Asker, conversation: Ident) -> Window:
    """Whether anything may be said, and until when; outside only templates."""
    return await replying.window(rt, who.tenant, conversation)


@get("/{conversation:int}/drafts")
async def begun(rt: Services, who: Asker, conversation: Ident) -> list[DraftRow]:
    """What the person typed here and has not sent."""
    return await drafts.drafts(rt, who.tenant, person(who), conversation)


@post("/{conversation:int}/messages", guards=[needs("conversations:write")])
async def say(rt: Services, who: Asker, conversation: Ident, data: JSONBody[Said]) -> Made:
    """Answer with a text, an uploaded file or a template. Who answers takes the conversation from the bot."""
    tenant, by = who.tenant, person(who)
    match data:
        case SayText(text=text, reply_to=reply_to):
            made = await replying.send(rt, tenant, conversation, Text(text), person=by, reply_to=reply_to)
        case SayFile(file=file, caption=caption, filename=filename, reply_to=reply_to):
            content = replying.attached(rt, tenant, file, caption=caption, filename=filename)
            made = await replying.send(rt, tenant, conversation, content, person=by, reply_to=reply_to)
        case SayTemplate(template=template, parameters=parameters):
            made = await templates.send(rt, tenant, conversation, template, parameters, person=by)
    return Made(id=made)


@post(
    "/{conversation:int}/messages/{message:int}/retry",
    guards=[needs("conversations:write")],
    status_code=204,
)
async def retry(rt: Services, who: Asker, conversation: Ident, message: Message) -> None:
    """Send a failed message again."""
    await replying.retry(rt, who.tenant, conversation, message, person=person(who))


@post("/{conversation:int}/files", guards=[needs("conversations:write")], request_max_body_size=LARGEST_FILE)
async def upload(rt: Services, who: Asker, conversation: Ident, request: Request[Any, Any, Any]) -> Kept:
    """Take up a file to send: its bytes are the body, its name stands (percent-encoded) in the header `X-Filename`."""
    await replying.window(rt, who.tenant, conversation)
    name = unquote(request.headers.get("x-filename", ""), errors="replace")
    return await replying.attach(rt, who.tenant, name, await request.body())


@post("/{conversation:int}/notes", guards=[needs("conversations:write")])
async def note(rt: Services, who: Asker, conversation: Ident, data: JSONBody[NewNote]) -> Made:
    """A note that only people see; `@name` tells the one who is named."""
    made = await mentions.write(rt, who.tenant, conversation, data.text, person=who.person, name=who.name)
    return Made(id=made)


@put("/{conversation:int}/drafts", guards=[needs("conversations:write")])
async def keep(rt: Services, who: Asker, conversation: Ident, data: JSONBody[DraftText]) -> Saved:
    """Keep what was typed so far; false when a later typing is kept already."""
    kept = await drafts.save(
        rt,
        who.tenant,
        person(who),
        conversation,
        data.kind,
        data.text,
        reply_to=data.reply_to,
        rev=data.rev,
    )
    return Saved(kept=kept)


@put("/{conversation:int}/snooze", guards=[needs("conversations:write")], status_code=204)
async def snooze(rt: Services, who: Asker, conversation: Ident, data: JSONBody[Until]) -> None:
    """Set it aside; the time, the customer's next word or its end bring it back."""
    if data.until is not None and data.until.tzinfo is None:
        raise TramaError("input:no-zone", "a time needs its offset from UTC", path="/until")
    await snoozing.snooze(rt, who.tenant, conversation, data.until, by=who.person)


@put("/{conversation:int}/tags", guards=[needs("conversations:write")])
async def tag(rt: Services, who: Asker, conversation: Ident, data: JSONBody[Tags]) -> Tags:
    """Set the tags; as they are kept."""
    return Tags(tags=await inbox.tag(rt, who.tenant, conversation, data.tags, by=who.person))


@post("/{conversation:int}/seen", guards=[needs("conversations:write")], status_code=204)
async def seen(rt: Services, who: Asker, conversation: Ident) -> None:
    """The person has it before their eyes."""
    await replying.seen(rt, who.tenant, conversation, person=person(who))


@post("/{conversation:int}/typing", guards=[needs("conversations:write")], status_code=204)
async def typing(rt: Services, who: Asker, conversation: Ident) -> None:
    """The person types."""
    await replying.typing(rt, who.tenant, conversation, person=person(who), name=who.name)


handlers = (
    read, card, invoices, window, begun, say, retry, upload, note, keep, snooze, tag, seen, typing,
)  # fmt: skip
"""Routes below a conversation; they stand in its router, because one path has one router."""
