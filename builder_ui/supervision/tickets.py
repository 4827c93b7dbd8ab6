"""The open tickets with their clocks: late ones first, moved by the handful, opened one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nicegui import ui
from nicegui.element import Element

from builder_ui.elements.keyed import Keyed
from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import chip, empty, pairs
from builder_ui.inbox import clocks
from builder_ui.settings.frame import item, when
from builder_ui.supervision.deeds import Deeds
from builder_ui.supervision.floor import Floor, ago, late
from engine.services.views import TicketRow

MOST = 200
"""Tickets that are drawn; filters find the others."""


class Line(NamedTuple):
    ticket: TicketRow
    queue: str
    person: str
    chosen: bool


class Tickets:
    def __init__(self, floor: Floor, deeds: Deeds, choose: Callable[[], None]) -> None:
        self._floor, self._deeds, self._choose = floor, deeds, choose
        t = floor.t
        with node("section", "desk-part", aria_label=t("desk.tickets")):
            with node("header", "desk-head"):
                word("h2", t("desk.tickets"))
                self._count = word("span", "", "quiet")
                self._filters = node("div", "desk-filters")
            self._bulk = node("div", "desk-bulk", role="toolbar", aria_label=t("desk.bulk"))
            self._none = node("div", "card teach")
            with self._none:
                empty("task_alt", t("desk.no-tickets"), t("desk.no-tickets-more"))
            self._table = node("div", "table-wrap card")
            with self._table, node("table", "table desk-table"):
                word("caption", t("desk.tickets"), "unseen")
                with node("thead"), node("tr"):
                    with node("th", "", scope="col"):
                        word("span", t("desk.choose"), "unseen")
                    for key in ("contact", "queue", "state", "waited", "clock"):
                        word("th", t(f"desk.{key}"), scope="col")
                    with node("th", "", scope="col"):
                        word("span", t("desk.deeds"), "unseen")
                body = node("tbody")
        self._rows: Keyed[Line] = Keyed(body, lambda line: line.ticket.id, self._draw)
        with self._filters:
            options = {
                "": t("desk.all"),
                **{s: t(f"desk.ticket.{s}") for s in ("waiting", "serving", "late")},
            }
            toggle = ui.toggle(options, value="", on_change=lambda e: self._narrow(str(e.value or "")))
            toggle.props("dense flat no-caps")
            toggle.props["aria-label"] = t("desk.state")
        self._bulk.set_visibility(False)

    def show(self) -> None:
        floor, names = self._floor, self._floor.names()
        found = floor.shown()
        lines = [
            Line(
                ticket=ticket,
                queue=floor.queue_name(ticket.queue),
                person=names.get(ticket.person_id or 0, ""),
                chosen=ticket.id in floor.chosen,
            )
            for ticket in found[:MOST]
        ]
        self._rows.show(lines)
        self._count.text = floor.t("desk.of", n=len(lines), of=len(floor.tickets))
        self._none.set_visibility(not lines)
        self._table.set_visibility(bool(lines))
        self._offer()

    def _narrow(self, state: str) -> None:
        self._floor.state = state
        self._choose()

    def _draw(self, line: Line) -> Element:
        t, ticket = self._floor.t, line.ticket
        row = node("tr", "late" if late(ticket) else "")
        with row:
            with node("td"):
                if self._floor.may_act:
                    box = ui.checkbox(
                        value=line.chosen, on_change=lambda e: self._tick(ticket.id, bool(e.value))
                    )
                    box.props("dense")
                    box.props["aria-label"] = t(
                        "desk.choose-one", name=ticket.contact_name or ticket.protocol
                    )
            with node("td"):
                press(ticket.contact_name or t("desk.nameless"), lambda: self._open(ticket), "desk-link")
                word("div", ticket.protocol, "quiet mono")
            with node("td"):
                word("div", line.queue)
                word("div", t("desk.priority-of", n=ticket.priority), "quiet")
            with node("td"):
                chip(t(f"desk.ticket.{ticket.state}"), "warn" if ticket.state == "waiting" else "good")
                if line.person:
                    word("div", line.person, "quiet")
            with node("td"):
                ago(ticket.waiting_since)
            with node("td"):
                clocks.promise_of(ticket, t)
            with node("td", "deeds"):
                self._menu(ticket)
        return row

    def _menu(self, ticket: TicketRow) -> None:
        t = self._floor.t
        label = t("desk.deeds-of", name=ticket.contact_name or ticket.protocol)
        with press("", None, "round", icon="more_horiz", label=label), self._floor.menu():
            item("forum", t("desk.look"), lambda: self._open(ticket))
            item(
                "psychology", t("desk.trace"), lambda: ui.navigate.to(f"/conversas/{ticket.conversation_id}")
            )
            if self._floor.may_act:
                item("front_hand", t("desk.take-over"), lambda: self._deeds.take_over(ticket))
                item("edit_note", t("desk.whisper"), lambda: self._whisper(ticket))
                item("priority_high", t("desk.urgent"), lambda: self._deeds.set_priority(ticket, 10))

    def _tick(self, ident: int, on: bool) -> None:
        (self._floor.chosen.add if on else self._floor.chosen.discard)(ident)
        self._offer()

    def _offer(self) -> None:
        """What can be done with the tickets that are ticked."""
        floor, t = self._floor, self._floor.t
        chosen = sorted(floor.chosen)
        self._bulk.set_visibility(bool(chosen))
        self._bulk.clear()
        if not chosen:
            return
        with self._bulk:
            word("span", t("desk.chosen", n=len(chosen)), "strong")
            agents = {a.person_id: f"{a.name} · {t(f'desk.state.{a.state}')}" for a in floor.agents}
            to_agent = ui.select(
                agents,
                label=t("desk.to-agent"),
                on_change=lambda e: self._deeds.move(chosen, person=int(e.value)),
            )
            to_queue = ui.select(
                {q.key: q.name for q in floor.queues},
                label=t("desk.to-queue"),
                on_change=lambda e: self._deeds.move(chosen, queue=str(e.value)),
            )
            for select in (to_agent, to_queue):
                select.props("outlined dense options-dense").classes("desk-target")
            press(t("desk.nothing-chosen"), self._clear, "ghost")

    def _clear(self) -> None:
        self._floor.chosen.clear()
        self._rows.redraw()
        self._choose()

    def _open(self, ticket: TicketRow) -> None:
        """What one wants to know before one opens it whole."""
        t = self._floor.t
        title = ticket.contact_name or ticket.protocol
        with named_dialog(title) as dialog, node("div", "card dialog desk-ticket"):
            with node("div", "card-head"):
                word("h2", title)
                chip(t(f"desk.ticket.{ticket.state}"), "warn" if ticket.state == "waiting" else "good")
                clocks.promise_of(ticket, t)
            if ticket.summary:
                word("p", ticket.summary)
            told = [
                (t("desk.protocol"), ticket.protocol),
                (t("desk.queue"), self._floor.queue_name(ticket.queue)),
                (t("desk.priority"), str(ticket.priority)),
                (t("desk.reason"), t.known("desk.reason", ticket.reason) if ticket.reason else "–"),
                (t("desk.person"), self._floor.names().get(ticket.person_id or 0, "–")),
                (t("desk.came"), when(ticket.waiting_since)),
                (t("desk.first-due"), when(ticket.first_due)),
                (t("desk.resolve-due"), when(ticket.resolve_due)),
            ]
            pairs(told)
            with node("div", "dialog-deeds"):
                press(t("desk.close"), dialog.close, "ghost")
                word("a", t("desk.trace"), "btn ghost", href=f"/conversas/{ticket.conversation_id}")
                word("a", t("desk.open"), "btn primary", href=f"/inbox/{ticket.conversation_id}")
        dialog.open()

    def _whisper(self, ticket: TicketRow) -> None:
        t = self._floor.t
        title = t("desk.whisper")
        with named_dialog(title) as dialog, node("div", "card dialog"):
            word("h2", title)
            word("p", t("desk.whisper-more"), "quiet")
            text = ui.textarea(t("desk.note")).props("outlined autogrow maxlength=2000")

            async def send() -> None:
                if (text.value or "").strip() and await self._deeds.whisper(ticket, str(text.value)):
                    dialog.close()

            with node("div", "dialog-deeds"):
                press(t("desk.cancel"), dialog.close, "ghost")
                press(t("desk.send"), send, "primary")
        dialog.open()
