"""Events from other systems, and what people do with conversations."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from greeting import greeting
from harness import PHONE, Company, company

from engine.core.errors import TramaError
from engine.core.message import Text
from engine.services import contacts, conversations, doctor, events, flows, people, traces
from engine.services.events import ContactRef
from engine.services.live import Live
from engine.store.database import Database


def waits_for_payment() -> dict[str, Any]:
    return {
        "format": 1,
        "id": "pay",
        "name": "Pay",
        "kind": "chatbot",
        "start": "name",
        "triggers": [{"on": "message"}],
        "variables": [{"name": "link", "type": "text"}],
        "nodes": [
            {"type": "ask", "id": "name", "text": "Qual cobrança?", "save_as": "link"},
            {
                "type": "wait",
                "id": "paid",
                "until": "event",
                "event": "payment.received",
                "minutes": 60,
                "match": {"==": [{"var": "event.data.link"}, {"var": "link"}]},
            },
            {"type": "send_message", "id": "thanks", "text": "Recebemos!"},
            {"type": "end", "id": "end"},
            {"type": "hand_over", "id": "person"},
        ],
        "edges": [
            {"from": "name", "exit": "answered", "to": "paid"},
            {"from": "name", "exit": "invalid", "to": "person"},
            {"from": "name", "exit": "timeout", "to": "end"},
            {"from": "paid", "exit": "happened", "to": "thanks"},
            {"from": "paid", "exit": "timeout", "to": "end"},
            {"from": "thanks", "exit": "next", "to": "end"},
        ],
    }


def welcomes_leads() -> dict[str, Any]:
    return greeting("lead", triggers=[{"on": "event", "event": "lead.created"}])


async def test_a_payment_reaches_the_session_that_waits_for_it(acme: Company) -> None:
    await acme.publish(waits_for_payment())
    for n, phone in enumerate(("5511911111111", "5511922222222")):
        await acme.says("oi", phone=phone)
        await acme.turns.drain()
        await acme.says(f"L{n}", phone=phone)
        await acme.turns.drain()
    told = await events.emit(
        acme.rt, acme.tenant, "payment.received", {"link": "L1"}, idempotency_key="evt-1"
    )
    again = await events.emit(
        acme.rt, acme.tenant, "payment.received", {"link": "L1"}, idempotency_key="evt-1"
    )
    assert len(told.conversations) == 1
    assert (again.repeated, again.conversations) == (True, told.conversations)
    await acme.turns.drain()
    assert (await acme.replies())[-1] == "Recebemos!"
    assert (await acme.replies()).count("Recebemos!") == 1
    with pytest.raises(TramaError, match="events:key-reused"):
        await events.emit(acme.rt, acme.tenant, "payment.received", {"link": "L0"}, idempotency_key="evt-1")


async def test_a_lead_that_nobody_knew_is_welcomed(acme: Company) -> None:
    await acme.publish(welcomes_leads())
    lead = ContactRef(phone="(41) 98888-7777", name="Bia", email="bia@x.br")
    told = await events.emit(acme.rt, acme.tenant, "lead.created", {"utm_source": "ad"}, contact=lead)
    await events.emit(acme.rt, acme.tenant, "lead.created", {"utm_source": "ad"}, contact=lead)
    await acme.settle()
    assert told.conversations
    assert acme.graph.requests[-1].json["to"] == PHONE
    assert await acme.rows("SELECT name, phone FROM contact") == [("Bia", PHONE)]


@pytest.mark.parametrize("name", ["", "Lead", "a b", "x" * 200, "../x"])
async def test_a_bad_name_is_refused(acme: Company, name: str) -> None:
    with pytest.raises(TramaError, match="events:bad-name"):
        await events.emit(acme.rt, acme.tenant, name, {})


async def test_an_agent_takes_answers_and_gives_back(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.settle()
    (row,) = await conversations.conversations(acme.rt, acme.tenant)
    ana, bia = await acme.person("ana@x.br"), await acme.person("bia@x.br")
    await conversations.take(acme.rt, acme.tenant, row.id, ana, expect=row.epoch)
    with pytest.raises(TramaError, match="conversation:taken"):
        await conversations.take(acme.rt, acme.tenant, row.id, bia, expect=row.epoch)
    with pytest.raises(TramaError, match="conversation:taken"):
        await conversations.reply(acme.rt, acme.tenant, row.id, Text(text="oi"), person=bia)
    await acme.says("Ana")
    await conversations.reply(acme.rt, acme.tenant, row.id, Text(text="Sou a Ana."), person=ana)
    await acme.settle()
    assert acme.graph.texts == ["Como se chama?", "Sou a Ana."]
    await conversations.give_back(acme.rt, acme.tenant, row.id)
    await acme.says("oi de novo")
    await acme.settle()
    assert acme.graph.texts[-1] == "Como se chama?", "the old question was fenced off, a new session began"
    shown = await conversations.messages(acme.rt, acme.tenant, row.id)
    assert [m.author for m in reversed(shown)] == ["contact", "bot", "contact", "person", "contact", "bot"]
    older = await conversations.messages(acme.rt, acme.tenant, row.id, before=shown[2].id, limit=2)
    assert [m.id for m in older] == [m.id for m in shown[3:5]]


async def test_a_closed_conversation_is_followed_by_a_new_one(acme: Company) -> None:
    await acme.says("oi")
    await acme.settle()
    (row,) = await conversations.conversations(acme.rt, acme.tenant)
    await conversations.close(acme.rt, acme.tenant, row.id, "resolvido")
    await acme.settle()
    await acme.says("oi")
    found = await conversations.conversations(acme.rt, acme.tenant)
    assert [c.state for c in found] == ["open", "closed"]
    assert len({c.protocol for c in found}) == 2
    assert len(await conversations.of_contact(acme.rt, acme.tenant, row.contact_id)) == 2
    assert await acme.rows("SELECT state FROM ticket ORDER BY id") == ["finished"]


async def test_messages_are_found_without_accents(acme: Company) -> None:
    await acme.says("Negociação da FATURA", "outra coisa")
    assert [m.text for m in await conversations.search(acme.rt, acme.tenant, "negociacao fatura")] == [
        "Negociação da FATURA"
    ]
    assert [c.name for c in await contacts.contacts(acme.rt, acme.tenant, words="ana")] == ["Ana"]


async def test_one_company_does_not_find_what_another_wrote(acme: Company, database: Database) -> None:
    other = await company(database, "other")
    await acme.says("segredo")
    await other.says("nada")
    assert await conversations.search(other.rt, other.tenant, "segredo") == []
    (theirs,) = await conversations.conversations(acme.rt, acme.tenant)
    with pytest.raises(TramaError, match="conversation:unknown"):
        await conversations.messages(other.rt, other.tenant, theirs.id)
    with pytest.raises(TramaError, match="conversation:unknown"):
        await conversations.close(other.rt, other.tenant, theirs.id)


async def test_a_trace_tells_why(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.turns.drain()
    (row,) = await conversations.conversations(acme.rt, acme.tenant)
    (one,) = await traces.traces(acme.rt, acme.tenant, row.id)
    assert one.trace.steps[0].node == "name"
    assert one.event["type"] == "message_received"


async def test_login_sessions_and_keys(acme: Company) -> None:
    await people.save_person(acme.rt, acme.tenant, "Ana@X.br", "Ana", "segredo1", ["administrator"])
    entered = await people.login(acme.rt, "ana@x.BR", "segredo1")
    principal = await people.who(acme.rt, entered.token)
    assert principal is not None
    assert principal.tenant == acme.tenant
    for email, password in (("ana@x.br", "wrong"), ("nobody@x.br", "segredo1")):
        with pytest.raises(TramaError, match="people:wrong-login"):
            await people.login(acme.rt, email, password)
    await people.logout(acme.rt, entered.token)
    assert await people.who(acme.rt, entered.token) is None
    row, key = await people.create_api_key(acme.rt, acme.tenant, "site", ["events:write"])
    asked = await people.api_principal(acme.rt, key)
    assert asked is not None
    assert (asked.may("events:write"), asked.may("flows:write")) == (True, False)
    await people.revoke_api_key(acme.rt, acme.tenant, row.id)
    assert await people.api_principal(acme.rt, key) is None
    stored = await acme.rows("SELECT encode(key_hash, 'escape') || prefix FROM api_key")
    assert key not in stored[0]


async def test_guessing_a_password_locks_for_a_while(acme: Company) -> None:
    await people.save_person(acme.rt, acme.tenant, "ana@x.br", "Ana", "segredo1", ["agent"])
    for _ in range(5):
        with pytest.raises(TramaError, match="people:wrong-login"):
            await people.login(acme.rt, "ana@x.br", "guess")
    with pytest.raises(TramaError, match="people:locked"):
        await people.login(acme.rt, "ana@x.br", "segredo1")


async def test_a_draft_that_somebody_else_saved_is_not_overwritten(acme: Company) -> None:
    await flows.create(acme.rt, acme.tenant, greeting())
    assert await flows.update(acme.rt, acme.tenant, "greeting", greeting(description="mine"), 1) == 2
    with pytest.raises(TramaError, match="flow:changed-meanwhile"):
        await flows.update(acme.rt, acme.tenant, "greeting", greeting(description="theirs"), 1)


async def test_publish_refuses_errors_and_rollback_goes_back(acme: Company) -> None:
    broken = greeting()
    broken["edges"][0]["to"] = "nowhere"
    await flows.create(acme.rt, acme.tenant, broken)
    with pytest.raises(TramaError, match="flow:has-errors"):
        await flows.publish(acme.rt, acme.tenant, "greeting")
    await flows.update(acme.rt, acme.tenant, "greeting", greeting(), 1)
    assert (await flows.publish(acme.rt, acme.tenant, "greeting")).version == 1
    await flows.update(acme.rt, acme.tenant, "greeting", greeting(description="two"), 2)
    assert (await flows.publish(acme.rt, acme.tenant, "greeting")).version == 2
    await flows.rollback(acme.rt, acme.tenant, "greeting", 1)
    draft = await flows.flow(acme.rt, acme.tenant, "greeting")
    assert (draft.row.live_version, draft.document.description) == (1, "")
    failing = greeting(tests=[{"name": "t", "turns": [{"text": "oi", "expect": ["something else"]}]}])
    await flows.update(acme.rt, acme.tenant, "greeting", failing, draft.row.draft_rev)
    with pytest.raises(TramaError, match="flow:tests-fail"):
        await flows.publish(acme.rt, acme.tenant, "greeting")


async def test_news_travel_between_processes(acme: Company) -> None:
    here, there = Live(), Live()
    await here.start(acme.rt.db, "here")
    await there.start(acme.rt.db, "there")
    acme.rt.live = here
    try:
        async with there.listen(f"tenant/{acme.tenant}") as queue:
            async with asyncio.timeout(10):
                while queue.empty():
                    await acme.says("oi")
                    await asyncio.sleep(0.05)
                news = await queue.get()
        assert (news.kind, news.tenant) == ("message_received", acme.tenant)
    finally:
        await here.stop()
        await there.stop()


async def test_the_doctor_says_what_to_do(acme: Company) -> None:
    found = {f.check: f for f in await doctor.examine(acme.rt)}
    assert found["database"].state == found["schema"].state == found["channel WhatsApp"].state == "ok"
    assert "TRAMA_DATA_DIR" in found["data folder"].todo
