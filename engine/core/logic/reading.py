"""A rule read out in plain Portuguese or English, from the same tree that is compiled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from engine.core.logic.operators import OPERATORS
from engine.core.logic.rule import compile_rule
from engine.core.logic.tree import LITERAL, Node
from engine.core.logic.values import Json, brief, dotted, text

Lang = Literal["pt-BR", "en"]

_WORDS: dict[str, dict[str, str]] = {
    "pt-BR": {
        "and": " e ",
        "or": " ou ",
        "true": "verdadeiro",
        "false": "falso",
        "null": "vazio",
        "item": "o item",
        "data": "os dados",
        "acc": "o acumulado",
        "if": "se {0} então {1}",
        "else": "senão {0}",
        "then": "; senão, ",
        "between": "{1} está entre {0} e {2}",
        "inside": "{1} está entre {0} e {2}, sem incluir os extremos",
        "empty": "{0} está vazio",
        "not_empty": "{0} não está vazio",
        "not": "não é verdade que {0}",
        "not_in": "{0} não está em {1}",
        "not_exists": "{0} não existe",
        "not_true": "{0} não é verdadeiro",
        "nothing": "sempre falso",
        "default": "{0} (ou {1})",
        "outer": "{0} (de fora)",
    },
    "en": {
        "and": " and ",
        "or": " or ",
        "true": "true",
        "false": "false",
        "null": "empty",
        "item": "the item",
        "data": "the data",
        "acc": "the accumulator",
        "if": "if {0} then {1}",
        "else": "otherwise {0}",
        "then": "; otherwise, ",
        "between": "{1} is between {0} and {2}",
        "inside": "{1} is between {0} and {2}, ends excluded",
        "empty": "{0} is empty",
        "not_empty": "{0} is not empty",
        "not": "it is not true that {0}",
        "not_in": "{0} is not in {1}",
        "not_exists": "{0} does not exist",
        "not_true": "{0} is not true",
        "nothing": "always false",
        "default": "{0} (or {1})",
        "outer": "{0} (outside)",
    },
}
_SIGNS = {"+": " + ", "-": " − ", "*": " × ", "/": " ÷ ", "cat": " & "}
_UNITS = {
    "seconds": "segundos",
    "minutes": "minutos",
    "hours": "horas",
    "days": "dias",
    "weeks": "semanas",
    "months": "meses",
    "years": "anos",
}


class Reader:
    """Renders nodes in one language, with the names that people gave to the fields."""

    def __init__(self, lang: Lang = "pt-BR", labels: Mapping[str, str] | None = None) -> None:
        self.lang = lang
        self.words = _WORDS[lang]
        self.labels = labels or {}

    def say(self, node: Node, inside: str = "") -> str:
        """The words for a node; `inside` is the operator around it, for parentheses."""
        match node.op:
            case "literal":
                return self.value(node.value)
            case "array":
                return ", ".join(self.say(item) for item in node.args) or self.words["null"]
            case "var":
                return self._var(node)
            case "val":
                return self._val(node)
            case "exists":
                label = self._label([arg.literal() if arg.is_literal else "…" for arg in node.args])
                return OPERATORS["exists"].says[self.lang].format(label)
            case "and" | "or":
                return self._joined(node, inside)
            case "if":
                return self._if(node)
            case "!":
                return self._not(node)
            case "+" | "-" | "*" | "/" | "cat":
                return self._signs(node, inside)
            case "<" | "<=" if len(node.args) == 3:
                pattern = self.words["inside" if node.op == "<" else "between"]
                return pattern.format(*(self.say(arg) for arg in node.args))
            case "==" | "===" if self._is_empty(node.args[-1]):
                return self.words["empty"].format(self.say(node.args[0]))
            case "!=" | "!==" if self._is_empty(node.args[-1]):
                return self.words["not_empty"].format(self.say(node.args[0]))
        return self._operator(node)

    def value(self, value: Json) -> str:
        match value:
            case bool():
                return self.words["true" if value else "false"]
            case None | "":
                return self.words["null"]
            case float() if self.lang == "pt-BR":
                return text(value).replace(".", ",")
            case list():
                return ", ".join(self.value(item) for item in value[:12]) + (", …" if len(value) > 12 else "")
        return brief(value, 60)

    def _operator(self, node: Node) -> str:
        said = [self.say(arg, node.op) for arg in node.args]
        if OPERATORS[node.op].group == "date" and self.lang == "pt-BR" and node.args[2:]:
            said[2] = _UNITS.get(node.args[2].value, said[2])
        elif node.op in ("date_add", "date_diff") and len(said) == 2:
            said.append(_UNITS["days"] if self.lang == "pt-BR" else "days")
        pattern = OPERATORS[node.op].says[self.lang]
        missing = [self.words["null"]] * 3
        result = pattern.format(*said, *missing, all=", ".join(said))
        if node.op in ("date_diff",):
            result = f"{result} ({said[2].strip(chr(34))})"
        extra = said[2:] if OPERATORS[node.op].group == "comparison" else []
        return self.words["and"].join([result, *extra])

    def _is_empty(self, node: Node) -> bool:
        return node.op == LITERAL and (node.value is None or node.value == "")

    def _label(self, keys: list[Json]) -> str:
        path = ".".join(map(text, keys))
        if not path:
            return self.words["data"]
        return self.labels.get(path, path)

    def _var(self, node: Node) -> str:
        where = node.args[0] if node.args else None
        if where is None or not where.is_literal or isinstance(where.literal(), list | dict):
            return f"{{{self.say(where)}}}" if where is not None else self.words["item"]
        path = dotted(where.literal())
        match path:
            case ():
                said = self.words["item"]
            case ("accumulator",):
                said = self.words["acc"]
            case ("current",):
                said = self.words["item"]
            case ("current", *rest):
                said = self._label(list(rest))
            case _:
                said = self._label(list(path))
        if len(node.args) > 1:
            return self.words["default"].format(said, self.say(node.args[1]))
        return said

    def _val(self, node: Node) -> str:
        if not all(arg.is_literal for arg in node.args):
            return f"{{{', '.join(self.say(arg) for arg in node.args)}}}"
        keys = [arg.literal() for arg in node.args]
        if node.single and isinstance(keys[0], list):
            keys = keys[0]
        if keys and isinstance(keys[0], list):
            return self.words["outer"].format(self._label(keys[1:]))
        return self._label(keys) if keys else self.words["item"]

    def _joined(self, node: Node, inside: str) -> str:
        if not node.args:
            return self.words["nothing"]
        said = self.words[node.op].join(self.say(arg, node.op) for arg in node.args)
        return f"({said})" if inside and inside != node.op and len(node.args) > 1 else said

    def _if(self, node: Node) -> str:
        args = [self.say(arg) for arg in node.args]
        pairs = [self.words["if"].format(*args[at : at + 2]) for at in range(0, len(args) - 1, 2)]
        said = self.words["then"].join(pairs)
        if len(args) % 2 and pairs:
            return f"{said}; {self.words['else'].format(args[-1])}"
        return said or (args[0] if args else self.words["null"])

    def _not(self, node: Node) -> str:
        if not node.args:
            return self.words["true"]
        inner = node.args[0]
        match inner.op:
            case "in":
                return self.words["not_in"].format(*(self.say(arg) for arg in inner.args))
            case "exists":
                keys = [arg.literal() if arg.is_literal else "…" for arg in inner.args]
                return self.words["not_exists"].format(self._label(keys))
            case "var" | "val":
                return self.words["not_true"].format(self.say(inner))
        return self.words["not"].format(self.say(inner, "!"))

    def _signs(self, node: Node, inside: str) -> str:
        said = [self.say(arg, node.op) for arg in node.args]
        if len(said) == 1:
            return f"−{said[0]}" if node.op == "-" else said[0]
        joined = _SIGNS[node.op].join(said)
        return f"({joined})" if inside in _SIGNS and inside != node.op else joined


def reading(rule: Json, lang: Lang = "pt-BR", labels: Mapping[str, str] | None = None) -> str:
    """The rule as a sentence; `labels` names fields by dotted path. Raises RuleError for a rule that is none."""
    return Reader(lang, labels).say(compile_rule(rule).tree)


__all__ = ["Lang", "Reader", "reading"]
