"""Contacts: found by what is known of them, read in pages."""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from engine.core.errors import TramaError
from engine.store import arrivals
from engine.store.database import Connection
from engine.store.payloads import clean


class ContactRow(msgspec.Struct, frozen=True, kw_only=True):
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


class IdentityRow(msgspec.Struct, frozen=True, kw_only=True):
    channel_id: int
    kind: str
    value: str
    evidence: str


class ConsentRow(msgspec.Struct, frozen=True, kw_only=True):
    topic: str
    granted: bool
    words: str
    source: str
    at: datetime


_ROW = "id, name, phone, email, cpf, language, tags, fields, opted_out, created_at"


async def get(c: Connection, ident: int) -> ContactRow:
    """Raises `contact:unknown`."""
    row = await c.fetchrow(f"SELECT {_ROW} FROM contact WHERE id = $1", ident)
    if row is None:
        raise TramaError("contact:unknown", f"there is no contact {ident}")
    return _row(row)


async def page(c: Connection, *, before: int, limit: int) -> list[ContactRow]:
    rows = await c.fetch(f"SELECT {_ROW} FROM contact WHERE id < $1 ORDER BY id DESC LIMIT $2", before, limit)
    return [_row(r) for r in rows]


async def search(c: Connection, words: str, *, before: int, limit: int) -> list[ContactRow]:
    rows = await c.fetch(
        f"SELECT {_ROW} FROM contact WHERE id IN (SELECT trama_search_contacts($1, $2, $3)) ORDER BY id DESC",
        words,
        before,
        limit,
    )
    return [_row(r) for r in rows]


async def identities(c: Connection, ident: int) -> list[IdentityRow]:
    rows = await c.fetch(
        "SELECT channel_id, kind, value, evidence FROM contact_identity WHERE contact_id = $1 ORDER BY id",
        ident,
    )
    return [IdentityRow(**dict(r)) for r in rows]


async def consents(c: Connection, ident: int) -> list[ConsentRow]:
    rows = await c.fetch(
        "SELECT topic, granted, words, source, at FROM consent WHERE contact_id = $1 ORDER BY id DESC LIMIT 200",
        ident,
    )
    return [ConsentRow(**dict(r)) for r in rows]


async def find(c: Connection, *, phones: list[str], email: str, cpf: str) -> int | None:
    """The contact known by one of these spellings of a number, else by the address, else by the CPF."""
    found: int | None = await c.fetchval(
        "SELECT contact_id FROM contact_identity WHERE kind IN ('wa_id', 'phone') AND value = ANY($1::text[]) "
        "ORDER BY id LIMIT 1",
        phones,
    )
    for column, value in (("email", email), ("cpf", cpf)):
        if found is None and value:
            found = await c.fetchval(
                f"SELECT id FROM contact WHERE {column} = $1 ORDER BY id LIMIT 1", clean(value)
            )
    return found


async def add(c: Connection, *, name: str, phone: str, email: str, cpf: str) -> int:
    ident: int = await c.fetchval(
        "INSERT INTO contact (name, phone, email, cpf) VALUES ($1, $2, $3, $4) RETURNING id",
        clean(name)[:200],
        clean(phone),
        clean(email)[:320],
        clean(cpf),
    )
    return ident


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
