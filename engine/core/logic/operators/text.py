"""Text. Keyword operators compare without case and accents; a text is normalised once, literals when compiled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import regex

from engine.core.logic import limits
from engine.core.logic.errors import RuleError, bad_argument, too_large
from engine.core.logic.operators.registry import operator
from engine.core.logic.values import Json, number
from engine.core.logic.values import text as as_text


def without_accents(value: str) -> str:
    """`ação` as `acao`: canonical decomposition without the combining marks."""
    if value.isascii():
        return value
    marked = unicodedata.normalize("NFD", value)
    return unicodedata.normalize("NFC", "".join(c for c in marked if not unicodedata.combining(c)))


def normalised(value: str) -> str:
    """Lower case, without accents: what keywords are compared with. A message is normalised once."""
    return _normalised(value) if len(value) <= 4096 else without_accents(value.casefold())


@lru_cache(maxsize=512)
def _normalised(value: str) -> str:
    return without_accents(value.casefold())


@operator(
    "cat",
    "text",
    (0, None),
    pt='Junta textos; 2.0 vira "2" e nulo vira "".',
    en='Joins texts; 2.0 becomes "2" and null "".',
    says_pt="{all}",
    says_en="{all}",
    returns="text",
    spread=True,
    examples=[
        ({"cat": ["Olá, ", {"var": "name"}, "!"]}, {"name": "Ana"}, "Olá, Ana!"),
        ({"cat": [2.0, None]}, None, "2"),
    ],
)
def joined(*values: Json) -> str:
    result = "".join([value if type(value) is str else as_text(value) for value in values])
    if len(result) > limits.TEXT:
        raise too_large(f"the text has more than {limits.TEXT} characters")
    return result


@operator(
    "substr",
    "text",
    (2, 3),
    pt="Parte do texto: início e quantidade; negativos contam do fim.",
    en="A part of the text: start and length; negative ones count from the end.",
    says_pt="parte de {0} a partir de {1}",
    says_en="part of {0} from {1}",
    takes=("text", "number", "number"),
    returns="text",
    examples=[
        ({"substr": ["jsonlogic", 4]}, None, "logic"),
        ({"substr": ["jsonlogic", 1, -5]}, None, "son"),
        ({"substr": ["jsonlogic", -5, 3]}, None, "log"),
    ],
)
def part(value: Json, start: Json, length: Json = None) -> str:
    source = as_text(value)
    begin = _whole(start)
    source = source[begin if begin >= 0 else max(0, len(source) + begin) :]
    return source if length is None else source[: _whole(length)]


def _whole(value: Json) -> int:
    position = number(value)
    if abs(position) > limits.INTEGER:
        raise bad_argument("a position in a text is a small number")
    return int(position)


@operator(
    "length",
    "text",
    (1, 1),
    pt="Quantos caracteres tem o texto, ou quantos itens a lista.",
    en="How many characters a text has, or items a list.",
    says_pt="o tamanho de {0}",
    says_en="the length of {0}",
    returns="number",
    examples=[({"length": "abc"}, None, 3), ({"length": {"var": "bills"}}, {"bills": [1, 2]}, 2)],
)
def length(value: Json) -> int:
    if isinstance(value, str | list):
        return len(value)
    raise bad_argument("only a text or a list has a length")


@operator(
    "lower",
    "text",
    (1, 1),
    pt="O texto em minúsculas.",
    en="The text in lower case.",
    says_pt="{0} em minúsculas",
    says_en="{0} in lower case",
    takes=("text",),
    returns="text",
    examples=[({"lower": "SÃO Paulo"}, None, "são paulo")],
)
def lower(value: Json) -> str:
    return as_text(value).lower()


@operator(
    "upper",
    "text",
    (1, 1),
    pt="O texto em maiúsculas.",
    en="The text in upper case.",
    says_pt="{0} em maiúsculas",
    says_en="{0} in upper case",
    takes=("text",),
    returns="text",
    examples=[({"upper": "são"}, None, "SÃO")],
)
def upper(value: Json) -> str:
    return as_text(value).upper()


@operator(
    "trim",
    "text",
    (1, 1),
    pt="O texto sem espaços nas pontas.",
    en="The text without blanks at its ends.",
    says_pt="{0} sem espaços nas pontas",
    says_en="{0} trimmed",
    takes=("text",),
    returns="text",
    examples=[({"trim": "  oi "}, None, "oi")],
)
def trim(value: Json) -> str:
    return as_text(value).strip()


@operator(
    "unaccent",
    "text",
    (1, 1),
    pt="O texto sem acentos.",
    en="The text without accents.",
    says_pt="{0} sem acentos",
    says_en="{0} without accents",
    takes=("text",),
    returns="text",
    examples=[({"unaccent": "negociação"}, None, "negociacao")],
)
def unaccent(value: Json) -> str:
    return without_accents(as_text(value))


@operator(
    "starts_with",
    "text",
    (2, 2),
    pt="O texto começa com o outro (letras e acentos contam).",
    en="The text starts with the other (case and accents count).",
    says_pt="{0} começa com {1}",
    says_en="{0} starts with {1}",
    takes=("text",),
    returns="boolean",
    examples=[({"starts_with": [{"var": "code"}, "NF-"]}, {"code": "NF-12"}, True)],
)
def starts_with(value: Json, start: Json) -> bool:
    return isinstance(value, str) and isinstance(start, str) and value.startswith(start)


@operator(
    "ends_with",
    "text",
    (2, 2),
    pt="O texto termina com o outro (letras e acentos contam).",
    en="The text ends with the other (case and accents count).",
    says_pt="{0} termina com {1}",
    says_en="{0} ends with {1}",
    takes=("text",),
    returns="boolean",
    examples=[({"ends_with": [{"var": "file"}, ".pdf"]}, {"file": "conta.pdf"}, True)],
)
def ends_with(value: Json, end: Json) -> bool:
    return isinstance(value, str) and isinstance(end, str) and value.endswith(end)


@lru_cache(maxsize=512)
def _keywords(words: tuple[str, ...]) -> re.Pattern[str]:
    """One linear pattern: each keyword escaped, between word boundaries except where it has a `*`."""
    choices = []
    for word in words:
        core = normalised(word.strip("*").strip())
        if core:
            before = "" if word.startswith("*") else r"(?<!\w)"
            after = "" if word.endswith("*") else r"(?!\w)"
            choices.append(before + re.escape(core) + after)
    return re.compile("|".join(choices) or r"(?!)")


def _contains_any(words: Json) -> Callable[[Json], bool]:
    listed = words if isinstance(words, list) else [words]
    search = _keywords(tuple(word for word in listed if isinstance(word, str))).search

    def found(value: Json) -> bool:
        return isinstance(value, str) and search(normalised(value)) is not None

    return found


@operator(
    "contains_any",
    "text",
    (2, 2),
    pt="O texto tem alguma das palavras ou expressões, sem distinguir acentos e maiúsculas; * vale por qualquer "
    "começo ou fim de palavra.",
    en="The text has one of the words or phrases, accents and case ignored; * stands for any start or end of a word.",
    says_pt="{0} contém {1}",
    says_en="{0} contains {1}",
    takes=("text", "list"),
    returns="boolean",
    prepare=_contains_any,
    examples=[
        (
            {"contains_any": [{"var": "text"}, ["segunda via", "boleto"]]},
            {"text": "Quero a SEGUNDA VIA"},
            True,
        ),
        ({"contains_any": ["vou negociar", ["negocia*"]]}, None, True),
        ({"contains_any": ["isso é simples", ["sim"]]}, None, False),
    ],
)
def contains_any(value: Json, words: Json) -> bool:
    return _contains_any(words)(value)


def pattern(source: Json) -> regex.Pattern[str]:
    """The compiled expression. Raises RuleError rule:bad-pattern."""
    if not isinstance(source, str):
        raise RuleError("rule:bad-pattern", "the expression of matches is written in the rule, as text")
    if len(source) > limits.PATTERN:
        raise RuleError("rule:bad-pattern", f"more than {limits.PATTERN} characters")
    return _compiled(source)


@lru_cache(maxsize=512)
def _compiled(source: str) -> regex.Pattern[str]:
    try:
        return regex.compile(source)
    except (regex.error, OverflowError, RecursionError) as fault:
        raise RuleError("rule:bad-pattern", str(fault)) from fault


def slow_on(source: str) -> str | None:
    """A text on which the expression runs out of time, found by trying repetitions of what it mentions."""
    compiled = pattern(source)
    seeds = {"a", "0", " ", "aA0 ", *(source[i : i + 3] for i in range(min(len(source), 40)))}
    seeds |= {c for c in source if c.isalnum()}
    for seed in sorted(seeds)[:24]:
        probe = seed * (2000 // len(seed)) + "\x00!"
        try:
            compiled.search(probe, timeout=limits.PATTERN_SECONDS)
        except TimeoutError:
            return seed
    return None


def _matches(source: Json) -> Callable[[Json], bool]:
    search = pattern(source).search

    def found(value: Json) -> bool:
        if not isinstance(value, str):
            return False
        try:
            return search(value, timeout=limits.PATTERN_SECONDS) is not None
        except TimeoutError as fault:
            raise RuleError("rule:pattern-timeout", "the expression took too long on this text") from fault

    return found


@operator(
    "matches",
    "text",
    (2, 2),
    pt="O texto combina com a expressão regular (em qualquer lugar; use ^ e $ para o todo).",
    en="The text matches the regular expression (anywhere; use ^ and $ for the whole).",
    says_pt="{0} combina com o padrão {1}",
    says_en="{0} matches the pattern {1}",
    takes=("text", "text"),
    returns="boolean",
    prepare=_matches,
    examples=[({"matches": [{"var": "zip"}, r"^\d{5}-?\d{3}$"]}, {"zip": "01310-100"}, True)],
)
def matches(value: Json, source: Json) -> bool:
    return _matches(source)(value)
