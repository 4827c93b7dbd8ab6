"""One's own account (`/settings/me`): name, language, password, and what must be done before anything else."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response
from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.settings.factor import Factor
from builder_ui.settings.frame import Hand, framed, when
from builder_ui.texts import LANGUAGES
from builder_ui.visit import to_login, visit
from engine.services import account, logins, people
from engine.services.demo import Demo
from engine.services.runtime import Runtime
from engine.services.views import Person, SessionRow

PATH = "/settings/me"


def register(rt: Runtime, demo: Demo | None) -> None:
    @ui.page(PATH)
    async def page(request: Request) -> Response | None:
        seen = visit(request)
        if seen.principal is None or seen.principal.person is None:
            return to_login(request)
        with framed(seen, PATH, "settings.me", demo=demo is not None):
            hand = Hand(rt, seen)
            person = await people.person(rt, hand.tenant, seen.principal.person)
            word("h1", hand.t("settings.me"), "page-title")
            pending = seen.principal.pending
            if pending:
                with node("div", "first", role="alert"):
                    ui.icon("priority_high").props("aria-hidden=true")
                    word("p", hand.t(f"me.first.{pending}"))
            with node("div", "cards"):
                # what is wanted first stands first, and nothing else is in the way
                if pending != "second-factor":
                    _password(hand, first=bool(pending))
                if pending != "password":
                    await Factor(hand, person.id, first=bool(pending)).load()
                if not pending:
                    _about(hand, person)
                    await Sessions(hand, person.id).load()
        return None


def _password(hand: Hand, *, first: bool) -> None:
    t = hand.t

    async def save() -> None:
        if (new.value or "") != (again.value or ""):
            ui.notify(t("refused.people:passwords-differ"), type="warning")
            return

        async def change() -> bool:
            await account.change_password(hand.rt, hand.by, old.value or "", new.value or "")
            return True

        if await hand.do(change(), t("me.password-changed")):
            for field in (old, new, again):
                field.set_value("")
            if first:
                ui.navigate.to("/")

    with node("section", "card"):
        word("h2", t("me.password"))
        word("p", t("me.password-more"), "quiet")
        with node("div", "fields"):
            old = ui.input(t("me.old"), password=True).props("dense outlined autocomplete=current-password")
            new = ui.input(t("me.new"), password=True, password_toggle_button=True).props(
                "dense outlined autocomplete=new-password"
            )
            again = ui.input(t("me.again"), password=True).props("dense outlined autocomplete=new-password")
            again.on("keydown.enter", save, args=[])
        with node("div", "dialog-deeds"):
            press(t("me.change-password"), save, "primary")


def _about(hand: Hand, person: Person) -> None:
    t = hand.t

    async def save() -> None:
        changed = await hand.do(
            account.change(hand.rt, hand.by, name=name.value or "", language=str(language.value)),
            t("settings.saved"),
        )
        if changed is not None and changed.language != t.language:
            ui.navigate.to(f"/idioma/{changed.language}?next={PATH}")

    with node("section", "card"):
        word("h2", t("me.about"))
        word("p", person.email, "quiet")
        with node("div", "fields"):
            name = ui.input(t("people.name"), value=person.name).props("dense outlined maxlength=120")
            language = ui.select(LANGUAGES, value=t.language, label=t("me.language")).props("dense outlined")
        with node("div", "dialog-deeds"):
            press(t("settings.save"), save, "primary")


class Sessions:
    """Where one is logged in."""

    def __init__(self, hand: Hand, person: int) -> None:
        self._hand, self._person = hand, person
        with node("section", "card"):
            with node("div", "card-head"):
                word("h2", hand.t("me.sessions"))
                node("div", "grow")
                self._others = press(hand.t("me.end-others"), self._end_others, "ghost")
            self._list = node("ul", "sessions")

    async def load(self) -> None:
        hand = self._hand
        rows = await logins.sessions(hand.rt, hand.tenant, self._person)
        self._others.set_visibility(len(rows) > 1)
        self._list.clear()
        with self._list:
            for row in sorted(rows, key=lambda row: row.id != hand.by.session):
                self._line(row)

    def _line(self, row: SessionRow) -> None:
        t = self._hand.t
        with node("li", "session"):
            ui.icon("smartphone" if "Mobile" in row.client else "computer").props("aria-hidden=true")
            with node("div", "grow"):
                word("div", browser(row.client) or t("me.unknown-browser"), "strong")
                words = [
                    t("me.seen", at=when(row.seen_at)),
                    row.address,
                    t.known("factor", row.factor or "none"),
                ]
                word("div", " · ".join(part for part in words if part), "quiet")
            if row.id == self._hand.by.session:
                word("span", t("me.this"), "state state-good")
            else:
                press(
                    t("me.end"),
                    lambda _, row=row: self._end(row),
                    "ghost",
                    label=t("me.end-of", name=browser(row.client)),
                )

    async def _end(self, row: SessionRow) -> None:
        hand = self._hand
        await hand.do(
            logins.end_session(hand.rt, hand.tenant, self._person, row.id, by=self._person),
            hand.t("me.ended"),
        )
        await self.load()

    async def _end_others(self) -> None:
        hand = self._hand
        await hand.do(
            logins.end_sessions(hand.rt, hand.tenant, self._person, by=self._person, but=hand.by.session),
            hand.t("me.ended"),
        )
        await self.load()


def browser(client: str) -> str:
    """Browser and system of a user agent, as people call them."""
    names = (
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    found = [next((name for mark, name in marks if mark in client), "") for marks in (names, systems)]
    return " · ".join(part for part in found if part) or client[:60]
