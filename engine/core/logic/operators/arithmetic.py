"""Arithmetic. Whole numbers stay whole (`6 / 3` is 2); a division by nothing is an error, never a huge number.

Money is whole numbers of minor units: 19.99 * 100 is 1998.9999999999998 in every engine.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from engine.core.logic.errors import bad_argument, not_a_number
from engine.core.logic.operators.registry import add, operator
from engine.core.logic.values import Json, bounded, brief, number


def plus(*values: Json) -> int | float:
    total: int | float = 0
    for value in values:
        total = finite_sum(total, number(value))
    return total


def finite_sum(left: int | float, right: int | float) -> int | float:
    try:
        return bounded(left + right)
    except OverflowError as fault:
        raise not_a_number("the sum is too large") from fault


def minus(*values: Json) -> int | float:
    if len(values) == 1:
        return -number(values[0])
    result = number(values[0])
    for value in values[1:]:
        result = finite_sum(result, -number(value))
    return result


def times(*values: Json) -> int | float:
    product: int | float = 1
    for value in values:
        try:
            product = bounded(product * number(value))
        except OverflowError as fault:
            raise not_a_number("the product is too large") from fault
    return product


def divide(*values: Json) -> int | float:
    if len(values) == 1:
        return divide(1, values[0])
    result = number(values[0])
    for value in values[1:]:
        divisor = number(value)
        if divisor == 0:
            raise not_a_number("division by zero, null or an empty text")
        try:
            if isinstance(result, int) and isinstance(divisor, int) and result % divisor == 0:
                result //= divisor
            else:
                result = bounded(result / divisor)
        except OverflowError as fault:
            raise not_a_number("the quotient is too large") from fault
    return result


def remainder(*values: Json) -> int | float:
    result = number(values[0])
    for value in values[1:]:
        divisor = number(value)
        if divisor == 0:
            raise not_a_number("remainder of a division by zero, null or an empty text")
        if isinstance(result, int) and isinstance(divisor, int):
            result = int(math.copysign(1, result)) * (abs(result) % abs(divisor))
        else:
            try:
                result = math.fmod(result, divisor)
            except OverflowError as fault:
                raise not_a_number("the number is too large") from fault
    return result


def _numbers(values: tuple[Json, ...]) -> list[int | float]:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise bad_argument(f"{brief(value)} is not a number")
    return [value for value in values if isinstance(value, int | float)]


@operator(
    "max",
    "arithmetic",
    (1, None),
    pt="O maior dos números.",
    en="The largest of the numbers.",
    says_pt="o maior entre {all}",
    says_en="the largest of {all}",
    takes=("number",),
    returns="number",
    spread=True,
    examples=[({"max": [1, 3, 2]}, None, 3), ({"max": {"var": "bills"}}, {"bills": [10, 7]}, 10)],
)
def largest(*values: Json) -> int | float:
    return max(_numbers(values))


@operator(
    "min",
    "arithmetic",
    (1, None),
    pt="O menor dos números.",
    en="The smallest of the numbers.",
    says_pt="o menor entre {all}",
    says_en="the smallest of {all}",
    takes=("number",),
    returns="number",
    spread=True,
    examples=[({"min": [3, 1, 2]}, None, 1)],
)
def smallest(*values: Json) -> int | float:
    return min(_numbers(values))


@operator(
    "round",
    "arithmetic",
    (1, 3),
    pt='Arredonda; casas decimais (0) e modo: "half_up" (padrão) ou "half_even".',
    en='Rounds; decimal places (0) and mode: "half_up" (default) or "half_even".',
    says_pt="{0} arredondado",
    says_en="{0} rounded",
    takes=("number", "number", "text"),
    returns="number",
    examples=[
        ({"round": [2.5]}, None, 3),
        ({"round": [1.005, 2]}, None, 1.01),
        ({"round": [2.5, 0, "half_even"]}, None, 2),
    ],
)
def rounded(value: Json, places: Json = 0, mode: Json = "half_up") -> int | float:
    """Decimal rounding of the written number, so that 1.005 to two places is 1.01."""
    digits = number(places)
    if not isinstance(digits, int) or not 0 <= digits <= 12:
        raise bad_argument("decimal places are a whole number from 0 to 12")
    if mode not in ("half_up", "half_even"):
        raise bad_argument('the mode of round is "half_up" or "half_even"')
    exact = number(value)
    if isinstance(exact, int):
        return exact
    if abs(exact) >= 1e15:
        return exact
    way = ROUND_HALF_UP if mode == "half_up" else ROUND_HALF_EVEN
    result = Decimal(repr(exact)).quantize(Decimal(1).scaleb(-digits), rounding=way)
    return int(result) if digits == 0 else float(result)


@operator(
    "abs",
    "arithmetic",
    (1, 1),
    pt="O valor sem sinal.",
    en="The value without its sign.",
    says_pt="o valor absoluto de {0}",
    says_en="the absolute value of {0}",
    takes=("number",),
    returns="number",
    examples=[({"abs": -3}, None, 3)],
)
def absolute(value: Json) -> int | float:
    return abs(number(value))


add(
    "+",
    "arithmetic",
    (0, None),
    pt="Soma; com um argumento, converte em número.",
    en="Adds; with one argument, converts to a number.",
    says_pt="{all}",
    says_en="{all}",
    takes=("number",),
    returns="number",
    run=plus,
    spread=True,
    examples=[({"+": [1, "2", 3]}, None, 6), ({"+": "3.5"}, None, 3.5)],
)
add(
    "-",
    "arithmetic",
    (1, None),
    pt="Subtrai; com um argumento, troca o sinal.",
    en="Subtracts; with one argument, changes the sign.",
    says_pt="{all}",
    says_en="{all}",
    takes=("number",),
    returns="number",
    run=minus,
    spread=True,
    examples=[({"-": [10, 3, 2]}, None, 5), ({"-": 4}, None, -4)],
)
add(
    "*",
    "arithmetic",
    (0, None),
    pt="Multiplica.",
    en="Multiplies.",
    says_pt="{all}",
    says_en="{all}",
    takes=("number",),
    returns="number",
    run=times,
    spread=True,
    examples=[({"*": [2, 3, 4]}, None, 24)],
)
add(
    "/",
    "arithmetic",
    (1, None),
    pt="Divide; dividir por zero, nulo ou vazio é erro.",
    en="Divides; dividing by zero, null or empty text is an error.",
    says_pt="{all}",
    says_en="{all}",
    takes=("number",),
    returns="number",
    run=divide,
    spread=True,
    examples=[({"/": [6, 3]}, None, 2), ({"/": [1, 2]}, None, 0.5)],
)
add(
    "%",
    "arithmetic",
    (2, None),
    pt="Resto da divisão, com o sinal do dividendo.",
    en="Remainder of a division, with the sign of the dividend.",
    says_pt="o resto de {0} dividido por {1}",
    says_en="the remainder of {0} divided by {1}",
    takes=("number",),
    returns="number",
    run=remainder,
    spread=True,
    examples=[({"%": [7, 3]}, None, 1), ({"%": [-7, 3]}, None, -1)],
)
