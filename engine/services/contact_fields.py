"""Fields and tags of contacts: what the company declares, and tidying up what grew."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from engine.core.errors import TramaError
from engine.services import contact_values
from engine.services.runtime import Runtime
from engine.store import audit
from engine.store import contact_fields as store
from engine.store.contact_fields import FieldKind, FieldRow, TagRow

MOST_DECLARED = 100
Color = Literal["plain", "info", "good", "warn", "bad"]
_KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


class FieldChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    label: str
    kind: FieldKind = "text"
    options: list[str] = []
    position: int = 0


async def fields(rt: Runtime, tenant: int, *, archived: bool = False) -> list[FieldRow]:
    """In the order in which cards show them."""
    async with rt.db.tenant(tenant) as c:
        return await store.fields(c, archived=archived)


async def save(
    rt: Runtime, tenant: int, key: str, change: FieldChange, *, person: int | None = None
) -> FieldRow:
    """Declare a field or change it; an archived one comes back. Values that are there stay as they are, and are
    checked when they are changed. Raises `field:bad-key`, `field:bad-label`, `field:no-options`, `field:too-many`."""
    if not _KEY.match(key):
        raise TramaError("field:bad-key", "a small letter, then small letters, digits and _", path="/key")
    label = contact_values.plain(change.label)
    if not label:
        raise TramaError("field:bad-label", "give the field a name", path="/label")
    options = list(dict.fromkeys(o for o in map(contact_values.plain, change.options) if o))
    if change.kind == "choice" and not options:
        raise TramaError("field:no-options", "a choice needs something to choose from", path="/options")
    row = FieldRow(
        key=key,
        label=label,
        kind=change.kind,
        options=options if change.kind == "choice" else [],
        position=change.position,
    )
    async with rt.db.tenant(tenant) as c:
        known = {f.key: f for f in await store.fields(c, archived=True)}
        if key not in known and len(known) >= MOST_DECLARED:
            raise TramaError("field:too-many", f"at most {MOST_DECLARED}")
        await store.save_field(c, row)
        await audit.note(
            c,
            "field_saved",
            f"contact_field:{key}",
            person=person,
            before=msgspec.to_builtins(known.get(key)),
            after=msgspec.to_builtins(row),
        )
    return row


async def archive(
    rt: Runtime, tenant: int, key: str, *, archived: bool = True, person: int | None = None
) -> FieldRow:
    """Take a field out of cards and forms, or bring it back; its values are kept. Raises `field:unknown`."""
    async with rt.db.tenant(tenant) as c:
        found = next((f for f in await store.fields(c, archived=True) if f.key == key), None)
        if found is None:
            raise TramaError("field:unknown", f"no field {key[:60]} is declared")
        row = msgspec.structs.replace(found, archived=archived)
        await store.save_field(c, row)
        action = "field_archived" if archived else "field_saved"
        await audit.note(c, action, f"contact_field:{key}", person=person)
    return row


async def tags(rt: Runtime, tenant: int) -> list[TagRow]:
    """Declared ones and those that contacts have."""
    async with rt.db.tenant(tenant) as c:
        return await store.tags(c)


async def save_tag(
    rt: Runtime, tenant: int, name: str, color: Color = "plain", *, person: int | None = None
) -> None:
    """Raises `contact:bad-tag`."""
    (kept,) = contact_values.tags([name], "/name")
    async with rt.db.tenant(tenant) as c:
        await store.save_tag(c, kept, color)
        await audit.note(c, "tag_saved", f"tag:{kept}", person=person, after={"color": color})


async def rename_tag(rt: Runtime, tenant: int, old: str, new: str, *, person: int | None = None) -> int:
    """On all contacts; how many have it. A name that is there already joins the two. Raises `contact:bad-tag`."""
    (kept,) = contact_values.tags([new], "/name")
    old = contact_values.plain(old)
    if kept == old:
        return 0
    async with rt.db.tenant(tenant) as c:
        changed = await store.rename_tag(c, old, kept)
        await audit.note(c, "tag_renamed", f"tag:{kept}", person=person, before=old, contacts=changed)
    return changed


async def drop_tag(rt: Runtime, tenant: int, name: str, *, person: int | None = None) -> int:
    """From all contacts; how many had it."""
    name = contact_values.plain(name)
    async with rt.db.tenant(tenant) as c:
        changed = await store.drop_tag(c, name)
        await audit.note(c, "tag_dropped", f"tag:{name}", person=person, contacts=changed)
    return changed
