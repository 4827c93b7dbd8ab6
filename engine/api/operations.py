"""What an operator looks at: channels, deliveries that could not be read, sends and happenings put aside."""

from __future__ import annotations

import base64
from datetime import datetime

import msgspec
from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from engine.api.access import needs
from engine.api.pages import Before, Ident, Limit, Page, by_id
from engine.services import delivery, traces
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.traces import LAST
from engine.services.views import DeadLetter, PutAside

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
WRITE = [needs("ops:write")]


class RefusedView(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that could not be read. `raw` are its first bytes in base64, `size` the size of all of it."""

    id: int
    channel_id: int
    code: str
    path: str
    detail: str
    raw: str
    size: int
    at: datetime


@get("/refused")
async def refused(rt: Services, who: Asker, before: Before = LAST, limit: Limit = 50) -> Page[RefusedView]:
    rows = await traces.refused(rt, who.tenant, before=before, limit=limit)
    views = [
        RefusedView(
            id=r.id,
            channel_id=r.channel_id,
            code=r.code,
            path=r.path,
            detail=r.detail,
            raw=base64.b64encode(r.raw).decode(),
            size=r.size,
            at=r.at,
        )
        for r in rows
    ]
    return by_id(views, limit)


@get("/dead-letters")
async def dead_letters(rt: Services, who: Asker, limit: Limit = 50) -> list[DeadLetter]:
    """Sends that were refused, given up, or of whose outcome nothing is known."""
    return await delivery.dead_letters(rt, who.tenant, limit=limit)


@post("/dead-letters/{ident:str}/retry", status_code=204, guards=WRITE)
async def retry(rt: Services, who: Asker, ident: FromPath[str]) -> None:
    await delivery.retry(rt, who.tenant, ident)


@post("/dead-letters/{ident:str}/drop", status_code=204, guards=WRITE)
async def drop(rt: Services, who: Asker, ident: FromPath[str]) -> None:
    await delivery.drop(rt, who.tenant, ident)


@get("/put-aside")
async def put_aside(rt: Services, who: Asker, limit: Limit = 50) -> list[PutAside]:
    """Happenings whose turns failed five times; their conversations went to a person."""
    return await traces.put_aside(rt, who.tenant, limit=limit)


@post("/put-aside/{ident:int}/retry", status_code=204, guards=WRITE)
async def again(rt: Services, who: Asker, ident: Ident) -> None:
    await traces.retry(rt, who.tenant, ident)


router = Router(
    "/api/v1",
    route_handlers=[refused, dead_letters, retry, drop, put_aside, again],
    guards=[needs("ops:read")],
    tags=["operations"],
)
