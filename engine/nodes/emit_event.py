"""Say that something happened: other flows and other systems may listen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from engine.core.effects import EmitEvent as Emit
from engine.core.node import Example, Go, Move, Node, Palette, Words
from engine.core.run import Run


class EmitEvent(Node, tag="emit_event", frozen=True, kw_only=True):
    palette: ClassVar[Palette] = Palette(
        group="do",
        icon="bolt",
        title={"pt-BR": "Emitir evento", "en": "Emit event"},
        summary={"pt-BR": "Avisa outros fluxos e sistemas.", "en": "Tells other flows and systems."},
    )
    starter: ClassVar[dict[str, Any]] = {"name": "event"}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="a qualified lead",
            node={"type": "emit_event", "id": "emit", "name": "lead.qualified", "data": {"cpf": "{{ cpf }}"}},
            vars={"cpf": "52998224725"},
            turns=[{"text": "oi", "effects": ["emit_event"], "exits": ["emit.next"]}],
        ),
    )

    name: Annotated[str, Meta(title="Event", pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$", max_length=100)]
    data: Annotated[dict[str, Any], Meta(title="Data", max_length=50)] = {}

    def templates(self) -> Iterable[tuple[str, Words]]:
        return ((f"/data/{k}", v) for k, v in self.data.items() if isinstance(v, str))

    def enter(self, run: Run) -> Move:
        run.emit(Emit(id=run.id(), name=self.name, data=run.fill(self.data)))
        return Go("next")
