"""Leave an internal note in the conversation: people of the company read it, the contact does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from engine.core.effects import AddNote
from engine.core.node import Example, Go, Move, Node, Palette, Words
from engine.core.run import Run


class Note(Node, tag="note", frozen=True, kw_only=True):
    palette: ClassVar[Palette] = Palette(
        group="people",
        icon="sticky_note_2",
        title={"pt-BR": "Nota interna", "en": "Internal note"},
        summary={"pt-BR": "Anota algo para a equipe.", "en": "Notes something for the team."},
    )
    starter: ClassVar[dict[str, Any]] = {"text": ""}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="for the next agent",
            node={"type": "note", "id": "note", "text": "Pediu prazo até {{ until | date }}"},
            vars={"until": "2026-12-05"},
            turns=[{"text": "oi", "effects": ["add_note"], "exits": ["note.next"]}],
        ),
    )

    text: Annotated[str, Meta(title="Note", min_length=1, max_length=4000)]

    def templates(self) -> Iterable[tuple[str, Words]]:
        return (("/text", self.text),)

    def enter(self, run: Run) -> Move:
        run.emit(AddNote(id=run.id(), text=run.text(self.text)))
        return Go("next")
