"""Contacts as people and other systems work with them: found, read, created, changed, with the names under which
channels know them and what they agreed to."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from engine.core.errors import TramaError
from engine.services import clock, contact_search, contact_values
from engine.services.contact_search import Filters
from engine.services.runtime import Runtime
from engine.store import audit, identities
from engine.store import contact_fields as field_store
from engine.store import contacts as store
from engine.store.contacts import ContactRow, Values
from engine.store.database import Connection
from engine.store.identities import ConsentRow, IdentityRow

LAST = 2**62
MOST = 200
IdentityKind = Literal["phone", "email", "cpf", "wa_id", "bsuid", "psid", "igsid"]


class ContactCard(msgspec.Struct, frozen=True, kw_only=True):
    """A contact with the names under which channels know them and what they agreed to."""

    contact: ContactRow
    identities: list[IdentityRow]
    consents: list[ConsentRow]


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is left out stays. In `fields`, null takes a value away. With `rev`, a contact that somebody else changed
    meanwhile is refused."""

    name: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    cpf: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    fields: dict[str, Any] | UnsetType = UNSET
    rev: int | None = None


async def contacts(
    rt: Runtime,
    tenant: int,
    *,
    words: str = "",
    filters: Filters | None = None,
    before: int = LAST,
    limit: int = 50,
) -> list[ContactRow]:
    """A page, newest first; `words` as in `engine.services.contact_search`."""
    asked = contact_search.compiled(filters or Filters(words=words))
    async with rt.db.tenant(tenant) as c:
        return await store.page(c, asked, before=before, limit=max(1, min(limit, MOST)))


async def count(rt: Runtime, tenant: int, filters: Filters) -> int:
    """How many there are; counting ends at 100,000."""
    async with rt.db.tenant(tenant) as c:
        return await store.count(c, contact_search.compiled(filters))


async def contact(rt: Runtime, tenant: int, ident: int) -> ContactCard:
    """Raises `contact:unknown`."""
    async with rt.db.tenant(tenant) as c:
        return await card(c, ident)


async def card(c: Connection, ident: int) -> ContactCard:
    return ContactCard(
        contact=await store.get(c, ident),
        identities=await identities.identities(c, ident),
        consents=await identities.consents(c, ident),
    )


async def create(rt: Runtime, tenant: int, change: Change, *, person: int | None = None) -> ContactCard:
    """A new contact. Raises `contact:empty`, `contact:known` when the number or the CPF is another contact's, and
    what the values raise."""
    async with rt.db.tenant(tenant) as c:
        blank = Values(name="", phone="", email="", cpf="", language="", tags=[], fields={}, opted_out=False)
        values = await _changed(c, blank, change)
        if not (values.name or values.phone or values.email or values.cpf):
            raise TramaError("contact:empty", "give a name, a number, an address or a CPF")
        key = contact_values.phone_key(values.phone)
        for match in await store.match(
            c, phones=[key] if key else [], emails=[], cpfs=[values.cpf] if values.cpf else []
        ):
            raise TramaError(
                "contact:known", f"contact {match.contact} has this {match.kind}", path=f"/{match.kind}"
            )
        ident = await store.add(
            c,
            name=values.name,
            phone=values.phone,
            email=values.email,
            cpf=values.cpf,
            language=values.language,
            tags=values.tags,
            fields=values.fields,
            evidence="typed in",
        )
        await audit.note(
            c, "contact_created", f"contact:{ident}", person=person, after=msgspec.to_builtins(values)
        )
        return await card(c, ident)


async def change(
    rt: Runtime, tenant: int, ident: int, change: Change, *, person: int | None = None
) -> ContactCard:
    """Raises `contact:unknown`, `contact:merged`, `contact:erased`, `contact:changed-meanwhile`, and what the values
    raise. A new number is a name under which the contact is recognised, unless it is another contact's."""
    async with rt.db.tenant(tenant) as c:
        row = await store.active(c, ident)
        if change.rev is not None and change.rev != row.rev:
            raise TramaError("contact:changed-meanwhile", f"it is at {row.rev} by now", path="/rev")
        before = store.values_of(row)
        after = await _changed(c, before, change)
        if after != before:
            await store.change(c, ident, after)
            fresh = after.phone if after.phone != before.phone else ""
            if fresh and await identities.owner(c, 0, "phone", fresh) in (None, ident):
                await identities.add(c, ident, 0, "phone", fresh, "typed in")
            await note_change(c, "contact_changed", ident, before, after, person)
        return await card(c, ident)


