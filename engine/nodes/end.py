"""End this flow; a calling flow goes on with the results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from engine.core.node import Example, Finish, Move, Node, Palette, Words
from engine.core.run import Run


class End(Node, tag="end", frozen=True, kw_only=True):
    """`results`: name -> value for the calling flow. `outcome` is what the trace and reports call this ending."""

    palette: ClassVar[Palette] = Palette(
        group="shape",
        icon="stop_circle",
        title={"pt-BR": "Fim", "en": "End"},
        summary={"pt-BR": "Termina este fluxo.", "en": "Ends this flow."},
    )
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="the end",
            node={"type": "end", "id": "end", "outcome": "solved"},
            turns=[{"text": "oi", "state": "done"}],
        ),
    )

    results: Annotated[dict[str, Any], Meta(title="Results", max_length=50)] = {}
    outcome: Annotated[str, Meta(title="Outcome", max_length=100)] = ""

    def exits(self) -> list[str]:
        return []

    def templates(self) -> Iterable[tuple[str, Words]]:
        return ((f"/results/{k}", v) for k, v in self.results.items() if isinstance(v, str))

    def enter(self, run: Run) -> Move:
        return Finish(results=run.fill(self.results), why=self.outcome or "end")
