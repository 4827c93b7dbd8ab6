"""Channels: set up, tried, stopped and started. Secrets go in and never come out."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation
from msgspec import Meta

from engine.api.access import needs
from engine.api.pages import Ident
from engine.api.texts import Name
from engine.services import channels
from engine.services.channels import ChannelView, Introduced, Kind
from engine.services.people import Principal
from engine.services.runtime import Runtime

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
WRITE = [needs("channels:write")]
Text = Annotated[str, Meta(max_length=4000, pattern=r"^[^\x00]*$")]
Values = dict[
    Annotated[str, Meta(max_length=60)],
    Text | float | bool | Annotated[list[Text], Meta(max_length=100)] | None,
]


class ChannelBody(msgspec.Struct, frozen=True, kw_only=True):
    """`settings` as `GET /api/v1/channels/kinds` lists them. A secret that is left out or sent as asterisks stays."""

    name: Name
    settings: Values = {}

    @property
    def values(self) -> dict[str, Any]:
        return {k: v for k, v in self.settings.items() if v is not None}


class NewChannel(ChannelBody, frozen=True, kw_only=True):
    kind: Annotated[str, Meta(max_length=60)]


@get("/")
async def listed(rt: Services, who: Asker) -> list[ChannelView]:
    """Secrets that are set show as asterisks."""
    return await channels.channels(rt, who.tenant)


@get("/kinds")
async def kinds() -> list[Kind]:
    """The kinds of channels there are, with what each wants to be told."""
    return channels.kinds()


@post("/", guards=WRITE)
async def add(rt: Services, who: Asker, data: JSONBody[NewChannel]) -> ChannelView:
    return await channels.add(rt, who.tenant, data.kind, data.name, data.values, person=who.person)


@get("/{channel:int}")
async def one(rt: Services, who: Asker, channel: Ident) -> ChannelView:
    return await channels.view(rt, who.tenant, channel)


@put("/{channel:int}", guards=WRITE)
async def change(rt: Services, who: Asker, channel: Ident, data: JSONBody[ChannelBody]) -> ChannelView:
    """What is left out stays as it was."""
    return await channels.change(rt, who.tenant, channel, data.name, data.values, person=who.person)


@delete("/{channel:int}", guards=WRITE, status_code=200)
async def stop(rt: Services, who: Asker, channel: Ident) -> ChannelView:
    """Send nothing more on it; conversations and what waits to be sent stay, and `start` goes on with them."""
    await channels.view(rt, who.tenant, channel)
    await channels.stop(rt, who.tenant, channel, "stopped by a person", person=who.person)
    return await channels.view(rt, who.tenant, channel)


@post("/{channel:int}/start", guards=WRITE, status_code=200)
async def start(rt: Services, who: Asker, channel: Ident) -> ChannelView:
    await channels.view(rt, who.tenant, channel)
    await channels.start(rt, who.tenant, channel, person=who.person)
    return await channels.view(rt, who.tenant, channel)


@post("/{channel:int}/validate", guards=WRITE, status_code=200)
async def validate(rt: Services, who: Asker, channel: Ident) -> Introduced:
    """Try the credentials without sending anything."""
    return await channels.introduce(rt, who.tenant, channel)


router = Router(
    "/api/v1/channels",
    route_handlers=[listed, kinds, add, one, change, stop, start, validate],
    guards=[needs("channels:read")],
    tags=["channels"],
)
