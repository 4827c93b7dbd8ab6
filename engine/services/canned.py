"""Canned replies: found by a shortcut, filled in with what is known of the customer, counted when taken."""

from __future__ import annotations

from typing import Any

from engine.core.errors import TramaError
from engine.core.template import template
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.store import audit, contacts, conversations, tenants, tickets
from engine.store import canned as store
from engine.store.canned import CannedRow
from engine.store.database import Connection
from engine.store.payloads import clean

LONGEST = 4_096


async def canned(
    rt: Runtime, tenant: int, person: int | None, *, before: int = 2**62, limit: int = 200
) -> list[CannedRow]:
    """Everyone's and the person's own, newest first."""
    async with rt.db.tenant(tenant) as c:
        return await store.visible(c, person, before=before, limit=max(1, min(limit, 200)))


async def search(
    rt: Runtime, tenant: int, person: int | None, words: str, *, limit: int = 20
) -> list[CannedRow]:
    """Those whose shortcut begins so come first, then those that hold the words; without words the most used."""
    async with rt.db.tenant(tenant) as c:
        return await store.find(c, person, clean(words).strip().lstrip("/")[:80], max(1, min(limit, 50)))


async def one(rt: Runtime, tenant: int, person: int | None, ident: int) -> CannedRow:
    """Raises `canned:unknown`, also for somebody else's own."""
    async with rt.db.tenant(tenant) as c:
        return await store.get(c, person, ident)


async def save(
    rt: Runtime,
    who: Principal,
    shortcut: str,
    text: str,
    *,
    title: str = "",
    shared: bool = True,
    ident: int | None = None,
) -> CannedRow:
    """Make one, or change `ident`. Somebody else's own cannot be changed. Raises `canned:bad-shortcut`, `canned:empty`,
    `canned:too-long`, `canned:taken`, `canned:unknown`, `canned:person-needed`, and `template:…` for a text whose
    substitutions do not work."""
    shortcut = clean(shortcut).strip().lstrip("/").lower()
    if not shortcut or len(shortcut) > 40 or not all(ch.isalnum() or ch in "-_." for ch in shortcut):
        raise TramaError("canned:bad-shortcut", "1 to 40 letters, digits, - _ .", path="/shortcut")
    text, title = clean(text).strip(), " ".join(clean(title).split())
    if not text:
        raise TramaError("canned:empty", "a reply has a text", path="/text")
    if len(text) > LONGEST or len(title) > 120:
        raise TramaError("canned:too-long", f"at most {LONGEST} characters", path="/text")
    template(text)
    if not shared and who.person is None:
        raise TramaError("canned:person-needed", "only a person has replies of their own", path="/shared")
    async with rt.db.tenant(who.tenant) as c:
        before = None if ident is None else await store.get(c, who.person, ident)
        row = await store.save(c, ident, None if shared else who.person, shortcut, title, text)
        await audit.note(
            c,
            "canned_saved",
            f"canned:{row.id}",
            person=who.person,
            before={} if before is None else _told(before),
            after=_told(row),
        )
    return row


async def delete(rt: Runtime, who: Principal, ident: int) -> CannedRow:
    """What it was, so that it can be made again. Raises `canned:unknown`."""
    async with rt.db.tenant(who.tenant) as c:
        row = await store.get(c, who.person, ident)
        await store.delete(c, ident)
        await audit.note(
            c, "canned_deleted", f"canned:{ident}", person=who.person, before=_told(row), after={}
        )
    return row


async def use(rt: Runtime, who: Principal, ident: int, conversation: int) -> str:
    """The text for this conversation; counted as taken. Substitutions: `contact` (name, first name by `| first`, phone,
    email, cpf, tags, fields), `conversation` (protocol, channel), `agent` (name), `company`. Raises `canned:unknown`,
    `conversation:unknown`, `template:too-large`."""
    async with rt.db.tenant(who.tenant) as c:
        row = await store.get(c, who.person, ident)
        data = await facts(c, who, conversation)
        zone = (await tenants.get(c)).settings.zone
        await store.used(c, ident)
    return template(row.text).render(data, zone)


async def facts(c: Connection, who: Principal, conversation: int) -> dict[str, Any]:
    """What a text may speak of: the customer, the conversation, who answers and the company."""
    row = await conversations.get(c, conversation)
    contact = await contacts.get(c, row.contact_id)
    ticket = await tickets.current(c, conversation)
    company = await tenants.get(c)
    return {
        "contact": {
            "id": str(contact.id),
            "name": contact.name,
            "phone": contact.phone,
            "email": contact.email,
            "cpf": contact.cpf,
            "language": contact.language,
            "tags": contact.tags,
            "fields": contact.fields,
        },
        "conversation": {"id": str(row.id), "protocol": row.protocol, "channel": row.channel_kind},
        "ticket": {"queue": ticket.queue if ticket is not None else ""},
        "agent": {"name": who.name},
        "company": company.settings.company,
    }


def _told(row: CannedRow) -> dict[str, Any]:
    return {
        "shortcut": row.shortcut,
        "title": row.title,
        "shared": row.person_id is None,
        "length": len(row.text),
    }
