"""Go through a list: the part behind `each` runs for every item and leads back here; `done` when none is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from engine.core.node import Example, Go, Move, Node, Palette, Words
from engine.core.run import Run


class ForEach(Node, tag="for_each", frozen=True, kw_only=True):
    """`items` is a substitution that gives a list (anything else counts as an empty one); it is read once, when
    the loop begins. At most `most` items are taken. The item's variable holds the item, `<item>_n` its number
    from 1."""

    palette: ClassVar[Palette] = Palette(
        group="shape",
        icon="repeat",
        title={"pt-BR": "Para cada item", "en": "For each item"},
        summary={
            "pt-BR": "Repete um trecho para cada item de uma lista.",
            "en": "Repeats a part for each item.",
        },
    )
    keeps_memory: ClassVar[bool] = True
    starter: ClassVar[dict[str, Any]] = {"items": ""}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="an empty list",
            node={"type": "for_each", "id": "loop", "items": "{{ invoices }}", "item": "invoice"},
            vars={"invoices": []},
            turns=[{"text": "oi", "exits": ["loop.done"]}],
        ),
        Example(
            name="the first of two",
            node={"type": "for_each", "id": "loop", "items": "{{ invoices }}", "item": "invoice"},
            vars={"invoices": [{"id": "a"}, {"id": "b"}]},
            turns=[{"text": "oi", "exits": ["loop.each"], "vars": {"invoice": {"id": "a"}, "invoice_n": 1}}],
        ),
    )

    items: Annotated[str, Meta(title="List")]
    item: Annotated[str, Meta(title="Name of the item", pattern=r"^[a-z][a-z0-9_]*$")] = "item"
    most: Annotated[int, Meta(ge=1, le=100, title="At most")] = 50

    def exits(self) -> list[str]:
        return ["each", "done"]

    def writes(self) -> dict[str, str]:
        return {self.item: "any", f"{self.item}_n": "number"}

    def templates(self) -> Iterable[tuple[str, Words]]:
        return (("/items", self.items),)

    def enter(self, run: Run) -> Move:
        memory = run.memory
        if "left" not in memory:
            value: Any = run.fill(self.items)
            memory["left"] = list(value[: self.most]) if isinstance(value, list) else []
            memory["n"] = 0
        if not memory["left"]:
            run.frame.memory.pop(self.id, None)
            return Go("done")
        first, *rest = memory["left"]
        memory["left"] = rest
        memory["n"] += 1
        run.set(self.item, first)
        run.set(f"{self.item}_n", memory["n"])
        return Go("each", f"item {memory['n']}")
