"""The static check of a rule: everything that is wrong, each with its JSON pointer; nothing is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.errors import pointer
from engine.core.logic.errors import RuleError, RuleProblem
from engine.core.logic.operators import OPERATORS
from engine.core.logic.operators.dates import UNITS
from engine.core.logic.operators.text import slow_on
from engine.core.logic.tree import ARRAY, LITERAL, Node, parse
from engine.core.logic.values import Json, dotted, parse_number, text
from engine.core.logic.vet import fault

Guards = frozenset[str]


def check(rule: Json, fields: Mapping[str, str] | None = None) -> list[RuleProblem]:
    """The problems of a rule, in reading order. An empty list means that it can be saved and says what it seems.

    `fields` are the known fields by dotted path with their type: text, number, integer, boolean, date, list,
    object, any. Fields below an `object`, `list` or `any` are not looked up.
    """
    unknown = _unknown_operators(rule)
    if unknown:
        return unknown
    try:
        tree = parse(rule)
    except RuleError as refused:
        return [RuleProblem(refused.code, "error", refused.path, refused.detail)]
    return _Checker(fields).run(tree)


def _unknown_operators(rule: Any, limit: int = 50) -> list[RuleProblem]:
    """All of them, not only the first, as the compiler would say."""
    found: list[RuleProblem] = []
    stack: list[tuple[Any, str, int]] = [(rule, "", 0)]
    while stack and len(found) < limit:
        value, path, depth = stack.pop()
        if depth > 100:
            return []
        if isinstance(value, list):
            stack.extend((item, f"{path}/{at}", depth + 1) for at, item in reversed(list(enumerate(value))))
        elif isinstance(value, dict) and len(value) == 1:
            ((name, given),) = value.items()
            if name not in OPERATORS:
                found.append(
                    RuleProblem("rule:unknown-operator", "error", path, f"there is no operator {name!r}")
                )
            if name != "preserve":
                stack.append((given, path + pointer(name), depth + 1))
    return found


class _Checker:
    def __init__(self, fields: Mapping[str, str] | None) -> None:
        self.fields = fields
        self.problems: list[RuleProblem] = []

    def run(self, tree: Node) -> list[RuleProblem]:
        self.visit(tree, frozenset(), 0)
        return self.problems

    def say(self, code: str, node: Node, detail: str, *, error: bool = False) -> None:
        self.problems.append(RuleProblem(code, "error" if error else "warning", node.path, detail))

    def visit(self, node: Node, guarded: Guards, level: int) -> None:
        """`guarded` are the fields known to exist here; `level` counts the iterators around."""
        wrong = fault(node)
        if wrong is not None:
            self.problems.append(RuleProblem(wrong.code, "error", wrong.path, wrong.detail))
            return
        self.known_field(node, level)
        match node.op:
            case "<" | "<=" | ">" | ">=" | "==" | "!=":
                self.comparison(node, guarded, level)
            case "matches":
                seed = slow_on(node.args[1].literal())  # type: ignore[arg-type]  # text, by `fault`
                if seed is not None:
                    self.say(
                        "rule:slow-pattern", node.args[1], f"takes too long on repeated {seed!r}", error=True
                    )
            case "date_add" | "date_diff" if len(node.args) > 2 and node.args[2].is_literal:
                if node.args[2].literal() not in UNITS:
                    self.say(
                        "rule:unknown-unit", node.args[2], f"a unit is one of {', '.join(UNITS)}", error=True
                    )
            case "exists" if node.single and node.args[0].is_literal and "." in text(node.args[0].literal()):
                self.say("rule:dotted-exists", node, "exists takes the keys one by one, dots are not read")
            case "/" | "%" if any(arg.is_literal and arg.literal() in (0, None, "") for arg in node.args[1:]):
                self.say("rule:division-by-zero", node, "always fails", error=True)
        self.types(node, level)
        self.descend(node, guarded, level)

    def descend(self, node: Node, guarded: Guards, level: int) -> None:
        operator = OPERATORS.get(node.op)
        if node.op == "and":
            for arg in node.args:
                self.visit(arg, guarded, level)
                guarded |= _proves(arg)
            return
        if node.op == "or":
            for arg in node.args:
                self.visit(arg, guarded, level)
                if arg.op == "!":
                    guarded |= _proves(arg.args[0]) if arg.args else frozenset()
            return
        if node.op == "if":
            for at in range(0, len(node.args) - 1, 2):
                self.visit(node.args[at], guarded, level)
                self.visit(node.args[at + 1], guarded | _proves(node.args[at]), level)
                if node.args[at].op == "!" and node.args[at].args:
                    guarded |= _proves(node.args[at].args[0])
            if len(node.args) % 2:
                self.visit(node.args[-1], guarded, level)
            return
        for place, arg in enumerate(node.args):
            inner = (
                operator is not None and operator.scoped and (place == 1 or (node.op == "try" and place > 0))
            )
            self.visit(arg, frozenset() if inner else guarded, level + 1 if inner else level)

    def known_field(self, node: Node, level: int) -> None:
        path = _field(node)
        if path is None or level or self.fields is None or not path:
            return
        parts = path.split(".")
        for size in range(len(parts), 0, -1):
            found = self.fields.get(".".join(parts[:size]))
            if found is not None:
                if size < len(parts) and found not in ("object", "list", "any"):
                    self.say(
                        "rule:unknown-field", node, f"{'.'.join(parts[:size])} is {found}, it has no fields"
                    )
                return
        if not any(name.startswith(path + ".") for name in self.fields):
            self.say("rule:unknown-field", node, f"there is no field {path}")

    def comparison(self, node: Node, guarded: Guards, level: int) -> None:
        """An absent field counts as 0: a comparison that 0 satisfies is true without any data."""
        if level or len(node.args) != 2:
            return
        for place, arg in enumerate(node.args):
            path, other = _field(arg), node.args[1 - place]
            if path is None or len(arg.args) > 1 or path in guarded or not other.is_literal:
                continue
            value = other.literal()
            if isinstance(value, str) and parse_number(value) is None:
                continue
            sides = (None, value) if place == 0 else (value, None)
            run = OPERATORS[node.op].run
            if node.op != "!=" and value is not None and run is not None and run(*sides):
                self.say(
                    "rule:absent-field",
                    node,
                    f"true when {path} is absent, because nothing counts as 0; guard it with exists",
                )

    def types(self, node: Node, level: int) -> None:
        if node.op in (LITERAL, ARRAY):
            return
        operator = OPERATORS[node.op]
        if operator.group == "comparison" and node.op != "in":
            kinds = [self.type_of(arg, level) for arg in node.args]
            clash = {kind for kind in kinds if kind in ("number", "text", "boolean", "date", "list")}
            clash = {"text" if kind == "date" else kind for kind in clash}
            if clash >= {"number", "text"} and not self._numeric_text(node):
                self.say(
                    "rule:type-mismatch", node, "compares a number with a text: never equal, never ordered"
                )
            if "list" in clash and len(clash) > 1:
                self.say("rule:type-mismatch", node, "compares a list with a single value")
            return
        for place, arg in enumerate(node.args):
            wanted = operator.takes[min(place, len(operator.takes) - 1)]
            kind = self.type_of(arg, level)
            if kind == "any" or wanted == "any" or kind == wanted or {kind, wanted} == {"text", "date"}:
                continue
            if (operator.spread and node.single) or (wanted == "number" and kind == "boolean"):
                continue
            if wanted == "number" and arg.is_literal and self._numeric(arg.literal()):
                continue
            if (
                node.op in ("substr", "lower", "upper", "trim", "unaccent", "exists", "contains_any")
                and kind != "list"
            ):
                continue
            self.say("rule:type-mismatch", arg, f"{node.op} takes a {wanted}, this is a {kind}")

    def type_of(self, node: Node, level: int) -> str:
        if node.op == ARRAY:
            return "list"
        if node.op == LITERAL:
            match node.value:
                case bool():
                    return "boolean"
                case int() | float():
                    return "number"
                case str():
                    return "text"
            return "list" if isinstance(node.value, list) else "any"
        path = _field(node)
        if path is not None:
            declared = (self.fields or {}).get(path, "any") if level == 0 else "any"
            return {"integer": "number", "object": "any"}.get(declared, declared)
        return OPERATORS[node.op].returns

    def _numeric_text(self, node: Node) -> bool:
        return any(
            arg.is_literal and self._numeric(arg.literal()) for arg in node.args if arg.op == LITERAL
        ) and any(
            isinstance(arg.value, str) and self._numeric(arg.value) for arg in node.args if arg.op == LITERAL
        )

    def _numeric(self, value: Json) -> bool:
        return value is None or value == "" or (isinstance(value, str) and parse_number(value) is not None)


def _field(node: Node) -> str | None:
    """The dotted path of a plain field read, else None."""
    if node.op == "var" and node.args and node.args[0].is_literal:
        value = node.args[0].literal()
        return None if isinstance(value, list | dict) else ".".join(dotted(value))
    if node.op == "val" and node.args and all(arg.is_literal for arg in node.args):
        keys = [arg.literal() for arg in node.args]
        if not any(isinstance(key, list | dict) for key in keys):
            return ".".join(map(text, keys))
    return None


def _proves(node: Node) -> Guards:
    """The fields that exist wherever this condition is true."""
    match node.op:
        case "exists" if all(arg.is_literal for arg in node.args):
            return frozenset({".".join(text(arg.literal()) for arg in node.args)})
        case "and":
            return frozenset().union(*(_proves(arg) for arg in node.args))
        case "!!" if node.args:
            return _proves(node.args[0])
        case "var" | "val":
            path = _field(node)
            return frozenset() if path is None else frozenset({path})
        case "!=" | "!==" if (
            len(node.args) == 2 and node.args[1].is_literal and node.args[1].literal() is None
        ):
            return _proves(node.args[0])
        case "!" if node.args and node.args[0].op == "missing":
            names = node.args[0].args
            given = [name.literal() for name in names if name.is_literal]
            listed = given[0] if given and isinstance(given[0], list) else given
            return frozenset(text(name) for name in listed)
    return frozenset()
