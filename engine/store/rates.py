"""Rate limits (GCRA) and circuit breakers that all processes share.

GCRA keeps one time per key, the theoretical arrival time: a send may go when that time lies no further ahead than
the burst allows, and each send moves it on by one period.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from engine.store.database import Connection


class Passed(NamedTuple):
    """`at` is when it may go: now, or later when `allowed` is false; `tat` the time to keep."""

    allowed: bool
    at: datetime
    tat: datetime


def gcra(tat: datetime, now: datetime, period: timedelta, burst: int) -> Passed:
    """Whether one more may pass now, with one every `period` and `burst` in a row after a rest."""
    start = max(tat, now)
    earliest = start - period * (burst - 1)
    if earliest > now:
        return Passed(False, earliest, tat)
    return Passed(True, now, start + period)


async def lock(c: Connection, keys: list[str]) -> dict[str, datetime]:
    """The times of these keys, locked until the transaction ends; unknown keys begin now."""
    rows = await c.fetch(
        "INSERT INTO rate (key, tat) SELECT k, now() FROM unnest($1::text[]) k "
        "ON CONFLICT (tenant_id, key) DO UPDATE SET tat = rate.tat RETURNING key, tat",
        sorted(set(keys)),
    )
    return {r["key"]: r["tat"] for r in rows}


async def keep(c: Connection, times: dict[str, datetime]) -> None:
    await c.execute(
        "UPDATE rate r SET tat = x.tat FROM unnest($1::text[], $2::timestamptz[]) x(key, tat) WHERE r.key = x.key",
        list(times),
        list(times.values()),
    )


async def forget_old(c: Connection) -> None:
    """A time that has passed says the same as none."""
    await c.execute("DELETE FROM rate WHERE tat < now() - interval '10 minutes'")


async def breakers(c: Connection, keys: list[str], *, for_update: bool = True) -> dict[str, bytes]:
    """Stored breaker states (JSON) of these keys, those that exist."""
    lock_rows = " FOR UPDATE" if for_update else ""
    rows = await c.fetch(
        "SELECT key, state FROM breaker WHERE key = ANY($1::text[]) ORDER BY key" + lock_rows,  # noqa: S608
        keys,
    )
    return {r["key"]: r["state"] for r in rows}


async def all_breakers(c: Connection) -> dict[str, bytes]:
    return {r["key"]: r["state"] for r in await c.fetch("SELECT key, state FROM breaker ORDER BY key")}


async def keep_breaker(c: Connection, key: str, state: bytes) -> None:
    await c.execute(
        "INSERT INTO breaker (key, state) VALUES ($1, $2) "
        "ON CONFLICT (tenant_id, key) DO UPDATE SET state = excluded.state, updated_at = now()",
        key,
        state,
    )
