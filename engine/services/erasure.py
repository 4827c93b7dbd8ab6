"""Erasing a contact (LGPD, art. 18 VI): what is left is a tombstone that says that it happened, by whom and when.

One transaction takes it out of every row; the copies of attachments go right after it, and a sweep removes what a
kill left. What was in a flow's recorded tests, in backups and with the channels themselves is not reached from here.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.core.errors import TramaError
from engine.services import contact_values, erased
from engine.services.contact_lines import Key
from engine.services.live import News
from engine.services.runtime import Runtime
from engine.store import audit, erasing, identities
from engine.store import contact_export as export_store
from engine.store import contacts as contact_store
from engine.store import erasures as store
from engine.store.database import Connection

SHORTEST = 6


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """The tombstone. `person` erased `contact`, whose number it was in the list."""

    id: int
    contact: int
    person: int | None
    at: datetime


async def erase(
    rt: Runtime, tenant: int, contact: int, *, confirmed: str, person: int | None = None
) -> Erasure:
    """Erase the contact and all that was merged into it. `confirmed` must be the contact's name, number, address or
    CPF as it stands there, typed by whoever asks: there is no way back. Raises `contact:unknown`, `contact:merged`,
    `contact:erased`, `erasure:not-confirmed`."""
    async with rt.db.tenant(tenant) as c:
        await c.execute("SELECT 1 FROM contact WHERE id = $1", contact)
        row = await contact_store.get(c, contact)
        if row.state == "merged":
            raise TramaError("contact:merged", f"contact {contact} is part of contact {row.merged_into} now")
        if row.state == "erased":
            raise TramaError("contact:erased", f"contact {contact} was erased already")
        typed = contact_values.plain(confirmed)
        if not typed or typed not in {row.name, row.phone, row.email, row.cpf, str(contact)}:
            raise TramaError(
                "erasure:not-confirmed", "type the contact's name as it stands there", path="/confirmed"
            )
        family = await export_store.family(c, contact)
        conversations = await erasing.lock(c, family)
        keys, words = await _handles(c, family)
        files = await erasing.files(c, conversations)
        await erasing.blank(c, family, conversations, words)
        made = await store.add(
            c, contact, person, [erased.hashed(rt, tenant, k) for k in sorted(keys)], files
        )
        await audit.note(c, "contact_erased", f"contact:{contact}", person=person, erasure=made.id)
    for conversation in conversations:
        rt.live.publish(News("conversation_changed", tenant, conversation))
    await erased.remove_files(rt, tenant)
    return Erasure(id=made.id, contact=contact, person=made.person_id, at=made.at)


async def of_contact(rt: Runtime, tenant: int, contact: int) -> Erasure | None:
    async with rt.db.tenant(tenant) as c:
        found = await store.of_contact(c, contact)
    return (
        None
        if found is None
        else Erasure(id=found.id, contact=found.contact_id, person=found.person_id, at=found.at)
    )


async def known(rt: Runtime, tenant: int, handle: str) -> list[Erasure]:
    """Whether somebody with this number, address or CPF was erased; latest first."""
    keys: list[Key] = []
    for kind, read in (
        ("phone", contact_values.phone),
        ("email", contact_values.email),
        ("cpf", contact_values.cpf),
    ):
        try:
            value = read(handle, "/handle")
        except TramaError:
            continue
        if value:
            key = contact_values.phone_key(value) if kind == "phone" else value
            keys.append((kind, key))  # type: ignore[arg-type]
    async with rt.db.tenant(tenant) as c:
        found = await store.by_hash(c, [erased.hashed(rt, tenant, k) for k in keys])
    return [Erasure(id=e.id, contact=e.contact_id, person=e.person_id, at=e.at) for e in found]


async def _handles(c: Connection, contacts: list[int]) -> tuple[set[Key], list[str]]:
    """The keys to be hashed, and every spelling that rows may hold."""
    keys: set[Key] = set()
    words: set[str] = set()
    for ident in contacts:
        row = await contact_store.get(c, ident)
        known = [("phone", row.phone), ("email", row.email), ("cpf", row.cpf)]
        for name in await identities.identities(c, ident):
            known.append(("phone" if name.kind == "wa_id" else name.kind, name.value))
        for kind, value in known:
            if not value:
                continue
            words.add(value)
            match kind:
                case "phone":
                    key = contact_values.phone_key(value)
                    words.add(key)
                    keys.add(("phone", key))
                case "email":
                    keys.add(("email", value.lower()))
                case "cpf":
                    keys.add(("cpf", value))
    # a short one would be found in everybody's rows
    return keys, sorted(w for w in words if len(w) >= SHORTEST)
