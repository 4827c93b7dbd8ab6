"""The service desk through its services: who gets a ticket, what the customer is told, what time does to it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from greeting import greeting, to_people
from harness import PHONE, Company

from engine.core.desk.queues import Escalation, QueueSettings, Sla
from engine.core.errors import TramaError
from engine.core.message import Text
from engine.services import agents, conversations, people, queues, routing, tickets, waiting_room
from engine.services.queues import QueueDraft

QUIET: dict[str, Any] = {"text_position": "", "text_assigned": "", "text_outside": "", "text_abandoned": ""}


async def agent(acme: Company, name: str, *, online: bool = True) -> int:
    made = await people.save_person(
        acme.rt, acme.tenant, f"{name}@x.br", name.title(), "segredo-de-agente", ["agent"]
    )
    if online:
        await agents.set_state(acme.rt, acme.tenant, made.id, "online")
    return made.id


async def queue(acme: Company, key: str = "cobranca", **settings: Any) -> int:
    draft = QueueDraft(name=key.title(), settings=QueueSettings(**(QUIET | settings)))
    return (await queues.add(acme.rt, acme.tenant, key, draft)).id


async def calls(acme: Company, *phones: str) -> list[int]:
    """Customers ask for a person; their conversations."""
    await acme.publish(to_people())
    for phone in phones or (PHONE,):
        await acme.says("oi", phone=phone)
    await acme.turns.drain()
    return await acme.rows("SELECT id FROM conversation ORDER BY id")


async def distribute(acme: Company) -> int:
    return len(await routing.distribute(acme.rt, acme.tenant))


async def test_a_customer_waits_in_line_and_gets_the_agent_who_comes(acme: Company) -> None:
    await queue(
        acme,
        text_position="Você é o {{ position }}º da fila.",
        text_assigned="Sou {{ agent }}, {{ protocol }}.",
    )
    first, second = await calls(acme, PHONE, "5541999990000")
    assert await distribute(acme) == 0
    await waiting_room.sweep(acme.rt, acme.tenant)
    assert await acme.replies() == ["Você é o 1º da fila.", "Você é o 2º da fila."]
    await waiting_room.sweep(acme.rt, acme.tenant)
    assert len(await acme.replies()) == 2, "nothing changed, so nothing is said again"

    rui = await agent(acme, "rui")
    assert await distribute(acme) == 2
    found = await tickets.current(acme.rt, acme.tenant, first)
    assert found is not None
    assert (found.state, found.person_id, found.queue, found.priority) == ("serving", rui, "cobranca", 6)
    protocols = await acme.rows("SELECT protocol FROM conversation ORDER BY id")
    assert (await acme.replies())[2:] == [f"Sou Rui, {p}." for p in protocols]
    owner = await conversations.conversation(acme.rt, acme.tenant, second)
    assert (owner.owner, owner.person_id) == ("person", rui)


async def test_limits_hold_and_a_closed_ticket_makes_room(acme: Company) -> None:
    await queue(acme, most=2)
    rui = await agent(acme, "rui")
    ids = await calls(acme, *(f"55419777700{n:02}" for n in range(4)))
    assert await distribute(acme) == 2
    assert await distribute(acme) == 0
    await conversations.close(acme.rt, acme.tenant, ids[0], "solved", person=rui)
    assert await distribute(acme) == 1
    await agents.configure(acme.rt, acme.tenant, rui, skills=[], most=4)
    assert await distribute(acme) == 1
    states = await acme.rows("SELECT state FROM ticket ORDER BY id")
    assert states == ["finished", "serving", "serving", "serving"]


async def test_two_processes_never_give_one_ticket_twice(acme: Company) -> None:
    await queue(acme, most=3)
    for name in ("rui", "eva", "leo"):
        await agent(acme, name)
    await calls(acme, *(f"55419666600{n:02}" for n in range(12)))
    given = await asyncio.gather(*(distribute(acme) for _ in range(4)))
    assert sum(given) == 9
    served = await acme.rows("SELECT count(*) FROM ticket WHERE state = 'serving' GROUP BY person_id")
    assert served == [3, 3, 3]


async def test_a_transfer_keeps_the_place_in_line(acme: Company) -> None:
    await queue(acme)
    await queue(acme, "suporte")
    first, second = await calls(acme, PHONE, "5541999990000")
    rui = await agent(acme, "rui", online=False)
    await tickets.transfer(acme.rt, acme.tenant, first, queue="suporte", note="quer a segunda via", by=rui)
    await tickets.transfer(acme.rt, acme.tenant, second, queue="suporte", by=rui)
    waits = await acme.rows("SELECT waiting_since = created_at, state FROM ticket ORDER BY id")
    assert waits == [(True, "transferred"), (True, "transferred"), (False, "waiting"), (False, "waiting")]
    await agents.set_state(acme.rt, acme.tenant, rui, "online")
    row = await tickets.current(acme.rt, acme.tenant, first)
    assert row is not None
    assert row.previous_id is not None
    assert [n.text for n in await conversations.notes(acme.rt, acme.tenant, first)] == ["quer a segunda via"]
    assert await tickets.next_ticket(acme.rt, acme.tenant, rui) == first
    with pytest.raises(TramaError, match="queue:unknown"):
        await tickets.transfer(acme.rt, acme.tenant, first, queue="nada", by=rui)


async def test_who_writes_again_soon_gets_the_same_person(acme: Company) -> None:
    await queue(acme, return_seconds=3600)
    rui, eva = await agent(acme, "rui"), await agent(acme, "eva")
    (first,) = await calls(acme)
    await distribute(acme)
    row = await tickets.current(acme.rt, acme.tenant, first)
    assert row is not None
    served = row.person_id
    await conversations.close(acme.rt, acme.tenant, first, person=served)
    await acme.turns.drain()
    await acme.says("só mais uma coisa")
    await acme.turns.drain()
    await distribute(acme)
    (again,) = await acme.rows("SELECT id FROM conversation WHERE state = 'open'")
    back = await tickets.current(acme.rt, acme.tenant, again)
    assert back is not None
    assert (again != first, back.person_id, back.reason) == (True, served, "desk:returned")
    assert served in (rui, eva)


async def test_also_after_they_were_asked_how_it_was(acme: Company) -> None:
    rating = to_people(id="rating", start="rate", triggers=[{"on": "closed"}]) | {
        "nodes": [{"type": "csat", "id": "rate"}],
    }
    await queue(acme, return_seconds=3600)
    rui = await agent(acme, "rui")
    (conversation,) = await calls(acme)
    await acme.publish(rating)
    await distribute(acme)
    await conversations.close(acme.rt, acme.tenant, conversation, person=rui)
    await acme.turns.drain()
    await acme.says("5")
    await acme.turns.drain()
    assert await acme.rows("SELECT score FROM rating") == [5], "the answer is the rating, not a call"
    await acme.says("esqueci uma coisa")
    await acme.turns.drain()
    row = await tickets.current(acme.rt, acme.tenant, conversation)
    assert row is not None
    assert (row.reason, row.agent) == ("desk:returned", str(rui))
    await distribute(acme)
    await conversations.close(acme.rt, acme.tenant, conversation, person=rui)
    await acme.turns.drain()
    await acme.rows("UPDATE conversation SET return_until = now() - interval '1 hour' RETURNING 1")
    for text in ("5", "bom dia"):
        await acme.says(text)
        await acme.turns.drain()
    assert (await acme.rows("SELECT reason FROM ticket ORDER BY id DESC LIMIT 1")) == [""], (
        "the flow, not the person"
    )


async def test_who_waits_too_long_is_let_go_and_the_bot_has_them_again(acme: Company) -> None:
    await queue(acme, abandon_seconds=600, text_abandoned="Desculpe, {{ protocol }}.")
    (conversation,) = await calls(acme)
    acme.shift = timedelta(minutes=9)
    await waiting_room.sweep(acme.rt, acme.tenant)
    assert await acme.rows("SELECT state FROM ticket") == ["waiting"]
    acme.shift = timedelta(minutes=11)
    await waiting_room.sweep(acme.rt, acme.tenant)
    assert await acme.rows("SELECT state, outcome FROM ticket") == [("abandoned", "desk:abandoned")]
    assert (await acme.replies())[-1].startswith("Desculpe, 20")
    row = await conversations.conversation(acme.rt, acme.tenant, conversation)
    assert (row.owner, row.state) == ("bot", "open")
    assert await acme.rows("SELECT payload->>'name' FROM inbox WHERE kind = 'event'") == ["ticket.abandoned"]


async def test_clocks_warn_break_stand_and_escalate(acme: Company) -> None:
    late = Escalation(when={"var": "ticket.first_breached"}, raise_to=9)
    await queue(
        acme,
        sla=[Sla(first_reply=1000, resolution=2000)],
        escalations=[late],
        abandon_seconds=0,
        text_position="",
    )
    (conversation,) = await calls(acme)
    rui = await agent(acme, "rui")

    async def after(seconds: int) -> tuple[list[str], int]:
        acme.shift = timedelta(seconds=seconds)
        await waiting_room.sweep(acme.rt, acme.tenant)
        row = await tickets.current(acme.rt, acme.tenant, conversation)
        assert row is not None
        return row.alerts, row.priority

    assert await after(700) == ([], 6)
    assert await after(850) == (["first_warned"], 6)
    assert await after(1010) == (["escalated_0", "first_breached", "first_warned"], 9)
    kinds = await acme.rows("SELECT data->>'alert' FROM news WHERE kind = 'ticket_late' ORDER BY seq")
    assert kinds == ["first_warned", "first_breached", "escalated"]

    await distribute(acme)
    await conversations.reply(acme.rt, acme.tenant, conversation, Text("Pronto?"), person=rui)
    acme.shift = timedelta(hours=9)
    alerts, _ = await after(9 * 3600)
    assert "resolve_breached" not in alerts, "the customer is waited for"
    await acme.says("sim")
    row = await tickets.current(acme.rt, acme.tenant, conversation)
    assert row is not None
    assert row.held_at is None
    assert row.resolve_due is not None
    left = (row.resolve_due - (acme.rt.now())).total_seconds()
    assert 900 < left < 1000


async def test_somebody_who_leaves_leaves_no_customer_behind(acme: Company) -> None:
    await queue(acme)
    rui = await agent(acme, "rui")
    await calls(acme, PHONE, "5541999990000")
    await distribute(acme)
    assert await tickets.release(acme.rt, acme.tenant, rui) == 2
    assert await acme.rows("SELECT DISTINCT state FROM ticket") == ["waiting"]
    assert await acme.rows("SELECT DISTINCT owner, person_id FROM conversation") == [("person", None)]


async def test_screens_that_are_gone_make_an_agent_offline(acme: Company) -> None:
    rui = await agent(acme, "rui")
    await acme.rows("UPDATE agent SET seen_at = now() - interval '2 minutes' RETURNING 1")
    await agents.sweep(acme.rt, acme.tenant)
    assert (await agents.mine(acme.rt, acme.tenant, rui)).state == "offline"
    assert [s.state for s in await agents.day(acme.rt, acme.tenant, rui)] == ["offline", "online"]


async def test_figures_are_what_was_measured_and_else_nothing(acme: Company) -> None:
    await queue(acme, sla=[Sla(first_reply=1000)])
    empty = await queues.figures(acme.rt, acme.tenant, "cobranca")
    assert (empty.came, empty.wait_seconds, empty.first_kept, empty.rating) == (0, None, None, None)
    rui = await agent(acme, "rui")
    first, _ = await calls(acme, PHONE, "5541999990000")
    acme.shift = timedelta(seconds=100)
    await distribute(acme)
    await conversations.reply(acme.rt, acme.tenant, first, Text("Oi"), person=rui)
    await conversations.close(acme.rt, acme.tenant, first, person=rui)
    found = await queues.figures(acme.rt, acme.tenant, "cobranca")
    assert (found.came, found.finished, found.serving, found.first_kept) == (2, 1, 1, 1.0)
    assert found.wait_seconds == pytest.approx(100, abs=5)
    assert (await agents.figures(acme.rt, acme.tenant))[rui].finished == 1


async def test_moving_many_holds_up_none(acme: Company) -> None:
    await queue(acme)
    eva = await agent(acme, "eva", online=False)
    ids = await calls(acme, PHONE, "5541999990000")
    first, second = await acme.rows("SELECT id FROM ticket ORDER BY id")
    await conversations.close(acme.rt, acme.tenant, ids[0])
    moved, failed = await tickets.assign_many(acme.rt, acme.tenant, [first, second, 99], person=eva)
    assert (moved, failed) == (1, [(first, "ticket:ended"), (99, "ticket:unknown")])
    row = await tickets.current(acme.rt, acme.tenant, ids[1])
    assert row is not None
    assert row.person_id == eva


async def test_a_process_that_dies_in_the_middle_has_given_out_nothing(
    acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connection is gone after the tickets were marked and before the commit: all of them are given out again."""
    await queue(acme, most=10)
    rui = await agent(acme, "rui")
    await calls(acme, *(f"55419555500{n:02}" for n in range(5)))

    async def dies(c: Any, *_: Any) -> None:
        await c.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as at_once:
        at_once.setattr(routing, "_greet", dies)
        with pytest.raises(asyncpg.PostgresError):
            await routing.distribute(acme.rt, acme.tenant)
    assert await acme.rows("SELECT DISTINCT state FROM ticket") == ["waiting"]
    assert await acme.rows("SELECT count(*) FROM news WHERE kind = 'ticket_assigned'") == [0]
    assert await distribute(acme) == 5
    assert await acme.rows("SELECT DISTINCT person_id FROM ticket") == [rui]


