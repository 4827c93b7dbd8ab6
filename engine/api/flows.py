"""Flows over REST: draft, check, test, publish, versions, back, exchange.

A draft's revision is its ETag. Who saves says in `If-Match` which revision the work was done on; if somebody else
saved meanwhile the answer is 409 `flow:changed-meanwhile`.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, PathParameter, SkipValidation

from engine.api.access import needs
from engine.core.edit import commands
from engine.core.edit.bounds import LARGEST
from engine.core.errors import TramaError
from engine.core.node import Problem
from engine.services import editing, exchange, flows
from engine.services.editing import Author
from engine.services.flow_checks import TestRun
from engine.services.flows import Draft, Published
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import EditRow, FlowRow, VersionRow

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
READ, WRITE = [needs("flows:read")], [needs("flows:write")]


class FlowView(msgspec.Struct, frozen=True, kw_only=True):
    """A flow with its draft document (format: `flows/schema/flow.json`)."""

    flow: FlowRow
    document: dict[str, Any]


class Publishing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`rev`: publish only if the draft is still at this revision."""

    rev: int | None = None
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class Rollback(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]


def _shown(draft: Draft, status: int = 200) -> Response[FlowView]:
    view = FlowView(flow=draft.row, document=msgspec.to_builtins(draft.document))
    return Response(view, status_code=status, headers={"etag": f'"{draft.row.draft_rev}"'})


def _revision(if_match: str) -> int:
    """Raises `flow:revision-needed`."""
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise TramaError("flow:revision-needed", 'say which revision you changed: If-Match: "3"', path="/rev")
    return int(text)


@get("/")
async def listed(rt: Services, who: Asker, archived: FromQuery[bool] = False) -> list[FlowRow]:
    return await flows.flows(rt, who.tenant, archived=archived)


@post("/", guards=WRITE)
async def create(rt: Services, who: Asker, data: JSONBody[dict[str, Any]]) -> Response[FlowView]:
    """A new flow from a document, as a draft. It may be unfinished, but must be readable."""
    return _shown(await flows.create(rt, who.tenant, data, person=who.person), 201)


@get("/{flow:str}")
async def read(rt: Services, who: Asker, flow: FromPath[str]) -> Response[FlowView]:
    return _shown(await flows.flow(rt, who.tenant, flow))


@put("/{flow:str}", guards=WRITE)
async def update(
    rt: Services,
    who: Asker,
    flow: FromPath[str],
    data: JSONBody[dict[str, Any]],
    if_match: Annotated[
        str, HeaderParameter(name="If-Match", description="The revision that was changed")
    ] = "",
) -> Response[FlowView]:
    await flows.update(rt, who.tenant, flow, data, _revision(if_match), person=who.person)
    return _shown(await flows.flow(rt, who.tenant, flow))


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """The draft's new revision and what is different (`node:ask`, `edges:ask`, `flow:name` …)."""

    rev: int
    touched: list[str]


@post("/{flow:str}/commands", status_code=200, guards=WRITE)
async def command(rt: Services, who: Asker, flow: FromPath[str], data: JSONBody[dict[str, Any]]) -> Edited:
    """Change the draft by one command (`docs/flow-editing.md`): what the builder itself sends. 422 `edit:…` when it
    does not fit the draft as it is now; then nothing has changed."""
    author = Author(person=who.person, name=who.name)
    done = await editing.edit(rt, who.tenant, flow, commands.read(data), author)
    return Edited(rev=done.rev, touched=sorted(done.touched))


@get("/{flow:str}/history")
async def history(
    rt: Services,
    who: Asker,
    flow: FromPath[str],
    before: FromQuery[Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]] = 2**31 - 1,
) -> list[EditRow]:
    """What was done to the draft, newest first, a hundred at a time."""
    await flows.flow(rt, who.tenant, flow)
    return await editing.history(rt, who.tenant, flow, before=before)


@delete("/{flow:str}", guards=WRITE)
async def archive(rt: Services, who: Asker, flow: FromPath[str]) -> None:
    """Archived, not deleted: its versions stay for the conversations that run on them."""
    await flows.archive(rt, who.tenant, flow, person=who.person)


@post("/{flow:str}/check", status_code=200)
async def check(rt: Services, who: Asker, flow: FromPath[str]) -> list[Problem]:
    return await flows.check(rt, who.tenant, flow)


@post("/{flow:str}/test", status_code=200)
async def test(rt: Services, who: Asker, flow: FromPath[str]) -> TestRun:
    return await flows.test(rt, who.tenant, flow)


@post("/{flow:str}/publish", status_code=200, guards=WRITE)
async def publish(rt: Services, who: Asker, flow: FromPath[str], data: JSONBody[Publishing]) -> Published:
    """Make the draft the next live version. 422 `flow:has-errors`, `flow:tests-fail`."""
    return await flows.publish(rt, who.tenant, flow, rev=data.rev, note=data.note, person=who.person)


@get("/{flow:str}/versions")
async def versions(rt: Services, who: Asker, flow: FromPath[str]) -> list[VersionRow]:
    return await flows.versions(rt, who.tenant, flow)


@get("/{flow:str}/versions/{version:int}")
async def version(
    rt: Services, who: Asker, flow: FromPath[str], version: Annotated[int, PathParameter(ge=0, le=2**31 - 1)]
) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(await flows.version(rt, who.tenant, flow, version))
    return document


@post("/{flow:str}/rollback", status_code=200, guards=WRITE)
async def rollback(
    rt: Services, who: Asker, flow: FromPath[str], data: JSONBody[Rollback]
) -> Response[FlowView]:
    """Make an earlier version live again; the draft goes back to it too."""
    await flows.rollback(rt, who.tenant, flow, data.version, person=who.person)
    return _shown(await flows.flow(rt, who.tenant, flow))


@get("/{flow:str}/export")
async def export(rt: Services, who: Asker, flow: FromPath[str]) -> Response[bytes]:
    """The draft as a file."""
    document = await flows.export(rt, who.tenant, flow)
    # a flow's id is letters, digits, - and _: it cannot break out of the header
    headers = {"content-disposition": f'attachment; filename="{flow}.json"'}
    return Response(document, media_type="application/json", headers=headers)


@post("/import", status_code=200, guards=WRITE, request_max_body_size=LARGEST)
async def import_(
    rt: Services, who: Asker, request: Request[Any, Any, Any], over: FromQuery[bool] = False
) -> Response[FlowView]:
    """A flow document as a file becomes a draft; with `over` it replaces the draft of that id."""
    draft = await exchange.bring_in(rt, who.tenant, await request.body(), over=over, person=who.person)
    return _shown(draft, 201 if draft.row.draft_rev == 1 else 200)


router = Router(
    "/api/v1/flows",
    route_handlers=[
        listed,
        create,
        import_,
        read,
        update,
        archive,
        command,
        history,
        check,
        test,
        publish,
        versions,
        version,
        rollback,
        export,
    ],
    guards=READ,
    tags=["flows"],
)
