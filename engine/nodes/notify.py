"""Tell people or systems outside the conversation. The flow does not wait for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from engine.core.effects import Notify as Tell
from engine.core.node import Example, Go, Move, Node, Palette, Words
from engine.core.run import Run


class Notify(Node, tag="notify", frozen=True, kw_only=True):
    palette: ClassVar[Palette] = Palette(
        group="do",
        icon="notifications",
        title={"pt-BR": "Avisar", "en": "Notify"},
        summary={
            "pt-BR": "Envia aviso por e-mail, SMS, webhook (Slack) ou na tela.",
            "en": "Sends a notice by e-mail, SMS, webhook (Slack) or on screen.",
        },
    )
    starter: ClassVar[dict[str, Any]] = {"by": "in_app", "to": "", "text": ""}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="tell the team",
            node={
                "type": "notify",
                "id": "tell",
                "by": "webhook",
                "to": "sales",
                "text": "Novo lead: {{ contact.name }}",
            },
            world={"contact": {"name": "Ana"}},
            turns=[{"text": "oi", "effects": ["notify"], "exits": ["tell.next"]}],
        ),
    )

    by: Annotated[Literal["email", "sms", "webhook", "in_app"], Meta(title="By")]
    to: Annotated[str, Meta(title="To", min_length=1, max_length=500)]
    subject: Annotated[str, Meta(title="Subject", max_length=200)] = ""
    text: Annotated[str, Meta(title="Text", min_length=1, max_length=4000)]

    def templates(self) -> Iterable[tuple[str, Words]]:
        return (("/to", self.to), ("/subject", self.subject), ("/text", self.text))

    def enter(self, run: Run) -> Move:
        run.emit(
            Tell(
                id=run.id(),
                by=self.by,
                to=run.text(self.to),
                subject=run.text(self.subject),
                text=run.text(self.text),
            )
        )
        return Go("next")
