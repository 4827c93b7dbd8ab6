"""Companies: their settings, their clock, and who has work waiting."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal

import msgspec

from engine.core.errors import TramaError
from engine.core.world import Command, Guards
from engine.store.database import Connection, Database


class TenantSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`hours` as in `World`; `holidays` are extra days beside the official ones of `country` and `region` that are of
    `holiday_categories`, `yearly` such days that come back every year (`MM-DD`). Roles in `second_factor` must have
    one. `texts` override the product's own sentences by key; `company` is what templates see as `company`."""

    language: str = "pt-BR"
    zone: str = "America/Sao_Paulo"
    country: str = "BR"
    region: str = ""
    hours: dict[str, list[tuple[str, str]]] = {}
    holidays: dict[date, str] = {}
    holiday_categories: list[Literal["public", "optional"]] = msgspec.field(
        default_factory=lambda: ["public"]
    )
    yearly: dict[str, str] = {}
    second_factor: list[str] = []
    commands: list[Command] = []
    guards: Guards = Guards()
    texts: dict[str, str] = {}
    company: dict[str, Any] = {}


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    slug: str
    name: str
    settings: TenantSettings
    clock_offset: timedelta
    rev: int
    flows_rev: int


Work = Literal["turns", "sends", "calls", "imports"]


async def create(db: Database, slug: str, name: str) -> int:
    """The company's id; an existing one of that slug is kept."""
    async with db.system() as c:
        ident: int = await c.fetchval("SELECT trama_create_tenant($1, $2)", slug, name)
        return ident


async def by_slug(db: Database, slug: str) -> int | None:
    async with db.system() as c:
        found: int | None = await c.fetchval("SELECT trama_tenant_of_slug($1)", slug)
        return found


async def everyone(db: Database) -> list[int]:
    return [r[0] for r in await db.across("SELECT trama_tenants()")]


async def with_work(db: Database, kind: Work) -> list[int]:
    """Tenants that have turns, sends or calls due."""
    return [r[0] for r in await db.across(f"SELECT trama_tenants_with_{kind}()")]


async def get(c: Connection) -> Tenant:
    """The tenant of this transaction."""
    row = await c.fetchrow(
        "SELECT id, slug, name, settings, clock_offset_seconds, rev, flows_rev FROM tenant WHERE id = trama_tenant()"
    )
    if row is None:
        raise TramaError("tenant:unknown", "there is no such company")
    return Tenant(
        id=row["id"],
        slug=row["slug"],
        name=row["name"],
        settings=msgspec.json.decode(row["settings"], type=TenantSettings),
        clock_offset=timedelta(seconds=row["clock_offset_seconds"]),
        rev=row["rev"],
        flows_rev=row["flows_rev"],
    )


async def save_settings(c: Connection, settings: TenantSettings) -> None:
    await c.execute("UPDATE tenant SET settings = $1, rev = rev + 1", msgspec.json.encode(settings))


async def lock(c: Connection) -> None:
    """Until the transaction ends nobody else changes the settings."""
    await c.execute("SELECT 1 FROM tenant FOR UPDATE")


async def rename(c: Connection, name: str) -> None:
    await c.execute("UPDATE tenant SET name = $1, rev = rev + 1", name)


async def set_clock(c: Connection, offset: timedelta) -> None:
    """Set the offset and move what is due: rows hold real time, so what waits comes nearer as the clock leaps.
    Only waits and schedules move; retries of sends and calls are the real world's business."""
    before: float = await c.fetchval("SELECT clock_offset_seconds FROM tenant FOR UPDATE")
    leap = offset - timedelta(seconds=before)
    await c.execute("UPDATE tenant SET clock_offset_seconds = $1, rev = rev + 1", offset.total_seconds())
    await c.execute(
        "UPDATE inbox SET due_at = due_at - $1::interval, occurred_at = occurred_at - $1::interval "
        "WHERE state = 'new' AND kind IN ('timer', 'flow')",
        leap,
    )


async def next_due(c: Connection) -> datetime | None:
    found: datetime | None = await c.fetchval("SELECT min(due_at) FROM inbox WHERE state = 'new'")
    return found
