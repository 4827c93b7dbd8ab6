"""What a password must be, and days off: rules without a database."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import TramaError
from engine.services import calendars, passwords
from engine.store.tenants import TenantSettings


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("curta", "people:weak-password"),
        ("x" * 1001, "people:long-password"),
        ("ana.souza@acme.example", "people:password-is-address"),
        ("Ana.Souza1!"[:9] + "@acme.example", "people:password-is-address"),
        ("Password123!", "people:common-password"),
        ("senha12345", "people:common-password"),
        ("0123456789", "people:common-password"),
        ("abcabcabcabc", "people:common-password"),
        ("9999999999", "people:common-password"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(TramaError) as refused:
        passwords.check(password, "ana.souza@acme.example", path="/new")
    assert (refused.value.code, refused.value.path) == (code, "/new")


@pytest.mark.parametrize("password", ["três tigres tristes", "kV9#qL2m!x", "passwords are hard"])
def test_length_is_enough(password: str) -> None:
    passwords.check(password, "ana.souza@acme.example")


def test_made_up_passwords_pass_their_own_rules() -> None:
    made = {passwords.one_time() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.check(password)


async def test_both_spellings_of_an_accent_are_one_password() -> None:
    stored = await passwords.hashed("cora\u00e7\u00e3o valente")
    assert await passwords.right(stored, "corac\u0327a\u0303o valente")
    assert not await passwords.right(stored, "coracao valente")
    assert not await passwords.right("", "coracao valente")


def test_a_company_adds_its_own_days_to_the_official_ones() -> None:
    settings = TenantSettings(
        region="SP",
        holidays={date(2026, 11, 3): "Inventário"},
        yearly={"01-25": "Aniversário de São Paulo", "02-29": "Bissexto"},
    )
    days = {off.day: (off.name, off.source) for off in calendars.days_off(settings, 2026)}
    assert days[date(2026, 9, 7)][1] == "official"
    assert days[date(2026, 7, 9)][1] == "official", "the state's own holiday"
    assert days[date(2026, 1, 25)] == ("Aniversário de São Paulo", "yearly")
    assert days[date(2026, 11, 3)] == ("Inventário", "own")
    carnival = date(2026, 2, 17)
    assert carnival not in days and date(2026, 2, 28) not in days
    with_optional = TenantSettings(holiday_categories=["public", "optional"])
    assert carnival in {off.day for off in calendars.days_off(with_optional, 2026)}
    assert date(2028, 2, 29) in {off.day for off in calendars.days_off(settings, 2028)}


def test_a_country_that_nobody_knows_is_named() -> None:
    with pytest.raises(TramaError) as refused:
        calendars.days_off(TenantSettings(country="ZZ"), 2026)
    assert refused.value.code == "tenant:unknown-country"


@given(st.integers(1900, 2200), st.sampled_from(["", "SP", "RJ", "PR"]))
def test_the_days_of_a_year_are_in_order_and_in_that_year(year: int, region: str) -> None:
    days = [off.day for off in calendars.days_off(TenantSettings(region=region), year)]
    assert days == sorted(set(days)) and all(day.year == year for day in days)
