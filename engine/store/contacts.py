"""Contacts: found by what is known of them, read in pages, created and changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import asyncpg
import msgspec

from engine.core.errors import TramaError
from engine.store import arrivals
from engine.store.database import Connection
from engine.store.payloads import clean, encode

ContactState = Literal["active", "merged", "erased"]
MOST_COUNTED = 100_000


class ContactRow(msgspec.Struct, frozen=True, kw_only=True):
    """`merged_into` is set in state merged. `rev` moves with each change that people make."""

    id: int
    name: str
    phone: str
    email: str
    cpf: str
    language: str
    tags: list[str]
    fields: dict[str, Any]
    opted_out: bool
    created_at: datetime
    updated_at: datetime
    last_seen_at: datetime | None
    state: ContactState
    merged_into: int | None
    rev: int


class Values(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What people may change of a contact."""

    name: str
    phone: str
    email: str
    cpf: str
    language: str
    tags: list[str]
    fields: dict[str, Any]
    opted_out: bool


class Match(msgspec.Struct, frozen=True):
    """A contact known by a key: a number as `trama_phone` writes it, an address in small letters, a CPF."""

    kind: Literal["phone", "email", "cpf"]
    key: str
    contact: int


_ROW = """
SELECT k.id, k.name, k.phone, k.email, k.cpf, k.language, k.tags, k.fields, k.opted_out, k.created_at, k.updated_at,
       k.state, k.merged_into, k.rev,
       (SELECT max(v.last_inbound_at) FROM conversation v WHERE v.contact_id = k.id) AS last_seen_at
FROM contact k
"""


async def get(c: Connection, ident: int) -> ContactRow:
    """Raises `contact:unknown`. Merged and erased ones are given too: their state says so."""
    row = await c.fetchrow(f"{_ROW} WHERE k.id = $1", ident)
    if row is None:
        raise TramaError("contact:unknown", f"there is no contact {ident}")
    return _row(row)


async def active(c: Connection, ident: int) -> ContactRow:
    """One that may be changed, locked for this transaction. Raises `contact:unknown`, `contact:merged`,
    `contact:erased`."""
    await c.execute("SELECT 1 FROM contact WHERE id = $1 FOR NO KEY UPDATE", ident)
    row = await get(c, ident)
    if row.state == "merged":
        raise TramaError("contact:merged", f"contact {ident} is part of contact {row.merged_into} now")
    if row.state == "erased":
        raise TramaError("contact:erased", f"contact {ident} was erased")
    return row


async def follow(c: Connection, ident: int) -> int:
    """Where the contact is by now: itself, or whom it was merged into. Raises `contact:unknown`, `contact:erased`."""
    row = await c.fetchrow(
        "WITH RECURSIVE way AS (SELECT id, state, merged_into FROM contact WHERE id = $1 UNION "
        "SELECT k.id, k.state, k.merged_into FROM way JOIN contact k ON k.id = way.merged_into) "
        "SELECT id, state FROM way WHERE state <> 'merged'",
        ident,
    )
    if row is None:
        raise TramaError("contact:unknown", f"there is no contact {ident}")
    if row["state"] == "erased":
        raise TramaError("contact:erased", f"contact {ident} was erased")
    found: int = row["id"]
    return found


async def page(c: Connection, filters: dict[str, Any], *, before: int, limit: int) -> list[ContactRow]:
    """Those whom the filters of `trama_contacts_where` let through, newest first."""
    rows = await c.fetch(
        f"{_ROW} WHERE k.id = ANY(ARRAY(SELECT trama_contacts($1, $2, $3))) ORDER BY k.id DESC",
        encode(filters),
        before,
        limit,
    )
    return [_row(r) for r in rows]


async def count(c: Connection, filters: dict[str, Any]) -> int:
    """At most `MOST_COUNTED`."""
    found: int = await c.fetchval("SELECT trama_contacts_count($1, $2)", encode(filters), MOST_COUNTED)
    return found


async def several(c: Connection, idents: list[int]) -> dict[int, ContactRow]:
    rows = await c.fetch(f"{_ROW} WHERE k.id = ANY($1::bigint[])", idents)
    return {r["id"]: _row(r) for r in rows}


