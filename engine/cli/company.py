"""`trama company`: set up a company and what belongs to it. Credentials are read from standard input, never from the
command line, where other users of the machine and the shell's history would see them."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
import typer

from engine.core.errors import TramaError

if TYPE_CHECKING:
    from engine.services.runtime import Runtime

app = typer.Typer(no_args_is_help=True, help="Set up companies: people, channels, services, keys, flows.")
Role = Literal["administrator", "supervisor", "agent", "operator"]
_ROLES = ["administrator"]
_SCOPES = ["events:write"]
Slug = Annotated[str, typer.Argument(help="The company's short name: small letters, digits, dashes")]


def _with_company(slug: str, work: Callable[[Runtime, int], Awaitable[None]]) -> None:
    from engine.cli.database import Services, with_services
    from engine.services import companies

    async def run(services: Services) -> None:
        await work(services.rt, await companies.find(services.rt, slug))

    with_services(run)


def _input(what: str) -> dict[str, Any]:
    """The JSON object on standard input."""
    try:
        value = msgspec.json.decode(sys.stdin.buffer.read())
    except msgspec.DecodeError as fault:
        raise TramaError("input:not-json", f"{what} is wanted as JSON on standard input: {fault}") from fault
    if not isinstance(value, dict):
        raise TramaError("input:not-json", f"{what} is wanted as a JSON object on standard input")
    return value


@app.command()
def add(slug: Slug, name: str) -> None:
    """Make a company with the ready-made settings: Brazilian hours, and the commands menu, ajuda, atendente, sair."""
    from engine.cli.database import Services, with_services
    from engine.services import companies

    async def work(services: Services) -> None:
        ident, new = await companies.ensure(services.rt, slug, name)
        if new:
            settings = msgspec.structs.replace(companies.READY_MADE, company={"name": name})
            await companies.configure(services.rt, ident, settings)
        typer.echo(f"{slug} {'made' if new else 'was there already'}")

    with_services(work)


@app.command()
def show(slug: Slug) -> None:
    """Settings (hours, holidays, commands, guards …) and channels, as JSON."""

    async def work(rt: Runtime, tenant: int) -> None:
        from engine.services import channels, companies

        company = await companies.company(rt, tenant)
        told = {
            "name": company.name,
            "settings": company.settings,
            "channels": await channels.channels(rt, tenant),
        }
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")

    _with_company(slug, work)


@app.command()
def settings(slug: Slug) -> None:
    """Take the members of the JSON object on standard input into the company's settings."""
    given = _input("a settings object")

    async def work(rt: Runtime, tenant: int) -> None:
        from engine.services import companies

        company = await companies.company(rt, tenant)
        merged = {**msgspec.to_builtins(company.settings), **given}
        try:
            changed = msgspec.convert(merged, type(company.settings), strict=False)
        except msgspec.ValidationError as fault:
            raise TramaError("tenant:bad-settings", str(fault)) from fault
        await companies.configure(rt, tenant, changed)
        typer.echo("settings changed")

    _with_company(slug, work)


@app.command()
def person(slug: Slug, email: str, name: str, role: Annotated[list[str], typer.Option()] = _ROLES) -> None:
    """Let a person in; the password is the first line of standard input."""
    password = sys.stdin.readline().rstrip("\n")
    try:
        roles = msgspec.convert(role, list[Role])
    except msgspec.ValidationError as fault:
        raise TramaError("people:unknown-role", str(fault), path="/role") from fault

    async def work(rt: Runtime, tenant: int) -> None:
        from engine.services import passwords, people

        passwords.check(password, email)
        await people.save_person(rt, tenant, email, name, password, roles)
        typer.echo(f"{email} may come in as {', '.join(roles)}")

    _with_company(slug, work)


@app.command()
def channel(slug: Slug, kind: str, name: str) -> None:
    """Make or change a channel; its settings are a JSON object on standard input. Prints the webhook's path."""
    given = _input("the channel's settings")

    async def work(rt: Runtime, tenant: int) -> None:
        from engine.services import channels

        ident = await channels.save(rt, tenant, kind, name, given)
        typer.echo(f"channel {ident}: {rt.settings.public_url or ''}/webhooks/{kind}/{ident}")

    _with_company(slug, work)


@app.command()
def service(slug: Slug, name: str, kind: str) -> None:
    """Say where a system is (for example `erp erp`): {"settings": {…}, "secrets": {…}} on standard input."""
    given = _input('{"settings", "secrets"}')

    async def work(rt: Runtime, tenant: int) -> None:
        from engine.services import channels

        await channels.save_service(
            rt, tenant, name, kind, given.get("settings", {}), given.get("secrets", {})
        )
        typer.echo(f"service {name} saved")

    _with_company(slug, work)


@app.command()
def secret(slug: Slug, name: str) -> None:
    """Keep a secret that flows name as {"secret": "name"}; its value is all of standard input."""
    value = sys.stdin.read().rstrip("\n")

    async def work(rt: Runtime, tenant: int) -> None:
        from engine.services import channels

        await channels.save_secret(rt, tenant, name, value)
        typer.echo(f"secret {name} saved")

    _with_company(slug, work)


@app.command()
def key(slug: Slug, name: str, scope: Annotated[list[str], typer.Option()] = _SCOPES) -> None:
    """Make an API key; it is shown this once."""

    async def work(rt: Runtime, tenant: int) -> None:
        from engine.services import people

        _, made = await people.create_api_key(rt, tenant, name, scope)
        typer.echo(made)

    _with_company(slug, work)


@app.command()
def flows(
    slug: Slug, folder: Annotated[Path, typer.Option(exists=True, file_okay=False)] = Path("flows")
) -> None:
    """Bring in and publish the flows of a folder that the company does not have yet."""

    async def work(rt: Runtime, tenant: int) -> None:
        from engine.services import flows as service

        loaded = await service.load(rt, tenant, sorted(folder.glob("*.json")))
        typer.echo(f"loaded: {', '.join(loaded) or 'none, they are all there'}")

    _with_company(slug, work)
