"""Why a rule gave what it gave: every clause with its value, and those that were not reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.core.logic.env import Env
from engine.core.logic.errors import RuleError
from engine.core.logic.reading import Lang, Reader
from engine.core.logic.rule import compile_rule
from engine.core.logic.tree import Node
from engine.core.logic.values import Json

_LOOPS = {"some", "all", "none", "filter", "map", "reduce"}
_STRUCTURE = {"and", "or", "if", "!", "??", "try", *_LOOPS}
_HEADS = {
    "pt-BR": {
        "and": "todas as condições",
        "or": "ao menos uma das condições",
        "if": "escolha",
        "unreached": "não avaliado",
        "times": "verdadeiro em {0} de {1}",
        "error": "erro",
    },
    "en": {
        "and": "all of the conditions",
        "or": "at least one of the conditions",
        "if": "choice",
        "unreached": "not reached",
        "times": "true in {0} of {1}",
        "error": "error",
    },
}


class Explanation(msgspec.Struct, frozen=True):
    """One clause: its JSON pointer, its words, whether it was reached and its value (the last one in a loop).

    `result` is the truth of the value, None where not reached. `shown` are the values of what it compares.
    `times` is (true, evaluated) for a clause that ran several times. `error` is the code of a failure here.
    """

    path: str
    op: str
    text: str
    reached: bool
    result: bool | None
    value: Any
    children: tuple[Explanation, ...] = ()
    shown: tuple[str, ...] = ()
    times: tuple[int, int] = (0, 0)
    error: str = ""
    lang: Lang = "pt-BR"

    def render(self) -> str:
        """The explanation in lines: `✘ dias em atraso da fatura é maior que 30 [= 12]`."""
        return "\n".join(self._lines(0))

    def _lines(self, level: int) -> list[str]:
        heads = _HEADS[self.lang]
        structured = (
            self.op in _STRUCTURE and self.children and (self.reached or self.error != "" or level == 0)
        )
        head = heads.get(self.op, self.text) if structured and self.op in heads else self.text
        mark = "!" if self.error else "–" if not self.reached else "✔" if self.result else "✘"
        line = f"{'  ' * level}{mark} {head}"
        if self.error:
            line += f" [{heads['error']}: {self.error}]"
        elif not self.reached:
            line += f" ({heads['unreached']})"
        elif self.times[1] > 1:
            line += f" ({heads['times'].format(*self.times)})"
        elif self.shown:
            line += f" [= {', '.join(self.shown)}]"
        if structured:
            below = [
                child for child in self.children if child.op not in ("var", "val") or self.op not in _LOOPS
            ]
            lines = [line for child in below for line in child._lines(level + 1)]
            return [line + (":" if self.op in heads else ""), *lines]
        return [line]


def explain(
    rule: Json,
    data: Json,
    env: Env | None = None,
    lang: Lang = "pt-BR",
    labels: Mapping[str, str] | None = None,
) -> Explanation:
    """Evaluates the rule by its tracing twin and says what each clause gave.

    A failure does not raise: the clause that failed carries its code. Raises RuleError only for a rule that
    cannot be compiled.
    """
    compiled = compile_rule(rule)
    last: dict[int, Json] = {}
    truths: dict[int, list[int]] = {}

    def trace(index: int, value: Any) -> None:
        last[index] = value
        seen = truths.setdefault(index, [0, 0])
        seen[0] += bool(value)
        seen[1] += 1

    failed: RuleError | None = None
    try:
        compiled.traced(data, env, trace)
    except RuleError as fault:
        failed = fault
    reader = Reader(lang, labels)

    def build(node: Node) -> Explanation:
        reached = node.index in last
        value = last.get(node.index)
        children = tuple(build(arg) for arg in node.args if not arg.is_literal)
        shown = () if node.op in _STRUCTURE else _shown(node, last, reader)
        true, total = truths.get(node.index, (0, 0))
        error = failed.code if failed is not None and failed.path == node.path and not reached else ""
        return Explanation(
            path=node.path,
            op=node.op,
            text=reader.say(node),
            reached=reached,
            result=bool(value) if reached else None,
            value=value,
            children=children,
            shown=shown,
            times=(true, total),
            error=error,
            lang=lang,
        )

    return build(compiled.tree)


def _shown(node: Node, last: dict[int, Json], reader: Reader) -> tuple[str, ...]:
    """The values of the parts that are not written in the rule; a field shows its own."""
    parts = [arg for arg in node.args if not arg.is_literal] if node.op not in ("var", "val") else [node]
    return tuple(reader.value(last[part.index]) for part in parts if part.index in last)
