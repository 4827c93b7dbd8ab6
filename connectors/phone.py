"""Brazilian phone numbers as WhatsApp writes them: digits with country code, the ninth digit there or not.

Mobile numbers got a leading 9 between 2012 and 2016; a `wa_id` made before that often still lacks it. Both forms
are one person. `phonenumbers` calls the short form invalid, so this stands before it. Argentina (9 after the
country code) and Mexico (1) have the same trouble. Numbers are E.164 without the plus sign.
"""

from __future__ import annotations

BRAZIL = "55"
_MOBILE_FIRST = "6789"  # first digit of an eight-digit mobile number; landlines begin with 2 to 5


def normalise(number: str, country: str = BRAZIL) -> str:
    """Digits only, with country code: `(41) 98888-7777` is `5541988887777`. "" where nothing can be meant.

    A number without "+" or "00" that is ten or eleven digits long is taken as national of `country`.
    """
    digits = "".join(c for c in number if c in "0123456789")
    international = number.strip().startswith("+")
    if not international and digits.startswith("00"):
        digits, international = digits[2:], True
    if not international:
        digits = digits.lstrip("0")
        if country == BRAZIL and len(digits) in (10, 11):
            digits = BRAZIL + digits
    return digits if 8 <= len(digits) <= 15 else ""


def is_mobile(number: str) -> bool:
    """Whether a Brazilian number, with or without the ninth digit, is a mobile one."""
    if not number.startswith(BRAZIL):
        return False
    local = number[4:]
    return (len(local) == 9 and local[0] == "9") or (len(local) == 8 and local[0] in _MOBILE_FIRST)


def variants(number: str) -> list[str]:
    """All forms under which this person may be known, the given one first."""
    return [number, *(other for other in _others(number) if other != number)]


def same_person(one: str, other: str) -> bool:
    return other in variants(one)


def _others(number: str) -> list[str]:
    country, rest = number[:2], number[2:]
    match country, len(rest):
        case "55", 11 if rest[2] == "9" and rest[3] in _MOBILE_FIRST:
            return [country + rest[:2] + rest[3:]]
        case "55", 10 if rest[2] in _MOBILE_FIRST:
            return [country + rest[:2] + "9" + rest[2:]]
        case "54", 11 if rest[0] == "9":
            return [country + rest[1:]]
        case "54", 10:
            return [country + "9" + rest]
        case "52", 11 if rest[0] == "1":
            return [country + rest[1:]]
        case "52", 10:
            return [country + "1" + rest]
        case _:
            return []
