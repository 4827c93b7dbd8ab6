"""Contacts as people and other systems read them."""

from __future__ import annotations

import msgspec

from engine.services.runtime import Runtime
from engine.store import contacts as store
from engine.store.contacts import ConsentRow, ContactRow, IdentityRow
from engine.store.payloads import clean

LAST = 2**62


class ContactCard(msgspec.Struct, frozen=True, kw_only=True):
    """A contact with the names under which channels know them and what they agreed to."""

    contact: ContactRow
    identities: list[IdentityRow]
    consents: list[ConsentRow]


async def contacts(
    rt: Runtime, tenant: int, *, words: str = "", before: int = LAST, limit: int = 50
) -> list[ContactRow]:
    """A page, newest first; with `words` those whose name or address has them."""
    limit = max(1, min(limit, 200))
    async with rt.db.tenant(tenant) as c:
        if words.strip():
            return await store.search(c, clean(words)[:200], before=before, limit=limit)
        return await store.page(c, before=before, limit=limit)


async def contact(rt: Runtime, tenant: int, ident: int) -> ContactCard:
    """Raises `contact:unknown`."""
    async with rt.db.tenant(tenant) as c:
        return ContactCard(
            contact=await store.get(c, ident),
            identities=await store.identities(c, ident),
            consents=await store.consents(c, ident),
        )
