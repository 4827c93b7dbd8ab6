"""Message templates that a channel approved."""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from datetime import datetime
from typing import Literal

import asyncpg
import msgspec

from engine.core.errors import TramaError
from engine.store.database import Connection
from engine.store.payloads import clean, encode

Category = Literal["utility", "marketing", "authentication"]
Status = Literal["draft", "pending", "approved", "rejected", "paused", "disabled"]


class TemplateRow(msgspec.Struct, frozen=True, kw_only=True):
    """`body` with {{1}}, {{2}} … as the channel knows it; `parameters` name them for people, in their order; `buttons`
    are the titles of the quick replies."""

    id: int
    channel_id: int
    name: str
    language: str
    category: Category
    status: Status
    header: str
    body: str
    footer: str
    buttons: list[str]
    parameters: list[str]
    updated_at: datetime


_ROW = (
    "id, channel_id, name, language, category, status, header, body, footer, buttons, parameters, updated_at"
)


async def of_channel(
    c: Connection, channel: int | None, *, status: Status | None, before: int, limit: int
) -> list[TemplateRow]:
    rows = await c.fetch(
        f"SELECT {_ROW} FROM template WHERE ($1::bigint IS NULL OR channel_id = $1) "
        "AND ($2::text IS NULL OR status = $2) AND id < $3 ORDER BY id DESC LIMIT $4",
        channel,
        status,
        before,
        limit,
    )
    return [_row(r) for r in rows]


async def get(c: Connection, ident: int) -> TemplateRow:
    """Raises `template:unknown`."""
    row = await c.fetchrow(f"SELECT {_ROW} FROM template WHERE id = $1", ident)
    if row is None:
        raise TramaError("template:unknown", f"there is no template {ident}")
    return _row(row)


async def save(
    c: Connection,
    channel: int,
    name: str,
    language: str,
    *,
    category: Category,
    status: Status,
    header: str,
    body: str,
    footer: str,
    buttons: list[str],
    parameters: list[str],
) -> TemplateRow:
    """The template of that channel, name and language: made, or brought to what the channel says now."""
    row = await c.fetchrow(
        "INSERT INTO template (channel_id, name, language, category, status, header, body, footer, buttons, "
        "parameters) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
        "ON CONFLICT (tenant_id, channel_id, name, language) "
        "DO UPDATE SET category = excluded.category, status = excluded.status, header = excluded.header, "
        "body = excluded.body, footer = excluded.footer, buttons = excluded.buttons, "
        f"parameters = excluded.parameters, updated_at = now() RETURNING {_ROW}",
        channel,
        name,
        language,
        category,
        status,
        clean(header),
        clean(body),
        clean(footer),
        encode(buttons),
        encode(parameters),
    )
    assert row is not None
    return _row(row)


def _row(r: asyncpg.Record) -> TemplateRow:
    values = dict(r)
    values["buttons"] = msgspec.json.decode(values["buttons"], type=list[str])
    values["parameters"] = msgspec.json.decode(values["parameters"], type=list[str])
    return TemplateRow(**values)
