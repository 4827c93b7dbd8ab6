"""`trama rule`: try rules in a shell. Cases come on standard input, one JSON document or NDJSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
import typer

from engine.cli.lines import each, member
from engine.core import logic
from engine.core.errors import TramaError

app = typer.Typer(no_args_is_help=True, help="Evaluate, explain and translate rules (JSON-Logic).")

Language = Annotated[Literal["pt-BR", "en"], typer.Option(help="The language of the words")]


@app.command("eval")
def evaluate() -> None:
    """{"rule", "data", "now"?} gives {"result"} or {"error": {"code", "path"}}."""
    each(lambda case: {"result": logic.evaluate(member(case, "rule"), case.get("data"), _env(case))})


@app.command()
def explain(lang: Language = "pt-BR") -> None:
    """{"rule", "data", "now"?} gives {"result", "text", "tree"}: each clause with its values."""

    def one(case: Any) -> Any:
        found = logic.explain(member(case, "rule"), case.get("data"), _env(case), lang=lang)
        return {"result": found.value, "text": found.render(), "tree": found}

    each(one)


@app.command()
def reading(lang: Language = "pt-BR") -> None:
    """{"rule", "labels"?} gives {"text"}: the rule in plain words."""
    each(lambda case: {"text": logic.reading(member(case, "rule"), lang=lang, labels=case.get("labels"))})


@app.command()
def check() -> None:
    """{"rule", "fields"?} gives {"problems"}."""
    each(lambda case: {"problems": logic.check(member(case, "rule"), case.get("fields"))})


@app.command()
def sql() -> None:
    """{"rule", "columns"?: {path: {"sql", "type"}}, "now"?} gives {"where", "params", "exact", "residue"}."""

    def one(case: Any) -> Any:
        rule = member(case, "rule")
        try:
            columns = msgspec.convert(case.get("columns") or {}, dict[str, logic.Column])
        except msgspec.ValidationError as error:
            raise TramaError("input:bad-columns", str(error), path="/columns") from error
        return logic.to_sql(rule, columns, _env(case))

    each(one)


def _env(case: Any) -> logic.Env:
    if not isinstance(case, dict):
        raise TramaError("input:missing", "a case is an object with a rule")
    said = case.get("now")
    if said is None:
        now = datetime.now(UTC)
    else:
        try:
            now = datetime.fromisoformat(said)
        except (TypeError, ValueError) as error:
            raise TramaError("input:bad-now", f"{said!r} is not a moment in ISO 8601", path="/now") from error
        now = now if now.tzinfo else now.replace(tzinfo=UTC)
    return logic.Env(now=now)
