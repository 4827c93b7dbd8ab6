"""Reading the data: `var`, `val`, `exists`, `missing`, `missing_some`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.logic.errors import bad_argument
from engine.core.logic.operators.registry import add
from engine.core.logic.values import ABSENT, Json, dotted, step, walk


def read(data: Json, path: Json, default: Json = None) -> Json:
    """`var` with a path known only now."""
    if isinstance(path, list | dict):
        raise bad_argument("the path of `var` must be a text or a number")
    return walk(data, dotted(path), default)


def read_keys(scopes: Sequence[Json], keys: Json) -> Json:
    """`val` with keys known only now; `scopes` from the innermost outwards, iteration frames between them."""
    path = keys if isinstance(keys, list) else [keys]
    data = scopes[0]
    if path and isinstance(path[0], list) and len(path[0]) == 1 and isinstance(path[0][0], int):
        up = abs(path[0][0])
        path = path[1:]
        if up >= len(scopes):
            return None
        data = scopes[up]
    return walk(data, path)


def exists(data: Json, *keys: Json) -> bool:
    """Whether each key leads somewhere, be it to null."""
    current: Any = data
    for key in keys:
        current = step(current, key)
        if current is ABSENT:
            return False
    return True


def missing(data: Json, *names: Json) -> list[Json]:
    """The names that lead to nothing, to null or to an empty text."""
    wanted: list[Json] = names[0] if names and isinstance(names[0], list) else list(names)
    return [name for name in wanted if read(data, name) in (None, "")]


def missing_some(data: Json, needed: Json, names: Json) -> list[Json]:
    """[] when at least `needed` of the names have a value, else those without one."""
    if not isinstance(names, list) or isinstance(needed, bool) or not isinstance(needed, int | float):
        raise bad_argument("missing_some takes a number and a list of names")
    gone = missing(data, names)
    return [] if len(names) - len(gone) >= needed else gone


add(
    "var",
    "access",
    (0, 2),
    pt="Lê um campo dos dados pelo caminho com pontos; o segundo argumento vale quando o campo não existe.",
    en="Reads a field of the data by its dotted path; the second argument stands in for an absent field.",
    says_pt="{0}",
    says_en="{0}",
    examples=[
        ({"var": "invoice.total"}, {"invoice": {"total": 1990}}, 1990),
        ({"var": ["nickname", "cliente"]}, {}, "cliente"),
        ({"var": ""}, 7, 7),
        ({"var": "items.1"}, {"items": ["a", "b"]}, "b"),
    ],
)
add(
    "val",
    "access",
    (0, None),
    pt="Lê um campo por chaves, sem interpretar pontos; [[2], chave] alcança o contexto de fora de um iterador.",
    en="Reads a field by its keys, dots not read; [[2], key] reaches the context outside an iterator.",
    says_pt="{0}",
    says_en="{0}",
    examples=[
        ({"val": ["invoice", "total"]}, {"invoice": {"total": 1990}}, 1990),
        (
            {"filter": [{"val": "due"}, {">": [{"val": []}, {"val": [[2], "limit"]}]}]},
            {"due": [1, 5, 9], "limit": 4},
            [5, 9],
        ),
        ({"map": [{"val": "names"}, {"val": [[1], "index"]}]}, {"names": ["a", "b"]}, [0, 1]),
    ],
)
add(
    "exists",
    "access",
    (1, None),
    pt="Verdadeiro quando o campo existe, mesmo nulo; as chaves são dadas uma a uma.",
    en="True when the field exists, even as null; the keys are given one by one.",
    says_pt="{0} existe",
    says_en="{0} exists",
    takes=("text",),
    returns="boolean",
    examples=[
        ({"exists": ["invoice", "total"]}, {"invoice": {"total": None}}, True),
        ({"exists": "email"}, {"name": "Ana"}, False),
    ],
)
add(
    "missing",
    "access",
    (0, None),
    pt="A lista dos campos pedidos que faltam: inexistentes, nulos ou texto vazio.",
    en="The list of the named fields that are missing: absent, null or empty text.",
    says_pt="campos que faltam entre {all}",
    says_en="missing fields among {all}",
    returns="list",
    examples=[({"missing": ["name", "cpf", "email"]}, {"name": "Ana", "cpf": ""}, ["cpf", "email"])],
)
add(
    "missing_some",
    "access",
    (2, 2),
    pt="[] quando ao menos N dos campos têm valor; senão, os que faltam.",
    en="[] when at least N of the fields have a value; otherwise those that are missing.",
    says_pt="campos que faltam para ter ao menos {0} de {1}",
    says_en="missing fields to have at least {0} of {1}",
    takes=("number", "list"),
    returns="list",
    examples=[
        ({"missing_some": [1, ["phone", "email"]]}, {"email": "a@b.c"}, []),
        ({"missing_some": [1, ["phone", "email"]]}, {}, ["phone", "email"]),
    ],
)
