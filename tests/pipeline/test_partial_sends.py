"""A content that goes out as several bubbles: a report about one says nothing of the others."""

from __future__ import annotations

from typing import Any

from harness import Company, refusal

from connectors.wire import WireFailure
from engine.services import delivery

TIMEOUT = WireFailure("wire:timeout", "no answer", written=True)
DUE = "UPDATE outbox SET due_at = now(), lease_until = now() - interval '1 second' RETURNING 1"
LONG = "primeira " * 400 + "\n\n" + "segunda " * 400


def wordy() -> dict[str, Any]:
    """Says more than fits into one message."""
    return {
        "format": 1,
        "id": "wordy",
        "name": "Wordy",
        "kind": "chatbot",
        "start": "say",
        "triggers": [{"on": "message"}],
        "nodes": [
            {"type": "send_message", "id": "say", "text": LONG},
            {"type": "hand_over", "id": "person"},
        ],
        "edges": [{"from": "say", "exit": "next", "to": "person"}],
    }


async def begun(acme: Company) -> str:
    await acme.publish(wordy())
    await acme.says("oi")
    await acme.turns.drain()
    (ident,) = await acme.rows("SELECT id FROM outbox")
    return str(ident)


async def again(acme: Company) -> None:
    await acme.rows(DUE)
    await delivery.sweep(acme.rt, acme.tenant)
    await acme.deliveries.drain()


def words(acme: Company) -> list[str]:
    return [text.split()[0] for text in acme.graph.texts]


async def test_the_rest_goes_out_although_a_report_told_of_the_first_part(acme: Company) -> None:
    ident = await begun(acme)
    ok = acme.graph.exchange

    async def second_fails(request: Any) -> Any:
        if len(acme.graph.requests) == 1:
            acme.graph.script = [refusal(131000, 500)]
        return await ok(request)

    acme.graph.exchange = second_fails  # type: ignore[method-assign]
    await acme.deliveries.drain()
    acme.graph.exchange = ok  # type: ignore[method-assign]
    assert await acme.rows("SELECT state, skip FROM outbox") == [("queued", 1)]
    await acme.report("wamid.out1", "delivered", outbox=ident)
    assert await acme.rows("SELECT state, skip FROM outbox") == [("queued", 1)], "one part is still to go"
    await again(acme)
    assert words(acme) == ["primeira", "segunda", "segunda"], "the second was refused once"
    assert await acme.rows("SELECT state FROM outbox") == ["sent"]


async def test_after_the_death_of_a_sender_only_what_no_report_told_of_goes_again(acme: Company) -> None:
    ident = await begun(acme)
    await acme.rows(
        "UPDATE outbox SET state = 'sending', lease_until = now() - interval '1 second' RETURNING 1"
    )
    await acme.report("wamid.first", "sent", outbox=ident)
    assert await acme.rows("SELECT state FROM outbox") == ["sending"], "its sender may be alive"
    await delivery.sweep(acme.rt, acme.tenant)
    await again(acme)
    assert words(acme) == ["segunda"]
    assert await acme.rows("SELECT state FROM outbox") == ["sent"]


async def test_reports_of_all_parts_settle_an_unknown_outcome_without_another_send(acme: Company) -> None:
    ident = await begun(acme)
    acme.graph.script = [TIMEOUT]
    await acme.deliveries.drain()
    for part in ("wamid.first", "wamid.second", "wamid.first"):
        await acme.report(part, "delivered", outbox=ident)
    before = len(acme.graph.requests)
    await again(acme)
    assert len(acme.graph.requests) == before
    assert await acme.rows("SELECT state FROM outbox") == ["sent"]
