"""`trama docs`: write the generated pages and the flow schema, or check that they are up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    @app.command()
    def docs(
        check: Annotated[
            bool, typer.Option("--check", help="Write nothing; fail when a page is out of date")
        ] = False,
        folder: Annotated[Path, typer.Option(help="The project's folder")] = Path(),
    ) -> None:
        """Write docs/nodes.md, docs/filters.md, docs/settings.md and flows/schema/flow.json from the code."""
        from engine.services.reference import pages

        stale: list[str] = []
        for path, text in pages().items():
            target = folder / path
            if target.exists() and target.read_text(encoding="utf-8") == text:
                continue
            stale.append(str(path))
            if not check:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
        for name in stale:
            typer.echo(f"{name}: {'out of date, run `trama docs`' if check else 'written'}")
        if stale and check:
            raise typer.Exit(1)
