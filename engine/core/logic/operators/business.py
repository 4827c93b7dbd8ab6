"""Business in Brazil: opening hours, holidays, documents, telephone numbers, sticky percentages."""

from __future__ import annotations

import hashlib
from datetime import datetime, time, timedelta

import phonenumbers

from engine.core.logic.env import Env
from engine.core.logic.errors import RuleError, bad_argument
from engine.core.logic.operators.dates import day, local_now, moment
from engine.core.logic.operators.registry import operator
from engine.core.logic.values import Json, text

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _clock(written: str) -> time:
    if written == "24:00":
        return time.max
    try:
        return time.fromisoformat(written)
    except ValueError as fault:
        raise RuleError("rule:bad-hours", f"{written!r} is not a time such as 08:00") from fault


def _open_at(env: Env, at: datetime) -> bool:
    """Whether the local time is inside an interval of its day, or of the day before across midnight."""
    local, now = at.date(), at.time().replace(tzinfo=None)
    for back in (0, 1):
        that = local - timedelta(days=back)
        if that in env.holidays:
            continue
        for begin, end in env.hours.get(_DAYS[that.weekday()], ()):
            opens, closes = _clock(begin), _clock(end)
            crosses = closes <= opens
            if back == 0 and opens <= now and (crosses or now < closes):
                return True
            if back == 1 and crosses and now < closes:
                return True
    return False


@operator(
    "is_business_hours",
    "business",
    (0, 1),
    pt="O momento (agora, se não dado) está no horário de atendimento e não é feriado.",
    en="The time (now, unless given) is within opening hours and not on a holiday.",
    says_pt="está no horário de atendimento",
    says_en="it is within business hours",
    takes=("date",),
    returns="boolean",
    needs_env=True,
    examples=[
        ({"is_business_hours": []}, None, False),
        ({"is_business_hours": "2026-11-20T14:00:00-03:00"}, None, True),
        ({"is_business_hours": "2026-12-25T14:00:00-03:00"}, None, False),
    ],
)
def is_business_hours(env: Env, *at: Json) -> bool:
    found = moment(env, at[0]) if at else local_now(env)
    return isinstance(found, datetime) and _open_at(env, found)


@operator(
    "is_holiday",
    "business",
    (0, 1),
    pt="O dia (hoje, se não dado) é feriado.",
    en="The day (today, unless given) is a holiday.",
    says_pt="é feriado",
    says_en="it is a holiday",
    takes=("date",),
    returns="boolean",
    needs_env=True,
    examples=[({"is_holiday": "2026-12-25"}, None, True), ({"is_holiday": []}, None, False)],
)
def is_holiday(env: Env, *value: Json) -> bool:
    found = day(env, value[0]) if value else local_now(env).date()
    return found is not None and found in env.holidays


def _mod11(values: list[int], weights: list[int]) -> int:
    rest = sum(value * weight for value, weight in zip(values, weights, strict=True)) % 11
    return 0 if rest < 2 else 11 - rest


@operator(
    "is_cpf",
    "business",
    (1, 1),
    pt="É um CPF válido (com ou sem pontuação).",
    en="Is a valid CPF (with or without punctuation).",
    says_pt="{0} é um CPF válido",
    says_en="{0} is a valid CPF",
    takes=("text",),
    returns="boolean",
    examples=[({"is_cpf": "529.982.247-25"}, None, True), ({"is_cpf": "111.111.111-11"}, None, False)],
)
def is_cpf(value: Json) -> bool:
    """Two check digits modulo 11 (Receita Federal); eleven equal digits are no CPF."""
    if not isinstance(value, str) or len(value) > 20:
        return False
    bare = value.strip().replace(".", "").replace("-", "")
    if len(bare) != 11 or not (bare.isascii() and bare.isdigit()) or len(set(bare)) == 1:
        return False
    digits = [int(digit) for digit in bare]
    first = _mod11(digits[:9], list(range(10, 1, -1)))
    return digits[9] == first and digits[10] == _mod11(digits[:10], list(range(11, 1, -1)))


@operator(
    "is_cnpj",
    "business",
    (1, 1),
    pt="É um CNPJ válido, também o alfanumérico de 2026 (com ou sem pontuação).",
    en="Is a valid CNPJ, the alphanumeric one of 2026 included (with or without punctuation).",
    says_pt="{0} é um CNPJ válido",
    says_en="{0} is a valid CNPJ",
    takes=("text",),
    returns="boolean",
    examples=[
        ({"is_cnpj": "11.222.333/0001-81"}, None, True),
        ({"is_cnpj": "12.ABC.345/01DE-35"}, None, True),
    ],
)
def is_cnpj(value: Json) -> bool:
    """Modulo 11 over character codes minus 48 (IN RFB 2.229/2024): the same for digits as before."""
    if not isinstance(value, str) or len(value) > 30:
        return False
    bare = value.strip().upper().replace(".", "").replace("-", "").replace("/", "")
    if (
        len(bare) != 14
        or not (bare.isascii() and bare.isalnum())
        or not bare[12:].isdigit()
        or len(set(bare)) == 1
    ):
        return False
    codes = [ord(character) - 48 for character in bare]
    weights = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
    first = _mod11(codes[:12], weights)
    return codes[12] == first and codes[13] == _mod11(codes[:13], [6, *weights])


@operator(
    "is_phone",
    "business",
    (1, 1),
    pt="É um número de telefone válido no Brasil, ou em outro país com + e código.",
    en="Is a valid telephone number in Brazil, or elsewhere with + and country code.",
    says_pt="{0} é um telefone válido",
    says_en="{0} is a valid phone number",
    takes=("text",),
    returns="boolean",
    examples=[({"is_phone": "(11) 98765-4321"}, None, True), ({"is_phone": "12345"}, None, False)],
)
def is_phone(value: Json) -> bool:
    if not isinstance(value, str) or len(value) > 40:
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(value, "BR"))
    except phonenumbers.NumberParseException:
        return False


@operator(
    "fractional",
    "business",
    (1, None),
    pt="Sorteio estável por contato: [[valor, peso], ...]; um texto antes das opções torna o sorteio independente.",
    en="Stable draw per contact: [[value, weight], ...]; a text before the options makes the draw independent.",
    says_pt="sorteio entre {all}",
    says_en="a draw among {all}",
    needs_env=True,
    examples=[
        ({"fractional": [["new", 100], ["old", 0]]}, None, "new"),
        ({"fractional": ["welcome-test", ["a", 0], ["b", 1]]}, None, "b"),
    ],
)
def fractional(env: Env, *given: Json) -> Json:
    """The contact's key, hashed with SHA-256 to a point in [0, total weight): the same key, the same answer."""
    seed, options = (given[0], given[1:]) if given and not isinstance(given[0], list) else ("", given)
    weighed: list[tuple[Json, int]] = []
    for option in options:
        match option:
            case [value]:
                weighed.append((value, 1))
            case [value, int() as weight] if weight >= 0 and not isinstance(weight, bool):
                weighed.append((value, weight))
            case _:
                raise bad_argument(
                    "an option of fractional is [value, weight], the weight a whole number from 0"
                )
    whole = sum(weight for _, weight in weighed)
    if whole <= 0:
        raise bad_argument("fractional needs an option with a weight above 0")
    digest = hashlib.sha256(f"{text(seed)}\0{env.sticky}".encode()).digest()
    point = int.from_bytes(digest[:8], "big") * whole >> 64
    for value, weight in weighed:
        if point < weight:
            return value
        point -= weight
    raise AssertionError("the point is below the total weight")
