"""Commands that run the program or look after an installation. What they need is imported when they run: `trama rule`
and its like must start at once."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.cli import company

if TYPE_CHECKING:
    from engine.app import Part

fakes = typer.Typer(no_args_is_help=True, help="Stand-ins of other systems, for trying and testing.")
# the embedded database's package warns of a missing XDG_RUNTIME_DIR, which it then does without
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")

Host = Annotated[str, typer.Option(help="Address to listen on")]
Callback = Annotated[str, typer.Option(help="Where its webhooks go")]


@fakes.command()
def graph(host: Host = "127.0.0.1", port: int = 8099, callback: Callback = "") -> None:
    """A stand-in of Meta's Graph API (WhatsApp Cloud)."""
    from connectors.fake.graph import main

    main(host, port, callback)


@fakes.command()
def erp(host: Host = "127.0.0.1", port: int = 8098, callback: Callback = "") -> None:
    """A mock ERP with the demo company's books."""
    from connectors.fake.erp import main

    main(host, port, callback)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program's own."""
    for command in (serve, demo, api, ui, worker, migrate, seed, doctor, bench):
        app.command()(command)
    app.add_typer(company.app, name="company")


HostOption = Annotated[str | None, typer.Option(help="Address to listen on (TRAMA_HOST)")]
PortOption = Annotated[int | None, typer.Option(help="Port to listen on, 0 takes a free one (TRAMA_PORT)")]


def serve(host: HostOption = None, port: PortOption = None) -> None:
    """Everything in one process: doors, screens, turns, sends and calls, on an embedded database."""
    _serve(("api", "ui", "worker"), host, port)


def demo(host: HostOption = None, port: PortOption = None) -> None:
    """`serve` with the demo company, stand-ins of the Graph API and an ERP, and the simulator."""
    _serve(("api", "ui", "worker"), host, port, demo=True)


def api(host: HostOption = None, port: PortOption = None) -> None:
    """Webhooks, REST, webchat and turns; run as many as you like behind a load balancer."""
    _serve(("api",), host, port)


def ui(host: HostOption = None, port: PortOption = None) -> None:
    """The screens; several of them need sticky sessions."""
    _serve(("ui",), host, port)


def worker() -> None:
    """Sends and calls, without doors."""
    import asyncio

    from engine.cli.server import work
    from engine.settings import load

    asyncio.run(work(load()))


def _serve(parts: tuple[Part, ...], host: str | None, port: int | None, *, demo: bool = False) -> None:
    from engine.cli.server import serve_until_stopped
    from engine.settings import load

    changed: dict[str, Any] = {}
    if host is not None:
        changed["host"] = host
    if port is not None:
        changed["port"] = port
    import msgspec

    settings = msgspec.structs.replace(load(), **changed)
    serve_until_stopped(settings, parts, demo=demo or settings.demo)


def migrate() -> None:
    """Bring the database to this version."""
    import asyncio

    from engine.services import startup
    from engine.settings import load

    async def run() -> None:
        installation = await startup.install(load())
        for name in installation.migrated:
            typer.echo(f"ran {name}")
        if not installation.migrated:
            typer.echo("nothing to do")
        await asyncio.to_thread(installation.server.stop)

    asyncio.run(run())


def seed(
    graph_url: Annotated[str, typer.Option(help="The Graph API or its stand-in")] = "http://127.0.0.1:8099",
    erp_url: Annotated[str, typer.Option(help="The ERP or its stand-in")] = "http://127.0.0.1:8098",
) -> None:
    """Load the demo company (`trama fake graph` and `trama fake erp` are what it talks to)."""
    from engine.cli.database import with_services

    async def work(services: Any) -> None:
        from seeds import demo

        loaded = await demo.load(services.rt, graph_url=graph_url, erp_url=erp_url)
        typer.echo(f"{demo.NAME} ({demo.SLUG}): {len(loaded.flows)} flows loaded")
        typer.echo(f"  /webhooks/whatsapp/{loaded.whatsapp}")
        if loaded.webchat:
            typer.echo(f"  /webchat/{loaded.webchat}/demo")

    with_services(work)


def doctor() -> None:
    """Check database, schema, secrets, queues and channels, and say what to do. Exit code 1 when something is
    broken."""
    from engine.cli.database import with_services

    async def work(services: Any) -> None:
        from engine.services import doctor

        findings = await doctor.examine(services.rt)
        for one in findings:
            typer.echo(
                f"{one.state:8}{one.check}: {one.detail}" + (f"\n        {one.todo}" if one.todo else "")
            )
        if any(one.state == "error" for one in findings):
            raise typer.Exit(1)

    with_services(work)


def bench(names: Annotated[list[str] | None, typer.Argument(help="Only these, such as core")] = None) -> None:
    """Run the benchmarks of tests/bench (in a checkout)."""
    import subprocess
    from pathlib import Path

    from engine.core.errors import TramaError

    root = Path(__file__).resolve().parents[2]
    found = sorted(p.stem for p in (root / "tests" / "bench").glob("bench_*.py"))
    if not found:
        raise TramaError("bench:no-checkout", "the benchmarks are not part of the installed package")
    unknown = sorted({f"bench_{n}" for n in names or []} - set(found))
    if unknown:
        raise TramaError("bench:unknown", f"{unknown[0]}; there are {', '.join(found)}")
    for name in [f"bench_{n}" for n in names] if names else found:
        typer.echo(f"== {name}")
        done = subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], cwd=root, check=False)  # noqa: S603
        if done.returncode:
            raise typer.Exit(done.returncode)
