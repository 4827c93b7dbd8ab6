"""A conversation that took place becomes a test that passes on its version and fails once the flow says otherwise."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from greeting import greeting
from harness import Company

from connectors.contract import Response
from engine.core.edit.apply import apply
from engine.core.edit.commands import SetFlow, SetNode
from engine.core.effects import Call
from engine.core.errors import TramaError
from engine.core.flow import TestTurn
from engine.services import channels, clock, editing, flows, recording, tryout
from engine.services.calls import Calls
from engine.services.editing import Author
from engine.services.flow_checks import Checker, run_tests

MARIA = {
    "id": "c1",
    "name": "Maria Silva",
    "document": "52998224725",
    "phone": "5511987654321",
    "email": "m@x.br",
}


def with_cpf() -> dict[str, Any]:
    """Asks for the CPF, looks the customer up and greets by name."""
    return {
        "format": 1, "id": "who", "name": "Who", "kind": "chatbot", "start": "cpf",
        "triggers": [{"on": "message"}],
        "variables": [{"name": "customer", "type": "object", "fields": {"name": "text"}}],
        "nodes": [
            {"type": "ask", "id": "cpf", "text": "Qual é o seu CPF?", "save_as": "cpf", "answer": "cpf",
             "remind_minutes": 30, "reminder": "Ainda aí?"},
            {"type": "erp_lookup", "id": "look", "operation": "customer", "args": {"cpf": "{{ cpf }}"},
             "save_as": "customer"},
            {"type": "send_message", "id": "found", "text": "Olá, {{ customer.name }}! CPF {{ cpf }}."},
            {"type": "hand_over", "id": "person"},
        ],
        "edges": [
            {"from": "cpf", "exit": "answered", "to": "look"}, {"from": "cpf", "exit": "invalid", "to": "person"},
            {"from": "look", "exit": "found", "to": "found"}, {"from": "look", "exit": "not_found", "to": "person"},
            {"from": "found", "exit": "next", "to": "person"},
        ],
    }  # fmt: skip


async def conversation_of(acme: Company) -> int:
    found: int = (await acme.rows("SELECT id FROM conversation"))[0]
    return found


async def with_erp(acme: Company) -> None:
    settings = {"base_url": "http://erp.example"}
    await channels.save_service(acme.rt, acme.tenant, "erp", "erp", settings, {"api_key": "k"})


async def spoken(acme: Company) -> int:
    """Somebody is reminded, gives a CPF, and the ERP knows it."""
    await acme.publish(with_cpf())
    await with_erp(acme)
    await acme.says("oi")
    await acme.settle()
    await clock.advance(acme.rt, acme.tenant, timedelta(minutes=31))
    await acme.settle()
    await acme.says("529.982.247-25")
    await acme.settle()
    acme.graph.script = [Response(status=200, body=json.dumps({"items": [MARIA]}).encode())]
    await Calls(acme.rt).drain()
    await acme.settle()
    return await conversation_of(acme)


async def test_a_conversation_with_a_reminder_and_an_erp_answer_becomes_a_test(acme: Company) -> None:
    made = await recording.record(acme.rt, acme.tenant, await spoken(acme), "who")
    kinds = [
        next(k for k in ("text", "advance", "answer") if getattr(t, k) is not None) for t in made.test.turns
    ]
    assert kinds == ["text", "advance", "text", "answer"]
    assert [t.exits for t in made.test.turns] == [None, None, ["cpf.answered"], ["look.found", "found.next"]]
    assert made.test.turns[1].expect == ["Ainda aí?"]
    assert made.test.turns[-1].state == "handed_over"
    assert "differs" not in {n.kind for n in made.notes}


async def test_the_recording_passes_and_fails_after_a_change(acme: Company) -> None:
    made = await recording.record(acme.rt, acme.tenant, await spoken(acme), "who")
    draft = (await flows.flow(acme.rt, acme.tenant, "who")).document
    proved = apply(draft, SetFlow(path="/tests/-", value=msgspec.to_builtins(made.test))).document
    assert run_tests(proved, []).failed == []
    changed = apply(proved, SetNode(id="found", path="/text", value="Oi!")).document
    assert len(run_tests(changed, []).failed) == 1


def renames(*before: dict[str, Any], edges: list[dict[str, Any]], **fields: str) -> dict[str, Any]:
    """Looks at the contact and then writes into it."""
    learn = {"type": "update_contact", "id": "learn", "fields": fields}
    ask = {"type": "ask", "id": "ask", "text": "Tudo bem?", "save_as": "name"}
    nodes = [*before, learn, ask, {"type": "hand_over", "id": "person"}]
    last = [
        {"from": "learn", "exit": "next", "to": "ask"},
        {"from": "ask", "exit": "answered", "to": "person"},
    ]
    return greeting(nodes=nodes, start=before[0]["id"], edges=[*edges, *last])


@pytest.mark.parametrize(
    "document",
    [
        renames(
            {"type": "decide", "id": "known", "cases": [
                {"exit": "other", "when": {"!=": [{"var": "contact.name"}, "Zuleica Braga"]}}]},
            edges=[{"from": "known", "exit": "other", "to": "learn"},
                   {"from": "known", "exit": "else", "to": "person"}],
            name="Zuleica Braga",
        ),
        renames(
            {"type": "send_message", "id": "plan", "text": 'Plano: {{ contact.fields.plan | default("nenhum") }}'},
            edges=[{"from": "plan", "exit": "next", "to": "learn"}],
            plan="Ouro",
        ),
    ],
    ids=["read by a rule", "written by the flow"],
)  # fmt: skip
async def test_the_contact_is_as_it_was_when_the_flow_first_looked(
    acme: Company, document: dict[str, Any]
) -> None:
    await acme.publish(document)
    await acme.says("oi")
    await acme.settle()
    made = await recording.record(acme.rt, acme.tenant, await conversation_of(acme), "greeting")
    assert "differs" not in {n.kind for n in made.notes}
    assert "Ouro" not in msgspec.json.encode(made.test).decode()


async def test_nobody_is_in_the_recording(acme: Company) -> None:
    made = await recording.record(acme.rt, acme.tenant, await spoken(acme), "who")
    text = msgspec.json.encode(made.test).decode()
    for trace in ("Maria", "Silva", "52998224725", "529.982", "8765", "m@x.br", "Ana", "988887777"):
        assert trace not in text
    assert next(n for n in made.notes if n.kind == "disguised").about["n"] >= "3"


async def test_one_click_puts_the_recording_into_the_draft_and_undo_takes_it_out(acme: Company) -> None:
    author = Author(person=await acme.person(), name="Ana")
    filed = await recording.keep(acme.rt, acme.tenant, await spoken(acme), author)
    assert (filed.flow, filed.index) == ("who", 0)
    assert (await flows.test(acme.rt, acme.tenant, "who")).ran == 1
    await editing.undo(acme.rt, acme.tenant, "who", author)
    assert (await flows.test(acme.rt, acme.tenant, "who")).ran == 0


async def test_a_conversation_that_went_elsewhere_is_refused(acme: Company) -> None:
    ident = await spoken(acme)
    with pytest.raises(TramaError, match="recording:nothing"):
        await recording.record(acme.rt, acme.tenant, ident, "greeting")
    with pytest.raises(TramaError, match="conversation:unknown"):
        await recording.record(acme.rt, acme.tenant, 10**9, "who")


async def test_only_the_last_passage_is_recorded(acme: Company) -> None:
    await acme.publish(greeting())
    for text in ("oi", "Ana", "de novo", "Bia"):
        await acme.says(text)
        await acme.settle()
    made = await recording.record(acme.rt, acme.tenant, await conversation_of(acme), "greeting")
    assert [t.text for t in made.test.turns] == ["de novo", "Bia"]
    assert "cut" in {n.kind for n in made.notes}


async def test_what_comes_out_differently_now_is_expected_as_it_comes_and_told(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.settle()
    await acme.rows(
        "UPDATE message SET content = jsonb_set(content, '{text}', '\"outra coisa\"') "
        "WHERE direction = 'out' RETURNING 1"
    )
    made = await recording.record(acme.rt, acme.tenant, await conversation_of(acme), "greeting")
    assert made.test.turns[0].expect == ["Como se chama?"]
    assert "differs" in {n.kind for n in made.notes}


async def test_a_trial_has_the_contact_the_hours_and_the_clock_of_the_company(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.settle()
    contact = (await acme.rows("SELECT id FROM contact"))[0]
    await clock.advance(acme.rt, acme.tenant, timedelta(days=3))
    made = await tryout.setup(acme.rt, acme.tenant, "whatsapp_cloud", contact=contact)
    assert made.world["contact"]["name"] == "Ana"
    assert datetime.fromisoformat(made.at) - datetime.now(UTC) > timedelta(days=2)
    draft = (await flows.flow(acme.rt, acme.tenant, "greeting")).document
    trial = tryout.begin(draft, Checker([]), made)
    assert trial.give(TestTurn(text="oi")).answer.texts() == ["Como se chama?"]


async def test_answers_come_from_tests_from_conversations_and_ready_made(acme: Company) -> None:
    await spoken(acme)
    test = {
        "name": "achou",
        "turns": [{"text": "oi"}, {"text": "529.982.247-25"}, {"answer": {"value": {"name": "X"}}}],
    }
    draft = (await flows.flow(acme.rt, acme.tenant, "who")).document
    draft = apply(draft, SetFlow(path="/tests/-", value=test)).document
    call = Call(id="c", service="erp", operation="customer", args={"cpf": "1"})
    found = await tryout.answers(acme.rt, acme.tenant, draft, Checker([]), call, datetime.now(UTC))
    by_source = {s.source: s for s in reversed(found)}
    assert by_source["test"].value == {"name": "X"}
    assert by_source["conversation"].value["name"] == "Maria Silva"
    assert by_source["ready"].title == "Maria Silva"
    assert by_source["fault"].error == "erp:unavailable"


async def test_a_live_question_is_really_asked_and_leaves_no_trace(acme: Company) -> None:
    await with_erp(acme)
    acme.graph.script = [Response(status=200, body=json.dumps({"items": [MARIA]}).encode())]
    call = Call(id="c", service="erp", operation="customer", args={"cpf": "52998224725"})
    found = await tryout.live(acme.rt, acme.tenant, call)
    assert found.value["name"] == "Maria Silva"
    assert await acme.rows("SELECT count(*) FROM call") == [0]
    down = Call(id="c", service="erp", operation="customer", args={"cpf": "52998224725"}, timeout=2)
    acme.graph.script = [Response(status=404, body=b"{}")]
    assert (await tryout.live(acme.rt, acme.tenant, down)).error == "erp:not-found"
