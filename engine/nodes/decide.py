"""Ordered cases, each a rule with its own exit; the first true one is taken, else `else`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from engine.core.case import Case
from engine.core.logic import truthy
from engine.core.node import Example, Go, Move, Node, Palette
from engine.core.run import Run


class Decide(Node, tag="decide", frozen=True, kw_only=True):
    palette: ClassVar[Palette] = Palette(
        group="decide",
        icon="call_split",
        title={"pt-BR": "Decidir", "en": "Decide"},
        summary={
            "pt-BR": "Segue pelo primeiro caso cuja regra é verdadeira.",
            "en": "Goes on through the first case whose rule is true.",
        },
    )
    starter: ClassVar[dict[str, Any]] = {"cases": [{"exit": "case_1", "when": {"and": []}}]}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="by days overdue",
            node={
                "type": "decide",
                "id": "late",
                "cases": [
                    {"exit": "very", "when": {">": [{"var": "days"}, 30]}},
                    {"exit": "bit", "when": {">": [{"var": "days"}, 0]}},
                ],
            },
            vars={"days": 12},
            turns=[{"text": "oi", "exits": ["late.bit"]}],
        ),
        Example(
            name="no case fits",
            node={
                "type": "decide",
                "id": "late",
                "cases": [{"exit": "very", "when": {">": [{"var": "days"}, 30]}}],
            },
            vars={"days": 3},
            turns=[{"text": "oi", "exits": ["late.else"]}],
        ),
    )

    cases: Annotated[list[Case], Meta(title="Cases", min_length=1, max_length=40)]

    def exits(self) -> list[str]:
        return [*(c.exit for c in self.cases), "else"]

    def rules(self) -> Iterable[tuple[str, Any]]:
        return ((f"/cases/{n}/when", case.when) for n, case in enumerate(self.cases))

    def enter(self, run: Run) -> Move:
        for case in self.cases:
            if truthy(run.rule(case.when)):
                return Go(case.exit, f"case {case.exit}")
        return Go("else", "no case is true")
