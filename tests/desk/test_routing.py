"""Who gets which ticket: limits hold whatever happens, and the modes do what their names say."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.core.desk.queues import Distribution, QueueSettings
from engine.core.desk.routing import Server, Waiting, distribute, line

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def ticket(ident: int, **more: Any) -> Waiting:
    return Waiting(
        **({"id": ident, "queue": "geral", "priority": 5, "since": NOW - timedelta(minutes=10)} | more)
    )


def server(ident: int, **more: Any) -> Server:
    return Server(**({"id": ident, "serving": 0} | more))


def given_to(tickets: list[Waiting], servers: list[Server], **settings: Any) -> dict[int, int]:
    queues = {"geral": QueueSettings(**settings)}
    return dict(distribute(tickets, servers, queues, NOW)[0])


def test_a_round_goes_round() -> None:
    found = given_to([ticket(n) for n in range(6)], [server(1), server(2), server(3)])
    assert [found[n] for n in range(6)] == [1, 2, 3, 1, 2, 3]


def test_the_round_begins_with_who_had_a_ticket_longest_ago() -> None:
    early, late = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    found = given_to([ticket(1)], [server(1, assigned_at=late), server(2, assigned_at=early)])
    assert found == {1: 2}


def test_the_least_busy_gets_it_and_among_equals_who_was_idle_longest() -> None:
    long_idle = NOW - timedelta(hours=1)
    servers = [
        server(1, serving=2),
        server(2, serving=1, idle_since=NOW),
        server(3, serving=1, idle_since=long_idle),
    ]
    assert given_to([ticket(1)], servers, mode="least_busy") == {1: 3}


def test_busy_is_measured_against_the_own_limit() -> None:
    """Three of ten is less than two of four."""
    servers = [server(1, serving=3, most=10), server(2, serving=2, most=4)]
    assert given_to([ticket(1)], servers, mode="least_busy") == {1: 1}


def test_urgent_first_then_who_waits_longest() -> None:
    old, urgent, new = ticket(1, since=NOW - timedelta(hours=3)), ticket(2, priority=9), ticket(3)
    assert list(given_to([new, old, urgent], [server(1)], most=2)) == [2, 1]


def test_a_skill_is_wanted() -> None:
    servers = [server(1), server(2, skills=["english"])]
    assert given_to([ticket(1, skill="english")], servers) == {1: 2}
    assert given_to([ticket(1, skill="japanese")], servers) == {}


def test_a_ticket_waits_for_who_knows_it_but_not_for_ever() -> None:
    servers = [server(1), server(2, serving=5)]
    waited = {"since": NOW - timedelta(seconds=60), "prefer": 2}
    assert given_to([ticket(1, **waited)], servers, patience_seconds=120) == {}
    assert given_to([ticket(1, **waited)], servers, patience_seconds=30) == {1: 1}
    assert given_to([ticket(1, **waited)], [server(1), server(2)], patience_seconds=120) == {1: 2}


def test_a_rule_of_ones_own() -> None:
    """Only agents with at least one free place of two get urgent tickets, the highest number first."""
    rule = Distribution(
        eligible={"or": [{"<": [{"var": "ticket.priority"}, 8]}, {"<": [{"var": "agent.serving"}, 1]}]},
        order=[{"-": [0, {"var": "agent.id"}]}],
    )
    servers = [server(1), server(2, serving=1)]
    assert given_to([ticket(1, priority=9)], servers, mode="rule", rule=rule) == {1: 1}
    assert given_to([ticket(1)], servers, mode="rule", rule=rule) == {1: 2}


def test_a_rule_that_fails_holds_nobody_up() -> None:
    queues = {"geral": QueueSettings(mode="rule", rule=Distribution(eligible={"throw": "no"}))}
    found, faults = distribute([ticket(1), ticket(2)], [server(1)], queues, NOW)
    assert dict(found) == {1: 1, 2: 1}
    assert [f.queue for f in faults] == ["geral"]


def test_a_line_is_counted_for_each_queue() -> None:
    tickets = [ticket(1), ticket(2, priority=9), ticket(3, queue="cobranca")]
    assert line(tickets, {}) == {2: 1, 1: 2, 3: 1}


agents = st.lists(
    st.builds(
        Server,
        id=st.integers(1, 10_000),
        serving=st.integers(0, 6),
        queues=st.sampled_from([None, frozenset({"a"}), frozenset({"a", "b"})]),
        skills=st.sampled_from([[], ["x"]]),
        most=st.sampled_from([None, 1, 3]),
    ),
    max_size=8,
    unique_by=lambda s: s.id,
)
tickets = st.lists(
    st.builds(
        Waiting,
        id=st.integers(1, 10_000),
        queue=st.sampled_from(["a", "b", "c"]),
        priority=st.integers(1, 10),
        skill=st.sampled_from(["", "x"]),
        since=st.integers(0, 10_000).map(lambda s: NOW - timedelta(seconds=s)),
        prefer=st.sampled_from([0, 0, 5]),
    ),
    max_size=30,
    unique_by=lambda t: t.id,
)
modes = st.sampled_from(["round_robin", "least_busy", "rule"])


@given(tickets, agents, st.fixed_dictionaries(dict.fromkeys("ab", modes)), st.integers(1, 4))
def test_limits_and_membership_hold_exactly(
    waiting: list[Waiting], servers: list[Server], mode: dict[str, Any], most: int
) -> None:
    """Nobody gets more than the limit, nobody gets what they do not serve, no ticket goes twice, and nothing that an
    agent with room could have (without a skill or a preference in the way) is left waiting."""
    before = {s.id: s.serving for s in servers}
    may = {s.id: (s.queues, s.most, s.skills) for s in servers}
    queues = {q: QueueSettings(mode=m, most=most) for q, m in mode.items()} | {"c": QueueSettings(most=most)}
    found, faults = distribute(waiting, servers, queues, NOW)
    assert not faults
    by_id = {t.id: t for t in waiting}
    assert len({g.ticket for g in found}) == len(found)
    got = Counter(g.agent for g in found)
    for agent, count in got.items():
        assert before[agent] + count <= (may[agent][1] or most)
    for ticket_, agent in found:
        serves, _, skills = may[agent]
        assert serves is None or by_id[ticket_].queue in serves
        assert not by_id[ticket_].skill or by_id[ticket_].skill in skills
    left = [t for t in waiting if t.id not in dict(found) and not t.skill and not t.prefer]
    for t in left:
        for agent, (serves, own, _) in may.items():
            if serves is None or t.queue in serves:
                assert before[agent] + got[agent] >= (own or most)
