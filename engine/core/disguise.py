"""Personal data out of what is kept as a test: names, numbers and addresses are replaced by fictitious ones, the same
one by the same one everywhere, so that the conversation still makes sense (LGPD art. 6: no more than is needed).

Numbers keep their shape, and a CPF or CNPJ that was valid stays valid. Numbers of one repeated digit are nobody's and
stay. What a person wrote about himself in free words beyond names and numbers cannot be recognised: look before saving.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_FIRST = (
    "Carla", "Bruno", "Helena", "Otávio", "Lívia", "Renato", "Sílvia", "Tomás", "Yara", "Vítor", "Nádia", "Igor",
)  # fmt: skip
_LAST = (
    "Prado", "Siqueira", "Valença", "Moura", "Tavares", "Quintela", "Bastos", "Falcão", "Guedes", "Lacerda", "Rangel",
)  # fmt: skip
_SMALL = {"da", "de", "do", "das", "dos", "e"}
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(
    r"(?<![\w.,/-])(?:\d{3}\.?\d{3}\.?\d{3}-?\d{2}"  # CPF, or a number with area code
    r"|\d{2}\.?\d{3}\.?\d{3}/?\d{4}-?\d{2}"  # CNPJ
    r"|\+?(?:55)?[\s-]?\(?\d{2}\)?[\s-]?9?\d{4}[\s-]?\d{4})(?![\w/]|[.,-]\d)"  # telephone
)
_NAMED = frozenset(
    {"name", "nome", "first_name", "full_name", "customer_name", "nome_completo", "payer", "titular"}
)
_PLACED = frozenset({"address", "endereco", "street", "rua", "logradouro"})
_WORD = re.compile(r"[^\W\d_]{3,}")


class Disguise:
    """Remembers what became what. `replaced` counts different people's names, numbers and addresses."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        self._emails: dict[str, str] = {}
        self._people = 0

    @property
    def replaced(self) -> int:
        return len(self._words) + len(self._numbers) + len(self._emails)

    def learn(self, names: Iterable[str]) -> None:
        """Names of people that may turn up anywhere."""
        for name in names:
            words = [w for w in _WORD.findall(name) if w.lower() not in _SMALL]
            if not words or all(w.lower() in self._words for w in words):
                continue
            for n, word in enumerate(words):
                pool = _FIRST if n == 0 else _LAST
                self._words.setdefault(word.lower(), _pick(pool, self._people + max(n - 1, 0)))
            self._people += 1

    def text(self, text: str) -> str:
        text = _EMAIL.sub(lambda m: self._email(m[0]), text)
        text = _NUMBER.sub(lambda m: self._number(m[0]), text)
        return (
            _WORD.sub(lambda m: _like(m[0], self._words.get(m[0].lower(), "")), text) if self._words else text
        )

    def value(self, value: Any, key: str = "") -> Any:
        """JSON with every text in it disguised; members that hold a name or a street are replaced as such."""
        match value:
            case str() if key.lower() in _NAMED:
                self.learn([value])
                return self.text(value)
            case str() if key.lower() in _PLACED and value:
                return "Rua das Laranjeiras, 100"
            case str():
                return self.text(value)
            case list():
                return [self.value(item, key) for item in value]
            case dict():
                return {k: self.value(v, str(k)) for k, v in value.items()}
            case int() if not isinstance(value, bool) and len(str(abs(value))) in (11, 14) and value > 0:
                return int(self._digits(str(value)))
        return value

    def names_in(self, value: Any, key: str = "") -> None:
        """Learn the names of people that a piece of JSON holds, before any text is written anew."""
        match value:
            case str() if key.lower() in _NAMED:
                self.learn([value])
            case list():
                for item in value:
                    self.names_in(item, key)
            case dict():
                for k, v in value.items():
                    self.names_in(v, str(k))

    def _email(self, found: str) -> str:
        return self._emails.setdefault(found.lower(), f"pessoa{len(self._emails) + 1}@example.com")

    def _number(self, found: str) -> str:
        digits = "".join(c for c in found if c.isdigit())
        fresh = iter(self._digits(digits))
        return "".join(next(fresh) if c.isdigit() else c for c in found)

    def _digits(self, digits: str) -> str:
        if len(set(digits)) == 1:
            return digits
        if digits not in self._numbers:
            self._numbers[digits] = _fictitious(digits, len(self._numbers) + 1)
        return self._numbers[digits]


def _fictitious(digits: str, count: int) -> str:
    if len(digits) == 11 and digits == digits[:9] + _cpf(digits[:9]):
        base = f"{700_000_000 + count * 1_009:09d}"
        return base + _cpf(base)
    if len(digits) == 14 and digits == digits[:12] + _cnpj(digits[:12]):
        base = f"{70_000_000 + count * 1_009:08d}0001"
        return base + _cnpj(base)
    # country and area code stay, so that it is still a number of its kind
    head = digits[:4] if len(digits) >= 12 else digits[:2]
    tail = str(count * 1_009)
    middle = len(digits) - len(head) - len(tail)
    return head + ("9" + "0" * middle)[:middle] + tail if middle > 0 else (head + tail)[: len(digits)]


def _cpf(nine: str) -> str:
    first = _check(nine, range(10, 1, -1))
    return first + _check(nine + first, range(11, 1, -1))


def _cnpj(twelve: str) -> str:
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    first = _check(twelve, weights[1:])
    return first + _check(twelve + first, weights)


def _check(digits: str, weights: Iterable[int]) -> str:
    rest = sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
    return "0" if rest < 2 else str(11 - rest)


def _pick(pool: tuple[str, ...], n: int) -> str:
    return pool[n % len(pool)]


def _like(word: str, fresh: str) -> str:
    """In the letters' case of what was there."""
    if not fresh:
        return word
    return fresh.upper() if word.isupper() else fresh.lower() if word.islower() else fresh
