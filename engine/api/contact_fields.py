"""Fields and tags of contacts over HTTP."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter, SkipValidation
from msgspec import Meta

from engine.api.access import needs
from engine.services import contact_fields
from engine.services.contact_fields import Color, FieldChange
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import FieldKind, FieldRow, TagRow

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
Key = Annotated[str, PathParameter(max_length=40)]
Name = Annotated[str, Meta(min_length=1, max_length=60)]


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """`options` are those of a choice."""

    label: Annotated[str, Meta(min_length=1, max_length=80)]
    kind: FieldKind = "text"
    options: Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=100)] = []
    position: Annotated[int, Meta(ge=0, le=10_000)] = 0


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    name: Name
    color: Color = "plain"


class Rename(msgspec.Struct, frozen=True, kw_only=True):
    """A new name that is there already joins the two."""

    old: Name
    new: Name


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    name: Name


class Touched(msgspec.Struct, frozen=True, kw_only=True):
    contacts: int


@get("/")
async def fields(
    rt: Services, who: Asker, archived: Annotated[bool, QueryParameter(description="These too")] = False
) -> list[FieldRow]:
    """In the order in which cards show them."""
    return await contact_fields.fields(rt, who.tenant, archived=archived)


@put("/{key:str}", guards=[needs("settings:write")])
async def save(rt: Services, who: Asker, key: Key, data: JSONBody[Declared]) -> FieldRow:
    """Declare a field or change it. Values that are there are checked when they are changed."""
    change = FieldChange(label=data.label, kind=data.kind, options=data.options, position=data.position)
    return await contact_fields.save(rt, who.tenant, key, change, person=who.person)


@delete("/{key:str}", guards=[needs("settings:write")], status_code=200)
async def archive(rt: Services, who: Asker, key: Key) -> FieldRow:
    """Take it out of cards and forms; its values are kept, and saving it brings it back."""
    return await contact_fields.archive(rt, who.tenant, key, person=who.person)


@get("/")
async def tags(rt: Services, who: Asker) -> list[TagRow]:
    """Declared ones and those that contacts have."""
    return await contact_fields.tags(rt, who.tenant)


@put("/", guards=[needs("contacts:write")], status_code=204)
async def save_tag(rt: Services, who: Asker, data: JSONBody[Tag]) -> None:
    await contact_fields.save_tag(rt, who.tenant, data.name, data.color, person=who.person)


@post("/rename", guards=[needs("contacts:merge")], status_code=200)
async def rename(rt: Services, who: Asker, data: JSONBody[Rename]) -> Touched:
    """On all contacts."""
    count = await contact_fields.rename_tag(rt, who.tenant, data.old, data.new, person=who.person)
    return Touched(contacts=count)


@post("/drop", guards=[needs("contacts:merge")], status_code=200)
async def drop(rt: Services, who: Asker, data: JSONBody[Drop]) -> Touched:
    """From all contacts."""
    return Touched(contacts=await contact_fields.drop_tag(rt, who.tenant, data.name, person=who.person))


field_router = Router(
    "/api/v1/contact-fields",
    route_handlers=[fields, save, archive],
    guards=[needs("contacts:read")],
    tags=["contacts"],
)
tag_router = Router(
    "/api/v1/contact-tags",
    route_handlers=[tags, save_tag, rename, drop],
    guards=[needs("contacts:read")],
    tags=["contacts"],
)
