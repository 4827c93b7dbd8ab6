"""Flows as people work on them: draft, check, test, publish, go back, exchange, archive.

A flow is the document everywhere; what is stored is always readable by `open_document`, though it may be
unfinished. Publishing freezes a version; conversations that run stay on theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from engine.core.edit.bounds import LARGEST, bounded
from engine.core.errors import TramaError
from engine.core.flow import Document
from engine.core.node import Problem
from engine.nodes import open_document, open_flow
from engine.services import editing
from engine.services.editing import Author
from engine.services.flow_checks import Checker, TestRun
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.store import audit
from engine.store import flows as store
from engine.store.flows import FlowRow, VersionRow


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    row: FlowRow
    document: Document


class Published(msgspec.Struct, frozen=True, kw_only=True):
    flow: str
    version: int
    problems: list[Problem]


async def flows(rt: Runtime, tenant: int, *, archived: bool = False) -> list[FlowRow]:
    async with rt.db.tenant(tenant) as c:
        return await store.listed(c, archived=archived)


async def flow(rt: Runtime, tenant: int, ident: str) -> Draft:
    """Row and draft. Raises `flow:unknown`."""
    async with rt.db.tenant(tenant) as c:
        row, document = await store.draft(c, ident)
    return Draft(row=row, document=open_document(document))


async def create(
    rt: Runtime, tenant: int, document: Document | dict[str, Any] | bytes, *, person: int | None = None
) -> Draft:
    """A new flow from a document. Raises `flow:exists` and what `open_document` and `bounded` raise."""
    opened = await asyncio.to_thread(_opened, document)
    async with rt.db.tenant(tenant) as c:
        await store.create(c, opened.id, opened.name, opened.kind, msgspec.json.encode(opened), person)
        await audit.note(c, "flow_created", f"flow:{opened.id}", person=person)
        row, stored = await store.draft(c, opened.id)
    return Draft(row=row, document=open_document(stored))


async def update(
    rt: Runtime,
    tenant: int,
    ident: str,
    document: Document | dict[str, Any] | bytes,
    rev: int,
    *,
    person: int | None = None,
) -> int:
    """Save the draft that was made from revision `rev`; the new revision. Raises `flow:changed-meanwhile`,
    `flow:id-changed`, `flow:unknown`."""
    opened = await asyncio.to_thread(_opened, document)
    if opened.id != ident:
        raise TramaError("flow:id-changed", f"the document says {opened.id}", path="/id")
    author = Author(person=person)
    return (await editing.replace(rt, tenant, ident, opened, author, rev=rev)).rev


async def check(rt: Runtime, tenant: int, ident: str) -> list[Problem]:
    """What the static check says of the draft."""
    draft = await flow(rt, tenant, ident)
    return await asyncio.to_thread((await checker(rt, tenant)).check, draft.document)


async def checker(rt: Runtime, tenant: int) -> Checker:
    """Check and tests of drafts among the company's flows as they are live now."""
    async with rt.db.tenant(tenant) as c:
        rev = await store.flows_rev(c)
        kept = rt.checkers.take(tenant, rev)
        if kept is not None:
            return kept
        live = await store.live_versions(c)
        found = await store.documents(c, list(live.items()))
    return rt.checkers.put(tenant, rev, Checker([open_document(d) for d in found.values()]))


async def test(rt: Runtime, tenant: int, ident: str) -> TestRun:
    """Run the draft's own tests, with the other flows as they are live."""
    draft = await flow(rt, tenant, ident)
    return await asyncio.to_thread((await checker(rt, tenant)).run_tests, draft.document)


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """An administrator publishes in spite of errors or failing tests. The reason goes into the audit log."""

    by: Principal
    reason: str


