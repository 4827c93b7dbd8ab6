"""Put tags on the contact, or take them off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta

from engine.core.effects import TagContact
from engine.core.node import Example, Go, Move, Node, Palette, Words
from engine.core.run import Run


class Tag(Node, tag="tag", frozen=True, kw_only=True):
    """A tag that is there already, or is not there, changes nothing."""

    palette: ClassVar[Palette] = Palette(
        group="do",
        icon="label",
        title={"pt-BR": "Etiquetas", "en": "Tags"},
        summary={
            "pt-BR": "Põe ou tira etiquetas do contato.",
            "en": "Puts tags on the contact or takes them off.",
        },
    )
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="a lead",
            node={"type": "tag", "id": "tag", "add": ["lead", "{{ source }}"], "remove": ["frio"]},
            vars={"source": "site"},
            turns=[{"text": "oi", "effects": ["tag_contact"], "exits": ["tag.next"]}],
        ),
    )

    add: Annotated[list[str], Meta(title="Add", max_length=50)] = []
    remove: Annotated[list[str], Meta(title="Remove", max_length=50)] = []

    def templates(self) -> Iterable[tuple[str, Words]]:
        yield from ((f"/add/{n}", t) for n, t in enumerate(self.add))
        yield from ((f"/remove/{n}", t) for n, t in enumerate(self.remove))

    def enter(self, run: Run) -> Move:
        add = [t for t in (run.text(t).strip() for t in self.add) if t]
        remove = [t for t in (run.text(t).strip() for t in self.remove) if t]
        run.emit(TagContact(id=run.id(), add=add, remove=remove))
        return Go("next")
