"""A service that fails is left alone, then tried with one call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from connectors.breaker import Breaker, BreakerState

T0 = datetime(2026, 11, 21, 12, tzinfo=UTC)
rule = Breaker(threshold=3, window=60, cooldown=10, growth=2, max_cooldown=30)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def broken(*times: float) -> BreakerState:
    state = BreakerState()
    for time in times:
        state = rule.failure(state, at(time))
    return state


def test_opens_after_enough_failures_within_the_window() -> None:
    assert broken(0, 1).state == "closed"
    assert broken(0, 1, 2).state == "open"
    assert broken(0, 50, 100).state == "closed"


def test_open_lets_nothing_through_until_its_pause_is_over() -> None:
    state = broken(0, 0, 0)
    assert rule.admit(state, at(9.9))[1] is False
    assert rule.wait(state, at(4)) == 6
    state, first = rule.admit(state, at(10))
    state, second = rule.admit(state, at(10))
    assert (state.state, first, second) == ("half_open", True, False)


def test_a_good_probe_closes_and_a_bad_one_pauses_longer() -> None:
    probing, _ = rule.admit(broken(0, 0, 0), at(10))
    assert rule.success(probing, at(11)) == BreakerState()
    pauses, state, now = [], broken(0, 0, 0), at(0)
    for _ in range(4):
        pauses.append(rule.wait(state, now))
        now += timedelta(seconds=pauses[-1])
        state, _ = rule.admit(state, now)
        state = rule.failure(state, now)
    assert pauses == [10, 20, 30, 30]


def test_a_probe_that_never_came_back_is_followed_by_another() -> None:
    probing, _ = rule.admit(broken(0, 0, 0), at(10))
    assert rule.admit(probing, at(39))[1] is False
    assert rule.admit(probing, at(40))[1] is True


def test_a_success_from_before_the_opening_does_not_close() -> None:
    assert rule.success(broken(0, 0, 0), at(1)).state == "open"


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans()), max_size=40))
def test_the_state_survives_storage_and_never_sticks(steps: list[tuple[float, bool]]) -> None:
    state, now = BreakerState(), T0
    for pause, good in steps:
        now += timedelta(seconds=pause)
        state, admitted = rule.admit(state, now)
        if admitted:
            state = rule.success(state, now) if good else rule.failure(state, now)
        assert msgspec.json.decode(msgspec.json.encode(state), type=BreakerState) == state
    assert rule.admit(state, now + timedelta(seconds=31))[1]
