"""What the people of a company set for themselves: names, hours with breaks, days off, who needs a second factor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import available_timezones

import msgspec

from engine.core.errors import TramaError, pointer
from engine.services import calendars
from engine.services.calendars import DayOff
from engine.services.permissions import ROLES, Role
from engine.services.principal import Principal
from engine.services.runtime import Runtime
from engine.store import audit, logins
from engine.store import tenants as store
from engine.store.database import Connection
from engine.store.tenants import Tenant, TenantSettings

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Hours = dict[str, list[tuple[str, str]]]
Category = Literal["public", "optional"]
MOST_DAYS = 500
_TIME = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")
_YEARLY = re.compile(r"^\d\d-\d\d$")


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What is None stays as it is. `hours`: weekday to periods from-until, local; several a day leave breaks."""

    name: str | None = None
    language: str | None = None
    zone: str | None = None
    country: str | None = None
    region: str | None = None
    hours: Hours | None = None
    holiday_categories: Sequence[Category] | None = None
    second_factor: Sequence[Role] | None = None


async def change(rt: Runtime, by: Principal, changes: Changes) -> Tenant:
    """Raises `tenant:bad-hours`, `tenant:unknown-zone`, `tenant:unknown-country`, `tenant:nameless`, and
    `tenant:own-second-factor` for a role of one's own while one has none: one would be led out of what one does."""
    async with rt.db.tenant(by.tenant) as c:
        await store.lock(c)
        before = await store.get(c)
        given = {k: v for k, v in msgspec.structs.asdict(changes).items() if v is not None and k != "name"}
        if "hours" in given:
            given["hours"] = _hours(given["hours"])
        if "second_factor" in given:
            given["second_factor"] = [role for role in ROLES if role in given["second_factor"]]
        if "holiday_categories" in given:
            given["holiday_categories"] = list(dict.fromkeys(given["holiday_categories"]))
        if changes.zone is not None and changes.zone not in available_timezones():
            raise TramaError("tenant:unknown-zone", "name a time zone like America/Sao_Paulo", path="/zone")
        settings = msgspec.structs.replace(before.settings, **given)
        calendars.days_off(settings, rt.now().year)
        if (set(settings.second_factor) - set(before.settings.second_factor)) & set(by.roles):
            known = await logins.credentials(c, person=by.person) if by.person is not None else None
            if known is not None and known.totp is None and not rt.settings.demo:
                raise TramaError(
                    "tenant:own-second-factor", "set up your own second factor first", path="/second_factor"
                )
        if changes.name is not None:
            if not changes.name.strip():
                raise TramaError("tenant:nameless", "a company has a name", path="/name")
            await store.rename(c, changes.name.strip())
        await store.save_settings(c, settings)
        after = await store.get(c)
        await _note(c, by, before, after)
    return after


async def days_off(rt: Runtime, tenant: int, year: int | None = None) -> list[DayOff]:
    """Those of a year (this one where none is named), in order."""
    async with rt.db.tenant(tenant) as c:
        known = await store.get(c)
    moment: datetime = rt.now() + known.clock_offset
    return calendars.days_off(known.settings, year or moment.year)


async def set_day_off(rt: Runtime, by: Principal, day: str, name: str) -> Tenant:
    """`day` is `2026-12-24` (once) or `12-24` (every year). Raises `tenant:bad-day`, `tenant:too-many-days`."""
    return await _days(rt, by, day, name.strip() or None)


async def remove_day_off(rt: Runtime, by: Principal, day: str) -> Tenant:
    """Raises `tenant:unknown-day`."""
    return await _days(rt, by, day, None)


async def _days(rt: Runtime, by: Principal, day: str, name: str | None) -> Tenant:
    once, yearly = _day(day)
    async with rt.db.tenant(by.tenant) as c:
        await store.lock(c)
        before = await store.get(c)
        own, repeated = dict(before.settings.holidays), dict(before.settings.yearly)
        if name is not None:
            if once is not None:
                own[once] = name
            else:
                repeated[yearly] = name
            if len(own) + len(repeated) > MOST_DAYS:
                raise TramaError("tenant:too-many-days", f"at most {MOST_DAYS} days", path="/day")
        elif (own.pop(once, None) if once is not None else repeated.pop(yearly, None)) is None:
            raise TramaError("tenant:unknown-day", f"{day} is no day off of yours")
        await store.save_settings(c, msgspec.structs.replace(before.settings, holidays=own, yearly=repeated))
        after = await store.get(c)
        await _note(c, by, before, after)
    return after


def _day(text: str) -> tuple[date | None, str]:
    # a leap year has every day that comes back
    if _YEARLY.match(text) and calendars.this_year(text, 2024) is not None:
        return None, text
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or len(text) != 10 or not calendars.FIRST <= found.year <= calendars.LAST:
        raise TramaError("tenant:bad-day", "a day is 2026-12-24, or 12-24 for every year", path="/day")
    return found, ""


def _hours(given: Hours) -> Hours:
    """Periods in order. One may end after midnight (`22:00` to `06:00`); none overlap on their day."""
    made: Hours = {}
    for day, periods in given.items():
        if day not in DAYS:
            raise TramaError("tenant:bad-hours", f"days are {', '.join(DAYS)}", path=pointer("hours", day))
        ordered = sorted(periods)
        for n, (start, end) in enumerate(ordered):
            if not _TIME.match(start) or not _TIME.match(end) or start == "24:00" or start == end:
                raise TramaError("tenant:bad-hours", "times are 08:00", path=pointer("hours", day, n))
            overnight = end < start
            if (overnight and n < len(ordered) - 1) or (n and ordered[n - 1][1] > start):
                raise TramaError("tenant:bad-hours", "periods overlap", path=pointer("hours", day, n))
        if ordered:
            made[day] = [(start, end) for start, end in ordered]
    return {day: made[day] for day in DAYS if day in made}


async def _note(c: Connection, by: Principal, before: Tenant, after: Tenant) -> None:
    """Only what changed is told."""
    old, new = _told(before), _told(after)
    changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    if changed:
        await audit.note(
            c,
            "company_configured",
            "tenant",
            person=by.person,
            before={k: old.get(k) for k in changed},
            after={k: new.get(k) for k in changed},
        )


def _told(company: Tenant) -> dict[str, Any]:
    settings: TenantSettings = company.settings
    told: dict[str, Any] = msgspec.to_builtins(settings)
    return {"name": company.name, **told}


__all__ = ["Category", "Changes", "Tenant", "change", "days_off", "remove_day_off", "set_day_off"]
