"""The company (`/settings/company`): name, hours with breaks, days off, who needs a second factor."""

from __future__ import annotations

from datetime import date

from fastapi import Request
from fastapi.responses import Response
from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import chip
from builder_ui.settings.frame import Hand, framed
from builder_ui.settings.hours import HoursEditor
from builder_ui.texts import LANGUAGES
from builder_ui.visit import to_login, visit
from engine.services import clock, companies, company_settings
from engine.services.calendars import DayOff
from engine.services.company_settings import Category, Changes, Tenant
from engine.services.demo import Demo
from engine.services.permissions import ROLES, Role
from engine.services.runtime import Runtime

PATH = "/settings/company"
ZONES = (
    "America/Sao_Paulo",
    "America/Bahia",
    "America/Fortaleza",
    "America/Recife",
    "America/Belem",
    "America/Cuiaba",
    "America/Campo_Grande",
    "America/Manaus",
    "America/Porto_Velho",
    "America/Boa_Vista",
    "America/Rio_Branco",
    "America/Noronha",
)
STATES = "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO".split()
CATEGORIES: tuple[Category, ...] = ("public", "optional")


def register(rt: Runtime, demo: Demo | None) -> None:
    @ui.page(PATH)
    async def page(request: Request) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        with framed(seen, PATH, "settings.company", demo=demo is not None):
            hand = Hand(rt, seen)
            company = await companies.company(rt, hand.tenant)
            word("h1", hand.t("settings.company"), "page-title")
            may = hand.by.may("settings:write")
            if not may:
                word("p", hand.t("company.read-only"), "quiet")
            with node("fieldset", "cards bare", **({} if may else {"disabled": True})):
                _names(hand, company)
                HoursEditor(hand, company.settings.hours)
                days = DaysOff(hand, company, (await clock.now(rt, hand.tenant)).year)
                await days.load()
                _factor(hand, company)
        return None


def _names(hand: Hand, company: Tenant) -> None:
    t, own = hand.t, company.settings

    async def save() -> None:
        changes = Changes(name=name.value or "", language=str(language.value), zone=str(zone.value))
        await hand.do(company_settings.change(hand.rt, hand.by, changes), t("settings.saved"))

    with node("section", "card"):
        word("h2", t("company.itself"))
        with node("div", "fields"):
            name = ui.input(t("company.name"), value=company.name).props("dense outlined maxlength=120")
            language = ui.select(LANGUAGES, value=own.language, label=t("company.language")).props(
                "dense outlined"
            )
            zones = list(dict.fromkeys((own.zone, *ZONES)))
            zone = ui.select(zones, value=own.zone, label=t("company.zone")).props("dense outlined")
        with node("div", "dialog-deeds"):
            press(t("settings.save"), save, "primary")


class DaysOff:
    """Official days of the state, and days of one's own; the list of a year."""

    def __init__(self, hand: Hand, company: Tenant, year: int) -> None:
        self._hand, t, own = hand, hand.t, company.settings
        self._year = year
        with node("section", "card"):
            word("h2", t("company.holidays"))
            word("p", t("company.holidays-more"), "quiet")
            with node("div", "fields"):
                states = {"": t("company.no-state"), **{s: s for s in STATES}}
                region = own.region if own.region in states else ""
                self._region = ui.select(states, value=region, label=t("company.state")).props(
                    "dense outlined"
                )
                self._optional = ui.switch(t("company.optional"), value="optional" in own.holiday_categories)
            self._region.on_value_change(self._save)
            self._optional.on_value_change(self._save)
            with node("div", "year-head"):
                press("", self._before, "round", icon="chevron_left", label=t("company.year-before"))
                self._title = word("p", str(year), "strong", role="status")
                press("", self._after, "round", icon="chevron_right", label=t("company.year-after"))
            self._list = node("ul", "off-days")
            with node("div", "fields add-day"):
                self._day = ui.input(t("company.day")).props("type=date dense outlined stack-label")
                self._name = ui.input(t("company.day-name")).props("dense outlined maxlength=120")
                self._yearly = ui.checkbox(t("company.every-year")).props("dense")
                press(t("company.add-day"), self._add, "ghost", icon="add")

    async def load(self) -> None:
        hand = self._hand
        found = await hand.do(company_settings.days_off(hand.rt, hand.tenant, self._year))
        self._title.text = str(self._year)
        self._list.clear()
        with self._list:
            for off in found or []:
                self._line(off)

    def _line(self, off: DayOff) -> None:
        t = self._hand.t
        with node("li", "off-day"):
            word("time", off.day.strftime("%d/%m"), "mono")
            word("span", t(f"weekday-short.{off.day.weekday()}"), "quiet")
            word("span", off.name, "grow")
            if off.source != "official":
                chip(t(f"company.source.{off.source}"), "info")
                press(
                    "",
                    lambda _, off=off: self._remove(off),
                    "round",
                    icon="close",
                    label=t("company.remove-day", name=off.name),
                )

    async def _save(self) -> None:
        hand = self._hand
        categories = CATEGORIES if self._optional.value else CATEGORIES[:1]
        changes = Changes(region=str(self._region.value or ""), holiday_categories=categories)
        await hand.do(company_settings.change(hand.rt, hand.by, changes), hand.t("settings.saved"))
        await self.load()

    async def _add(self) -> None:
        hand, t = self._hand, self._hand.t
        name, day = (self._name.value or "").strip(), str(self._day.value or "")
        if not name or not day:
            ui.notify(t("company.day-needs"), type="warning")
            return
        wanted = day[5:] if self._yearly.value else day
        if await hand.do(company_settings.set_day_off(hand.rt, hand.by, wanted, name)) is not None:
            self._year = date.fromisoformat(day).year
            self._name.set_value("")
            await self.load()

    async def _remove(self, off: DayOff) -> None:
        hand = self._hand
        wanted = off.day.isoformat() if off.source == "own" else off.day.strftime("%m-%d")
        await hand.do(company_settings.remove_day_off(hand.rt, hand.by, wanted), hand.t("settings.saved"))
        await self.load()

    async def _before(self) -> None:
        self._year = max(2000, self._year - 1)
        await self.load()

    async def _after(self) -> None:
        self._year = min(2100, self._year + 1)
        await self.load()


def _factor(hand: Hand, company: Tenant) -> None:
    t = hand.t
    boxes: dict[Role, ui.checkbox] = {}

    async def save() -> None:
        changes = Changes(second_factor=[role for role, box in boxes.items() if box.value])
        if await hand.do(company_settings.change(hand.rt, hand.by, changes), t("settings.saved")) is None:
            for role, box in boxes.items():
                box.set_value(role in company.settings.second_factor)

    with node("section", "card"):
        word("h2", t("company.factor"))
        word("p", t("company.factor-more"), "quiet")
        with node("div", "roles-line", role="group", aria_label=t("company.factor")):
            for role in ROLES:
                held = role in company.settings.second_factor
                boxes[role] = ui.checkbox(t(f"role.{role}"), value=held).props("dense")
        if hand.rt.settings.demo:
            word("p", t("company.factor-demo"), "quiet")
        with node("div", "dialog-deeds"):
            press(t("settings.save"), save, "primary")
