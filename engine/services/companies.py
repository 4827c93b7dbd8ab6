"""Companies (tenants): made by whoever runs the installation, set up by their own people."""

from __future__ import annotations

import re

from engine.core import commands
from engine.core.errors import TramaError
from engine.services.runtime import Runtime
from engine.store import audit
from engine.store import tenants as store
from engine.store.tenants import Tenant, TenantSettings

READY_MADE = TenantSettings(
    hours={day: [("08:00", "18:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
    | {"sat": [("08:00", "12:00")]},
    commands=commands.READY_MADE,
)
"""What a new company begins with: usual Brazilian opening hours and the commands of the ready-made flows."""
_SLUG = re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$")


async def ensure(rt: Runtime, slug: str, name: str) -> tuple[int, bool]:
    """The company of that slug, and whether it is new. Raises `tenant:bad-slug`."""
    if not _SLUG.match(slug):
        raise TramaError("tenant:bad-slug", "small letters, digits and dashes", path="/slug")
    known = await store.by_slug(rt.db, slug)
    if known is not None:
        return known, False
    return await store.create(rt.db, slug, name), True


async def find(rt: Runtime, slug: str) -> int:
    """The company of that slug. Raises `tenant:unknown`."""
    known = await store.by_slug(rt.db, slug)
    if known is None:
        raise TramaError("tenant:unknown", f"there is no company {slug}")
    return known


async def company(rt: Runtime, tenant: int) -> Tenant:
    """Raises `tenant:unknown`."""
    async with rt.db.tenant(tenant) as c:
        return await store.get(c)


async def configure(rt: Runtime, tenant: int, settings: TenantSettings, *, person: int | None = None) -> None:
    """Hours, holidays, commands, texts. In force from the next turn on."""
    async with rt.db.tenant(tenant) as c:
        await store.save_settings(c, settings)
        await audit.note(c, "company_configured", "tenant", person=person)


async def everyone(rt: Runtime) -> list[int]:
    return await store.everyone(rt.db)
