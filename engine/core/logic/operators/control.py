"""Logic and control: `if and or ! !! ??`, `try throw`, `preserve`."""

from __future__ import annotations

from engine.core.logic.errors import RuleError
from engine.core.logic.operators.registry import add
from engine.core.logic.values import Json, brief


def thrown(value: Json) -> RuleError:
    """The failure that `throw` raises: a text becomes `{"type": text}`, an object is kept."""
    payload = value if isinstance(value, dict) else {"type": value}
    return RuleError("rule:thrown", brief(payload.get("type", payload)), thrown=payload)


add(
    "if",
    "logic",
    (0, None),
    pt="Condição, valor, condição, valor, ..., senão.",
    en="Condition, value, condition, value, ..., otherwise.",
    says_pt="se {0} então {1} senão {2}",
    says_en="if {0} then {1} else {2}",
    aliases=("?:",),
    examples=[
        ({"if": [{">": [{"var": "days"}, 30]}, "late", "on time"]}, {"days": 31}, "late"),
        ({"if": [False, "a", True, "b", "c"]}, None, "b"),
        ({"if": [False, "a"]}, None, None),
    ],
)
add(
    "and",
    "logic",
    (0, None),
    pt="Todos são verdadeiros (devolve o primeiro falso ou o último).",
    en="All are true (gives the first false one, or the last).",
    says_pt="{all}",
    says_en="{all}",
    examples=[({"and": [True, 1, "x"]}, None, "x"), ({"and": [True, 0, "x"]}, None, 0)],
)
add(
    "or",
    "logic",
    (0, None),
    pt="Algum é verdadeiro (devolve o primeiro verdadeiro ou o último).",
    en="One is true (gives the first true one, or the last).",
    says_pt="{all}",
    says_en="{all}",
    examples=[({"or": [0, "", "x"]}, None, "x"), ({"or": [False, 0]}, None, 0)],
)
add(
    "!",
    "logic",
    (0, 1),
    pt="Não: inverte verdadeiro e falso.",
    en="Not: swaps true and false.",
    says_pt="não é verdade que {0}",
    says_en="it is not true that {0}",
    returns="boolean",
    run=lambda value=None: not value,
    examples=[({"!": [{"var": "blocked"}]}, {"blocked": False}, True), ({"!": "0"}, None, False)],
)
add(
    "!!",
    "logic",
    (0, 1),
    pt='Verdadeiro ou falso: [] {} "" 0 null e false são falsos.',
    en='True or false: [] {} "" 0 null and false are false.',
    says_pt="{0} é verdadeiro",
    says_en="{0} is true",
    returns="boolean",
    run=lambda value=None: bool(value),
    examples=[({"!!": [[]]}, None, False), ({"!!": ["0"]}, None, True)],
)
add(
    "??",
    "logic",
    (0, None),
    pt="O primeiro valor que não é nulo.",
    en="The first value that is not null.",
    says_pt="o primeiro preenchido entre {all}",
    says_en="the first present of {all}",
    examples=[({"??": [{"var": "nickname"}, {"var": "name"}, "cliente"]}, {"name": "Ana"}, "Ana")],
)
add(
    "try",
    "control",
    (1, None),
    pt="O primeiro argumento que não falha; os seguintes veem o erro como dados.",
    en="The first argument that does not fail; the later ones see the error as their data.",
    says_pt="o primeiro que não falha entre {all}",
    says_en="the first that does not fail of {all}",
    scoped=True,
    examples=[
        ({"try": [{"/": [{"var": "total"}, {"var": "parts"}]}, 0]}, {"total": 10, "parts": 0}, 0),
        ({"try": [{"throw": "no plan"}, {"val": "type"}]}, None, "no plan"),
    ],
)
add(
    "throw",
    "control",
    (1, 1),
    pt="Falha com o motivo dado, que um try de fora recebe.",
    en="Fails with the given reason, which a try outside receives.",
    says_pt="falha com {0}",
    says_en="fails with {0}",
    examples=[({"try": [{"throw": {"val": "why"}}, {"val": "type"}]}, {"why": "x"}, "x")],
)
add(
    "preserve",
    "control",
    (1, 1),
    pt="Devolve o conteúdo como está, sem o avaliar.",
    en="Gives its content as it is, not evaluated.",
    says_pt="{0}",
    says_en="{0}",
    examples=[({"preserve": {"+": [1, 2]}}, None, {"+": [1, 2]})],
)
