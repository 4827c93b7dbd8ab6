"""Give the conversation to people; the bot is silent from then on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta

from engine.core.effects import HandOver as Give
from engine.core.message import Text
from engine.core.node import Example, Finish, Move, Node, Palette, Words
from engine.core.run import Run


class HandOver(Node, tag="hand_over", frozen=True, kw_only=True):
    """Ends the session: it has no exit. `summary` is what the agent reads first."""

    palette: ClassVar[Palette] = Palette(
        group="people",
        icon="support_agent",
        title={"pt-BR": "Transferir para atendente", "en": "Hand over"},
        summary={
            "pt-BR": "Passa a conversa para uma fila ou pessoa.",
            "en": "Gives the conversation to a queue or person.",
        },
    )
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="to the collection team",
            node={
                "type": "hand_over",
                "id": "people",
                "queue": "cobranca",
                "priority": 8,
                "text": "Já vou chamar alguém.",
                "summary": "Contesta a fatura {{ invoice }}",
            },
            vars={"invoice": "F-12"},
            turns=[
                {
                    "text": "oi",
                    "expect": ["Já vou chamar alguém."],
                    "effects": ["hand_over"],
                    "state": "handed_over",
                }
            ],
        ),
    )

    queue: Annotated[str, Meta(title="Queue", max_length=100)] = ""
    agent: Annotated[str, Meta(title="Agent", max_length=200)] = ""
    skill: Annotated[str, Meta(title="Skill", max_length=100)] = ""
    priority: Annotated[int, Meta(ge=1, le=10, title="Priority")] = 5
    text: Annotated[Words, Meta(title="What the contact is told")] = ""
    reason: Annotated[str, Meta(title="Reason", max_length=200)] = ""
    summary: Annotated[str, Meta(title="Summary for the agent", max_length=2000)] = ""

    def exits(self) -> list[str]:
        return []

    def templates(self) -> Iterable[tuple[str, Words]]:
        return (("/text", self.text), ("/summary", self.summary))

    def speaks(self) -> bool:
        return bool(self.text)

    def enter(self, run: Run) -> Move:
        text = run.text(self.text)
        if text.strip():
            run.send(Text(text))
        run.emit(
            Give(
                id=run.id(), queue=self.queue, priority=self.priority, skill=self.skill, agent=self.agent,
                reason=self.reason, summary=run.text(self.summary),
            )
        )  # fmt: skip
        return Finish(whole=True, state="handed_over", why=self.reason or "handed over")