async def test_a_late_answer_of_the_bot_is_not_said_over_a_person(acme: Company) -> None:
    """A timer that was set before the hand-over goes off while a person serves: nothing is said."""
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.turns.drain()
    (conversation,) = await acme.rows("SELECT id FROM conversation")
    rui = await agent(acme, "rui")
    await conversations.take(acme.rt, acme.tenant, conversation, rui)
    await acme.rows("UPDATE inbox SET due_at = now() WHERE kind = 'timer' RETURNING 1")
    await acme.turns.drain()
    assert await acme.replies() == ["Como se chama?"]
    outcomes = await acme.rows("SELECT outcome FROM trace WHERE kind = 'timer'")
    assert outcomes == ["stale"]


async def test_the_flow_goes_on_when_the_person_closes(acme: Company) -> None:
    thanks = {"type": "send_message", "id": "thanks", "text": "Como fomos?"}
    after = to_people(edges=[{"from": "people", "exit": "served", "to": "thanks"}])
    after["nodes"].append(thanks)
    await queue(acme)
    await acme.publish(after)
    await acme.says("oi")
    await acme.turns.drain()
    (conversation,) = await acme.rows("SELECT id FROM conversation")
    rui = await agent(acme, "rui")
    await distribute(acme)
    await acme.says("tem alguém?")
    await acme.turns.drain()
    await conversations.reply(acme.rt, acme.tenant, conversation, Text("Sim!"), person=rui)
    assert await acme.replies() == ["Sim!"]
    await conversations.close(acme.rt, acme.tenant, conversation, "resolvido", person=rui)
    await acme.turns.drain()
    assert await acme.replies() == ["Sim!", "Como fomos?"]
    assert await acme.rows("SELECT state FROM ticket") == ["finished"]
