"""Canned replies."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter, SkipValidation
from msgspec import Meta

from engine.api.access import needs
from engine.api.pages import BIGGEST, Before, Ident, Limit, Page, by_id
from engine.services import canned
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import CannedRow

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
Reply = Annotated[int, PathParameter(ge=0, le=BIGGEST)]


class CannedText(msgspec.Struct, frozen=True, kw_only=True):
    """`text` may hold substitutions: `{{ contact.name | first }}`, `{{ conversation.protocol }}`, `{{ agent.name }}`.
    Not `shared`: only the person's own."""

    shortcut: Annotated[str, Meta(min_length=1, max_length=41)]
    text: Annotated[str, Meta(min_length=1, max_length=4_096)]
    title: Annotated[str, Meta(max_length=120)] = ""
    shared: bool = True


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    text: str


@get("/")
async def listed(rt: Services, who: Asker, before: Before = 2**62, limit: Limit = 50) -> Page[CannedRow]:
    """Everyone's and the person's own, newest first."""
    return by_id(await canned.canned(rt, who.tenant, who.person, before=before, limit=limit), limit)


@get("/search")
async def search(
    rt: Services, who: Asker, words: Annotated[str, QueryParameter(max_length=80)] = ""
) -> list[CannedRow]:
    """Those whose shortcut begins so first; without words the most used."""
    return await canned.search(rt, who.tenant, who.person, words)


@get("/{reply:int}")
async def one(rt: Services, who: Asker, reply: Reply) -> CannedRow:
    return await canned.one(rt, who.tenant, who.person, reply)


@post("/", guards=[needs("canned:write")])
async def create(rt: Services, who: Asker, data: JSONBody[CannedText]) -> CannedRow:
    return await canned.save(rt, who, data.shortcut, data.text, title=data.title, shared=data.shared)


@put("/{reply:int}", guards=[needs("canned:write")])
async def change(rt: Services, who: Asker, reply: Reply, data: JSONBody[CannedText]) -> CannedRow:
    return await canned.save(
        rt, who, data.shortcut, data.text, title=data.title, shared=data.shared, ident=reply
    )


@delete("/{reply:int}", guards=[needs("canned:write")])
async def remove(rt: Services, who: Asker, reply: Reply) -> None:
    await canned.delete(rt, who, reply)


@post("/{reply:int}/use/{conversation:int}", guards=[needs("conversations:write")], status_code=200)
async def use(rt: Services, who: Asker, reply: Reply, conversation: Ident) -> Filled:
    """The text for this conversation; counted as taken."""
    return Filled(text=await canned.use(rt, who, reply, conversation))


router = Router(
    "/api/v1/canned",
    route_handlers=[listed, search, one, create, change, remove, use],
    guards=[needs("conversations:read")],
    tags=["canned replies"],
)
