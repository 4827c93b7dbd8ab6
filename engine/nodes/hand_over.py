"""Give the conversation to people; the bot is silent from then on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Annotated, ClassVar

from msgspec import Meta

from engine.core.effects import HandOver as Give
from engine.core.events import AnyEvent, EventOccurred
from engine.core.message import Text
from engine.core.node import Example, Finish, Go, Move, Node, Palette, Stay, Words
from engine.core.run import Run
from engine.core.session import Wait

_AFTER = {"conversation.closed": "served", "ticket.abandoned": "abandoned"}
_LONGEST = timedelta(days=90)


class HandOver(Node, tag="hand_over", frozen=True, kw_only=True):
    """`summary` is what the agent reads first. The session ends here, unless an exit is connected: `served` is taken
    when the person closes the conversation, `abandoned` when nobody came in time."""

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
                    "exits": [],
                },
                {"text": "alguém?", "expect": []},
                {"event": {"name": "conversation.closed"}, "exits": ["people.served"], "state": "done"},
            ],
        ),
        Example(
            name="nobody came",
            node={"type": "hand_over", "id": "people"},
            turns=[
                {"text": "oi", "effects": ["hand_over"]},
                {"event": {"name": "ticket.abandoned"}, "exits": ["people.abandoned"], "state": "done"},
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
        return list(_AFTER.values())

    def optional_exits(self) -> frozenset[str]:
        return frozenset(_AFTER.values())

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
        why = self.reason or "handed over"
        wanted = [event for event, name in _AFTER.items() if (self.id, name) in run.flow.targets]
        if not wanted:
            return Finish(whole=True, state="handed_over", why=why)
        return Stay(
            Wait(id=run.id(), kind="event", since=run.now, deadline=run.now + _LONGEST, parked=wanted), why
        )

    def resume(self, run: Run, event: AnyEvent) -> Move | None:
        name = _AFTER.get(event.name) if isinstance(event, EventOccurred) else None
        return None if name is None else Go(name, "the people are done")

    def again(self, run: Run, wait: Wait) -> Move:
        return Stay(wait)
