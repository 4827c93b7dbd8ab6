"""Go on at another node of this flow, or at the start of another flow in place of this one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from engine.core.errors import TramaError
from engine.core.node import Example, Look, Move, Node, Palette, Problem, Words
from engine.core.node import Jump as Leap
from engine.core.run import Run


class Jump(Node, tag="jump", frozen=True, kw_only=True):
    """It has no exit but `error`. A jump to another flow does not come back (`run_flow` does)."""

    palette: ClassVar[Palette] = Palette(
        group="shape",
        icon="redo",
        title={"pt-BR": "Ir para", "en": "Jump"},
        summary={"pt-BR": "Continua em outro ponto ou em outro fluxo.", "en": "Goes on elsewhere."},
    )
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="nowhere to go",
            node={"type": "jump", "id": "leap", "flow": "nowhere"},
            turns=[{"text": "oi", "exits": ["leap.error"]}],
        ),
    )

    node: Annotated[str, Meta(title="Node")] = ""
    flow: Annotated[str, Meta(title="Flow")] = ""
    arguments: Annotated[dict[str, Any], Meta(title="Arguments", max_length=50)] = {}

    def exits(self) -> list[str]:
        return ["error"]

    def error_exits(self) -> frozenset[str]:
        return frozenset({"error"})

    def templates(self) -> Iterable[tuple[str, Words]]:
        return ((f"/arguments/{k}", v) for k, v in self.arguments.items() if isinstance(v, str))

    def flows(self) -> Iterable[str]:
        return (self.flow,) if self.flow else ()

    def check(self, look: Look) -> Iterable[Problem]:
        if bool(self.node) == bool(self.flow):
            yield Problem(
                code="jump:target",
                severity="error",
                node=self.id,
                path="/node",
                detail="name a node or a flow",
            )
        elif self.node and self.node not in look.flow.nodes:
            yield Problem(
                code="flow:unknown-target",
                severity="error",
                node=self.id,
                path="/node",
                detail=f"there is no node {self.node!r}",
            )

    def enter(self, run: Run) -> Move:
        if bool(self.node) == bool(self.flow):
            raise TramaError("jump:target", "name either a node or a flow", path="/node")
        return Leap(node=self.node, flow=self.flow, arguments=run.fill(self.arguments))
