"""Is all well, and if not, what is to be done. Every check answers, none raises."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Literal

import asyncpg
import msgspec

from engine.core.errors import TramaError
from engine.services import channels, upkeep
from engine.services.runtime import Runtime
from engine.store import channels as channel_store
from engine.store import tenants
from engine.store.migrate import migrations

_LATE = timedelta(seconds=30)
_SERVER = 150000


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """`todo` says what to do, "" where all is well."""

    check: str
    state: Literal["ok", "warning", "error"]
    detail: str = ""
    todo: str = ""


async def database(rt: Runtime) -> Finding:
    """Whether the database answers."""
    return await _guarded("database", _database, rt)


async def examine(rt: Runtime, tenant: int | None = None) -> list[Finding]:
    """All checks, of one company's affairs or of everybody's; the later ones only when there is a database."""
    found = [await database(rt)]
    if found[0].state == "error":
        return found
    for name, check in (
        ("schema", _schema),
        ("secret key", _secrets),
        ("data folder", _folder),
        ("model", _model),
    ):
        found.append(await _guarded(name, check, rt))
    for one in await tenants.everyone(rt.db) if tenant is None else [tenant]:
        found += await _tenant(rt, one)
    return found


Check = Callable[[Runtime], Awaitable[Finding]]


async def _guarded(name: str, check: Check, rt: Runtime) -> Finding:
    try:
        return await check(rt)
    except (
        TramaError,
        OSError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
    ) as fault:
        return Finding(check=name, state="error", detail=str(fault)[:300], todo=_ADVICE.get(name, ""))


_ADVICE = {
    "database": "See that the server of TRAMA_DATABASE_URL runs and lets this machine in; for the embedded one "
    "look into postgres/log in the data folder.",
    "schema": "Run `trama migrate`.",
    "secret key": "Bring back the TRAMA_SECRET_KEY (or secret.key) that sealed the credentials, or enter them anew.",
    "data folder": "Give this user the right to write there, or set TRAMA_DATA_DIR.",
}


async def _database(rt: Runtime) -> Finding:
    async with rt.db.system() as c:
        version: int = await c.fetchval("SELECT current_setting('server_version_num')::int")
    if version < _SERVER:
        return Finding(
            check="database",
            state="error",
            detail=f"version {version}",
            todo="PostgreSQL 15 or newer is needed.",
        )
    return Finding(check="database", state="ok", detail=f"PostgreSQL {version // 10000}")


async def _schema(rt: Runtime) -> Finding:
    async with rt.db.system() as c:
        ran = {r["number"] for r in await c.fetch("SELECT number FROM trama_migration")}
    missing = [m.name for m in migrations() if m.number not in ran]
    if missing:
        return Finding(check="schema", state="error", detail=", ".join(missing), todo=_ADVICE["schema"])
    return Finding(check="schema", state="ok", detail=f"{len(ran)} migrations")


async def _secrets(rt: Runtime) -> Finding:
    opened = 0
    for tenant in await tenants.everyone(rt.db):
        async with rt.db.tenant(tenant) as c:
            rows = await channel_store.listed(c)
        for row in rows:
            if row.secrets is not None:
                rt.vault.open(row.secrets, tenant=tenant, field=f"channel:{row.id}")
                opened += 1
    return Finding(check="secret key", state="ok", detail=f"opens {opened} channels' credentials")


async def _folder(rt: Runtime) -> Finding:
    folder = rt.settings.data_dir
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return Finding(check="data folder", state="error", detail=str(folder), todo=_ADVICE["data folder"])
    return Finding(check="data folder", state="ok", detail=str(folder))


async def _model(rt: Runtime) -> Finding:
    """No node asks a language model yet, so there is none to miss; flows analyse by rules."""
    return Finding(check="model", state="ok", detail="none is needed: flows analyse by rules")


async def _tenant(rt: Runtime, tenant: int) -> list[Finding]:
    found = []
    queues = await upkeep.queues(rt, tenant)
    late = queues.oldest_due is not None and rt.now() - queues.oldest_due > _LATE
    detail = f"{queues.turns_due} turns, {queues.sends_due} sends, {queues.calls_due} calls due"
    found.append(
        Finding(
            check="queue",
            state="warning" if late else "ok",
            detail=detail,
            todo="Nothing works on them: see that `trama serve` or `trama worker` runs." if late else "",
        )
    )
    shown = queues.dead_letters + queues.unknown + queues.put_aside
    if shown:
        found.append(
            Finding(
                check="dead letters",
                state="warning",
                detail=f"{queues.dead_letters} sends, {queues.unknown} of unknown outcome, "
                f"{queues.put_aside} happenings",
                todo="Look at them in operations: retry or archive.",
            )
        )
    for one in await channels.channels(rt, tenant):
        try:
            await channels.loaded(rt, one.id)
        except TramaError as fault:
            found.append(
                Finding(
                    check=f"channel {one.name}",
                    state="error",
                    detail=str(fault),
                    todo="Set the channel up anew.",
                )
            )
            continue
        stopped = one.state == "stopped"
        found.append(
            Finding(
                check=f"channel {one.name}",
                state="warning" if stopped else "ok",
                detail=one.reason or one.kind,
                todo="Repair the cause and start the channel." if stopped else "",
            )
        )
    return found
