"""The sweep: finds what no bell rang for. Losing every ring costs at most its interval."""

from __future__ import annotations

from engine.services import calls, delivery, snoozing
from engine.services.runtime import Runtime
from engine.store import drafts, imports, news, rates, tenants
from engine.store import upkeep as store
from engine.store.upkeep import Queues

SWEEP_SECONDS = 1.5


async def sweep(rt: Runtime) -> None:
    """Leases that ran out, unknown outcomes, reports that crossed, what was set aside until now; then ring for
    whatever is due."""
    for tenant in await tenants.everyone(rt.db):
        await delivery.sweep(rt, tenant)
        await calls.sweep(rt, tenant)
        await snoozing.wake(rt, tenant)
    if await tenants.with_work(rt.db, "sends"):
        rt.bell.ring("deliver")
    if await tenants.with_work(rt.db, "calls"):
        rt.bell.ring("call")


async def purge(rt: Runtime) -> None:
    """Clear away what is settled and old. Meant for once a minute; each kind at most 5,000 rows at a time."""
    for tenant in await tenants.everyone(rt.db):
        async with rt.db.tenant(tenant) as c:
            await store.purge(c)
            await rates.forget_old(c)
            await imports.forget_old(c)
            await news.forget(c)
            await drafts.forget_old(c)


async def queues(rt: Runtime, tenant: int) -> Queues:
    async with rt.db.tenant(tenant) as c:
        return await store.queues(c)
