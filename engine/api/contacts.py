"""Contacts, for reading."""

from __future__ import annotations

from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from engine.api.access import needs
from engine.api.pages import Before, Ident, Limit, Page, by_id
from engine.services import contacts, conversations
from engine.services.contacts import LAST, ContactCard
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import ContactRow, ConversationRow

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
Words = Annotated[
    str, QueryParameter(max_length=200, description="Only those whose name or e-mail has these words")
]


@get("/")
async def listed(
    rt: Services, who: Asker, words: Words = "", before: Before = LAST, limit: Limit = 50
) -> Page[ContactRow]:
    """Newest first."""
    return by_id(await contacts.contacts(rt, who.tenant, words=words, before=before, limit=limit), limit)


@get("/{contact:int}")
async def one(rt: Services, who: Asker, contact: Ident) -> ContactCard:
    """With the names under which channels know them, and their consents."""
    return await contacts.contact(rt, who.tenant, contact)


@get("/{contact:int}/conversations")
async def theirs(rt: Services, who: Asker, contact: Ident) -> list[ConversationRow]:
    await contacts.contact(rt, who.tenant, contact)
    return await conversations.of_contact(rt, who.tenant, contact)


router = Router(
    "/api/v1/contacts",
    route_handlers=[listed, one, theirs],
    guards=[needs("contacts:read")],
    tags=["contacts"],
)
