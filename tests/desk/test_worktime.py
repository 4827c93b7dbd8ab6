"""Working time and the clocks of a ticket."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.desk.clocks import Clocks, alerts, replied, resumed, started
from engine.core.desk.queues import QueueSettings, Sla, checked
from engine.core.desk.worktime import Calendar
from engine.core.errors import TramaError

ZONE = ZoneInfo("America/Sao_Paulo")
OFFICE = {day: [("08:00", "12:00"), ("13:00", "18:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
CALENDAR = Calendar(hours=OFFICE, holidays={date(2026, 11, 20): "Consciência Negra"})


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_lunch_evenings_weekends_and_holidays_do_not_count() -> None:
    # Thursday 11:00 to Monday 09:00, with Friday a holiday: an hour before lunch, five after it, one on Monday
    assert CALENDAR.between(local("2026-11-19T11:00"), local("2026-11-23T09:00")) == 7 * 3600
    assert CALENDAR.after(local("2026-11-19T17:30"), 3600) == local("2026-11-23T08:30")


def test_when_it_opens() -> None:
    assert CALENDAR.opens(local("2026-11-19T12:30")) == local("2026-11-19T13:00")
    assert CALENDAR.opens(local("2026-11-19T10:00")) == local("2026-11-19T10:00")
    assert CALENDAR.opens(local("2026-11-19T18:00")) == local("2026-11-23T08:00")
    assert not CALENDAR.is_open(local("2026-11-20T10:00"))
    assert Calendar(hours={"mon": []}).opens(local("2026-11-19T10:00")) is None


def test_a_night_shift_crosses_midnight() -> None:
    night = Calendar(hours={"fri": [("22:00", "02:00")]})
    assert night.is_open(local("2026-11-21T01:59"))
    assert not night.is_open(local("2026-11-21T02:00"))
    assert night.between(local("2026-11-20T12:00"), local("2026-11-21T12:00")) == 4 * 3600


def test_without_hours_it_is_always_open() -> None:
    assert Calendar().after(local("2026-11-21T23:00"), 7200) == local("2026-11-22T01:00")


moments = st.integers(0, 400 * 24 * 60).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m))


@given(moments, st.integers(1, 60 * 60 * 30))
def test_after_and_between_are_each_others_inverse(start: datetime, seconds: int) -> None:
    end = CALENDAR.after(start, seconds)
    assert end is not None
    assert CALENDAR.between(start, end) == pytest.approx(seconds)
    assert CALENDAR.is_open(end - timedelta(seconds=1))


@given(moments, moments, moments)
def test_periods_add_up(a: datetime, b: datetime, c: datetime) -> None:
    a, b, c = sorted((a, b, c))
    assert CALENDAR.between(a, b) + CALENDAR.between(b, c) == pytest.approx(CALENDAR.between(a, c))


def test_the_clock_stands_while_the_customer_is_waited_for() -> None:
    promise = Sla(first_reply=900, resolution=4 * 3600)
    clocks = started(promise, local("2026-11-19T08:00"), CALENDAR)
    assert clocks.resolve_due == local("2026-11-19T12:00")
    waiting = replied(clocks, local("2026-11-19T09:00"), CALENDAR)
    assert (waiting.first_reply_at, waiting.held_left) == (local("2026-11-19T09:00"), 3 * 3600)
    assert alerts(waiting, local("2026-11-19T18:00"), 0.8, CALENDAR) == []
    again = resumed(waiting, local("2026-11-19T17:00"), CALENDAR)
    assert again.resolve_due == local("2026-11-23T10:00")
    assert replied(waiting, local("2026-11-19T09:30"), CALENDAR) == waiting


def test_a_broken_promise_is_not_mended_by_a_pause() -> None:
    clocks = started(Sla(resolution=3600), local("2026-11-19T08:00"), CALENDAR)
    late = replied(clocks, local("2026-11-19T10:00"), CALENDAR)
    assert resumed(late, local("2026-11-19T11:00"), CALENDAR).resolve_due == clocks.resolve_due


def test_a_warning_comes_before_the_breach() -> None:
    clocks = started(Sla(first_reply=1000), local("2026-11-19T08:00"), CALENDAR)
    said = [
        alerts(clocks, local("2026-11-19T08:00") + timedelta(seconds=s), 0.8, CALENDAR)
        for s in (799, 800, 1000)
    ]
    assert said == [[], ["first_warned"], ["first_warned", "first_breached"]]
    assert alerts(Clocks(since=local("2026-11-19T08:00")), local("2027-01-01T08:00"), 0.8, CALENDAR) == []


def test_a_promise_is_the_one_for_the_highest_priority_reached() -> None:
    settings = QueueSettings()
    assert [settings.promise(p).resolution for p in (1, 5, 8, 10)] == [86_400, 14_400, 3_600, 900]


def test_settings_are_checked_with_the_place_of_the_fault() -> None:
    with pytest.raises(TramaError) as fault:
        checked(QueueSettings(hours={"mon": [("08:00", "99:00")]}))
    assert (fault.value.code, fault.value.path) == ("desk:bad-hours", "/hours/mon/0")
