"""`trama channel`: what a webhook body means, without a server."""

from __future__ import annotations

import sys
from typing import Annotated

import msgspec
import typer

from connectors.registry import channel, channels
from engine.cli.lines import answer

app = typer.Typer(no_args_is_help=True, help="Read what channels send.")


@app.command("list")
def listing() -> None:
    """The channels of this installation, with their limits."""
    answer({"kind": kind, "title": c.title, "limits": c.limits} for kind, c in channels().items())


@app.command()
def parse(kind: Annotated[str, typer.Argument(help="For example whatsapp_cloud")]) -> None:
    """Webhook bodies on standard input (one, or NDJSON) give {"events": [...]}, a line each."""
    found = channel(kind)
    settings = found.Settings()
    data = sys.stdin.buffer.read()
    try:
        msgspec.json.decode(data)
        bodies = [data]
    except (msgspec.DecodeError, RecursionError):
        bodies = [line for line in data.splitlines() if line.strip()] or [data]
    answer({"events": found.parse(settings, body)} for body in bodies)
