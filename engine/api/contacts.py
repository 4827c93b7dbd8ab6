"""Contacts over HTTP: found, read, created, changed; their names on channels and what they agreed to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import msgspec
from litestar import Router, delete, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.params import JSONBody, PathParameter, QueryParameter, SkipValidation
from litestar.response import Stream
from msgspec import UNSET, Meta, UnsetType

from engine.api import contact_merges
from engine.api.access import needs
from engine.api.moments import Moment, held
from engine.api.pages import BIGGEST, Before, Ident, Limit, Page, by_id
from engine.services import contact_tables, contacts, conversations, erasure, portability
from engine.services.contact_search import Filters
from engine.services.contacts import LAST, Change, ContactCard, IdentityKind
from engine.services.erasure import Erasure
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import ContactRow, ConversationRow

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
Words = Annotated[
    str,
    QueryParameter(
        max_length=200,
        description="Beginnings of words of the name, digits of a number or CPF, an e-mail address, a #tag",
    ),
]
Short = Annotated[str, QueryParameter(max_length=60)]
Channel = Annotated[int | None, QueryParameter(ge=0, le=BIGGEST)]
Identity = Annotated[int, PathParameter(ge=0, le=BIGGEST)]
Text = Annotated[str, Meta(max_length=400)]
Tags = Annotated[list[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(max_length=50)]
Fields = Annotated[dict[Annotated[str, Meta(max_length=40)], Any], Meta(max_length=200)]


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out stays. In `fields`, null takes a value away; values must fit the declared types. With `rev`,
    a contact that somebody else changed meanwhile is refused."""

    name: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    phone: Annotated[str, Meta(max_length=40)] | UnsetType = UNSET
    email: Text | UnsetType = UNSET
    cpf: Annotated[str, Meta(max_length=40)] | UnsetType = UNSET
    language: Annotated[str, Meta(max_length=16)] | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    fields: Fields | UnsetType = UNSET
    rev: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None

    def change(self) -> Change:
        return Change(**{name: getattr(self, name) for name in self.__struct_fields__})


class Retag(msgspec.Struct, frozen=True, kw_only=True):
    add: Tags = []
    remove: Tags = []


class NewIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """`channel` 0: known without a channel."""

    kind: IdentityKind
    value: Annotated[str, Meta(min_length=1, max_length=320)]
    channel: Annotated[int, Meta(ge=0, le=BIGGEST)] = 0


class NewConsent(msgspec.Struct, frozen=True, kw_only=True):
    """`words` are those that were shown or said. The topic `all` decides whether they get anything."""

    topic: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"\S")]
    granted: bool
    words: Annotated[str, Meta(max_length=2_000)] = ""
    channel: Annotated[int, Meta(ge=0, le=BIGGEST)] = 0


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """The contact's name, number, address, CPF or id, as it stands there: there is no way back."""

    confirmed: Annotated[str, Meta(min_length=1, max_length=320)]


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """Counting ends at 100,000."""

    count: int


def asked(
    words: Words = "",
    tag: Short = "",
    channel: Channel = None,
    field: Short = "",
    opted_out: Annotated[bool | None, QueryParameter()] = None,
    topic: Short = "",
    granted: Annotated[bool, QueryParameter(description="What was said last of the topic")] = True,
    created_from: Moment = None,
    created_to: Moment = None,
    seen_from: Moment = None,
    seen_to: Moment = None,
    contact_state: Annotated[Literal["active", "merged", "erased"], QueryParameter(name="state")] = "active",
) -> Filters:
    return Filters(
        words=words,
        tag=tag,
        channel=channel,
        field=field,
        opted_out=opted_out,
        topic=topic,
        granted=granted,
        created_from=held(created_from, "/created_from"),
        created_to=held(created_to, "/created_to"),
        seen_from=held(seen_from, "/seen_from"),
        seen_to=held(seen_to, "/seen_to"),
        state=contact_state,
    )


Wanted = NamedDependency[SkipValidation[Filters]]


@get("/")
async def listed(
    rt: Services, who: Asker, filters: Wanted, before: Before = LAST, limit: Limit = 50
) -> Page[ContactRow]:
    """Newest first. All that is asked for must fit."""
    return by_id(await contacts.contacts(rt, who.tenant, filters=filters, before=before, limit=limit), limit)


@get("/count")
async def count(rt: Services, who: Asker, filters: Wanted) -> Counted:
    """How many the same question finds."""
    return Counted(count=await contacts.count(rt, who.tenant, filters))


