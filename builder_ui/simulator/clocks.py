"""The panel of the clock: the company's time, and how a presenter lets it pass."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta

from builder_ui.elements.native import node, press, word
from builder_ui.simulator.bubbles import ZONE
from builder_ui.texts import Texts
from engine.services.calendars import national
from engine.services.demo import Demo

REAL = timedelta(seconds=30)
"""A clock that is less ahead shows the real time."""
LEAPS = (("5m", timedelta(minutes=5)), ("1h", timedelta(hours=1)), ("25h", timedelta(hours=25)))


class Clocks:
    """`leap` lets time pass, `reset` goes back to the real time."""

    def __init__(
        self,
        demo: Demo,
        t: Texts,
        leap: Callable[[timedelta], Awaitable[None]],
        reset: Callable[[], Awaitable[None]],
    ) -> None:
        self._demo, self._t = demo, t
        with node("section", "card clock-card"):
            word("div", t("clock.now"), "part")
            word("div", "", "clock-time", data_clock="time", aria_live="off")
            word("div", "", "clock-day", data_clock="day")
            self._ahead = word("div", "", "quiet")
        with node("section", "card"):
            with node("div", "card-head"):
                word("h2", t("clock.leap"))
            with node("div", "choices"):
                for name, delta in LEAPS:
                    self._leap(t(f"clock.{name}"), "fast_forward", leap, lambda now, d=delta: now + d)  # type: ignore[misc]
                self._leap(t("clock.saturday"), "nightlife", leap, saturday_night)
                self._leap(t("clock.holiday"), "celebration", leap, next_holiday)
                self._leap(t("clock.office"), "work", leap, office_hours)
            word("p", t("clock.more"), "quiet")
            press(t("clock.reset"), reset, "ghost", icon="restart_alt")
        self.refresh()

    def refresh(self) -> None:
        offset = self._demo.time.offset
        if abs(offset) < REAL:
            offset = timedelta(0)
        shown = (
            self._t("clock.ahead", hours=f"{offset.total_seconds() / 3600:.1f}")
            if offset
            else self._t("clock.real")
        )
        self._ahead.text = shown

    def _leap(
        self,
        text: str,
        icon: str,
        leap: Callable[[timedelta], Awaitable[None]],
        target: Callable[[datetime], datetime],
    ) -> None:
        async def go() -> None:
            now = self._demo.time.moment().astimezone(ZONE)
            await leap(target(now) - now)

        press(text, go, "choice", icon=icon)


def saturday_night(now: datetime) -> datetime:
    """The next Saturday at 21:00."""
    found = datetime.combine(now.date() + timedelta(days=(5 - now.weekday()) % 7), time(21), now.tzinfo)
    return found if found > now else found + timedelta(days=7)


def next_holiday(now: datetime) -> datetime:
    """The next national holiday of Brazil on a working day, at 10:00."""
    days = sorted(day for day in national("BR", "", now.year) if day > now.date() and day.weekday() < 5)
    return datetime.combine(days[0], time(10), now.tzinfo)


def office_hours(now: datetime) -> datetime:
    """The next working day at 10:00 that is no holiday."""
    free, day = national("BR", "", now.year), now.date() + timedelta(days=1)
    while day.weekday() > 4 or day in free:
        day += timedelta(days=1)
    return datetime.combine(day, time(10), now.tzinfo)
