"""The people of the company (`/settings/people`): who they are, what they may do, whether they come in safely."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from nicegui import ui
from nicegui.element import Element

from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import chip, empty
from builder_ui.settings.frame import Hand, Strip, item, part, shown_once, when
from builder_ui.settings.person import PersonForm
from engine.services import logins, people, second_factor
from engine.services.demo import Demo
from engine.services.people import PersonState
from engine.services.runtime import Runtime
from engine.services.views import Person

PATH = "/settings/people"
PAGE = 50
STATES: tuple[PersonState | str, ...] = (*get_args(PersonState), "")


def register(rt: Runtime, demo: Demo | None) -> None:
    part(rt, demo, PATH, "settings.people", lambda hand: Listing(hand).load())


class Listing:
    def __init__(self, hand: Hand) -> None:
        self.hand, t = hand, hand.t
        self.may = hand.by.may("people:write")
        self._state, self._pages = "active", 1
        self._form = PersonForm(hand, self.load)
        with node("header", "page-head"):
            word("h1", t("settings.people"))
            if self.may:
                press(t("people.add"), self._form.add, "primary", icon="person_add")
        with node("div", "filters"):
            self._words = ui.input(placeholder=t("people.search")).props(
                "dense outlined clearable debounce=250 maxlength=200"
            )
            self._words.props["aria-label"] = t("people.search")
            self._words.on_value_change(self._anew)
            with node("div", "segments", role="group", aria_label=t("people.state")):
                self._segments = {state: self._segment(state) for state in STATES}
        self._strip = Strip(t)
        self._body = node("div")

    def _segment(self, state: str) -> Element:
        pressed = "true" if state == self._state else "false"
        button = node("button", "segment", type="button", aria_pressed=pressed)
        button.on("click", lambda: self._choose(state), args=[])
        with button:
            word("span", self.hand.t(f"people.state.{state or 'all'}"))
        return button

    async def _choose(self, state: str) -> None:
        self._state = state
        for name, button in self._segments.items():
            button.props["aria-pressed"] = "true" if name == state else "false"
            button.update()
        await self._anew()

    async def _anew(self) -> None:
        self._pages = 1
        await self.load()

    async def load(self) -> None:
        hand, t = self.hand, self.hand.t
        state: PersonState | None = next((s for s in get_args(PersonState) if s == self._state), None)
        limit = self._pages * PAGE
        rows = await people.people(
            hand.rt, hand.tenant, words=self._words.value or "", state=state or "", limit=limit + 1
        )
        self._body.clear()
        with self._body:
            if not rows:
                with node("div", "card"):
                    empty("person_search", t("people.none"), t("people.none-more"))
                return
            with node("div", "table-wrap card"), node("table", "table settings-table"):
                word("caption", t("settings.people"), "unseen")
                with node("thead"), node("tr"):
                    for key in ("name", "roles", "second-factor", "last-login"):
                        word("th", t(f"people.{key}"), scope="col")
                    with node("th", scope="col"):
                        word("span", t("settings.deeds"), "unseen")
                with node("tbody"):
                    for row in rows[:limit]:
                        self._row(row)
            if len(rows) > limit:
                press(t("settings.more"), self._more, "ghost")

    async def _more(self) -> None:
        self._pages += 1
        await self.load()

    def _row(self, row: Person) -> None:
        t = self.hand.t
        with node("tr"):
            with node("td", "wide-cell"):
                word("div", row.name, "strong")
                word("div", row.email, "quiet")
            with node("td"), node("div", "cell-chips"):
                for role in row.roles:
                    chip(t.known("role", role), "info" if role == "administrator" else "plain")
                if row.state == "disabled":
                    chip(t("people.disabled"), "bad")
                if self._locked(row):
                    chip(t("people.locked"), "warn")
                if row.must_change:
                    chip(t("people.must-change"), "warn")
            with node("td", data_label=t("people.second-factor")):
                chip(*((t("people.on"), "good") if row.second_factor else (t("people.off"), "plain")))
            word("td", when(row.last_login_at), data_label=t("people.last-login"))
            with node("td", "deeds"):
                if self.may:
                    self._menu(row)

    def _locked(self, row: Person) -> bool:
        return row.locked_until is not None and row.locked_until > self.hand.rt.now()

    def _menu(self, row: Person) -> None:
        hand, t = self.hand, self.hand.t
        if row.id == hand.by.person:
            word("a", t("people.you"), "quiet", href="/settings/me")
            return
        with press("", None, "round", icon="more_vert", label=t("people.deeds-of", name=row.name)), ui.menu():
            item("edit", t("people.edit"), lambda: self._form.edit(row))
            item("password", t("people.give-password"), self._later(self._password, row))
            item("logout", t("people.end-sessions"), self._later(self._end, row))
            if row.second_factor:
                item("phonelink_erase", t("people.remove-factor"), self._later(self._remove_factor, row))
            if self._locked(row):
                item("lock_open", t("people.unlock"), self._later(self._unlock, row))
            if row.state == "active":
                item("person_off", t("people.disable"), self._later(self._disable, row))
            else:
                item("person", t("people.enable"), self._later(self._enable, row))

    def _later(self, deed: Callable[[Person], object], row: Person) -> Callable[[], object]:
        return lambda: deed(row)

    async def _password(self, row: Person) -> None:
        hand, t = self.hand, self.hand.t
        password = await hand.do(people.give_password(hand.rt, hand.by, row.id))
        if password is not None:
            shown_once(t, t("people.one-time", name=row.name), t("people.one-time-more"), password)
            await self.load()

    async def _end(self, row: Person) -> None:
        hand, t = self.hand, self.hand.t
        await hand.do(
            logins.end_sessions(hand.rt, hand.tenant, row.id, by=hand.by.person),
            t("people.ended", name=row.name),
        )

    async def _remove_factor(self, row: Person) -> None:
        hand, t = self.hand, self.hand.t

        async def remove() -> None:
            await people.may_act_for(hand.rt, hand.by, row.id)
            await second_factor.remove(hand.rt, hand.tenant, row.id, by=hand.by.person)

        await hand.do(remove(), t("people.factor-removed", name=row.name))
        await self.load()

    async def _unlock(self, row: Person) -> None:
        hand, t = self.hand, self.hand.t
        await hand.do(people.unlock(hand.rt, hand.by, row.id), t("people.unlocked", name=row.name))
        await self.load()

    async def _disable(self, row: Person) -> None:
        hand, t = self.hand, self.hand.t
        if await hand.do(people.change(hand.rt, hand.by, row.id, state="disabled")) is not None:
            await self.load()
            self._strip.tell(t("people.was-disabled", name=row.name), lambda: self._enable(row))

    async def _enable(self, row: Person) -> None:
        hand, t = self.hand, self.hand.t
        await hand.do(
            people.change(hand.rt, hand.by, row.id, state="active"), t("people.was-enabled", name=row.name)
        )
        await self.load()
