"""The command line `trama`: one module for each group of commands.

Commands that need no database (`rule`, `channel`, `flow check|test|run`) import nothing that opens one, so they
start fast and work in any shell or pipe.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from engine.cli import channel, company, docs, flow, rule, serve
from engine.core.errors import TramaError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Trama: flows and rules for customer service.",
)
app.add_typer(rule.app, name="rule")
app.add_typer(channel.app, name="channel")
app.add_typer(flow.app, name="flow")
app.add_typer(company.app, name="company")
app.add_typer(serve.fakes, name="fake")
docs.add_to(app)
serve.add_to(app)


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Trama: flows and rules for customer service."""
    if show:
        from importlib.metadata import version as installed

        typer.echo(installed("trama"))
        raise typer.Exit


def main() -> None:
    """The console script. A failure of the product is one line on standard error and exit code 1."""
    try:
        app()
    except TramaError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