async def retag(
    rt: Runtime, tenant: int, ident: int, *, add: list[str], remove: list[str], person: int | None = None
) -> ContactCard:
    """Raises what `change` raises."""
    async with rt.db.tenant(tenant) as c:
        before = store.values_of(await store.active(c, ident))
        kept = [t for t in before.tags if t not in remove]
        after = msgspec.structs.replace(before, tags=contact_values.tags([*kept, *add], "/add"))
        if after != before:
            await store.change(c, ident, after)
            await note_change(c, "contact_changed", ident, before, after, person)
        return await card(c, ident)


async def add_identity(
    rt: Runtime,
    tenant: int,
    ident: int,
    kind: IdentityKind,
    value: str,
    *,
    channel: int = 0,
    person: int | None = None,
) -> ContactCard:
    """Raises `contact:identity-taken`, `contact:identity-empty`, `channel:unknown`, and what the value raises."""
    match kind:
        case "phone" | "wa_id":
            kept = contact_values.phone(value, "/value")
        case "email":
            kept = contact_values.email(value, "/value")
        case "cpf":
            kept = contact_values.cpf(value, "/value")
        case _:
            kept = contact_values.plain(value)
    if not kept:
        raise TramaError(
            "contact:identity-empty", "give the name under which the channel knows them", path="/value"
        )
    async with rt.db.tenant(tenant) as c:
        await store.active(c, ident)
        await identities.add(c, ident, channel, kind, kept, "typed in")
        await audit.note(
            c, "identity_added", f"contact:{ident}", person=person, after={"kind": kind, "value": kept}
        )
        return await card(c, ident)


async def remove_identity(
    rt: Runtime, tenant: int, ident: int, identity: int, *, person: int | None = None
) -> IdentityRow:
    """What was removed, so that it can be put back (`restore_identity`). Raises `identity:unknown`."""
    async with rt.db.tenant(tenant) as c:
        await store.active(c, ident)
        gone = await identities.remove(c, ident, identity)
        await audit.note(
            c,
            "identity_removed",
            f"contact:{ident}",
            person=person,
            before={"kind": gone.kind, "value": gone.value},
        )
    return gone


async def restore_identity(
    rt: Runtime, tenant: int, ident: int, gone: IdentityRow, *, person: int | None = None
) -> None:
    """Take `remove_identity` back. Raises `contact:identity-taken`."""
    async with rt.db.tenant(tenant) as c:
        await store.active(c, ident)
        await identities.add(c, ident, gone.channel_id, gone.kind, gone.value, gone.evidence)
        await audit.note(
            c,
            "identity_added",
            f"contact:{ident}",
            person=person,
            after={"kind": gone.kind, "value": gone.value},
        )


async def consent(
    rt: Runtime,
    tenant: int,
    ident: int,
    *,
    topic: str,
    granted: bool,
    words: str = "",
    source: str = "person",
    channel: int = 0,
    person: int | None = None,
) -> ContactCard:
    """Log that the contact agreed or withdrew, with the words that were shown or said. What is said of the topic
    `all` decides whether they get anything at all."""
    at = await clock.now(rt, tenant)
    async with rt.db.tenant(tenant) as c:
        before = store.values_of(await store.active(c, ident))
        await identities.consent(
            c,
            ident,
            topic=contact_values.plain(topic),
            granted=granted,
            words=contact_values.plain(words),
            source=source,
            channel=channel,
            at=at,
        )
        if topic == "all" and before.opted_out == granted:
            await store.change(c, ident, msgspec.structs.replace(before, opted_out=not granted))
        await audit.note(
            c,
            "consent_granted" if granted else "consent_withdrawn",
            f"contact:{ident}",
            person=person,
            after={"topic": topic, "channel": channel},
        )
        return await card(c, ident)


async def note_change(
    c: Connection, action: str, ident: int, before: Values, after: Values, person: int | None
) -> None:
    """Only what differs is noted."""
    changed = [n for n in Values.__struct_fields__ if getattr(before, n) != getattr(after, n)]
    await audit.note(
        c,
        action,
        f"contact:{ident}",
        person=person,
        before={n: getattr(before, n) for n in changed},
        after={n: getattr(after, n) for n in changed},
    )


async def _changed(c: Connection, before: Values, change: Change) -> Values:
    made: dict[str, Any] = {}
    if change.name is not UNSET:
        made["name"] = contact_values.plain(change.name)[:200]
    if change.language is not UNSET:
        made["language"] = contact_values.plain(change.language)[:16]
    if change.phone is not UNSET:
        made["phone"] = contact_values.phone(change.phone)
    if change.email is not UNSET:
        made["email"] = contact_values.email(change.email)
    if change.cpf is not UNSET:
        made["cpf"] = contact_values.cpf(change.cpf)
    if change.tags is not UNSET:
        made["tags"] = contact_values.tags(change.tags)
    if change.fields is not UNSET:
        declared = await field_store.fields(c)
        made["fields"] = contact_values.fields(declared, change.fields, before.fields)
    return msgspec.structs.replace(before, **made)
