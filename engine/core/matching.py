"""Matching what a person typed to one of the options that they were shown.

In this order, the first that names exactly one option wins: the option's id (a pressed button), its number in the
list, its title or a synonym, the beginning of a title, all typed words in one title, a title inside the text as it
stands or its words scattered, and at last small slips of the fingers in one word. Two candidates are none: a wrong
guess costs more than a question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from engine.core.words import distance, fold, folded, tokens


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`id` names the exit; `title` is shown (WhatsApp: 20 characters on a button, 24 in a list)."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_]{0,62}$")]
    title: str
    description: str = ""
    synonyms: list[str] = []


_Rule = Callable[[Option, str, str], bool]
_NUMBER = re.compile(r"^(?:opcao|numero|n)?\s*(\d{1,2})(?:\s*[).:-].*)?$")
_ORDINALS = {
    "primeira": 1, "primeiro": 1, "segunda": 2, "segundo": 2, "terceira": 3, "terceiro": 3,
    "quarta": 4, "quarto": 4, "quinta": 5, "quinto": 5, "um": 1, "dois": 2, "tres": 3, "quatro": 4, "cinco": 5,
}  # fmt: skip


def pick(options: Sequence[Option], said: str) -> Option | None:
    """The option that the words mean, or None."""
    text = fold(said)
    if not text:
        return None
    exact: tuple[_Rule, ...] = (_by_id, _by_title)
    for rule in exact:
        hit = _only([o for o in options if rule(o, text, said)])
        if hit is not None:
            return hit
    number = _NUMBER.match(text)
    position = int(number.group(1)) if number else _ORDINALS.get(text, 0)
    if 1 <= position <= len(options):
        return options[position - 1]
    loose: tuple[_Rule, ...] = (_by_start, _by_words, _inside, _scattered, _by_slip)
    for rule in loose:
        hit = _only([o for o in options if rule(o, text, said)])
        if hit is not None:
            return hit
    return None


def _only(hits: list[Option]) -> Option | None:
    return hits[0] if len(hits) == 1 else None


def _names(option: Option) -> list[str]:
    return [name for name in (folded(option.title), *(folded(s) for s in option.synonyms)) if name]


def _by_id(option: Option, text: str, said: str) -> bool:
    return said.strip() == option.id


def _by_title(option: Option, text: str, said: str) -> bool:
    return text in _names(option)


def _by_start(option: Option, text: str, said: str) -> bool:
    return len(text) >= 3 and any(name.startswith(text) for name in _names(option))


def _by_words(option: Option, text: str, said: str) -> bool:
    words = [w for w in tokens(text) if len(w) > 2]
    return bool(words) and any(set(words) <= set(tokens(name)) for name in _names(option))


def _inside(option: Option, text: str, said: str) -> bool:
    return any(len(name) > 1 and f" {name} " in f" {' '.join(tokens(text))} " for name in _names(option))


def _scattered(option: Option, text: str, said: str) -> bool:
    """Every word that matters of a title is somewhere in the text."""
    typed = set(tokens(text))
    matter = [{w for w in tokens(name) if len(w) > 3} for name in _names(option)]
    return any(words and words <= typed for words in matter)


def _by_slip(option: Option, text: str, said: str) -> bool:
    return any(
        len(name) >= 4 and distance(name, text, 2) <= (1 if len(name) < 8 else 2) for name in _names(option)
    )
