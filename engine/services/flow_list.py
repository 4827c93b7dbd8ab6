"""The company's flows as a list to work in: what stands where, tags, copies, the archive."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec

from engine.core.errors import TramaError
from engine.core.flow import FORMAT, Document, Kind, Trigger
from engine.services import flows, gallery
from engine.services.flows import Draft
from engine.services.runtime import Runtime
from engine.store import audit, tenants
from engine.store import flows as store
from engine.store.flows import FlowLine

LONGEST_TAG = 40
MOST_TAGS = 12


async def lines(rt: Runtime, tenant: int, *, archived: bool = False) -> list[FlowLine]:
    """Every flow with its figures of today: the company's day, on the company's clock."""
    async with rt.db.tenant(tenant) as c:
        company = await tenants.get(c)
        now = rt.now() + company.clock_offset
        local = now.astimezone(ZoneInfo(company.settings.zone))
        midnight = local - timedelta(
            hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
        )
        return await store.lines(c, midnight, archived=archived)


async def set_tags(
    rt: Runtime, tenant: int, flow: str, tags: list[str], *, person: int | None = None
) -> None:
    """Raises `flow:bad-tag`, `flow:unknown`."""
    clean = list(dict.fromkeys(" ".join(tag.split()) for tag in tags if tag.strip()))
    if len(clean) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in clean):
        raise TramaError(
            "flow:bad-tag", f"at most {MOST_TAGS} tags of {LONGEST_TAG} characters", path="/tags"
        )
    async with rt.db.tenant(tenant) as c:
        await store.set_tags(c, flow, clean)
        await audit.note(c, "flow_tagged", f"flow:{flow}", person=person, tags=clean)


async def start(
    rt: Runtime,
    tenant: int,
    name: str,
    kind: Kind,
    language: str,
    *,
    keywords: Sequence[str] = (),
    person: int | None = None,
) -> Draft:
    """An empty flow, whose id is made from its name. It begins when a message has one of the `keywords`, if any."""
    ident = free_id(name, await _taken(rt, tenant))
    words = list(dict.fromkeys(" ".join(word.split()) for word in keywords if word.strip()))
    triggers = [Trigger(on="message", keywords=words, match="contains")] if words else []
    blank = Document(
        format=FORMAT,
        id=ident,
        name=name,
        kind=kind,
        start="",
        nodes=[],
        language=language,
        triggers=triggers,
    )
    return await flows.create(rt, tenant, blank, person=person)


async def duplicate(rt: Runtime, tenant: int, flow: str, name: str, *, person: int | None = None) -> Draft:
    """A copy of the draft under another name, with an id made from it."""
    draft = await flows.flow(rt, tenant, flow)
    return await copy(rt, tenant, draft.document, name, person=person)


async def copy(
    rt: Runtime, tenant: int, document: Document, name: str, *, person: int | None = None
) -> Draft:
    """A new flow like a document, under a name whose id is free. A copy hears nothing yet: two flows with the same
    triggers would both answer, so the copy's are left out when the original is here too."""
    taken = await _taken(rt, tenant)
    triggers = [] if document.id in taken else document.triggers
    ident = document.id if document.id not in taken else free_id(name, taken)
    made = msgspec.structs.replace(document, id=ident, name=name, triggers=triggers)
    return await flows.create(rt, tenant, made, person=person)


async def from_template(
    rt: Runtime, tenant: int, template: str, language: str, *, person: int | None = None
) -> Draft:
    """A flow from the gallery, with those that it calls where they are missing. Raises `template:unknown`."""
    wanted = gallery.document(template)
    taken = await _taken(rt, tenant)
    for ident in gallery.called(wanted):
        if ident not in taken:
            await flows.create(rt, tenant, gallery.document(ident), person=person)
    name = wanted.name
    if wanted.id in taken:
        name = f"{name} ({'cópia' if language == 'pt-BR' else 'copy'})"
    return await copy(rt, tenant, wanted, name, person=person)


async def unarchive(rt: Runtime, tenant: int, flow: str, *, person: int | None = None) -> None:
    async with rt.db.tenant(tenant) as c:
        await store.draft(c, flow)
        await store.unarchive(c, flow)
        await audit.note(c, "flow_unarchived", f"flow:{flow}", person=person)


async def _taken(rt: Runtime, tenant: int) -> set[str]:
    async with rt.db.tenant(tenant) as c:
        return {r.id for kind in (False, True) for r in await store.listed(c, archived=kind)}


def free_id(name: str, taken: set[str]) -> str:
    """`Cobrança amigável` is `cobranca_amigavel`, and `_2` … when that is taken."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    stem = re.sub(r"[^a-z0-9]+", "_", "".join(c for c in plain if not unicodedata.combining(c))).strip("_")
    if not stem or not stem[0].isalpha():
        stem = f"flow_{stem}".strip("_")
    stem = stem[:56].rstrip("_")
    ident, number = stem, 2
    while ident in taken:
        ident, number = f"{stem}_{number}", number + 1
    return ident
