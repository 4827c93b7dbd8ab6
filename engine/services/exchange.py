"""Flow documents as files that come in and go out, for other installations and for version control."""

from __future__ import annotations

from engine.core.errors import TramaError
from engine.core.flow import Document
from engine.nodes import open_document
from engine.services import flows
from engine.services.flows import Draft
from engine.services.runtime import Runtime


async def bring_in(
    rt: Runtime, tenant: int, document: bytes, *, over: bool = False, person: int | None = None
) -> Draft:
    """A file becomes the draft of the flow that it names. An existing draft is replaced only with `over`; what is
    live stays live. Raises `flow:exists`, `flow:changed-meanwhile` and what `open_document` raises."""
    opened = open_document(document)
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
