"""`trama flow`: check, test and run flow documents; bring them into a company and out of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from engine.cli.lines import answer, cases, failure
from engine.core.check import check as check_flow
from engine.core.check import errors
from engine.core.commands import READY_MADE
from engine.core.errors import TramaError
from engine.core.flow import Flow, Flows, TestTurn
from engine.core.replay import Player, world_of
from engine.core.verdicts import Verdict, coverage, run_tests
from engine.nodes import open_flow

app = typer.Typer(no_args_is_help=True, help="Check, test, run, import and export flows.")
Files = Annotated[list[Path], typer.Argument(help="Flow documents, or folders of them", exists=True)]


def documents(paths: list[Path]) -> list[Path]:
    """The flow documents among files and (not deeper) in folders."""
    found: list[Path] = []
    for path in paths:
        found.extend(sorted(path.glob("*.json")) if path.is_dir() else [path])
    return [p for p in found if b'"nodes"' in p.read_bytes()]


def load(paths: list[Path]) -> tuple[dict[Path, Flow], Flows]:
    """The flows of these files, and a book with them and their neighbours, so that sub-flows are found."""
    flows = {path: open_flow(path.read_bytes()) for path in documents(paths)}
    around = {p for path in flows for p in path.parent.glob("*.json")} - set(flows)
    others: list[Flow] = []
    for path in documents(sorted(around)):
        try:
            others.append(open_flow(path.read_bytes()))
        except TramaError:
            continue
    return flows, Flows.of(*others, *flows.values())


@app.command()
def check(files: Files) -> None:
    """Problems of each flow, a line each. Exit code 1 when there is an error."""
    bad = False
    for path in documents(files):
        try:
            flows, book = load([path])
            problems = check_flow(flows[path], book)
        except TramaError as error:
            bad = True
            typer.echo(f"{path}: error {error}")
            continue
        bad = bad or bool(errors(problems))
        for p in problems:
            typer.echo(f"{path}: {p.severity} {p.code} {p.node}{p.path}: {p.detail}")
    if bad:
        raise typer.Exit(1)


@app.command()
def test(files: Files, verbose: Annotated[bool, typer.Option("--verbose", "-v")] = False) -> None:
    """Run the tests inside the flows; tells the exits that no test takes. Exit code 1 when one fails."""
    flows, book = load(files)
    failed = 0
    passed = 0
    for path, flow in flows.items():
        verdicts = run_tests(flow, book)
        for verdict in verdicts:
            passed += verdict.passed
            failed += not verdict.passed
            _tell(path, verdict, verbose)
        taken, missed = coverage(flow, verdicts)
        typer.echo(f"{path}: {len(taken)} of {len(taken) + len(missed)} exits")
        if missed:
            typer.echo(f"  not taken: {', '.join(missed)}")
    typer.echo(f"{passed} passed, {failed} failed")
    if failed:
        raise typer.Exit(1)


def _tell(path: Path, verdict: Verdict, verbose: bool) -> None:
    if not verdict.passed:
        typer.echo(f"{path}: FAILED {verdict.test}")
        for failing in verdict.failures:
            typer.echo(f"    {failing}")
    elif verbose:
        typer.echo(f"{path}: passed {verdict.test}")


@app.command()
def run(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    at: Annotated[str, typer.Option(help="The clock at the start (ISO 8601); now by default")] = "",
    world: Annotated[str, typer.Option(help="JSON: contact, channel, hours, holidays …")] = "{}",
) -> None:
    """A turn a line on standard input gives messages, exits and changed variables, a line each.

    Turns: {"text"}, {"button"}, {"media"}, {"location"}, {"event": {"name", "data"}}, {"call": {"arguments"}},
    {"advance": "PT25H"}, {"answer": {"value"} or {"error"}} for the open service call.
    """
    flows, book = load([file])
    flow = flows[file]
    start = datetime.fromisoformat(at) if at else datetime.now(UTC)
    around = world_of(msgspec.json.decode(world))
    if not around.commands:
        known = [c for c in READY_MADE if not c.flow or book.get(c.flow) is not None]
        around = msgspec.structs.replace(around, commands=known)
    player = Player(book.listening_to(flow), at=start, world=around)

    def turns() -> Iterator[Any]:
        for case in cases(sys.stdin.buffer.read()):
            for one in case if isinstance(case, list) else [case]:
                yield _turn(player, flow, one)

    answer(turns())


def _turn(player: Player, flow: Flow, case: Any) -> Any:
    if isinstance(case, TramaError):
        return failure(case)
    try:
        turn = msgspec.convert(case, TestTurn)
        if turn.call is not None:
            turn = msgspec.structs.replace(turn, call={"flow": flow.id, **turn.call})
        got = player.play(turn)
    except msgspec.ValidationError as error:
        return failure(TramaError("input:bad-turn", str(error)))
    except TramaError as error:
        return failure(error)
    call = player.open_call
    told: dict[str, Any] = {
        "messages": got.messages, "exits": got.exits, "vars": got.changed, "state": got.state,
        "effects": [str(e.__struct_config__.tag) for e in got.effects],
    }  # fmt: skip
    if call is not None:
        told["call"] = {"service": call.service, "operation": call.operation, "args": call.args}
    if got.error:
        told["error"] = {"code": got.error, "path": ""}
    return told


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    company: Annotated[str, typer.Option(help="The company's short name")],
) -> None:
    """Bring a flow document into a company as a draft (needs the database)."""
    from engine.cli.database import with_services

    async def work(services: Any) -> None:
        draft = await services.import_flow(company, file.read_bytes())
        typer.echo(f"{draft} is a draft of {company} now")

    with_services(work)


@app.command()
def export(
    flow: Annotated[str, typer.Argument(help="The flow's id")],
    company: Annotated[str, typer.Option(help="The company's short name")],
    version: Annotated[int, typer.Option(help="0 is the draft")] = 0,
) -> None:
    """Write a company's flow document to standard output (needs the database)."""
    from engine.cli.database import with_services

    async def work(services: Any) -> None:
        document = await services.export_flow(company, flow, version)
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")

    with_services(work)
