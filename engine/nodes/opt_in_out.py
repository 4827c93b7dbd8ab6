"""Record that the contact wants messages, or wants no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from engine.core.effects import SetConsent
from engine.core.node import Example, Go, Move, Node, Palette
from engine.core.run import Run


class OptInOut(Node, tag="opt_in_out", frozen=True, kw_only=True):
    """The contact's own words are kept as evidence, with time and channel."""

    palette: ClassVar[Palette] = Palette(
        group="do",
        icon="how_to_reg",
        title={"pt-BR": "Consentimento", "en": "Opt in or out"},
        summary={
            "pt-BR": "Registra que o contato aceita ou não receber mensagens.",
            "en": "Records that the contact wants messages or does not.",
        },
    )
    starter: ClassVar[dict[str, Any]] = {"action": "out"}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="leave",
            node={"type": "opt_in_out", "id": "leave", "action": "out", "topic": "marketing"},
            turns=[{"text": "PARAR", "effects": ["set_consent"], "exits": ["leave.next"]}],
        ),
    )

    action: Annotated[Literal["in", "out"], Meta(title="Action")]
    topic: Annotated[str, Meta(title="Topic", pattern=r"^[a-z][a-z0-9_]*$")] = "all"

    def enter(self, run: Run) -> Move:
        run.emit(
            SetConsent(id=run.id(), granted=self.action == "in", topic=self.topic, text=run.text_said()[:500])
        )
        return Go("next")
