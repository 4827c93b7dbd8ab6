"""The company's own settings: hours with breaks, days off, who needs a second factor."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, delete, get, patch, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter, SkipValidation
from msgspec import Meta

from engine.api.access import needs
from engine.api.texts import Language, Name
from engine.services import calendars, companies, company_settings
from engine.services.calendars import DayOff
from engine.services.company_settings import Category, Changes, Tenant
from engine.services.permissions import Role
from engine.services.principal import Principal
from engine.services.runtime import Runtime

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
WRITE = [needs("settings:write")]
Clock = Annotated[str, Meta(max_length=5, description="08:00; 24:00 is the end of the day")]
Weekday = Annotated[str, Meta(max_length=3, description="mon to sun")]
Day = Annotated[str, PathParameter(max_length=10, description="2026-12-24, or 12-24 for every year")]
Year = Annotated[int | None, QueryParameter(ge=calendars.FIRST, le=calendars.LAST)]


class CompanyView(msgspec.Struct, frozen=True, kw_only=True):
    """`hours`: weekday to periods from-until in the company's zone; several a day leave breaks."""

    slug: str
    name: str
    language: str
    zone: str
    country: str
    region: str
    hours: dict[str, list[tuple[str, str]]]
    holiday_categories: list[str]
    second_factor: list[str]


class CompanyChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is not given stays."""

    name: Name | None = None
    language: Language | None = None
    zone: Annotated[str, Meta(max_length=60)] | None = None
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None = None
    region: Annotated[str, Meta(pattern="^[A-Z0-9]{0,3}$")] | None = None
    hours: (
        Annotated[
            dict[Weekday, Annotated[list[tuple[Clock, Clock]], Meta(max_length=12)]], Meta(max_length=7)
        ]
        | None
    ) = None
    holiday_categories: Annotated[list[Category], Meta(max_length=2)] | None = None
    second_factor: Annotated[list[Role], Meta(max_length=4)] | None = None


class DayName(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name


def _view(tenant: Tenant) -> CompanyView:
    own = tenant.settings
    return CompanyView(
        slug=tenant.slug,
        name=tenant.name,
        language=own.language,
        zone=own.zone,
        country=own.country,
        region=own.region,
        hours=own.hours,
        holiday_categories=list(own.holiday_categories),
        second_factor=own.second_factor,
    )


@get("/")
async def read(rt: Services, who: Asker) -> CompanyView:
    return _view(await companies.company(rt, who.tenant))


@patch("/", guards=WRITE)
async def change(rt: Services, who: Asker, data: JSONBody[CompanyChange]) -> CompanyView:
    return _view(await company_settings.change(rt, who, Changes(**msgspec.structs.asdict(data))))


@get("/holidays")
async def holidays(rt: Services, who: Asker, year: Year = None) -> list[DayOff]:
    """The days off of a year, official and own ones."""
    return await company_settings.days_off(rt, who.tenant, year)


@put("/holidays/{day:str}", guards=WRITE, status_code=204)
async def set_day(rt: Services, who: Asker, day: Day, data: JSONBody[DayName]) -> None:
    """A day off of one's own: once (2026-12-24) or every year (12-24)."""
    await company_settings.set_day_off(rt, who, day, data.name)


@delete("/holidays/{day:str}", guards=WRITE)
async def remove_day(rt: Services, who: Asker, day: Day) -> None:
    await company_settings.remove_day_off(rt, who, day)


router = Router(
    "/api/v1/company",
    route_handlers=[read, change, holidays, set_day, remove_day],
    guards=[needs("settings:read")],
    tags=["company"],
)
