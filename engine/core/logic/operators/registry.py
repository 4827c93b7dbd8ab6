"""What an operator is and how one is added: one decorated function with its examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec

from engine.core.logic.values import Json

Group = Literal["access", "logic", "comparison", "arithmetic", "text", "list", "date", "business", "control"]
Type = Literal["any", "boolean", "number", "text", "list", "date"]
Function = Callable[..., Any]


class Example(msgspec.Struct, frozen=True):
    """`rule` over `data` gives `result`, in the example environment of the docs; run as a test."""

    rule: Json
    data: Json
    result: Json


class Operator(msgspec.Struct, frozen=True):
    """One operator of the rule language.

    `arity` is the least and the most arguments (None = any number). `says` renders it in a language, `{0}` and
    `{1}` for arguments and `{all}` for all of them. `takes` are the types of its arguments in order, the last
    one repeated. `run` is None where the compiler writes the code in place. `needs_env` puts the Env before the
    arguments; `spread` takes the members of a single list argument; `scoped` says that the second argument
    sees each item; `prepare` turns literal arguments after the first into a function of the first.
    """

    name: str
    group: Group
    arity: tuple[int, int | None]
    summary: dict[str, str]
    says: dict[str, str]
    takes: tuple[Type, ...]
    returns: Type
    examples: tuple[Example, ...]
    run: Function | None = None
    needs_env: bool = False
    spread: bool = False
    scoped: bool = False
    prepare: Function | None = None
    aliases: tuple[str, ...] = ()


REGISTERED: dict[str, Operator] = {}


def add(
    name: str,
    group: Group,
    arity: tuple[int, int | None],
    *,
    pt: str,
    en: str,
    says_pt: str,
    says_en: str,
    examples: Sequence[tuple[Json, Json, Json]],
    takes: tuple[Type, ...] = ("any",),
    returns: Type = "any",
    run: Function | None = None,
    needs_env: bool = False,
    spread: bool = False,
    scoped: bool = False,
    prepare: Function | None = None,
    aliases: tuple[str, ...] = (),
) -> None:
    """Registers an operator whose code the compiler writes itself (`run` is its form as a function, if any)."""
    operator = Operator(
        name,
        group,
        arity,
        {"pt-BR": pt, "en": en},
        {"pt-BR": says_pt, "en": says_en},
        takes,
        returns,
        tuple(Example(*example) for example in examples),
        run,
        needs_env,
        spread,
        scoped,
        prepare,
        aliases,
    )
    for known in (name, *aliases):
        if known in REGISTERED:
            raise ValueError(f"operator {known!r} is registered twice")
        REGISTERED[known] = operator


def operator(
    name: str, group: Group, arity: tuple[int, int | None], **about: Any
) -> Callable[[Function], Function]:
    """Registers the decorated function as an operator; the keywords are those of `add`."""

    def register(function: Function) -> Function:
        add(name, group, arity, run=function, **about)
        return function

    return register
