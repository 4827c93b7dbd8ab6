"""The circuit breakers of a company's channels and services, kept in the database for all processes."""

from __future__ import annotations

from datetime import datetime

import msgspec

from connectors.breaker import Breaker, BreakerState
from engine.services.runtime import Runtime
from engine.store import rates
from engine.store.database import Connection

RULE = Breaker()
_CLOSED = BreakerState()


async def load(c: Connection, keys: set[str], *, for_update: bool = True) -> dict[str, BreakerState]:
    """States of all these keys; those never written are closed."""
    stored = await rates.breakers(c, sorted(keys), for_update=for_update)
    return {k: msgspec.json.decode(stored[k], type=BreakerState) if k in stored else _CLOSED for k in keys}


async def keep(c: Connection, before: dict[str, BreakerState], after: dict[str, BreakerState]) -> None:
    for key, state in sorted(after.items()):
        if state != before[key]:
            await rates.keep_breaker(c, key, msgspec.json.encode(state))


async def note(c: Connection, outcomes: list[tuple[str, bool]], now: datetime) -> None:
    """Let calls that went well or failed count. Closed and well is the common case and writes nothing."""
    before = await load(c, {key for key, _ in outcomes})
    after = dict(before)
    for key, well in outcomes:
        after[key] = RULE.success(after[key], now) if well else RULE.failure(after[key], now)
    await keep(c, before, after)


async def breakers(rt: Runtime, tenant: int) -> dict[str, BreakerState]:
    """All that are not in their first state."""
    async with rt.db.tenant(tenant) as c:
        stored = await rates.all_breakers(c)
    return {key: msgspec.json.decode(state, type=BreakerState) for key, state in stored.items()}


async def reset(rt: Runtime, tenant: int, key: str) -> None:
    """Close it by hand."""
    async with rt.db.tenant(tenant) as c:
        await rates.keep_breaker(c, key, msgspec.json.encode(_CLOSED))
    rt.bell.ring("deliver")
    rt.bell.ring("call")