@get("/export.csv", guards=[needs("contacts:export")])
async def table(rt: Services, who: Asker, filters: Wanted) -> Stream:
    """The list as a file for a spreadsheet; nothing in it is a formula."""
    lines = contact_tables.contacts_csv(rt, who.tenant, filters, person=who.person)
    return _download(lines, "text/csv; charset=utf-8", "contacts.csv")


@get("/erasures", guards=[needs("contacts:erase")])
async def erasures(
    rt: Services, who: Asker, handle: Annotated[str, QueryParameter(min_length=4, max_length=320)]
) -> list[Erasure]:
    """Whether somebody with this number, address or CPF was erased, and when. Only hashes of them are kept."""
    return await erasure.known(rt, who.tenant, handle)


@post("/", guards=[needs("contacts:write")])
async def create(rt: Services, who: Asker, data: JSONBody[Written]) -> ContactCard:
    """A new contact, recognised by its number when it writes. One whose number or CPF is known is refused."""
    return await contacts.create(rt, who.tenant, data.change(), person=who.person)


@get("/{contact:int}")
async def one(rt: Services, who: Asker, contact: Ident) -> ContactCard:
    """With the names under which channels know them, and their consents."""
    return await contacts.contact(rt, who.tenant, contact)


@patch("/{contact:int}", guards=[needs("contacts:write")])
async def change(rt: Services, who: Asker, contact: Ident, data: JSONBody[Written]) -> ContactCard:
    return await contacts.change(rt, who.tenant, contact, data.change(), person=who.person)


@get("/{contact:int}/conversations")
async def theirs(rt: Services, who: Asker, contact: Ident) -> list[ConversationRow]:
    await contacts.contact(rt, who.tenant, contact)
    return await conversations.of_contact(rt, who.tenant, contact)


@post("/{contact:int}/tags", guards=[needs("contacts:write")], status_code=200)
async def retag(rt: Services, who: Asker, contact: Ident, data: JSONBody[Retag]) -> ContactCard:
    """Add and remove tags, whatever the others are."""
    return await contacts.retag(rt, who.tenant, contact, add=data.add, remove=data.remove, person=who.person)


@post("/{contact:int}/identities", guards=[needs("contacts:write")])
async def add_identity(rt: Services, who: Asker, contact: Ident, data: JSONBody[NewIdentity]) -> ContactCard:
    """A name under which they are recognised. One that is another contact's is refused: merge the two."""
    return await contacts.add_identity(
        rt, who.tenant, contact, data.kind, data.value, channel=data.channel, person=who.person
    )


@delete("/{contact:int}/identities/{identity:int}", guards=[needs("contacts:write")])
async def remove_identity(rt: Services, who: Asker, contact: Ident, identity: Identity) -> None:
    await contacts.remove_identity(rt, who.tenant, contact, identity, person=who.person)


@post("/{contact:int}/consents", guards=[needs("contacts:write")])
async def consent(rt: Services, who: Asker, contact: Ident, data: JSONBody[NewConsent]) -> ContactCard:
    """Log that they agreed, or withdrew."""
    return await contacts.consent(
        rt,
        who.tenant,
        contact,
        topic=data.topic,
        granted=data.granted,
        words=data.words,
        source="api" if who.person is None else "person",
        channel=data.channel,
        person=who.person,
    )


@get("/{contact:int}/export", guards=[needs("contacts:export")])
async def export(rt: Services, who: Asker, contact: Ident) -> Stream:
    """All that is kept of them as a ZIP: JSON and the attachments (LGPD, art. 18)."""
    path = await portability.build(rt, who.tenant, contact, person=who.person)
    return _download(portability.stream(path), "application/zip", f"contact-{contact}.zip")


@post("/{contact:int}/erasure", guards=[needs("contacts:erase")])
async def erase(rt: Services, who: Asker, contact: Ident, data: JSONBody[Confirmed]) -> Erasure:
    """Take them out of every row and file. What is left says that it happened, by whom and when."""
    return await erasure.erase(rt, who.tenant, contact, confirmed=data.confirmed, person=who.person)


def _download(lines: AsyncIterator[bytes], media_type: str, name: str) -> Stream:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Stream(lines, media_type=media_type, headers=headers)


router = Router(
    "/api/v1/contacts",
    route_handlers=[
        listed, count, table, erasures, create, one, change, theirs, retag, add_identity, remove_identity, consent,
        export, erase, *contact_merges.handlers,
    ],
    dependencies={"filters": Provide(asked, sync_to_thread=False)},
    guards=[needs("contacts:read")],
    tags=["contacts"],
)  # fmt: skip