async def match(c: Connection, *, phones: list[str], emails: list[str], cpfs: list[str]) -> list[Match]:
    """Active contacts that are known by one of these keys."""
    rows = await c.fetch(
        "SELECT kind, key, contact_id FROM trama_match_contacts($1, $2, $3) ORDER BY contact_id",
        phones,
        emails,
        cpfs,
    )
    return [Match(r["kind"], r["key"], r["contact_id"]) for r in rows]


async def find(c: Connection, *, phone_key: str, email: str, cpf: str) -> int | None:
    """The oldest contact known by this number in any spelling, else by the address, else by the CPF."""
    found = await match(
        c,
        phones=[phone_key] if phone_key else [],
        emails=[clean(email).lower()] if email else [],
        cpfs=[clean(cpf)] if cpf else [],
    )
    for kind in ("phone", "email", "cpf"):
        for one in found:
            if one.kind == kind:
                return one.contact
    return None


async def add(
    c: Connection,
    *,
    name: str,
    phone: str,
    email: str,
    cpf: str,
    language: str = "",
    tags: list[str] | None = None,
    fields: dict[str, Any] | None = None,
    evidence: str = "given by another system",
) -> int:
    """A new contact, recognised by its number when it writes."""
    ident: int = await c.fetchval(
        "INSERT INTO contact (name, phone, email, cpf, language, tags, fields) VALUES ($1, $2, $3, $4, $5, $6, $7) "
        "RETURNING id",
        clean(name)[:200],
        clean(phone)[:32],
        clean(email)[:320],
        clean(cpf)[:32],
        clean(language)[:16],
        tags or [],
        encode(fields or {}),
    )
    if phone:
        await c.execute(
            "INSERT INTO contact_identity (contact_id, kind, value, evidence) VALUES ($1, 'phone', $2, $3) "
            "ON CONFLICT DO NOTHING",
            ident,
            clean(phone)[:32],
            evidence,
        )
    return ident


async def change(c: Connection, ident: int, values: Values) -> None:
    """The row must be locked (`active`)."""
    await c.execute(
        "UPDATE contact SET name = $2, phone = $3, email = $4, cpf = $5, language = $6, tags = $7, fields = $8, "
        "opted_out = $9, updated_at = now(), rev = rev + 1 WHERE id = $1",
        ident,
        clean(values.name),
        clean(values.phone),
        clean(values.email),
        clean(values.cpf),
        clean(values.language),
        [clean(t) for t in values.tags],
        encode(values.fields),
        values.opted_out,
    )


def values_of(row: ContactRow) -> Values:
    return Values(**{name: getattr(row, name) for name in Values.__struct_fields__})


async def reach(c: Connection, contact: int, phone: str) -> int | None:
    """The contact's conversation: the one that spoke last, else a new one on a channel that knows the person,
    else on the first number-based channel when there is a phone number. None when there is no way."""
    found: int | None = await c.fetchval(
        "SELECT id FROM conversation WHERE contact_id = $1 AND state = 'open' "
        "ORDER BY last_message_at DESC, id DESC LIMIT 1",
        contact,
    )
    if found is not None:
        return found
    channel: int | None = await c.fetchval(
        "SELECT i.channel_id FROM contact_identity i JOIN channel ch ON ch.id = i.channel_id "
        "WHERE i.contact_id = $1 AND ch.state = 'active' ORDER BY i.id LIMIT 1",
        contact,
    )
    if channel is None and phone:
        channel = await c.fetchval(
            "SELECT id FROM channel WHERE kind = 'whatsapp_cloud' AND state = 'active' ORDER BY id LIMIT 1"
        )
        if channel is not None:
            await c.execute(
                "INSERT INTO contact_identity (channel_id, kind, value, contact_id, evidence) "
                "VALUES ($1, 'wa_id', $2, $3, 'phone given by another system') ON CONFLICT DO NOTHING",
                channel,
                phone,
                contact,
            )
    if channel is None:
        return None
    await arrivals.open_conversations(c, [channel], [contact])
    opened: int = await c.fetchval(
        "SELECT id FROM conversation WHERE contact_id = $1 AND channel_id = $2 AND state = 'open'",
        contact,
        channel,
    )
    return opened


def _row(row: asyncpg.Record) -> ContactRow:
    values = dict(row)
    values["fields"] = msgspec.json.decode(values["fields"])
    return ContactRow(**values)