async def publish(
    rt: Runtime,
    tenant: int,
    ident: str,
    *,
    rev: int | None = None,
    note: str = "",
    person: int | None = None,
    override: Override | None = None,
) -> Published:
    """Freeze the draft as the next version and make it live. Refused (`flow:has-errors`, `flow:tests-fail`)
    while the check finds errors or a test fails, unless an administrator overrides that (`flow:may-not-override`,
    `flow:reason-needed`); a draft that cannot be read is never published. `flow:changed-meanwhile` when it is not
    revision `rev`."""
    if override is not None and "administrator" not in override.by.roles:
        raise TramaError("flow:may-not-override", "only an administrator publishes in spite of errors")
    if override is not None and not override.reason.strip():
        raise TramaError("flow:reason-needed", "say why it must go live in spite of errors", path="/reason")
    draft = await flow(rt, tenant, ident)
    if rev is not None and draft.row.draft_rev != rev:
        raise TramaError(
            "flow:changed-meanwhile", f"the draft is at revision {draft.row.draft_rev}", path="/rev"
        )
    open_flow(draft.document)
    judge = await checker(rt, tenant)
    problems = await asyncio.to_thread(judge.check, draft.document)
    errors = [p for p in problems if p.severity == "error"]
    if errors and override is None:
        raise TramaError(
            "flow:has-errors", "; ".join(f"{p.code} {p.node} {p.detail}".strip() for p in errors[:5])
        )
    tests = await asyncio.to_thread(judge.run_tests, draft.document)
    if tests.failed and override is None:
        raise TramaError("flow:tests-fail", "; ".join(tests.failed[:5]))
    async with rt.db.tenant(tenant) as c:
        version = await store.publish(c, ident, msgspec.json.encode(draft.document), note, person)
        detail: dict[str, Any] = {"version": version}
        if override is not None:
            detail |= {"override": override.reason[:500], "errors": len(errors), "failed": len(tests.failed)}
        await audit.note(c, "flow_published", f"flow:{ident}", person=person, **detail)
    return Published(flow=ident, version=version, problems=problems)


async def versions(rt: Runtime, tenant: int, ident: str) -> list[VersionRow]:
    async with rt.db.tenant(tenant) as c:
        await store.draft(c, ident)
        return await store.versions(c, ident)


async def version(rt: Runtime, tenant: int, ident: str, number: int) -> Document:
    async with rt.db.tenant(tenant) as c:
        return open_document(await store.document(c, ident, number))


async def restore(
    rt: Runtime, tenant: int, ident: str, number: int, author: Author, *, words: str = ""
) -> int:
    """Bring an earlier version back as the draft, which one undo takes back; what is live stays live. The draft's
    new revision."""
    document = await version(rt, tenant, ident, number)
    return (await editing.replace(rt, tenant, ident, document, author, words=words)).rev


async def rollback(rt: Runtime, tenant: int, ident: str, number: int, *, person: int | None = None) -> None:
    """Make an earlier version live again and bring the draft back to it. Running sessions stay where they are."""
    async with rt.db.tenant(tenant) as c:
        document = await store.document(c, ident, number)
        await store.make_live(c, ident, number)
        await audit.note(c, "flow_rolled_back", f"flow:{ident}", person=person, version=number)
    # the draft may follow later: what is live is what counts, and bringing it back again is harmless
    await editing.replace(rt, tenant, ident, open_document(document), Author(person=person))


async def archive(rt: Runtime, tenant: int, ident: str, *, person: int | None = None) -> None:
    async with rt.db.tenant(tenant) as c:
        await store.draft(c, ident)
        await store.archive(c, ident)
        await audit.note(c, "flow_archived", f"flow:{ident}", person=person)


async def export(rt: Runtime, tenant: int, ident: str) -> bytes:
    """The draft as a file: JSON, indented, ends with a line break."""
    draft = await flow(rt, tenant, ident)
    return msgspec.json.format(msgspec.json.encode(draft.document), indent=2) + b"\n"


async def load(
    rt: Runtime,
    tenant: int,
    files: Iterable[Path],
    *,
    publish_them: bool = True,
    overwrite: bool = False,
) -> list[str]:
    """Bring in ready-made flows; ids of those that were new or (`overwrite`) changed. A flow that exists already
    is left alone otherwise: somebody may have made it their own. All are published together, so that flows
    which call each other find each other."""
    fresh: list[tuple[str, bytes]] = []
    async with rt.db.tenant(tenant) as c:
        known = {r.id for kind in (False, True) for r in await store.listed(c, archived=kind)}
        for path in sorted(files):
            opened = open_document(path.read_bytes())
            open_flow(opened)
            encoded = msgspec.json.encode(opened)
            if opened.id in known:
                if not overwrite:
                    continue
                row, stored = await store.draft(c, opened.id)
                if msgspec.json.encode(open_document(stored)) == encoded and row.live_version is not None:
                    continue
                await store.save_draft(c, opened.id, opened.name, opened.kind, encoded, row.draft_rev, None)
            else:
                await store.create(c, opened.id, opened.name, opened.kind, encoded, None)
            fresh.append((opened.id, encoded))
        for ident, encoded in fresh if publish_them else []:
            await store.publish(c, ident, encoded, "ready-made", None)
    return [ident for ident, _ in fresh]


def _opened(document: Document | dict[str, Any] | bytes) -> Document:
    """Within bounds, so that what is kept can be read again."""
    if isinstance(document, bytes) and len(document) > LARGEST:
        raise TramaError("flow:too-large", f"a flow has at most {LARGEST} bytes")
    return bounded(document if isinstance(document, Document) else open_document(document))
