"""Comparison. Two arguments, or more as a chain (`{"<": [0, x, 10]}`); later arguments are read only if needed."""

from __future__ import annotations

from engine.core.logic.operators.registry import add
from engine.core.logic.values import (
    contains,
    equal,
    greater,
    greater_or_equal,
    less,
    less_or_equal,
    same,
)

add(
    "==",
    "comparison",
    (2, None),
    pt='Igual, com conversão: "3" é igual a 3; número e texto sem número são diferentes.',
    en='Equal, with conversion: "3" equals 3; a number and a text that is no number are different.',
    says_pt="{0} é igual a {1}",
    says_en="{0} is equal to {1}",
    returns="boolean",
    run=equal,
    examples=[
        ({"==": [{"var": "status"}, "open"]}, {"status": "open"}, True),
        ({"==": ["3", 3]}, None, True),
        ({"==": ["três", 3]}, None, False),
    ],
)
add(
    "!=",
    "comparison",
    (2, None),
    pt="Diferente, com a mesma conversão de ==.",
    en="Different, with the conversion of ==.",
    says_pt="{0} é diferente de {1}",
    says_en="{0} is different from {1}",
    returns="boolean",
    run=lambda left, right: not equal(left, right),
    examples=[
        ({"!=": [{"var": "status"}, "open"]}, {"status": "paid"}, True),
        ({"!=": ["3", 3]}, None, False),
    ],
)
add(
    "===",
    "comparison",
    (2, None),
    pt="Idêntico: mesmo tipo e mesmo valor.",
    en="Identical: the same type and value.",
    says_pt="{0} é idêntico a {1}",
    says_en="{0} is identical to {1}",
    returns="boolean",
    run=same,
    examples=[
        ({"===": ["3", 3]}, None, False),
        ({"===": [3, 3.0]}, None, True),
        ({"===": [1, True]}, None, False),
    ],
)
add(
    "!==",
    "comparison",
    (2, None),
    pt="Não idêntico: outro tipo ou outro valor.",
    en="Not identical: another type or value.",
    says_pt="{0} não é idêntico a {1}",
    says_en="{0} is not identical to {1}",
    returns="boolean",
    run=lambda left, right: not same(left, right),
    examples=[({"!==": ["3", 3]}, None, True), ({"!==": ["a", "a"]}, None, False)],
)
add(
    "<",
    "comparison",
    (2, None),
    pt="Menor que. Campo ausente conta como 0: proteja com exists.",
    en="Less than. An absent field counts as 0: guard it with exists.",
    says_pt="{0} é menor que {1}",
    says_en="{0} is less than {1}",
    returns="boolean",
    run=less,
    examples=[
        ({"<": [{"var": "days"}, 30]}, {"days": 12}, True),
        ({"<": [1, {"var": "n"}, 10]}, {"n": 5}, True),
        ({"<": [{"var": "absent"}, 30]}, {}, True),
    ],
)
add(
    "<=",
    "comparison",
    (2, None),
    pt="Menor ou igual.",
    en="Less than or equal.",
    says_pt="{0} é menor ou igual a {1}",
    says_en="{0} is at most {1}",
    returns="boolean",
    run=less_or_equal,
    examples=[({"<=": [3, 3]}, None, True), ({"<=": ["2026-01-31", "2026-01-30"]}, None, False)],
)
add(
    ">",
    "comparison",
    (2, None),
    pt="Maior que.",
    en="Greater than.",
    says_pt="{0} é maior que {1}",
    says_en="{0} is greater than {1}",
    returns="boolean",
    run=greater,
    examples=[({">": [{"var": "days"}, 30]}, {"days": 12}, False), ({">": ["abc", 5]}, None, False)],
)
add(
    ">=",
    "comparison",
    (2, None),
    pt="Maior ou igual.",
    en="Greater than or equal.",
    says_pt="{0} é maior ou igual a {1}",
    says_en="{0} is at least {1}",
    returns="boolean",
    run=greater_or_equal,
    examples=[({">=": [{"var": "score"}, 700]}, {"score": 700}, True), ({">=": [None, 1]}, None, False)],
)
add(
    "in",
    "comparison",
    (2, 2),
    pt="O valor está na lista, ou o texto está dentro do outro texto.",
    en="The value is in the list, or the text is inside the other text.",
    says_pt="{0} está em {1}",
    says_en="{0} is in {1}",
    returns="boolean",
    run=contains,
    examples=[
        ({"in": [{"var": "state"}, ["SP", "RJ"]]}, {"state": "SP"}, True),
        ({"in": ["vip", {"var": "tags"}]}, {"tags": ["new"]}, False),
        ({"in": ["nota", "quero a nota fiscal"]}, None, True),
    ],
)
