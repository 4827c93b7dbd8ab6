"""Runs the application under uvicorn until it is told to stop, or its loops without doors."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from typing import Any

import msgspec
import typer
import uvicorn

from engine.app import Application, Part, create_app
from engine.core.errors import TramaError
from engine.settings import Settings

GRACE_SECONDS = 8
"""How long open requests may take after a stop is asked for; what is stored is worked on after the next start."""


class Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()


def bound(host: str, port: int) -> socket.socket:
    """A listening address. Raises `serve:cannot-listen`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    one = socket.socket(family, socket.SOCK_STREAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        one.bind((host, port))
    except OSError as fault:
        one.close()
        raise TramaError(
            "serve:cannot-listen",
            f"{host}:{port}: {fault.strerror}; choose another with --port or TRAMA_PORT",
        ) from None
    return one


def serve_until_stopped(settings: Settings, parts: tuple[Part, ...], *, demo: bool) -> None:
    """Blocks. Raises what kept it from starting; exits with 1 when a loop of it failed."""
    listening = bound(settings.host, settings.port)
    settings = msgspec.structs.replace(settings, port=listening.getsockname()[1])
    failed: list[bool] = []

    def on_failure() -> None:
        failed.append(True)
        server.should_exit = True

    app = create_app(settings, parts=parts, demo=demo, on_failure=on_failure)
    server = Server(_config(app), lambda: _greet(app))
    try:
        server.run(sockets=[listening])
    except SystemExit:
        if app.fault is not None:
            raise app.fault from None
        raise
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()
    if failed:
        raise typer.Exit(1)


def _config(app: Application) -> uvicorn.Config:
    options: dict[str, Any] = {
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "ws": "websockets-sansio",
        "ws_max_size": 1_100_000,
        "ws_ping_interval": 20.0,
        "timeout_graceful_shutdown": GRACE_SECONDS,
    }
    return uvicorn.Config(app, **options)


def _greet(app: Application) -> None:
    typer.echo(f"Trama: {app.settings.public_url or app.address}")
    if app.demo is not None:
        typer.echo(f"  simulator  {app.address}/demonstracao")
        if app.demo.webchat:
            typer.echo(f"  webchat    {app.address}/webchat/{app.demo.webchat}/demo")
        typer.echo(f"  API        {app.address}/schema/openapi.json")
        typer.echo(f"  login      {app.demo.email} / {app.demo.password}")


async def work(settings: Settings) -> None:
    """Sends and calls until a signal comes. Exits with 1 when a loop failed."""
    over = asyncio.Event()
    failed: list[bool] = []

    def on_failure() -> None:
        failed.append(True)
        over.set()

    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, over.set)
    app = create_app(settings, parts=("worker",), on_failure=on_failure)
    async with app.running():
        typer.echo("Trama worker: ready")
        await over.wait()
    if failed:
        raise typer.Exit(1)
