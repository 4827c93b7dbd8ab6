"""Duplicates: proposed with their evidence, merged by a person, and two again when it was a mistake.

Nothing is merged by itself. Where both have an open conversation on one channel, the one in which a person is wanted
goes on, else the one that spoke last; the other is closed with the reason `merged`. When people serve both, the
merge is refused: it would take a conversation out of somebody's hands.
"""

from __future__ import annotations

import msgspec

from engine.core.errors import TramaError
from engine.services import contact_values
from engine.services.contacts import note_change
from engine.services.live import News
from engine.services.runtime import Runtime
from engine.store import audit, identities, merges
from engine.store import contacts as store
from engine.store.contacts import ContactRow, Values
from engine.store.database import Connection
from engine.store.merges import Evidence, MergeRow, Moved, Served


class Duplicate(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may be the same person, and why we think so."""

    contact: ContactRow
    evidence: list[Evidence]


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two contacts that share something; `id` is that of the newer one."""

    id: int
    older: ContactRow
    newer: ContactRow
    evidence: list[Evidence]


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What the kept contact would be; how many names, consents and conversations come; which would be closed.
    `refused` is the code of what stands in the way."""

    before: Values
    after: Values
    identities: int
    conversations: int
    closes: list[int]
    evidence: list[Evidence]
    refused: str = ""


async def duplicates(rt: Runtime, tenant: int, contact: int) -> list[Duplicate]:
    """Who shares a CPF, a number in any spelling or an address with the contact. Raises `contact:unknown`."""
    async with rt.db.tenant(tenant) as c:
        row = await store.get(c, contact)
        if row.state != "active":
            return []
        found = await _alike(c, row)
        two = await merges.known_as_two(c, contact)
        rows = await store.several(c, [i for i in found if i not in two])
    return [Duplicate(contact=rows[i], evidence=found[i]) for i in sorted(rows)]


async def pairs(rt: Runtime, tenant: int, *, before: int = 2**62, limit: int = 50) -> list[Pair]:
    """Over the whole base, newest first."""
    async with rt.db.tenant(tenant) as c:
        found = await merges.pairs(c, before=before, limit=max(1, min(limit, 200)))
        rows = await store.several(c, sorted({i for one, other, _ in found for i in (one, other)}))
    return [
        Pair(id=newer, older=rows[older], newer=rows[newer], evidence=[Evidence(k) for k in kinds])
        for older, newer, kinds in found
    ]


async def preview(rt: Runtime, tenant: int, kept: int, gone: int) -> Preview:
    """What `merge` would do. Raises what it raises, but for what stands in `refused`."""
    async with rt.db.tenant(tenant) as c:
        keeps, goes = await _both(c, kept, gone)
        served = await merges.open_conversations(c, kept, gone)
        try:
            closes, refused = _closing(served, kept), ""
        except TramaError as fault:
            closes, refused = [], fault.code
        before = store.values_of(keeps)
        return Preview(
            before=before,
            after=_joined(before, store.values_of(goes)),
            identities=len(await identities.identities(c, gone)),
            conversations=sum(1 for s in served if s.contact == gone),
            closes=closes,
            evidence=(await _alike(c, keeps)).get(gone, []),
            refused=refused,
        )


async def merge(
    rt: Runtime, tenant: int, kept: int, gone: int, *, reason: str = "", person: int | None = None
) -> MergeRow:
    """`gone` becomes a part of `kept`. Raises `contact:unknown`, `contact:merged`, `contact:erased`,
    `merge:same`, `merge:both-served`."""
    async with rt.db.tenant(tenant) as c:
        await merges.lock(c)
        keeps, goes = await _both(c, kept, gone)
        evidence = (await _alike(c, keeps)).get(gone, [])
        if reason:
            evidence = [*evidence, Evidence("person", contact_values.plain(reason))]
        closes = _closing(await merges.open_conversations(c, kept, gone), kept)
        await merges.pin_addresses(c, [kept, gone])
        for conversation in closes:
            await merges.end(c, conversation)
        before, other = store.values_of(keeps), store.values_of(goes)
        after = _joined(before, other)
        moved = await merges.move(c, kept, gone, closes)
        added = [
            ident
            for kind, mine, theirs in (
                ("phone", after.phone, other.phone),
                ("email", after.email, other.email),
                ("cpf", after.cpf, other.cpf),
            )
            if theirs and theirs != mine and (ident := await merges.add_name(c, kept, kind, theirs, gone))
        ]
        moved = msgspec.structs.replace(moved, added=added)
        await store.change(c, kept, after)
        await merges.mark(c, gone, kept)
        ident = await merges.record(
            c, kept=kept, gone=gone, evidence=evidence, moved=moved, before=before, after=after, person=person
        )
        await audit.note(
            c, "contact_merged", f"contact:{gone}", person=person, into=kept, merge=ident, closed=closes
        )
        await note_change(c, "contact_changed", kept, before, after, person)
        row, _, _ = await merges.get(c, ident)
    _told(rt, tenant, moved)
    return row


async def undo(rt: Runtime, tenant: int, ident: int, *, person: int | None = None) -> MergeRow:
    """Two again. What the kept one was given by the merge and still has goes; what was changed since stays. Raises
    `merge:unknown`, `merge:undone`, `merge:later-first`, `contact:erased`."""
    async with rt.db.tenant(tenant) as c:
        await merges.lock(c)
        row, before, after = await merges.get(c, ident)
        if row.undone_at is not None:
            raise TramaError("merge:undone", "it was taken back already")
        blocking = await merges.later(c, row)
        if blocking is not None:
            raise TramaError("merge:later-first", f"take merge {blocking} back first")
        now = store.values_of(await store.active(c, row.kept_id))
        if (await store.get(c, row.gone_id)).state == "erased":
            raise TramaError("contact:erased", f"contact {row.gone_id} was erased")
        await merges.open_conversations(c, row.kept_id, row.gone_id)
        opened = await merges.move_back(c, row)
        values = _parted(now, before, after)
        await store.change(c, row.kept_id, values)
        await merges.mark(c, row.gone_id, None)
        await merges.undone(c, ident, person)
        await audit.note(
            c,
            "contact_merge_undone",
            f"contact:{row.gone_id}",
            person=person,
            kept=row.kept_id,
            opened=opened,
        )
        await note_change(c, "contact_changed", row.kept_id, now, values, person)
        row, _, _ = await merges.get(c, ident)
    _told(rt, tenant, row.moved)
    return row


async def history(rt: Runtime, tenant: int, contact: int) -> list[MergeRow]:
    """Merges of which the contact is a part, latest first. Raises `contact:unknown`."""
    async with rt.db.tenant(tenant) as c:
        await store.get(c, contact)
        return await merges.merges(c, contact)


async def are_two(rt: Runtime, tenant: int, one: int, other: int, *, person: int | None = None) -> None:
    """They are not proposed again. Raises what `merge` raises."""
    async with rt.db.tenant(tenant) as c:
        await _both(c, one, other)
        await merges.are_two(c, one, other, person)
        await audit.note(c, "contacts_distinct", f"contact:{one}", person=person, other=other)


async def _both(c: Connection, kept: int, gone: int) -> tuple[ContactRow, ContactRow]:
    if kept == gone:
        raise TramaError("merge:same", "a contact cannot be merged with itself", path="/other")
    # one order, so that two who merge the same pair at once do not wait for each other in a circle
    rows = {i: await store.active(c, i) for i in sorted((kept, gone))}
    return rows[kept], rows[gone]


async def _alike(c: Connection, row: ContactRow) -> dict[int, list[Evidence]]:
    """Other contacts by what they share with this one."""
    phones = {contact_values.phone_key(row.phone)} if row.phone else set()
    emails = {row.email.lower()} if row.email else set()
    cpfs = {row.cpf} if row.cpf else set()
    for name in await identities.identities(c, row.id):
        match name.kind:
            case "wa_id" | "phone":
                phones.add(contact_values.phone_key(name.value))
            case "email":
                emails.add(name.value.lower())
            case "cpf":
                cpfs.add(name.value)
    found: dict[int, list[Evidence]] = {}
    for match in await store.match(c, phones=sorted(phones), emails=sorted(emails), cpfs=sorted(cpfs)):
        if match.contact != row.id:
            found.setdefault(match.contact, []).append(Evidence(match.kind, match.key))
    return found


def _closing(served: list[Served], kept: int) -> list[int]:
    """Which conversations end, because a contact has one open conversation on a channel. Raises
    `merge:both-served`."""
    closing = []
    for channel in {s.channel for s in served}:
        both = [s for s in served if s.channel == channel]
        if len(both) < 2:
            continue
        if all(s.ticket for s in both):
            raise TramaError("merge:both-served", "people serve both on one channel; close one of them first")
        goes_on = max(both, key=lambda s: (s.ticket, s.at, s.contact == kept))
        closing += [s.id for s in both if s is not goes_on]
    return sorted(closing)


def _joined(kept: Values, gone: Values) -> Values:
    """The kept one's values, and the other's where it has none. Who opted out under one name did."""
    return Values(
        name=kept.name or gone.name,
        phone=kept.phone or gone.phone,
        email=kept.email or gone.email,
        cpf=kept.cpf or gone.cpf,
        language=kept.language or gone.language,
        tags=[*kept.tags, *(t for t in gone.tags if t not in kept.tags)],
        fields=gone.fields | kept.fields,
        opted_out=kept.opted_out or gone.opted_out,
    )


def _parted(now: Values, before: Values, after: Values) -> Values:
    """What the merge had set and nobody changed since becomes what it was."""
    plain = {
        name: getattr(before, name) if getattr(now, name) == getattr(after, name) else getattr(now, name)
        for name in ("name", "phone", "email", "cpf", "language", "opted_out")
    }
    came = {t for t in after.tags if t not in before.tags}
    fields = {
        key: value
        for key, value in now.fields.items()
        if key in before.fields or after.fields.get(key) != value
    }
    return Values(**plain, tags=[t for t in now.tags if t not in came], fields=fields)


def _told(rt: Runtime, tenant: int, moved: Moved) -> None:
    for conversation in [*moved.conversations, *moved.closed]:
        rt.live.publish(News("conversation_changed", tenant, conversation))
