"""A decision table: rows of conditions over the same inputs, and the values that the first fitting row gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from engine.core.logic import truthy
from engine.core.node import Example, Go, Look, Move, Node, Palette, Problem, Words
from engine.core.run import Run


class TableRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`when`: a cell for each input. A cell is a rule that sees the input as `value`, a plain value that must be
    equal, or null for any. `then`: output name -> value (texts may hold substitutions)."""

    when: list[Any]
    then: dict[str, Any]


class DecisionTable(Node, tag="decision_table", frozen=True, kw_only=True):
    """Exits: `matched` and `else`. Outputs become variables."""

    palette: ClassVar[Palette] = Palette(
        group="decide",
        icon="table_chart",
        title={"pt-BR": "Tabela de decisão", "en": "Decision table"},
        summary={
            "pt-BR": "A primeira linha que serve dá os valores.",
            "en": "The first row that fits gives the values.",
        },
    )
    starter: ClassVar[dict[str, Any]] = {
        "inputs": [{"var": ""}],
        "rows": [{"when": [None], "then": {"result": ""}}],
    }
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="discount by amount and delay",
            node={
                "type": "decision_table",
                "id": "discount",
                "inputs": [{"var": "total"}, {"var": "days"}],
                "rows": [
                    {
                        "when": [{">": [{"var": "value"}, 100000]}, {">": [{"var": "value"}, 60]}],
                        "then": {"discount": 0.3},
                    },
                    {"when": [None, {">": [{"var": "value"}, 30]}], "then": {"discount": 0.1}},
                ],
            },
            vars={"total": 5000, "days": 45},
            turns=[{"text": "oi", "vars": {"discount": 0.1}, "exits": ["discount.matched"]}],
        ),
        Example(
            name="no row fits",
            node={
                "type": "decision_table",
                "id": "t",
                "inputs": [{"var": "kind"}],
                "rows": [{"when": ["vip"], "then": {"x": 1}}],
            },
            vars={"kind": "common"},
            turns=[{"text": "oi", "exits": ["t.else"]}],
        ),
    )

    inputs: Annotated[list[Any], Meta(title="Inputs", min_length=1, max_length=12)]
    rows: Annotated[list[TableRow], Meta(title="Rows", min_length=1, max_length=200)]

    def exits(self) -> list[str]:
        return ["matched", "else"]

    def writes(self) -> dict[str, str]:
        return {name: "any" for row in self.rows for name in row.then}

    def rules(self) -> Iterable[tuple[str, Any]]:
        for n, rule in enumerate(self.inputs):
            yield f"/inputs/{n}", rule

    def templates(self) -> Iterable[tuple[str, Words]]:
        for n, row in enumerate(self.rows):
            for name, value in row.then.items():
                if isinstance(value, str):
                    yield f"/rows/{n}/then/{name}", value

    def check(self, look: Look) -> Iterable[Problem]:
        for n, row in enumerate(self.rows):
            if len(row.when) != len(self.inputs):
                yield Problem(
                    code="table:cells",
                    severity="error",
                    node=self.id,
                    path=f"/rows/{n}/when",
                    detail=f"{len(self.inputs)} cells are wanted, {len(row.when)} are given",
                )

    def enter(self, run: Run) -> Move:
        values = [run.rule(rule) for rule in self.inputs]
        for n, row in enumerate(self.rows):
            if all(self._fits(run, cell, value) for cell, value in zip(row.when, values, strict=False)):
                for name, value in row.then.items():
                    run.set(name, run.fill(value))
                return Go("matched", f"row {n + 1}")
        return Go("else", "no row fits")

    @staticmethod
    def _fits(run: Run, cell: Any, value: Any) -> bool:
        if cell is None:
            return True
        if isinstance(cell, dict):
            return truthy(run.rule_with(cell, {"value": value}))
        return bool(cell == value)
