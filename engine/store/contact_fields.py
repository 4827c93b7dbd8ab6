"""Fields and tags that the company declares for its contacts."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.store.database import Connection, rows_changed
from engine.store.payloads import clean

FieldKind = Literal["text", "number", "money", "date", "choice", "yes_no", "cpf", "phone", "email"]


class FieldRow(msgspec.Struct, frozen=True, kw_only=True):
    """`options` are those of a choice."""

    key: str
    label: str
    kind: FieldKind
    options: list[str] = []
    position: int = 0
    archived: bool = False


class TagRow(msgspec.Struct, frozen=True, kw_only=True):
    """`contacts` have it. `declared` ones stand in the list also when nobody has them."""

    name: str
    color: str
    contacts: int
    declared: bool


async def fields(c: Connection, *, archived: bool = False) -> list[FieldRow]:
    rows = await c.fetch(
        "SELECT key, label, kind, options, position, archived FROM contact_field WHERE archived <= $1 "
        "ORDER BY position, key",
        archived,
    )
    return [FieldRow(**dict(r)) for r in rows]


async def save_field(c: Connection, row: FieldRow) -> None:
    await c.execute(
        "INSERT INTO contact_field (key, label, kind, options, position, archived) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (tenant_id, key) DO UPDATE SET label = excluded.label, kind = excluded.kind, "
        "options = excluded.options, position = excluded.position, archived = excluded.archived",
        row.key,
        clean(row.label),
        row.kind,
        [clean(o) for o in row.options],
        row.position,
        row.archived,
    )


async def tags(c: Connection) -> list[TagRow]:
    rows = await c.fetch(
        "SELECT name, coalesce(t.color, 'plain') AS color, coalesce(u.n, 0) AS contacts, "
        "t.name IS NOT NULL AS declared "
        "FROM tag t FULL JOIN (SELECT tag AS name, count(*) AS n FROM contact k, unnest(k.tags) tag "
        "WHERE k.tags <> '{}' AND k.state = 'active' GROUP BY 1) u USING (name) ORDER BY name LIMIT 2000"
    )
    return [TagRow(**dict(r)) for r in rows]


async def save_tag(c: Connection, name: str, color: str) -> None:
    await c.execute(
        "INSERT INTO tag (name, color) VALUES ($1, $2) ON CONFLICT (tenant_id, name) DO UPDATE "
        "SET color = excluded.color",
        clean(name),
        color,
    )


async def rename_tag(c: Connection, old: str, new: str) -> int:
    """On all contacts; how many have it under the new name. A contact that had both has it once."""
    await c.execute(
        "INSERT INTO tag (name, color) SELECT $2, color FROM tag WHERE name = $1 ON CONFLICT DO NOTHING",
        old,
        new,
    )
    await c.execute("DELETE FROM tag WHERE name = $1", old)
    return rows_changed(
        await c.execute(
            "UPDATE contact SET tags = array_replace(array_remove(tags, $2), $1, $2), rev = rev + 1, "
            "updated_at = now() WHERE tags @> ARRAY[$1]",
            old,
            new,
        )
    )


async def drop_tag(c: Connection, name: str) -> int:
    await c.execute("DELETE FROM tag WHERE name = $1", name)
    return rows_changed(
        await c.execute(
            "UPDATE contact SET tags = array_remove(tags, $1), rev = rev + 1, updated_at = now() "
            "WHERE tags @> ARRAY[$1]",
            name,
        )
    )
