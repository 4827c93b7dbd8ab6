"""`trama demo` as a process: what a newcomer starts, through real sockets, until it is stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
PHONE = "5511988880000"
pytestmark = pytest.mark.slow


class Running:
    """The process, its address, and what the stand-in of the Graph API says."""

    def __init__(self, process: asyncio.subprocess.Process, lines: list[str]) -> None:
        self.process, self.lines = process, lines
        self.client = httpx.AsyncClient(base_url=lines[0].removeprefix("Trama: "), timeout=30)
        self._after = 0

    async def says(self, expect: str, **said: Any) -> dict[str, Any]:
        """The customer says something; the answer that holds these words."""
        body = {"from": PHONE, "name": "João"} | said
        assert (await self.client.post("/_fake/graph/_inbound", json=body)).status_code == 200
        return await self.hears(expect)

    async def hears(self, expect: str) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while True:
                query = {"after": self._after, "wait": 5}
                told = (await self.client.get("/_fake/graph/_sent", params=query)).json()
                for message in told:
                    self._after = max(self._after, message["n"])
                    if expect in message["text"]:
                        found: dict[str, Any] = message
                        return found


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("TRAMA_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "engine.cli.main", "demo", "--port", "0",
        cwd=ROOT, env=env | {"TRAMA_DATA_DIR": str(tmp_path / "data")}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    lines: list[str] = []
    async with asyncio.timeout(60):
        while not (lines and "login" in lines[-1]):
            line = (await process.stdout.readline()).decode()
            assert line, "it ended before it was ready"
            lines.append(line.strip())
    one = Running(process, lines)
    yield one
    await one.client.aclose()
    if process.returncode is None:
        process.send_signal(signal.SIGINT)
    async with asyncio.timeout(30):
        assert await process.wait() == 0


async def test_a_customer_is_answered_and_a_presenter_can_log_in(running: Running) -> None:
    assert any("demo@plataforma.com / demo123" in line for line in running.lines)
    await running.says("CPF", text="quero minha fatura")
    await running.says("Maria", text="111.111.111-11")
    form = {"email": "demo@plataforma.com", "password": "demo123"}
    assert (await running.client.post("/login", data=form)).status_code == 303
    page = (await running.client.get("/api/v1/conversations")).json()
    assert [row["contact_phone"] for row in page["items"]] == [PHONE]


async def test_it_listens_only_where_it_should(running: Running) -> None:
    assert (await running.client.post("/_fake/erp/payments/simulate", json={})).status_code == 401
    assert (await running.client.get("/health/ready")).json()["ready"] is True
