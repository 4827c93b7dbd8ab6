"""A rule read out with the types of its fields: centavos as reais, dates as people write them, "5 days before"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from engine.core.filters import grouped
from engine.core.logic import compile_rule
from engine.core.logic.explain import Explanation
from engine.core.logic.reading import Lang, Reader
from engine.core.logic.tree import Node
from engine.core.logic.values import Json, dotted

_COMPARED = frozenset({"==", "!=", "===", "!==", "<", "<=", ">", ">="})
_UNITS = {
    "pt-BR": {
        "seconds": ("segundo", "segundos"), "minutes": ("minuto", "minutos"), "hours": ("hora", "horas"),
        "days": ("dia", "dias"), "weeks": ("semana", "semanas"), "months": ("mês", "meses"), "years": ("ano", "anos"),
    },
    "en": {
        "seconds": ("second", "seconds"), "minutes": ("minute", "minutes"), "hours": ("hour", "hours"),
        "days": ("day", "days"), "weeks": ("week", "weeks"), "months": ("month", "months"), "years": ("year", "years"),
    },
}  # fmt: skip
_SAID: dict[str, dict[str, str]] = {
    "pt-BR": {
        "before": "{n} antes de {base}", "after": "{n} depois de {base}", "has": "{1} contém {0}",
        "sooner": "{0} é antes de {1}", "later": "{0} é depois de {1}", "until": "{0} é até {1}",
        "from": "{0} é a partir de {1}",
    },
    "en": {
        "before": "{n} before {base}", "after": "{n} after {base}", "has": "{1} contains {0}",
        "sooner": "{0} is before {1}", "later": "{0} is after {1}", "until": "{0} is up to {1}",
        "from": "{0} is from {1} on",
    },
}  # fmt: skip
_DATES = {"<": "sooner", ">": "later", "<=": "until", ">=": "from"}


class Speaker(Reader):
    """`kinds` are the types of the fields by dotted path."""

    def __init__(self, lang: Lang, labels: Mapping[str, str], kinds: Mapping[str, str]) -> None:
        super().__init__(lang, labels)
        self.kinds = kinds
        self._kind = ""

    def say(self, node: Node, inside: str = "") -> str:
        if node.op in _COMPARED or node.op == "in":
            before, self._kind = self._kind, self._kind_of(node)
            try:
                return self._compared(node, inside)
            finally:
                self._kind = before
        if node.op == "date_add" and len(node.args) >= 2 and isinstance(node.args[1].value, int):
            return self._moved(node)
        return super().say(node, inside)

    def value(self, value: Json) -> str:
        if self._kind == "money" and isinstance(value, int) and not isinstance(value, bool):
            return f"R$ {grouped(value / 100, 2)}"
        if isinstance(value, str) and len(value) == 10 and self._kind in ("date", "datetime"):
            try:
                return date.fromisoformat(value).strftime("%d/%m/%Y" if self.lang == "pt-BR" else "%Y-%m-%d")
            except ValueError:
                return super().value(value)
        if isinstance(value, str) and value and len(value) <= 60:
            return f"“{value}”"
        return super().value(value)

    def value_of(self, node: Node, value: Json) -> str:
        """A value in the way of the field that `node` compares."""
        before, self._kind = self._kind, self._kind_of(node)
        try:
            return self.value(value)
        finally:
            self._kind = before

    def _compared(self, node: Node, inside: str) -> str:
        said = _SAID[self.lang]
        if len(node.args) == 2:
            left, right = node.args
            if node.op == "in" and left.is_literal and right.op in ("var", "val"):
                return said["has"].format(self.say(left), self.say(right))
            if node.op in _DATES and self._kind in ("date", "datetime"):
                return said[_DATES[node.op]].format(self.say(left), self.say(right))
        return super().say(node, inside)

    def _moved(self, node: Node) -> str:
        base, amount = node.args[0], int(node.args[1].value)
        unit = str(node.args[2].value) if len(node.args) > 2 else "days"
        names = _UNITS[self.lang].get(unit)
        if amount == 0 or names is None:
            return super().say(node)
        n = f"{abs(amount)} {names[0] if abs(amount) == 1 else names[1]}"
        return _SAID[self.lang]["before" if amount < 0 else "after"].format(n=n, base=self.say(base))

    def _kind_of(self, node: Node) -> str:
        for arg in node.args:
            if arg.op == "var" and arg.args and isinstance(arg.args[0].value, str):
                return self.kinds.get(".".join(dotted(arg.args[0].value)), "")
            if arg.op == "val" and arg.args and all(isinstance(a.value, str) for a in arg.args):
                return self.kinds.get(".".join(str(a.value) for a in arg.args), "")
        return ""


def speak(rule: Json, lang: Lang, labels: Mapping[str, str], kinds: Mapping[str, str]) -> str:
    """The rule as a sentence. Raises RuleError for a rule that is none."""
    return Speaker(lang, labels, kinds).say(compile_rule(rule).tree)


def spoken(told: Explanation, rule: Json, speaker: Speaker) -> Explanation:
    """An explanation in the speaker's words."""
    nodes = {node.path: node for node in compile_rule(rule).tree.walk()}

    def again(one: Explanation) -> Explanation:
        node = nodes.get(one.path)
        values = one.shown
        if node is not None and one.reached and len(values) == 1 and node.op in (*_COMPARED, "in"):
            asked = next((arg for arg in node.args if not arg.is_literal), None)
            found = next((c.value for c in one.children if asked is not None and c.path == asked.path), None)
            values = (speaker.value_of(node, found),)
        return msgspec.structs.replace(
            one,
            text=one.text if node is None else speaker.say(node),
            shown=values,
            children=tuple(map(again, one.children)),
        )

    return again(told)
