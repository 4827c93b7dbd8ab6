"""Call another flow with arguments and take its results; the conversation comes back here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from engine.core.events import AnyEvent, Returned
from engine.core.node import Enter, Example, Go, Move, Node, Palette, Words
from engine.core.run import Run


class RunFlow(Node, tag="run_flow", frozen=True, kw_only=True):
    """`results`: variable here -> name in the called flow's results."""

    palette: ClassVar[Palette] = Palette(
        group="shape",
        icon="account_tree",
        title={"pt-BR": "Executar fluxo", "en": "Run flow"},
        summary={
            "pt-BR": "Chama outro fluxo e volta com os resultados.",
            "en": "Calls another flow and comes back.",
        },
    )
    waits: ClassVar[bool] = False
    starter: ClassVar[dict[str, Any]] = {"flow": ""}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="a flow that does not exist",
            node={"type": "run_flow", "id": "call", "flow": "nowhere"},
            turns=[{"text": "oi", "exits": ["call.error"]}],
        ),
    )

    flow: Annotated[str, Meta(title="Flow", pattern=r"^[a-z][a-z0-9_]*$")]
    arguments: Annotated[dict[str, Any], Meta(title="Arguments", max_length=50)] = {}
    results: Annotated[dict[str, str], Meta(title="Results", max_length=50)] = {}

    def exits(self) -> list[str]:
        return ["next", "error"]

    def error_exits(self) -> frozenset[str]:
        return frozenset({"error"})

    def writes(self) -> dict[str, str]:
        return dict.fromkeys(self.results, "any")

    def templates(self) -> Iterable[tuple[str, Words]]:
        return ((f"/arguments/{k}", v) for k, v in self.arguments.items() if isinstance(v, str))

    def flows(self) -> Iterable[str]:
        return (self.flow,)

    def enter(self, run: Run) -> Move:
        return Enter(self.flow, run.fill(self.arguments))

    def resume(self, run: Run, event: AnyEvent) -> Move | None:
        if not isinstance(event, Returned):
            return None
        for here, there in self.results.items():
            run.set(here, event.results.get(there))
        return Go("next", f"{self.flow} {event.outcome}")
