"""`trama company`: companies, administrators, API keys and channels, while nobody is there yet who could log in."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import msgspec
import typer

app = typer.Typer(no_args_is_help=True, help="Set up companies: administrator, API keys, channels.")
Slug = Annotated[str, typer.Argument(help="The company's short name")]


@app.command()
def create(
    slug: Slug,
    name: Annotated[str, typer.Argument(help="Its name as people know it")],
    admin: Annotated[str, typer.Option(help="E-mail address of the administrator")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Make a company and its administrator (or give the administrator a new password)."""
    from engine.cli.database import with_services

    async def work(services: Any) -> None:
        from engine.services import companies, people

        tenant, fresh = await companies.ensure(services.rt, slug, name)
        await people.save_person(
            services.rt, tenant, admin, admin.partition("@")[0], password, ["administrator"]
        )
        typer.echo(f"{slug} {'made' if fresh else 'was there'}; {admin} can log in")

    with_services(work)


@app.command()
def key(
    slug: Slug,
    name: Annotated[str, typer.Argument(help="What the key is for")],
    scope: Annotated[list[str], typer.Option(help="A right; may be given several times")],
) -> None:
    """Make an API key. It is shown this once."""
    from engine.cli.database import with_services

    async def work(services: Any) -> None:
        from engine.services import companies, people

        tenant = await companies.find(services.rt, slug)
        _, secret = await people.create_api_key(services.rt, tenant, name, scope)
        typer.echo(secret)

    with_services(work)


@app.command()
def channel(
    slug: Slug,
    kind: Annotated[str, typer.Argument(help="whatsapp_cloud, webchat …")],
    name: Annotated[str, typer.Argument(help="The channel's name; an existing one is changed")],
) -> None:
    """Set a channel up from settings as JSON on standard input (secrets left out stay as they are)."""
    from engine.cli.database import with_services
    from engine.core.errors import TramaError

    raw = sys.stdin.buffer.read()
    try:
        settings = msgspec.json.decode(raw, type=dict[str, Any]) if raw.strip() else {}
    except msgspec.MsgspecError as fault:
        raise TramaError("input:not-json", str(fault)) from None

    async def work(services: Any) -> None:
        from engine.services import channels, companies

        tenant = await companies.find(services.rt, slug)
        ident = await channels.save(services.rt, tenant, kind, name, settings)
        typer.echo(f"/webchat/{ident}/widget.js" if kind == "webchat" else f"/webhooks/{kind}/{ident}")

    with_services(work)
