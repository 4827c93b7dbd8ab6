"""Give variables values: a rule's result, or a text with substitutions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from engine.core.node import Example, Go, Move, Node, Palette, Words
from engine.core.run import Run


class Assignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Either `rule` (JSON-Logic) or `value` (JSON; texts in it may hold substitutions, and a text that is one
    substitution keeps its type)."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$")]
    value: Any = None
    rule: Any = None


class SetVariable(Node, tag="set_variable", frozen=True, kw_only=True):
    """Later assignments see the earlier ones."""

    palette: ClassVar[Palette] = Palette(
        group="do",
        icon="data_object",
        title={"pt-BR": "Definir variável", "en": "Set variable"},
        summary={
            "pt-BR": "Calcula ou copia valores para variáveis.",
            "en": "Computes or copies values into variables.",
        },
    )
    starter: ClassVar[dict[str, Any]] = {"set": [{"name": "value", "value": ""}]}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="computed and composed",
            node={
                "type": "set_variable",
                "id": "set",
                "set": [
                    {"name": "total", "rule": {"+": [{"var": "a"}, {"var": "b"}]}},
                    {"name": "said", "value": "São {{ total | brl }}"},
                    {"name": "same", "value": "{{ total }}"},
                ],
            },
            vars={"a": 1000, "b": 250},
            turns=[{"text": "oi", "vars": {"total": 1250, "said": "São R$ 12,50", "same": 1250}}],
        ),
    )

    set: Annotated[list[Assignment], Meta(title="Values", min_length=1, max_length=50)]

    def exits(self) -> list[str]:
        return ["next", "error"]

    def error_exits(self) -> frozenset[str]:
        return frozenset({"error"})

    def writes(self) -> dict[str, str]:
        return {a.name.partition(".")[0]: "any" for a in self.set}

    def rules(self) -> Iterable[tuple[str, Any]]:
        return ((f"/set/{n}/rule", a.rule) for n, a in enumerate(self.set) if a.rule is not None)

    def templates(self) -> Iterable[tuple[str, Words]]:
        return ((f"/set/{n}/value", a.value) for n, a in enumerate(self.set) if isinstance(a.value, str))

    def enter(self, run: Run) -> Move:
        for assignment in self.set:
            value = run.rule(assignment.rule) if assignment.rule is not None else run.fill(assignment.value)
            run.set(assignment.name, value)
        return Go("next")
