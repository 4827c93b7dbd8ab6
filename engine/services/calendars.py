"""The days on which a company is closed: official holidays of its country and state, and days of its own."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Literal

import holidays
import msgspec

from engine.core.errors import TramaError
from engine.store.tenants import TenantSettings

FIRST, LAST = 1900, 2200
Source = Literal["official", "yearly", "own"]


class DayOff(msgspec.Struct, frozen=True, kw_only=True):
    """`source`: official, the company's every year, or the company's this once."""

    day: date
    name: str
    source: Source


def closed_days(settings: TenantSettings, year: int) -> dict[date, str]:
    """This year's and the next year's, by day. Raises `tenant:unknown-country`."""
    return {off.day: off.name for each in (year, year + 1) for off in days_off(settings, each)}


def national(country: str, region: str, year: int) -> dict[date, str]:
    """The public holidays of this year and the next. Raises `tenant:unknown-country`."""
    return official(country, region, ("public",), year) | official(country, region, ("public",), year + 1)


def days_off(settings: TenantSettings, year: int) -> list[DayOff]:
    """Those of a year in order; of several on a day the company's own counts. Raises `tenant:unknown-country`."""
    found: dict[date, DayOff] = {}
    categories = tuple(sorted(settings.holiday_categories))
    for day, name in official(settings.country, settings.region, categories, year, settings.language).items():
        found[day] = DayOff(day=day, name=name, source="official")
    for text, name in settings.yearly.items():
        yearly = this_year(text, year)
        if yearly is not None:
            found[yearly] = DayOff(day=yearly, name=name, source="yearly")
    for day, name in settings.holidays.items():
        if day.year == year:
            found[day] = DayOff(day=day, name=name, source="own")
    return [found[day] for day in sorted(found)]


def this_year(text: str, year: int) -> date | None:
    """The day `MM-DD` of a year; None where the year has none (29 February)."""
    try:
        return date(year, int(text[:2]), int(text[3:]))
    except ValueError:
        return None


@lru_cache(maxsize=256)
def official(
    country: str, region: str, categories: tuple[str, ...], year: int, language: str = "pt-BR"
) -> dict[date, str]:
    """With names in the language, where the calendar has them in it. Raises `tenant:unknown-country`."""
    if not categories:
        return {}
    try:
        known = getattr(holidays, country, None)
        named = {"pt-BR": "pt_BR", "en": "en_US"}.get(language)
        if known is None or named not in known.supported_languages:
            named = None
        wanted = [c for c in categories if known is None or c in known.supported_categories]
        if not wanted:
            return {}
        found = holidays.country_holidays(
            country, subdiv=region or None, years=[year], categories=wanted, language=named
        )
    except NotImplementedError as fault:
        raise TramaError("tenant:unknown-country", str(fault)[:300], path="/country") from None
    return dict(found.items())
