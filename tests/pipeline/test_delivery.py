"""What the bot says goes out once, in order, within the rates; what went wrong is tried again, reconciled or shown."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta

import pytest
from greeting import greeting
from harness import Company, refusal
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Response
from connectors.wire import WireFailure
from engine.services import channels, delivery
from engine.store.rates import gcra

TIMEOUT = WireFailure("wire:timeout", "no answer", written=True)
REFUSED = WireFailure("wire:unreachable", "connection refused")
LATER = "UPDATE outbox SET due_at = now(), lease_until = now() - interval '1 second' RETURNING 1"


def talkative() -> dict:
    """Says three things at once."""
    return {
        "format": 1,
        "id": "talk",
        "name": "Talk",
        "kind": "chatbot",
        "start": "a",
        "triggers": [{"on": "message"}],
        "nodes": [
            *({"type": "send_message", "id": i, "text": f"bubble {i}"} for i in "abc"),
            {"type": "hand_over", "id": "person"},
        ],
        "edges": [{"from": f, "exit": "next", "to": t} for f, t in (("a", "b"), ("b", "c"), ("c", "person"))],
    }


async def test_bubbles_go_out_once_and_in_order(acme: Company) -> None:
    await acme.publish(talkative())
    await acme.says("oi")
    await acme.settle()
    assert acme.graph.texts == ["bubble a", "bubble b", "bubble c"]
    await acme.deliveries.drain()
    assert len(acme.graph.texts) == 3
    assert await acme.rows("SELECT status, external_id FROM message WHERE direction = 'out' ORDER BY id") == [
        ("accepted", f"wamid.out{n}") for n in (1, 2, 3)
    ]


async def test_our_id_travels_with_the_message(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.settle()
    (ident,) = await acme.rows("SELECT id FROM outbox")
    assert acme.graph.requests[-1].json["biz_opaque_callback_data"] == ident


async def test_two_senders_at_once_send_everything_once(acme: Company) -> None:
    await acme.publish(talkative())
    await asyncio.gather(*(acme.says("oi", phone=f"55119{n:08d}") for n in range(20)))
    await acme.turns.drain()
    other = delivery.Deliveries(acme.rt)
    await asyncio.gather(acme.deliveries.drain(), other.drain())
    await acme.deliveries.drain()
    assert sorted(acme.graph.texts) == sorted(["bubble a", "bubble b", "bubble c"] * 20)


async def test_a_refused_send_is_tried_five_times_and_then_shown(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.turns.drain()
    acme.graph.script = [refusal(131000, 500)] * 5
    waits = []
    for _ in range(7):
        await acme.deliveries.drain()
        waits += await acme.rows(
            "SELECT extract(epoch FROM due_at - now())::float FROM outbox WHERE state = 'queued'"
        )
        await acme.rows(LATER)
        await acme.rows("DELETE FROM breaker RETURNING 1")
    assert await acme.rows("SELECT state, attempts, code <> '' FROM outbox") == [("dead", 5, True)]
    for wait, minutes in zip(waits, (1, 4, 15, 60), strict=True):
        assert 0.79 * minutes * 60 < wait < 1.21 * minutes * 60
    (letter,) = await delivery.dead_letters(acme.rt, acme.tenant)
    await delivery.retry(acme.rt, acme.tenant, letter.id)
    await acme.deliveries.drain()
    assert await acme.rows("SELECT state FROM outbox") == ["sent"]


async def test_what_can_never_go_is_not_tried_again(acme: Company) -> None:
    await acme.publish(talkative())
    await acme.says("oi")
    await acme.turns.drain()
    acme.graph.script = [refusal(131026)]
    await acme.deliveries.drain()
    assert await acme.rows("SELECT state FROM outbox ORDER BY seq") == ["failed", "sent", "sent"]
    assert await acme.rows("SELECT status FROM message WHERE direction = 'out' ORDER BY id LIMIT 1") == [
        "failed"
    ]


async def test_wrong_credentials_stop_the_channel_and_keep_the_outbox(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.turns.drain()
    acme.graph.script = [refusal(190, 401)]
    await acme.deliveries.drain()
    (view,) = await channels.channels(acme.rt, acme.tenant)
    assert view.state == "stopped"
    assert "190" in view.reason
    assert await acme.rows("SELECT state, attempts FROM outbox") == [("queued", 0)]
    await channels.start(acme.rt, acme.tenant, acme.channel)
    await acme.deliveries.drain()
    assert acme.graph.texts[-1:] == ["Como se chama?"]


async def test_an_unknown_outcome_is_settled_by_the_report(acme: Company) -> None:
    await acme.publish(talkative())
    await acme.says("oi")
    await acme.turns.drain()
    acme.graph.script = [TIMEOUT]
    await acme.deliveries.drain()
    assert await acme.rows("SELECT state FROM outbox ORDER BY seq") == ["unknown", "queued", "queued"]
    (ident,) = await acme.rows("SELECT id FROM outbox WHERE state = 'unknown'")
    await acme.report("wamid.late", "delivered", outbox=ident)
    await acme.deliveries.drain()
    assert await acme.rows("SELECT state FROM outbox ORDER BY seq") == ["sent"] * 3
    assert acme.graph.texts == ["bubble a", "bubble b", "bubble c"]
    first = "SELECT status, external_id FROM message WHERE direction = 'out' ORDER BY id LIMIT 1"
    assert await acme.rows(first) == [("delivered", "wamid.late")]


async def test_an_unknown_outcome_without_a_report_is_tried_again(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.turns.drain()
    acme.graph.script = [TIMEOUT]
    await acme.deliveries.drain()
    await delivery.sweep(acme.rt, acme.tenant)
    assert await acme.rows("SELECT state FROM outbox") == ["unknown"], "a report may still come"
    await acme.rows(LATER)
    await delivery.sweep(acme.rt, acme.tenant)
    await acme.deliveries.drain()
    assert await acme.rows("SELECT state FROM outbox") == ["sent"]


async def test_a_channel_that_cannot_tell_shows_the_row(
    acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    await acme.publish(talkative())
    await acme.says("oi")
    await acme.turns.drain()
    monkeypatch.setattr(type((await channels.loaded(acme.rt, acme.channel)).type), "reconciles", False)
    acme.graph.script = [TIMEOUT]
    await acme.deliveries.drain()
    await acme.rows(LATER)
    await delivery.sweep(acme.rt, acme.tenant)
    await acme.deliveries.drain()
    assert await acme.rows("SELECT state FROM outbox ORDER BY seq") == ["unknown", "sent", "sent"]
    assert [d.state for d in await delivery.dead_letters(acme.rt, acme.tenant)] == ["unknown"]


async def test_the_death_of_a_sender_is_an_unknown_outcome(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.turns.drain()
    await acme.rows(
        "UPDATE outbox SET state = 'sending', lease_until = now() - interval '1 second' RETURNING 1"
    )
    await delivery.sweep(acme.rt, acme.tenant)
    assert await acme.rows("SELECT state FROM outbox") == ["unknown"]


async def test_a_connection_that_was_never_made_is_simply_tried_later(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.turns.drain()
    acme.graph.script = [REFUSED]
    await acme.deliveries.drain()
    assert await acme.rows("SELECT state, attempts FROM outbox") == [("queued", 1)]


async def test_reports_in_any_order_and_number_end_at_the_highest(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.settle()
    reports = ["sent", "delivered", "read", "failed"] * 3
    random.Random(3).shuffle(reports)
    for one in reports:
        await acme.report("wamid.out1", one, code=131000 if one == "failed" else 0)
    assert await acme.rows("SELECT status FROM message WHERE direction = 'out'") == ["read"]
    assert await acme.rows("SELECT count(*) FROM delivery_status") == [4]


async def test_a_report_before_our_own_commit_is_kept(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.turns.drain()
    await acme.report("wamid.out1", "read")
    assert await acme.rows("SELECT applied FROM delivery_status") == [False]
    await acme.deliveries.drain()
    assert await acme.rows("SELECT status FROM message WHERE direction = 'out'") == ["read"]


async def test_an_unheard_of_report_is_kept_and_changes_nothing(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.settle()
    await acme.report("wamid.out1", "warped")
    assert await acme.rows("SELECT raw_status FROM delivery_status") == ["warped"]
    assert await acme.rows("SELECT status FROM message WHERE direction = 'out'") == ["accepted"]


async def test_a_pair_rate_makes_the_next_bubble_wait(acme: Company) -> None:
    await acme.publish(talkative())
    await acme.says("oi")
    await acme.turns.drain()
    await acme.rows(
        "INSERT INTO rate (key, tat) SELECT 'pair:' || channel_id || ':' || contact_id, "
        "now() + interval '6 seconds' * 43 FROM conversation RETURNING 1"
    )
    await acme.deliveries.drain()
    assert acme.graph.texts == ["bubble a", "bubble b"]
    (wait,) = await acme.rows(
        "SELECT extract(epoch FROM due_at - now())::float FROM outbox WHERE state = 'queued'"
    )
    assert 0 < wait <= 6.1


async def test_the_breaker_leaves_a_failing_service_alone(acme: Company) -> None:
    await acme.publish(greeting())
    await asyncio.gather(*(acme.says("oi", phone=f"55119{n:08d}") for n in range(5)))
    await acme.turns.drain()
    acme.graph.script = [Response(status=503, body=b"")] * 5
    await acme.deliveries.drain()
    await acme.says("oi")
    await acme.settle()
    assert len(acme.graph.requests) == 5, "the breaker is open"
    assert await acme.rows("SELECT state->>'state' FROM breaker") == ["open"]


async def test_people_own_the_conversation_after_a_hand_over(acme: Company) -> None:
    await acme.publish(talkative())
    await acme.says("oi")
    await acme.settle()
    assert await acme.rows("SELECT owner FROM conversation") == ["person"]
    await acme.says("ainda aí?")
    await acme.settle()
    assert acme.graph.texts == ["bubble a", "bubble b", "bubble c"]
    assert await acme.rows("SELECT count(*) FROM message WHERE direction = 'in'") == [2]


START = datetime(2026, 11, 20, tzinfo=UTC)


@given(
    st.lists(st.floats(0, 30), max_size=120),
    st.integers(1, 50),
    st.floats(0.1, 10),
)
def test_gcra_never_lets_more_through_than_the_rate(gaps: list[float], burst: int, period: float) -> None:
    step, now, tat, passed = timedelta(seconds=period), START, START, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        one = gcra(tat, now, step, burst)
        if one.allowed:
            passed.append(now)
            tat = one.tat
        else:
            assert gcra(tat, one.at, step, burst).allowed, "the time it names is early enough"
            assert one.at > now
    for n, first in enumerate(passed):
        for m, last in enumerate(passed[n:], start=1):
            assert m <= burst + (last - first) / step + 1e-6


def test_pauses_grow_and_never_come_in_step() -> None:
    assert len({delivery.pause(1) for _ in range(20)}) > 10
