"""One queue (`/settings/queues/{id}`): who serves it, how it gives out tickets, what it promises and what it says."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import Request
from fastapi.responses import Response
from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.settings.frame import Hand, Strip, framed
from builder_ui.settings.hours import HoursTable
from builder_ui.settings.promises import Escalations, Promises
from builder_ui.settings.queues import PATH
from builder_ui.visit import to_login, visit
from engine.core.desk.queues import READY_MADE, Distribution, Mode, QueueSettings
from engine.core.errors import TramaError
from engine.services import companies, people, queues, teams
from engine.services.demo import Demo
from engine.services.permissions import holds
from engine.services.queues import QueueDraft
from engine.services.runtime import Runtime
from engine.services.views import QueueRow

MODES: tuple[Mode, ...] = ("round_robin", "least_busy", "rule")
TEXTS = ("text_assigned", "text_position", "text_outside", "text_abandoned")
MINUTES = ("abandon_seconds", "return_seconds", "position_seconds", "patience_seconds")


def register(rt: Runtime, demo: Demo | None) -> None:
    @ui.page(PATH + "/{ident:int}")
    async def page(request: Request, ident: int) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        with framed(seen, PATH, "queues.title", demo=demo is not None):
            hand = Hand(rt, seen)
            try:
                row = await queues.queue(rt, hand.tenant, ident)
            except TramaError as fault:
                ui.context.client.status_code = 404
                word("p", hand.t.known("refused", fault.code), "alert")
                return None
            form = Form(hand, row)
            await form.load()
        return None


class Form:
    def __init__(self, hand: Hand, row: QueueRow) -> None:
        self._hand, self._row = hand, row
        t = hand.t
        with node("nav", "crumbs", aria_label=t("queues.title")):
            word("a", t("queues.title"), href=PATH)
        with node("header", "page-head"):
            word("h1", row.name)
            press(t("settings.save"), self._save, "primary", icon="save")
        self._strip = Strip(t)
        self._body = node("div", "cards")

    async def load(self) -> None:
        hand = self._hand
        everyone = await people.people(hand.rt, hand.tenant)
        self._names = {
            p.id: p.name for p in everyone if p.state == "active" and holds(p.roles, "conversations:write")
        }
        self._teams = {g.id: g.name for g in await teams.teams(hand.rt, hand.tenant)}
        self._queues = {q.key: q.name for q in await queues.queues(hand.rt, hand.tenant)}
        self._company = (await companies.company(hand.rt, hand.tenant)).settings.hours
        self._draw()

    def _draw(self) -> None:
        self._body.clear()
        with self._body:
            self._basics()
            self._distribution()
            with self._card("queues.promises", "queues.promises-more"):
                self._promises = Promises(self._hand.t, self._row.settings)
            with self._card("queues.escalations", "queues.escalations-more"):
                self._escalations = Escalations(self._hand.t, self._row.settings, self._queues)
            self._hours_card()
            self._texts_card()

    def _card(self, title: str, more: str = "") -> Any:
        section = node("section", "card")
        with section:
            word("h2", self._hand.t(title))
            if more:
                word("p", self._hand.t(more), "quiet")
        return section

    def _basics(self) -> None:
        t, row = self._hand.t, self._row
        with self._card("queues.basics"), node("div", "fields"):
            self._name = ui.input(t("queues.name"), value=row.name).props("dense outlined maxlength=100")
            self._description = ui.input(t("queues.description"), value=row.description).props(
                "dense outlined maxlength=500"
            )
            held = [m for m in row.members if m in self._names]
            self._members = ui.select(
                self._names, value=held, multiple=True, with_input=True, label=t("queues.members")
            ).props("dense outlined use-chips")
            grouped = [g for g in row.teams if g in self._teams]
            self._groups = ui.select(
                self._teams, value=grouped, multiple=True, label=t("queues.teams")
            ).props("dense outlined use-chips")

    def _distribution(self) -> None:
        t, told = self._hand.t, self._row.settings
        with self._card("queues.distribution"):
            with node("div", "fields"):
                self._mode = ui.select(
                    {m: t(f"queues.mode.{m}") for m in MODES}, value=told.mode, label=t("queues.mode")
                )
                self._mode.props("dense outlined")
                self._most = _number(t("queues.most"), told.most, 1, 200)
                self._priority = _number(t("queues.priority"), told.priority, 1, 10)
            rule = told.rule or READY_MADE["round_robin"]
            shown = msgspec.json.format(msgspec.json.encode(rule), indent=2).decode()
            self._rule = ui.textarea(t("queues.rule"), value=shown).props("outlined autogrow")
            self._rule.classes("mono").bind_visibility_from(self._mode, "value", value="rule")
            hint = word("p", t("queues.rule-more"), "quiet")
            hint.bind_visibility_from(self._mode, "value", value="rule")

    def _hours_card(self) -> None:
        t, told = self._hand.t, self._row.settings
        with self._card("queues.hours", "queues.hours-more"):
            self._own = ui.checkbox(t("queues.own-hours"), value=told.hours is not None)
            with node("div").bind_visibility_from(self._own, "value"):
                self._hours = HoursTable(t, told.hours if told.hours is not None else self._company)
                press(t("company.copy-monday"), self._hours.copy_monday, "ghost small")

    def _texts_card(self) -> None:
        t, told = self._hand.t, self._row.settings
        with self._card("queues.texts", "queues.texts-more"):
            self._texts = {}
            for name in TEXTS:
                field = ui.textarea(t(f"queues.{name}"), value=getattr(told, name))
                self._texts[name] = field.props("outlined autogrow maxlength=1000")
            with node("div", "fields"):
                self._minutes = {
                    name: _number(t(f"queues.{name}"), getattr(told, name) / 60, 0, 86_400, step=0.5)
                    for name in MINUTES
                }
            self._reasons = ui.input_chips(t("queues.reasons"), value=list(told.reasons)).props(
                "outlined dense"
            )

    async def _save(self) -> None:
        hand, t = self._hand, self._hand.t
        try:
            draft = self._read()
        except TramaError as fault:
            hand.refuse(fault)
            return
        before = self._row
        saved = await hand.do(
            queues.change(hand.rt, hand.tenant, before.id, draft, expect=before.rev, person=hand.by.person)
        )
        if saved is None:
            return
        self._row = saved

        async def back() -> None:
            old = QueueDraft(
                name=before.name,
                description=before.description,
                settings=before.settings,
                members=before.members,
                teams=before.teams,
            )
            again = await hand.do(queues.change(hand.rt, hand.tenant, before.id, old, person=hand.by.person))
            if again is not None:
                self._row = again
                self._draw()

        self._strip.tell(t("settings.saved"), back)

    def _read(self) -> QueueDraft:
        """What the fields say. Raises `rule:not-json` for a rule that is none, `queue:bad-settings`."""
        mode: Mode = self._mode.value or "round_robin"
        rule = self._row.settings.rule
        if mode == "rule":
            try:
                rule = msgspec.json.decode(str(self._rule.value or ""), type=Distribution)
            except msgspec.MsgspecError as fault:
                raise TramaError("rule:not-json", str(fault), path="/rule") from fault
        told: dict[str, Any] = {
            "mode": mode,
            "rule": None if rule is None else msgspec.to_builtins(rule),
            "most": int(self._most.value or 5),
            "priority": int(self._priority.value or 5),
            "sla": msgspec.to_builtins(self._promises.value),
            "warn_at": self._promises.warn_at,
            "escalations": msgspec.to_builtins(self._escalations.value),
            "hours": dict(self._hours.value) if self._own.value else None,
            "holidays": msgspec.to_builtins(self._row.settings.holidays),
            "reasons": [str(reason) for reason in self._reasons.value or []],
        }
        told |= {name: str(field.value or "") for name, field in self._texts.items()}
        told |= {name: round(float(field.value or 0) * 60) for name, field in self._minutes.items()}
        try:
            settings = msgspec.convert(told, QueueSettings)
        except msgspec.ValidationError as fault:
            raise TramaError("queue:bad-settings", str(fault), path="/settings") from fault
        return QueueDraft(
            name=str(self._name.value or ""),
            description=str(self._description.value or ""),
            settings=settings,
            members=[int(m) for m in self._members.value or []],
            teams=[int(g) for g in self._groups.value or []],
        )


def _number(label: str, value: float, least: float, most: float, *, step: float = 1) -> ui.number:
    shown = int(value) if float(value).is_integer() else value
    return ui.number(label, value=shown, min=least, max=most, step=step).props("dense outlined")
