"""A company's clock: the real one, moved ahead by an offset that only demonstrations and tests change.

Facts (when a message came) carry the company's time; what is due (timers, retries) is kept in real time, and
timers come nearer when the clock leaps.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.core.errors import TramaError
from engine.services.runtime import Runtime
from engine.store import audit, tenants

FURTHEST = timedelta(days=3660)


async def now(rt: Runtime, tenant: int) -> datetime:
    """The company's time (aware UTC)."""
    async with rt.db.tenant(tenant) as c:
        return rt.now() + (await tenants.get(c)).clock_offset


async def advance(rt: Runtime, tenant: int, delta: timedelta) -> datetime:
    """Let time pass; the new time. Timers that became due go off. Raises `clock:backwards`, `clock:too-far`."""
    if delta < timedelta(0):
        raise TramaError("clock:backwards", "time only passes; reset it instead")
    async with rt.db.tenant(tenant) as c:
        offset = (await tenants.get(c)).clock_offset + delta
        if offset > FURTHEST:
            raise TramaError("clock:too-far", "at most ten years ahead")
        await tenants.set_clock(c, offset)
        await audit.note(c, "clock_advanced", "tenant", seconds=delta.total_seconds())
    rt.turns.ring()
    return rt.now() + offset


async def reset(rt: Runtime, tenant: int) -> None:
    """Back to the real time. What waits goes off as much later as the clock was ahead."""
    async with rt.db.tenant(tenant) as c:
        await tenants.set_clock(c, timedelta(0))
