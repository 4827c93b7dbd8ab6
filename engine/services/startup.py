"""From settings to a runtime that works: server, schema, connections, vault and the way out."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import asyncpg
import structlog

from connectors.driver import Driver
from engine.services.runtime import Runtime
from engine.settings import Settings, with_key
from engine.store.database import Database
from engine.store.migrate import ensure_database, migrate
from engine.store.server import Server, start
from engine.store.vault import Vault

_WATCH_SECONDS = 2.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Installation:
    """A database that is there and up to date. `stop` stops the embedded server, if it is ours."""

    settings: Settings
    server: Server
    migrated: list[str]

    @property
    def dsn(self) -> str:
        return self.server.dsn


async def install(settings: Settings) -> Installation:
    """Start the database where it is embedded, create and migrate it. Raises `store:…` and `settings:…`."""
    settings = with_key(settings)
    server = await asyncio.to_thread(start, settings.database_url, settings.data_dir)
    if not settings.database_url:
        await ensure_database(server.dsn)
    return Installation(settings, server, await migrate(server.dsn))


async def watch(installation: Installation) -> None:
    """For ever: start the embedded server again when it died. Until then everything waits, nothing is lost."""
    while True:
        await asyncio.sleep(_WATCH_SECONDS)
        try:
            connection = await asyncpg.connect(installation.dsn, timeout=5)
            await connection.close()
        except (OSError, asyncpg.PostgresError) as fault:
            _log.warning("database_away", fault=type(fault).__name__)
            try:
                await asyncio.to_thread(installation.server.revive)
            except (OSError, subprocess.SubprocessError) as failed:
                _log.warning("database_not_revived", fault=type(failed).__name__)


@asynccontextmanager
async def running(installation: Installation, *, listen: bool = True) -> AsyncIterator[Runtime]:
    """A runtime on the installation, for one process and its event loop. The bell is silent until somebody sets
    one (`rt.bell = HueyBell(...)`); with `listen` live news of other processes are heard."""
    settings = installation.settings
    driver = Driver(allow=settings.allow_hosts)
    rt = Runtime(
        settings=settings,
        db=await Database(installation.dsn, size=settings.database_pool).open(),
        vault=Vault(settings.secret_key),
        courier=driver,
    )
    if listen:
        await rt.live.start(rt.db, f"{os.getpid()}-{uuid4().hex[:8]}")
    try:
        yield rt
    finally:
        await rt.live.stop()
        await driver.aclose()
        await rt.db.close()
