"""What a turn does with every kind of news: demonstrations in small flows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.effects import AnyEffect, Call, HandOver, ScheduleFlow, Send, StartTimer
from engine.core.events import AnyEvent, CallAnswered, EventOccurred, FlowCalled, MessageReceived, TimerFired
from engine.core.flow import Flow, Flows
from engine.core.message import Chosen, Text, plain
from engine.core.session import Session
from engine.core.step import Turn, step
from engine.core.world import Command, Guards, World
from engine.nodes import open_flow

NOON = datetime(2026, 11, 20, 15, tzinfo=UTC)


def flow(ident: str, nodes: list[dict[str, Any]], edges: str = "", **more: Any) -> Flow:
    links = [
        dict(zip(("from", "exit", "to"), line.split(), strict=True))
        for line in edges.split(";")
        if line.strip()
    ]
    document = {
        "format": 1,
        "id": ident,
        "name": ident,
        "kind": "chatbot",
        "start": nodes[0]["id"],
        "nodes": nodes,
    }
    return open_flow({**document, "edges": links, **more})


def ask(ident: str, text: str, **more: Any) -> dict[str, Any]:
    return {"type": "ask", "id": ident, "text": text, "save_as": ident, **more}


def say(ident: str, text: str) -> dict[str, Any]:
    return {"type": "send_message", "id": ident, "text": text}


ORDER = flow(
    "order",
    [ask("name", "Nome?"), ask("city", "Cidade?"), say("bye", "Tchau, {{ name }} de {{ city }}!")],
    "name answered city; city answered bye",
    triggers=[{"on": "message"}],
)
HELP = flow("help", [say("text", "Ajuda!")])
COMMANDS = [
    Command(words=["ajuda"], action="over", flow="help"),
    Command(words=["menu"], action="replace", flow="order"),
    Command(words=["atendente"], action="hand_over", text="Chamando."),
    Command(words=["sair"], action="end", text="Até logo."),
]


class Talk:
    """A conversation for demonstrations: says, hears, and keeps what came of it."""

    def __init__(self, *flows: Flow, **world: Any) -> None:
        self.flows = Flows.of(*flows)
        self.world = World(**{"commands": COMMANDS, "contact": {"id": "c1"}, **world})
        self.session: Session | None = None
        self.now = NOON
        self.ids: Iterator[int] = count(1)
        self.turn: Turn

    def happen(self, event: AnyEvent) -> list[str]:
        self.turn = step(self.flows, self.session, event, self.world)
        self.session = self.turn.session
        return [plain(e.content) for e in self.turn.effects if isinstance(e, Send)]

    def says(self, *texts: str) -> list[str]:
        return self.happen(
            MessageReceived(
                id=f"m{next(self.ids)}", at=self.now, contents=[Text(t) for t in texts], message_ids=["w1"]
            )
        )

    def effect(self, kind: type[AnyEffect]) -> Any:
        return next(e for e in self.turn.effects if isinstance(e, kind))


def test_a_conversation_from_question_to_question() -> None:
    talk = Talk(ORDER, HELP)
    assert talk.says("oi") == ["Nome?"]
    assert talk.says("Ana") == ["Cidade?"]
    assert talk.says("Recife") == ["Tchau, Ana de Recife!"]
    assert talk.turn.trace.outcome == "done"


def test_a_burst_is_one_answer() -> None:
    talk = Talk(ORDER)
    talk.says("oi")
    talk.says("Ana", "Maria")
    assert talk.session is not None
    assert talk.session.frames[0].vars["name"] == "Ana\nMaria"


def test_help_comes_in_between_and_the_question_is_asked_again() -> None:
    talk = Talk(ORDER, HELP)
    talk.says("oi")
    talk.says("Ana")
    assert talk.says("AJUDA!") == ["Ajuda!", "Cidade?"]
    assert talk.says("Recife") == ["Tchau, Ana de Recife!"]


def test_menu_starts_again() -> None:
    talk = Talk(ORDER, HELP)
    talk.says("oi")
    talk.says("Ana")
    assert talk.says("menu") == ["Nome?"]


def test_a_person_is_called_from_anywhere_and_the_bot_falls_silent() -> None:
    talk = Talk(ORDER, HELP)
    talk.says("oi")
    assert talk.says("Atendente") == ["Chamando."]
    assert talk.effect(HandOver).reason == "asked for a person"
    talk.world = msgspec.structs.replace(talk.world, owner="person", epoch=1)
    assert talk.says("alô?") == []
    assert talk.turn.trace.outcome == "silent"


def test_an_answer_of_an_older_ownership_is_fenced_off() -> None:
    lookup = flow(
        "lookup",
        [{"type": "erp_lookup", "id": "erp", "operation": "customer", "save_as": "c"}, say("hi", "Achei!")],
        "erp found hi",
        triggers=[{"on": "message"}],
    )
    talk = Talk(lookup)
    talk.says("oi")
    call = talk.effect(Call)
    talk.world = msgspec.structs.replace(talk.world, epoch=2)
    assert talk.happen(CallAnswered(id="a", at=NOON, call=call.id, ok=True, value={"id": 1})) == []
    assert talk.turn.trace.outcome == "stale"


def test_a_timer_of_a_wait_that_is_over_means_nothing() -> None:
    talk = Talk(ORDER)
    talk.says("oi")
    timer = talk.effect(StartTimer)
    talk.says("Ana")
    before = talk.session
    talk.happen(TimerFired(id="t", at=NOON + timedelta(days=1), wait=timer.wait, kind="timeout"))
    assert talk.turn.trace.outcome == "stale"
    assert talk.session == before


def test_what_is_written_while_a_service_is_asked_is_kept_for_the_next_question() -> None:
    slow = flow(
        "slow",
        [
            {"type": "erp_lookup", "id": "erp", "operation": "customer", "save_as": "c"},
            ask("age", "Idade?", answer="number"),
        ],
        "erp found age",
        triggers=[{"on": "message"}],
    )
    talk = Talk(slow)
    talk.says("oi")
    call = talk.effect(Call)
    assert talk.says("tenho 42 anos") == []
    assert talk.turn.trace.outcome == "held"
    talk.happen(CallAnswered(id="a", at=NOON, call=call.id, ok=True, value={"id": 1}))
    assert [s.exit for s in talk.turn.trace.steps][-1] == "answered"
    assert talk.session is not None and talk.session.state == "done"


def test_what_was_written_too_early_and_does_not_fit_costs_no_try() -> None:
    slow = flow(
        "slow",
        [{"type": "erp_lookup", "id": "erp", "operation": "customer", "save_as": "c"},
         ask("age", "Idade?", answer="number", tries=1)],
        "erp found age",
        triggers=[{"on": "message"}],
    )  # fmt: skip
    talk = Talk(slow)
    talk.says("oi")
    call = talk.effect(Call)
    talk.says("alô?")
    assert talk.happen(CallAnswered(id="a", at=NOON, call=call.id, ok=True, value={"id": 1})) == ["Idade?"]
    assert talk.turn.trace.outcome == "waiting"


def test_an_answer_that_comes_during_help_is_not_lost() -> None:
    slow = flow(
        "slow",
        [
            {"type": "wait", "id": "paid", "until": "event", "event": "payment.received"},
            say("thanks", "Obrigado!"),
        ],
        "paid happened thanks",
        triggers=[{"on": "message"}],
    )
    long_help = flow("help", [ask("sure", "Mesmo?")])
    talk = Talk(slow, long_help)
    talk.says("oi")
    assert talk.says("ajuda") == ["Mesmo?"]
    talk.happen(EventOccurred(id="p", at=NOON, name="payment.received"))
    assert talk.turn.trace.outcome == "held"
    assert talk.says("sim") == ["Obrigado!"]


def test_a_loop_that_never_waits_is_stopped_and_goes_to_a_person() -> None:
    loop = flow("loop", [say("a", "A"), say("b", "B")], "a next b; b next a", triggers=[{"on": "message"}])
    talk = Talk(loop, guards=Guards(visits=10))
    assert len(talk.says("oi")) == 10
    assert talk.effect(HandOver).reason == "flow:loop"
    assert talk.turn.trace.outcome == "handed_over"


def test_a_machine_on_the_other_side_is_left_alone() -> None:
    talk = Talk(ORDER, guards=Guards(repeats=3, turns_per_minute=99))
    talk.says("Olá, sou um robô")
    talk.says("Olá, sou um robô")
    assert talk.says("Olá, sou um robô") == []
    assert talk.effect(HandOver).reason == "bot:repeats"


def test_too_many_turns_in_a_minute_are_a_machine_too() -> None:
    talk = Talk(ORDER, guards=Guards(turns_per_minute=4))
    for n in range(4):
        talk.says(f"mensagem {n}")
    assert talk.says("mensagem 5") == []
    assert talk.effect(HandOver).reason == "bot:too-fast"


def test_a_failure_without_an_exit_for_it_leads_to_a_person() -> None:
    broken = flow(
        "broken", [{"type": "run_flow", "id": "call", "flow": "nowhere"}], triggers=[{"on": "message"}]
    )
    talk = Talk(broken)
    talk.says("oi")
    assert talk.effect(HandOver).reason == "flow:unknown"


def test_an_unknown_node_type_leads_to_a_person_and_the_trace_says_which() -> None:
    odd = flow("odd", [{"type": "teleport", "id": "x", "speed": 9}], triggers=[{"on": "message"}])
    assert odd.unknown[0].kind == "teleport"
    talk = Talk(odd)
    talk.says("oi")
    assert talk.effect(HandOver).reason == "flow:unknown-node"
    assert talk.turn.trace.steps[0].kind == "teleport"


def test_a_session_stays_on_the_version_it_started() -> None:
    old = open_flow(ORDER.document, version=1)
    talk = Talk(old)
    talk.says("oi")
    new = flow("order", [ask("name", "Nome?"), ask("city", "Outra cidade?")], "name answered city")
    new.version = 2
    talk.flows = Flows({("order", 1): old, ("order", 2): new}, {"order": 2})
    assert talk.says("Ana") == ["Cidade?"]


def test_a_flow_called_while_another_runs_is_tried_again_later() -> None:
    talk = Talk(ORDER, HELP)
    talk.says("oi")
    talk.happen(FlowCalled(id="f", at=NOON, flow="help"))
    later = talk.effect(ScheduleFlow)
    assert (later.flow, later.due) == ("help", NOON + timedelta(minutes=10))
    assert talk.session is not None and talk.session.state == "waiting"


def test_the_choice_of_flow_is_told() -> None:
    keyword = flow(
        "invoices",
        [say("x", "Faturas")],
        triggers=[{"on": "message", "keywords": ["fatura"], "match": "contains"}],
    )
    talk = Talk(ORDER, keyword)
    assert talk.says("minha FATURA, por favor") == ["Faturas"]
    told = {(c.flow, c.matched, c.why) for c in talk.turn.trace.considered}
    assert told == {("invoices", True, "keyword fatura"), ("order", True, "any message")}


def test_an_interrupting_trigger_breaks_in_and_comes_back() -> None:
    stop = flow(
        "stop", [say("x", "Parei.")], triggers=[{"on": "message", "keywords": ["parar"], "interrupt": True}]
    )
    talk = Talk(ORDER, stop)
    talk.says("oi")
    assert talk.says("parar") == ["Parei.", "Nome?"]


@pytest.mark.parametrize(
    "hostile", ["{{7*7}}", "<script>alert(1)</script>", "\u202eabc\u0000", "😀" * 50, "a" * 100_000]
)
def test_what_people_write_is_text_everywhere(hostile: str) -> None:
    talk = Talk(ORDER)
    talk.says("oi")
    talk.says(hostile)
    said = talk.says("Recife")
    assert said == [f"Tchau, {hostile.strip()[:4096]} de Recife!"]


def test_the_same_turn_twice_asks_for_the_same_things() -> None:
    talk = Talk(ORDER)
    talk.says("oi")
    event = MessageReceived(id="m9", at=NOON, contents=[Text("Ana")], message_ids=["w9"])
    first = step(talk.flows, talk.session, event, talk.world)
    second = step(talk.flows, talk.session, event, talk.world)
    assert first == second
    assert len({e.id for e in first.effects}) == len(first.effects)


WORDS = st.one_of(
    st.text(max_size=30), st.sampled_from(["menu", "ajuda", "sair", "atendente", "sim", "1", "oi"])
)


@given(st.lists(st.one_of(st.tuples(st.just("say"), WORDS), st.tuples(st.just("press"), WORDS)), max_size=12))
def test_any_talk_survives_json_and_changes_nothing_given(talk_of: list[tuple[str, str]]) -> None:
    flows = Flows.of(ORDER, HELP)
    world = World(commands=COMMANDS, contact={"id": "c1"})
    session: Session | None = None
    for n, (how, words) in enumerate(talk_of):
        content = Text(words) if how == "say" else Chosen(words)
        event = MessageReceived(
            id=f"e{n}", at=NOON + timedelta(minutes=n), contents=[content], message_ids=["w"]
        )
        before = msgspec.json.encode(session)
        turn = step(flows, session, event, world)
        assert msgspec.json.encode(session) == before
        encoded = msgspec.json.encode(turn.session)
        assert msgspec.json.decode(encoded, type=Session | None) == turn.session
        assert turn.session is None or turn.session.state != "waiting" or turn.session.wait is not None
        session = turn.session


def test_short_answers_may_repeat() -> None:
    talk = Talk(ORDER, guards=Guards(repeats=3, turns_per_minute=99))
    for _ in range(6):
        talk.says("1")
    assert all(not isinstance(e, HandOver) for e in talk.turn.effects)
