"""Lists: the iterators (their code is written in place) and what is taken of a whole list.

An iterator over an absent field: `map` and `filter` give [], `some` and `all` false, `none` true.
"""

from __future__ import annotations

from typing import Any

from engine.core.logic import limits
from engine.core.logic.errors import bad_argument, too_large
from engine.core.logic.operators.arithmetic import plus
from engine.core.logic.operators.registry import add, operator
from engine.core.logic.values import Json, bounded


def as_list(value: Json) -> list[Any]:
    """What an iterator goes over: a list; anything else is none."""
    return value if isinstance(value, list) else []


@operator(
    "merge",
    "list",
    (0, None),
    pt="Junta listas e valores em uma lista.",
    en="Joins lists and values into one list.",
    says_pt="{all} juntos",
    says_en="{all} together",
    returns="list",
    examples=[({"merge": [[1, 2], 3, [4]]}, None, [1, 2, 3, 4])],
)
def merged(*values: Json) -> list[Any]:
    result: list[Any] = []
    for value in values:
        if isinstance(value, list):
            result.extend(value)
        else:
            result.append(value)
        if len(result) > limits.ITEMS:
            raise too_large(f"the list has more than {limits.ITEMS} items")
    return result


@operator(
    "count",
    "list",
    (1, 1),
    pt="Quantos itens tem a lista (0 quando o campo não existe).",
    en="How many items the list has (0 for an absent field).",
    says_pt="a quantidade de {0}",
    says_en="the number of {0}",
    takes=("list",),
    returns="number",
    examples=[({"count": {"var": "bills"}}, {"bills": [5, 8]}, 2), ({"count": {"var": "bills"}}, {}, 0)],
)
def count(value: Json) -> int:
    return len(as_list(value))


@operator(
    "sum",
    "list",
    (1, None),
    pt="A soma dos itens da lista; campo ausente é 0.",
    en="The sum of the items of the list; an absent field is 0.",
    says_pt="a soma de {all}",
    says_en="the sum of {all}",
    returns="number",
    spread=True,
    examples=[
        ({"sum": {"map": [{"var": "bills"}, {"var": "total"}]}}, {"bills": [{"total": 5}, {"total": 7}]}, 12)
    ],
)
def total(*values: Json) -> int | float:
    return plus(*values)


def total_of(values: list[Any]) -> int | float:
    """The sum of one list: the interpreter's own loop when all are numbers."""
    try:
        return bounded(sum(values))
    except (TypeError, OverflowError):
        return plus(*values)


@operator(
    "sort",
    "list",
    (1, 2),
    pt='A lista em ordem; "desc" para a ordem inversa. Números ou textos, não misturados.',
    en='The list in order; "desc" for the reverse. Numbers or texts, not mixed.',
    says_pt="{0} em ordem",
    says_en="{0} in order",
    takes=("list", "text"),
    returns="list",
    examples=[({"sort": [[3, 1, 2]]}, None, [1, 2, 3]), ({"sort": [["a", "b"], "desc"]}, None, ["b", "a"])],
)
def ordered(value: Json, direction: Json = "asc") -> list[Any]:
    items = as_list(value)
    if direction not in ("asc", "desc"):
        raise bad_argument('the direction of sort is "asc" or "desc"')
    kinds = {
        str if isinstance(item, str) else float if isinstance(item, int | float) else None for item in items
    }
    if None in kinds or len(kinds) > 1:
        raise bad_argument("only numbers or only texts can be sorted")
    return sorted(items, reverse=direction == "desc")


_ITERATORS = [
    (
        "map",
        "Transforma cada item da lista.",
        "Transforms each item of the list.",
        ("{1} de cada um de {0}", "{1} of each of {0}"),
        "list",
        [({"map": [{"var": "bills"}, {"var": "total"}]}, {"bills": [{"total": 5}]}, [5])],
    ),
    (
        "filter",
        "Os itens da lista que atendem à condição.",
        "The items of the list that meet the condition.",
        ("{0} em que {1}", "{0} where {1}"),
        "list",
        [({"filter": [[1, 5, 9], {">": [{"var": ""}, 4]}]}, None, [5, 9])],
    ),
    (
        "all",
        "Todos os itens atendem à condição (falso para lista vazia).",
        "Every item meets the condition (false for an empty list).",
        ("em todo item de {0}, {1}", "in every item of {0}, {1}"),
        "boolean",
        [({"all": [[1, 2], {">": [{"var": ""}, 0]}]}, None, True), ({"all": [[], True]}, None, False)],
    ),
    (
        "some",
        "Algum item atende à condição.",
        "Some item meets the condition.",
        ("em algum item de {0}, {1}", "in some item of {0}, {1}"),
        "boolean",
        [
            (
                {"some": [{"var": "bills"}, {"==": [{"var": "status"}, "late"]}]},
                {"bills": [{"status": "late"}]},
                True,
            )
        ],
    ),
    (
        "none",
        "Nenhum item atende à condição (verdadeiro para lista vazia).",
        "No item meets the condition (true for an empty list).",
        ("em nenhum item de {0}, {1}", "in no item of {0}, {1}"),
        "boolean",
        [({"none": [[1, 2], {">": [{"var": ""}, 5]}]}, None, True)],
    ),
]
for _name, _pt, _en, _says, _returns, _examples in _ITERATORS:
    add(
        _name,
        "list",
        (2, 2),
        pt=_pt,
        en=_en,
        says_pt=_says[0],
        says_en=_says[1],
        takes=("list", "any"),
        returns="list" if _returns == "list" else "boolean",
        scoped=True,
        examples=_examples,  # type: ignore[arg-type]  # literals of mixed JSON
    )
add(
    "reduce",
    "list",
    (2, 3),
    pt="Percorre a lista acumulando: em cada passo há current (o item) e accumulator.",
    en="Goes through the list accumulating: each step has current (the item) and accumulator.",
    says_pt="o acumulado de {1} sobre {0}",
    says_en="the accumulation of {1} over {0}",
    takes=("list", "any", "any"),
    scoped=True,
    examples=[
        (
            {"reduce": [{"var": "n"}, {"+": [{"var": "current"}, {"var": "accumulator"}]}, 0]},
            {"n": [1, 2, 3]},
            6,
        )
    ],
)
