"""Contacts from files over HTTP: upload, map, see what would happen, take in, and read what was wrong."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import unquote

import msgspec
from litestar import Request, Router, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter, SkipValidation
from litestar.response import Stream
from msgspec import Meta

from engine.api.access import needs
from engine.api.pages import BIGGEST, Before, Limit, Page, by_id
from engine.services import contact_files, contact_import, contact_tables
from engine.services.contact_files import LARGEST
from engine.services.contact_import import Count, Preview
from engine.services.contacts import LAST
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import ErrorRow, ImportRow

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
Import = Annotated[int, PathParameter(ge=0, le=BIGGEST)]
Encoding = Literal["", "utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be"]


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out stays. `mapping` has a target for each column: "" (left out), name, surname, phone, email,
    cpf, language, tags, or `field:<key>`. `rule`: what becomes of people who are known. `tags` everybody gets."""

    mapping: Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(max_length=200)] | None = None
    rule: Literal["update", "skip"] | None = None
    tags: Annotated[list[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(max_length=20)] | None = (
        None
    )


@post("/", request_max_body_size=LARGEST + 1)
async def upload(
    rt: Services,
    who: Asker,
    request: Request[Any, Any, Any],
    encoding: Annotated[Encoding, QueryParameter(description="Found out when it is not given")] = "",
) -> ImportRow:
    """Read a CSV or XLSX file in: its bytes are the body, its name stands (percent-encoded) in the header
    `X-Filename`. Nothing of it is a contact yet."""
    name = unquote(request.headers.get("x-filename", ""), errors="replace")[:300]
    return await contact_files.receive(
        rt, who.tenant, name, request.stream(), encoding=encoding, person=who.person
    )


@get("/")
async def listed(rt: Services, who: Asker, before: Before = LAST, limit: Limit = 50) -> Page[ImportRow]:
    """Newest first."""
    return by_id(await contact_import.imports(rt, who.tenant, before=before, limit=limit), limit)


@get("/{ident:int}")
async def one(rt: Services, who: Asker, ident: Import) -> ImportRow:
    """How far it is and what it came to."""
    return await contact_import.one(rt, who.tenant, ident)


@patch("/{ident:int}")
async def settle(rt: Services, who: Asker, ident: Import, data: JSONBody[Settled]) -> ImportRow:
    """Say how the file is to be taken in, before it is started."""
    return await contact_import.settle(
        rt, who.tenant, ident, mapping=data.mapping, rule=data.rule, tags=data.tags
    )


@get("/{ident:int}/preview")
async def preview(
    rt: Services, who: Asker, ident: Import, lines: Annotated[int, QueryParameter(ge=1, le=100)] = 20
) -> Preview:
    """What would become of the first lines."""
    return await contact_import.preview(rt, who.tenant, ident, lines=lines)


@get("/{ident:int}/check")
async def check(rt: Services, who: Asker, ident: Import) -> Count:
    """A dry run over the whole file; it takes some seconds for 100,000 lines."""
    return await contact_import.check(rt, who.tenant, ident)


@post("/{ident:int}/start", status_code=202)
async def start(rt: Services, who: Asker, ident: Import) -> ImportRow:
    """Take it in, in the background."""
    return await contact_import.start(rt, who.tenant, ident, person=who.person)


@post("/{ident:int}/cancel", status_code=200)
async def cancel(rt: Services, who: Asker, ident: Import) -> ImportRow:
    """Stop; what is in stays in."""
    return await contact_import.cancel(rt, who.tenant, ident, person=who.person)


@get("/{ident:int}/errors")
async def errors(
    rt: Services,
    who: Asker,
    ident: Import,
    after: Annotated[int, QueryParameter(ge=0, le=BIGGEST)] = 0,
    limit: Limit = 200,
) -> Page[ErrorRow]:
    """What was wrong, in the order of the file; `next` is to be given as `after`."""
    return by_id(await contact_import.errors(rt, who.tenant, ident, after=after, limit=limit), limit)


@get("/{ident:int}/errors.csv")
async def report(rt: Services, who: Asker, ident: Import) -> Stream:
    """The same for a spreadsheet; nothing in it is a formula."""
    await contact_import.one(rt, who.tenant, ident)
    lines = contact_tables.errors_csv(rt, who.tenant, ident, lambda code, _: code)
    headers = {"content-disposition": f'attachment; filename="import-{ident}-errors.csv"'}
    return Stream(lines, media_type="text/csv; charset=utf-8", headers=headers)


router = Router(
    "/api/v1/contact-imports",
    route_handlers=[upload, listed, one, settle, preview, check, start, cancel, errors, report],
    guards=[needs("contacts:import")],
    tags=["contacts"],
)
