"""Keep what was learned about the contact: known columns or custom fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from engine.core.effects import UpdateContact as Update
from engine.core.node import Example, Go, Move, Node, Palette, Words
from engine.core.run import Run


class UpdateContact(Node, tag="update_contact", frozen=True, kw_only=True):
    """`fields`: name -> value; `name`, `email`, `cpf`, `phone`, `language` are columns, any other a custom field."""

    palette: ClassVar[Palette] = Palette(
        group="do",
        icon="person",
        title={"pt-BR": "Atualizar contato", "en": "Update contact"},
        summary={"pt-BR": "Guarda dados no cadastro do contato.", "en": "Keeps data on the contact's card."},
    )
    starter: ClassVar[dict[str, Any]] = {"fields": {}}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="keep the name",
            node={"type": "update_contact", "id": "keep", "fields": {"name": "{{ answer | title }}"}},
            vars={"answer": "ana de souza"},
            turns=[{"text": "oi", "effects": ["update_contact"], "exits": ["keep.next"]}],
        ),
    )

    fields: Annotated[dict[str, Any], Meta(title="Fields", min_length=1, max_length=50)]

    def templates(self) -> Iterable[tuple[str, Words]]:
        return ((f"/fields/{k}", v) for k, v in self.fields.items() if isinstance(v, str))

    def enter(self, run: Run) -> Move:
        run.emit(Update(id=run.id(), fields=run.fill(self.fields)))
        return Go("next")
