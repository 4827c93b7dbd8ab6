"""Duplicates over HTTP: proposed with evidence, merged, taken back. Routes below `/api/v1/contacts`."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter, SkipValidation
from msgspec import Meta

from engine.api.access import needs
from engine.api.pages import BIGGEST, Before, Ident, Limit, Page, by_id
from engine.services import contact_merge
from engine.services.contact_merge import Duplicate, Pair, Preview
from engine.services.contacts import LAST
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import MergeRow

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
Merge = Annotated[int, PathParameter(ge=0, le=BIGGEST)]


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """`other` becomes a part of the contact. `reason`: what a person says besides the evidence."""

    other: Annotated[int, Meta(ge=0, le=BIGGEST)]
    reason: Annotated[str, Meta(max_length=500)] = ""


@get("/duplicates")
async def pairs(rt: Services, who: Asker, before: Before = LAST, limit: Limit = 50) -> Page[Pair]:
    """Contacts that share a number in any spelling, an address or a CPF; the newest first."""
    return by_id(await contact_merge.pairs(rt, who.tenant, before=before, limit=limit), limit)


@get("/{contact:int}/duplicates")
async def duplicates(rt: Services, who: Asker, contact: Ident) -> list[Duplicate]:
    """Who may be the same person, and what they share."""
    return await contact_merge.duplicates(rt, who.tenant, contact)


@get("/{contact:int}/merges")
async def history(rt: Services, who: Asker, contact: Ident) -> list[MergeRow]:
    """Merges of which the contact is a part, latest first."""
    return await contact_merge.history(rt, who.tenant, contact)


@get("/{contact:int}/merge-preview", guards=[needs("contacts:merge")])
async def preview(
    rt: Services, who: Asker, contact: Ident, other: Annotated[int, QueryParameter(ge=0, le=BIGGEST)]
) -> Preview:
    """What a merge would make of the two."""
    return await contact_merge.preview(rt, who.tenant, contact, other)


@post("/{contact:int}/merges", guards=[needs("contacts:merge")])
async def merge(rt: Services, who: Asker, contact: Ident, data: JSONBody[Other]) -> MergeRow:
    """The other becomes a part of this one. Of two open conversations on one channel the one that a person is wanted
    in goes on, else the one that spoke last; when people serve both it is refused."""
    return await contact_merge.merge(
        rt, who.tenant, contact, data.other, reason=data.reason, person=who.person
    )


@post("/merges/{merge:int}/undo", guards=[needs("contacts:merge")], status_code=200)
async def undo(rt: Services, who: Asker, merge: Merge) -> MergeRow:
    """Two again; what was changed since stays."""
    return await contact_merge.undo(rt, who.tenant, merge, person=who.person)


@post("/{contact:int}/distinct", guards=[needs("contacts:merge")], status_code=204)
async def are_two(rt: Services, who: Asker, contact: Ident, data: JSONBody[Other]) -> None:
    """They are two: not proposed again."""
    await contact_merge.are_two(rt, who.tenant, contact, data.other, person=who.person)


handlers = (pairs, duplicates, history, preview, merge, undo, are_two)
