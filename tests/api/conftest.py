"""The whole program behind its real doors, on a database of its own; the network is the stand-ins in the process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from doors import SITE, Company, company
from postgres import TestServer, server  # noqa: F401

from engine.app import Application, create_app
from engine.settings import Settings


@pytest.fixture
async def app(server: TestServer, tmp_path: Path) -> AsyncIterator[Application]:  # noqa: F811
    """Doors and turns, without screens. Nothing is sent: there is no worker."""
    name = await server.clone()
    settings = Settings(database_url=server.dsn(name), data_dir=tmp_path, secret_key=b"k" * 32, port=80)
    app, up, over = create_app(settings, parts=("api",)), asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with app.running():
            up.set()
            await over.wait()

    # in a task of its own, because what is entered must be left in the same one, and fixtures are not
    holding = asyncio.create_task(hold())
    waiting = asyncio.create_task(up.wait())
    await asyncio.wait((holding, waiting), return_when=asyncio.FIRST_COMPLETED)
    if holding.done():
        holding.result()
    yield app
    over.set()
    await holding
    await server.drop(name)


@pytest.fixture
async def client(app: Application) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SITE) as one:
        yield one


@pytest.fixture
async def acme(app: Application, client: httpx.AsyncClient) -> Company:
    return await company(app, client, "acme")


@pytest.fixture
async def rival(app: Application, client: httpx.AsyncClient) -> Company:
    return await company(app, client, "rival")


@pytest.fixture
async def url(acme: Company) -> AsyncIterator[str]:
    """Where WebSockets find the program."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(acme.app, lifespan="off", log_config=None, ws="websockets-sansio")
    serves = uvicorn.Server(config)
    serves.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(serves.serve(sockets=[listening]))
    yield f"ws://127.0.0.1:{listening.getsockname()[1]}"
    serves.should_exit = True
    await serving
