"""Clocks of promises as chips that count down in the browser, and times as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta

from nicegui import ui
from nicegui.element import Element

from builder_ui.elements.native import node, word
from builder_ui.simulator.bubbles import ZONE
from builder_ui.texts import Texts
from engine.services.replying import Window
from engine.services.views import InboxRow, TicketClocks, TicketRow

WARN = 0.2
"""A clock turns yellow in the last fifth of its time."""
LEAST = 120.0


def local(at: datetime) -> datetime:
    return at.astimezone(ZONE)


def short(at: datetime, now: datetime, t: Texts) -> str:
    """The hour of today, yesterday as a word, else the day."""
    here, today = local(at), local(now).date()
    if here.date() == today:
        return here.strftime("%H:%M")
    if here.date() == today - timedelta(days=1):
        return t("ib.yesterday")
    return here.strftime("%d/%m" if here.year == today.year else "%d/%m/%y")


def day(at: datetime, now: datetime, t: Texts) -> str:
    """What a day's separator says."""
    here, today = local(at).date(), local(now).date()
    if here == today:
        return t("ib.today")
    if here == today - timedelta(days=1):
        return t("ib.yesterday")
    return t("ib.day", weekday=t(f"ib.weekday.{here.weekday()}"), date=here.strftime("%d/%m/%Y"))


def promise(row: InboxRow, t: Texts) -> Element | None:
    """The clock of the conversation's ticket, if it has one."""
    return None if row.ticket is None else promise_of(row.ticket, t)


def promise_of(ticket: TicketClocks | TicketRow, t: Texts) -> Element | None:
    """The clock that runs now: to the first answer, then to the solution. It stands while
    the customer is waited for."""
    if ticket.first_due is not None and ticket.first_reply_at is None:
        return _chip(t("ib.clock.first"), ticket.first_due, ticket.waiting_since, "timer")
    if ticket.held_at is not None and ticket.held_left is not None:
        return _chip(t("ib.clock.held"), None, ticket.waiting_since, "pause", left=ticket.held_left)
    if ticket.resolve_due is not None:
        return _chip(t("ib.clock.resolve"), ticket.resolve_due, ticket.waiting_since, "flag")
    return None


def window(state: Window, t: Texts) -> Element | None:
    """How long the channel lets one answer freely."""
    if not state.hours:
        return None
    if not state.open or state.until is None:
        return word("span", t("ib.window.closed"), "state state-bad")
    chip = _chip(t("ib.window.open"), state.until, None, "schedule")
    chip.props["data-warn"] = str(3 * 3600)
    return chip


def _chip(
    label: str, due: datetime | None, since: datetime | None, icon: str, *, left: float | None = None
) -> Element:
    chip = node("span", "ib-clock", title=label)
    if due is not None:
        chip.props["data-due"] = f"{due.timestamp():.0f}"
        if since is not None:
            chip.props["data-warn"] = f"{max(LEAST, (due - since).total_seconds() * WARN):.0f}"
    if left is not None:
        chip.props["data-due"] = "0"
        chip.props["data-left"] = f"{left:.0f}"
    with chip:
        ui.icon(icon).props("aria-hidden=true")
        word("span", label, "unseen")
        word("span", "", "ib-clock-text")
    return chip
