"""Close the conversation: the next message opens a new one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta

from engine.core.effects import CloseConversation
from engine.core.message import Text
from engine.core.node import Example, Finish, Move, Node, Palette, Words
from engine.core.run import Run


class Close(Node, tag="close", frozen=True, kw_only=True):
    """Ends the session: it has no exit."""

    palette: ClassVar[Palette] = Palette(
        group="people",
        icon="check_circle",
        title={"pt-BR": "Encerrar atendimento", "en": "Close"},
        summary={
            "pt-BR": "Encerra a conversa com um motivo.",
            "en": "Closes the conversation with a reason.",
        },
    )
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="solved",
            node={"type": "close", "id": "bye", "text": "Até logo!", "reason": "solved"},
            turns=[
                {"text": "oi", "expect": ["Até logo!"], "effects": ["close_conversation"], "state": "done"}
            ],
        ),
    )

    text: Annotated[Words, Meta(title="Last words")] = ""
    reason: Annotated[str, Meta(title="Reason", max_length=200)] = ""

    def exits(self) -> list[str]:
        return []

    def templates(self) -> Iterable[tuple[str, Words]]:
        return (("/text", self.text),)

    def speaks(self) -> bool:
        return bool(self.text)

    def enter(self, run: Run) -> Move:
        text = run.text(self.text)
        if text.strip():
            run.send(Text(text))
        run.emit(CloseConversation(id=run.id(), reason=self.reason))
        return Finish(whole=True, why=self.reason or "closed")
