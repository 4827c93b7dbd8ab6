"""Flow documents: one draft each, and immutable numbered versions of which one may be live."""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

import hashlib
from datetime import datetime

import asyncpg
import msgspec

from engine.core.errors import TramaError
from engine.store.database import Connection


class FlowRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list. `draft_rev` counts the saves and guards against overwriting another person's."""

    id: str
    name: str
    kind: str
    draft_rev: int
    live_version: int | None
    archived: bool
    updated_at: datetime


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    flow_id: str
    version: int
    checksum: str
    note: str
    published_by: int | None
    published_at: datetime
    who: str = ""


_ROW = "id, name, kind, draft_rev, live_version, archived, updated_at"
_VERSION = (
    "v.flow_id, v.version, v.checksum, v.note, v.published_by, v.published_at, coalesce(p.name, '') AS who"
)


async def listed(c: Connection, *, archived: bool = False) -> list[FlowRow]:
    rows = await c.fetch(f"SELECT {_ROW} FROM flow WHERE archived = $1 ORDER BY id", archived)
    return [FlowRow(**dict(r)) for r in rows]


class FlowLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list as people look at it. `changed`: the draft is not what is live. `today`: conversations that
    were in the flow since a moment. `who` changed it last, "" for another system."""

    id: str
    name: str
    kind: str
    description: str
    tags: list[str]
    steps: int
    draft_rev: int
    live_version: int | None
    changed: bool
    archived: bool
    updated_at: datetime
    who: str
    today: int


async def lines(c: Connection, since: datetime, *, archived: bool) -> list[FlowLine]:
    rows = await c.fetch(
        "SELECT f.id, f.name, f.kind, coalesce(f.draft->>'description', '') AS description, f.tags, "
        "jsonb_array_length(f.draft->'nodes') AS steps, f.draft_rev, f.live_version, f.archived, f.updated_at, "
        "coalesce(p.name, '') AS who, v.document IS NOT NULL AND v.document <> f.draft AS changed, "
        "coalesce(n.today, 0) AS today FROM flow f LEFT JOIN person p ON p.id = f.updated_by "
        "LEFT JOIN flow_version v ON v.flow_id = f.id AND v.version = f.live_version "
        "LEFT JOIN (SELECT s->>'flow' AS flow, count(DISTINCT t.conversation_id) AS today FROM trace t, "
        "jsonb_array_elements(t.trace->'steps') s WHERE t.at >= $2 GROUP BY 1) n ON n.flow = f.id "
        "WHERE f.archived = $1 ORDER BY f.name, f.id",
        archived,
        since,
    )
    return [FlowLine(**dict(r)) for r in rows]


async def set_tags(c: Connection, flow: str, tags: list[str]) -> None:
    """Raises `flow:unknown`."""
    if not await c.fetchval("UPDATE flow SET tags = $2 WHERE id = $1 RETURNING true", flow, tags):
        raise TramaError("flow:unknown", f"there is no flow {flow}", path="/flow")


async def unarchive(c: Connection, flow: str) -> None:
    """Back in the list, as a draft: nothing is live before it is published again."""
    await c.execute("UPDATE flow SET archived = false WHERE id = $1", flow)


async def draft(c: Connection, flow: str) -> tuple[FlowRow, bytes]:
    """Row and draft document (JSON). Raises `flow:unknown`."""
    row = await c.fetchrow(f"SELECT {_ROW}, draft FROM flow WHERE id = $1", flow)
    if row is None:
        raise TramaError("flow:unknown", f"there is no flow {flow}", path="/flow")
    fields = dict(row)
    document: bytes = fields.pop("draft")
    return FlowRow(**fields), document


async def create(c: Connection, flow: str, name: str, kind: str, document: bytes, person: int | None) -> None:
    """Raises `flow:exists`."""
    try:
        await c.execute(
            "INSERT INTO flow (id, name, kind, draft, updated_by) VALUES ($1, $2, $3, $4, $5)",
            flow,
            name,
            kind,
            document,
            person,
        )
    except asyncpg.UniqueViolationError:
        raise TramaError("flow:exists", f"there is a flow {flow} already", path="/id") from None


async def save_draft(
    c: Connection, flow: str, name: str, kind: str, document: bytes, rev: int, person: int | None
) -> int:
    """The new revision. Raises `flow:changed-meanwhile` when `rev` is not the present one, `flow:unknown`."""
    saved: int | None = await c.fetchval(
        "UPDATE flow SET name = $2, kind = $3, draft = $4, draft_rev = draft_rev + 1, updated_by = $6, "
        "updated_at = now() WHERE id = $1 AND draft_rev = $5 RETURNING draft_rev",
        flow,
        name,
        kind,
        document,
        rev,
        person,
    )
    if saved is None:
        present, _ = await draft(c, flow)
        raise TramaError(
            "flow:changed-meanwhile", f"the draft is at revision {present.draft_rev}, not {rev}", path="/rev"
        )
    return saved


async def publish(c: Connection, flow: str, document: bytes, note: str, person: int | None) -> int:
    """Freeze `document` as the next version and make it live; its number."""
    number: int = await c.fetchval(
        "INSERT INTO flow_version (flow_id, version, document, checksum, note, published_by) "
        "SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5 FROM flow_version WHERE flow_id = $1 "
        "RETURNING version",
        flow,
        document,
        hashlib.sha256(document).hexdigest(),
        note,
        person,
    )
    await make_live(c, flow, number)
    return number


async def make_live(c: Connection, flow: str, version: int | None) -> None:
    """Raises `flow:unknown-version`. `None` takes the flow out of service for new sessions."""
    if version is not None and not await c.fetchval(
        "SELECT true FROM flow_version WHERE flow_id = $1 AND version = $2", flow, version
    ):
        raise TramaError("flow:unknown-version", f"flow {flow} has no version {version}", path="/version")
    await c.execute("UPDATE flow SET live_version = $2, archived = false WHERE id = $1", flow, version)
    await c.execute("UPDATE tenant SET flows_rev = flows_rev + 1")


async def archive(c: Connection, flow: str) -> None:
    await c.execute("UPDATE flow SET archived = true, live_version = NULL WHERE id = $1", flow)
    await c.execute("UPDATE tenant SET flows_rev = flows_rev + 1")


async def versions(c: Connection, flow: str) -> list[VersionRow]:
    rows = await c.fetch(
        f"SELECT {_VERSION} FROM flow_version v LEFT JOIN person p ON p.id = v.published_by "
        "WHERE v.flow_id = $1 ORDER BY v.version DESC",
        flow,
    )
    return [VersionRow(**dict(r)) for r in rows]


async def document(c: Connection, flow: str, version: int) -> bytes:
    """Raises `flow:unknown-version`."""
    found: bytes | None = await c.fetchval(
        "SELECT document FROM flow_version WHERE flow_id = $1 AND version = $2", flow, version
    )
    if found is None:
        raise TramaError("flow:unknown-version", f"flow {flow} has no version {version}", path="/version")
    return found


async def documents(c: Connection, wanted: list[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
    """Several versions at once, those that exist."""
    rows = await c.fetch(
        "SELECT flow_id, version, document FROM flow_version "
        "WHERE (flow_id, version) IN (SELECT * FROM unnest($1::text[], $2::int[]))",
        [f for f, _ in wanted],
        [v for _, v in wanted],
    )
    return {(r["flow_id"], r["version"]): r["document"] for r in rows}


async def live_versions(c: Connection) -> dict[str, int]:
    rows = await c.fetch("SELECT id, live_version FROM flow WHERE live_version IS NOT NULL")
    return {r["id"]: r["live_version"] for r in rows}


async def flows_rev(c: Connection) -> int:
    """Counts what changes which flows are live."""
    rev: int = await c.fetchval("SELECT flows_rev FROM tenant")
    return rev
