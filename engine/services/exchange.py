"""Flow documents as files that come in and go out, for other installations and for version control."""

from __future__ import annotations

import asyncio

import msgspec

from engine.core.edit.bounds import LARGEST, bounded
from engine.core.errors import TramaError
from engine.core.flow import Document
from engine.core.node import Problem
from engine.nodes import open_document
from engine.services import flows
from engine.services.flows import Draft
from engine.services.runtime import Runtime


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a file would bring. `exists`: there is a flow of that id. `unknown` are node types that this installation
    does not have, `unreadable` problems of nodes whose settings cannot be read; both are kept as they are."""

    document: Document
    exists: bool
    steps: int
    unknown: list[str]
    unreadable: list[Problem]
    errors: int
    warnings: int


async def examine(rt: Runtime, tenant: int, document: bytes | str) -> Report:
    """Look at a file before it is brought in. Raises what `open_document` and `bounded` raise."""
    opened = await asyncio.to_thread(_read, document)
    checker = await flows.checker(rt, tenant)
    problems = await asyncio.to_thread(checker.check, opened)
    known = {r.id for kind in (False, True) for r in await flows.flows(rt, tenant, archived=kind)}
    return Report(
        document=opened,
        exists=opened.id in known,
        steps=len(opened.nodes),
        unknown=sorted(
            {p.detail.rpartition(" ")[2].strip("'") for p in problems if p.code == "flow:unknown-node"}
        ),
        unreadable=[p for p in problems if p.code in ("flow:bad-node", "flow:same-id")],
        errors=sum(p.severity == "error" for p in problems),
        warnings=sum(p.severity == "warning" for p in problems),
    )


def _read(document: bytes | str) -> Document:
    if len(document) > LARGEST:
        raise TramaError("flow:too-large", f"a flow has at most {LARGEST} bytes")
    return bounded(open_document(document))


async def bring_in(
    rt: Runtime, tenant: int, document: bytes, *, over: bool = False, person: int | None = None
) -> Draft:
    """A file becomes the draft of the flow that it names. An existing draft is replaced only with `over`; what is
    live stays live. Raises `flow:exists`, `flow:changed-meanwhile` and what `open_document` raises."""
    opened = await asyncio.to_thread(_read, document)
    try:
        return await flows.create(rt, tenant, opened, person=person)
    except TramaError as fault:
        if fault.code != "flow:exists" or not over:
            raise
    before = await flows.flow(rt, tenant, opened.id)
    await flows.update(rt, tenant, opened.id, opened, before.row.draft_rev, person=person)
    return await flows.flow(rt, tenant, opened.id)


async def take_out(rt: Runtime, tenant: int, flow: str, version: int = 0) -> Document:
    """The document of a version; 0 is the draft."""
    if version:
        return await flows.version(rt, tenant, flow, version)
    return (await flows.flow(rt, tenant, flow)).document
