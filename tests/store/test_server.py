"""The embedded server: started, found again, and brought back after it was killed."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from engine.services import startup
from engine.settings import Settings


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="trama-kill-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.mark.slow
async def test_a_killed_server_comes_back_with_everything(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(startup, "_WATCH_SECONDS", 0.2)
    installation = await startup.install(Settings(data_dir=folder))
    try:
        async with startup.running(installation, listen=False) as rt:
            async with rt.db.system() as c:
                await c.fetchval("SELECT trama_create_tenant('a', 'A')")
            pid = int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, signal.SIGKILL)
            watching = asyncio.create_task(startup.watch(installation))
            async with asyncio.timeout(30):
                while True:
                    try:
                        found = await rt.db.across("SELECT trama_tenant_of_slug('a')")
                        break
                    except (
                        OSError,
                        asyncpg.PostgresError,
                        asyncpg.InterfaceError,
                        asyncpg.InternalClientError,
                    ):
                        await asyncio.sleep(0.1)
            watching.cancel()
            assert found[0][0] == 1
    finally:
        installation.server.stop()
