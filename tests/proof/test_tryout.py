"""Trying a flow: going back, going another way, repeating on a changed flow, becoming a test."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_checker import flow

from engine.core.edit.apply import apply
from engine.core.edit.commands import SetFlow, SetNode
from engine.core.effects import Call
from engine.core.errors import TramaError
from engine.core.flow import Document, TestTurn
from engine.core.tryout import Recipe, Setup, Trial, as_test, drawn, repeat, steps
from engine.services.flow_checks import Checker, run_tests
from engine.services.tryout import again, begin, ready

SETUP = Setup(at="2026-11-20T10:00:00-03:00", world={"contact": {"name": "Ana"}})
MENU = flow(
    {"type": "menu", "id": "menu", "text": "Escolha:", "remind_minutes": 30, "reminder": "Ainda aí?",
     "options": [{"id": "invoice", "title": "Fatura"}, {"id": "person", "title": "Atendente"}]},
    {"type": "erp_lookup", "id": "bills", "operation": "invoices", "args": {"customer_id": "1"}, "save_as": "bills"},
    {"type": "send_message", "id": "found", "text": "Achei."},
    {"type": "hand_over", "id": "person"},
    edges="menu invoice bills; menu person person; menu other person; bills found found; bills not_found person; "
          "found next person",
    triggers=[{"on": "message"}],
)  # fmt: skip


def trial(document: Document = MENU) -> Trial:
    return begin(document, Checker([]), SETUP)


def test_one_can_go_back_and_another_way_and_the_first_way_stays() -> None:
    tried = trial()
    start = tried.give(TestTurn(text="oi"))
    tried.give(TestTurn(button="person"))
    assert tried.player.session is not None and tried.player.session.state == "handed_over"
    tried.stand(start.id)
    asked = tried.give(TestTurn(button="invoice"))
    assert isinstance(tried.open_call, Call)
    assert [b.turn.button for b in tried.line()] == [None, "invoice"]
    assert tried.ends() == [2, asked.id]
    tried.stand(2)
    assert tried.open_call is None
    assert tried.end_of(start.id) == asked.id


def test_what_one_way_did_another_does_not_feel() -> None:
    tried = trial()
    start = tried.give(TestTurn(text="oi"))
    tried.give(TestTurn(advance="PT2H"))
    tried.stand(start.id)
    reminded = tried.give(TestTurn(advance="PT31M"))
    assert reminded.answer.texts() == ["Ainda aí?"]
    assert reminded.at == datetime(2026, 11, 20, 13, 31, tzinfo=UTC)


def test_a_refused_input_changes_nothing() -> None:
    tried = trial()
    with pytest.raises(TramaError, match="test:no-open-call"):
        tried.give(TestTurn(answer={"value": 1}))
    assert (tried.now, tried.beats) == (0, {})


def test_a_recipe_brings_the_whole_tree_back() -> None:
    tried = trial()
    tried.give(TestTurn(text="oi"))
    tried.give(TestTurn(button="person"))
    tried.stand(1)
    tried.give(TestTurn(button="invoice"))
    kept = msgspec.convert(msgspec.json.decode(msgspec.json.encode(tried.recipe())), Recipe)
    same, lost = again(kept, MENU, Checker([]))
    assert (lost, same.now, same.ends()) == (0, tried.now, tried.ends())
    assert [b.answer.texts() for b in same.line()] == [b.answer.texts() for b in tried.line()]


def test_inputs_that_a_changed_flow_cannot_take_are_left_out_with_what_followed() -> None:
    tried = trial()
    tried.give(TestTurn(text="oi"))
    tried.give(TestTurn(button="invoice"))
    tried.give(TestTurn(answer={"value": [{"id": "F-1"}]}))
    changed = apply(MENU, SetNode(id="menu", path="/options/0/id", value="bill")).document
    again_, lost = again(tried.recipe(), changed, Checker([]))
    assert lost == 1
    assert again_.line()[0].answer.texts() == ["Escolha:"]


def test_a_line_becomes_a_test_that_passes_and_fails_after_a_change() -> None:
    tried = trial()
    tried.give(TestTurn(text="oi"))
    tried.give(TestTurn(button="invoice"))
    tried.give(TestTurn(answer={"value": [{"id": "F-1"}]}))
    test = msgspec.to_builtins(as_test(tried, "fatura"))
    proved = apply(MENU, SetFlow(path="/tests/-", value=test)).document
    assert run_tests(proved, []).failed == []
    changed = apply(proved, SetNode(id="found", path="/text", value="Encontrei.")).document
    assert run_tests(changed, []).failed != []


def test_the_canvas_is_told_the_way_with_visits_exits_and_place() -> None:
    tried = trial()
    tried.give(TestTurn(text="oi"))
    tried.give(TestTurn(button="invoice"))
    path = drawn(steps(tried.line()), "f")
    assert path == {"nodes": {"menu": 2, "bills": 1}, "edges": [["menu", "invoice"]], "now": "bills"}


def test_ready_answers_of_the_erp_are_of_two_customers_as_the_client_shapes_them() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    found = ready(Call(id="1", service="erp", operation="invoices"), now)
    assert [s.title for s in found] == ["Maria Silva", "João Santos"]
    assert all({"id", "due_date", "status"} <= set(i) for s in found for i in s.value)
    link = ready(Call(id="1", service="erp", operation="payment_link"), now)
    assert [s.title for s in link] == ["João Santos"]


INPUTS = st.sampled_from(
    [
        TestTurn(text="oi"),
        TestTurn(text="fatura"),
        TestTurn(button="person"),
        TestTurn(button="invoice"),
        TestTurn(advance="PT31M"),
        TestTurn(advance="P2D"),
        TestTurn(answer={"value": []}),
        TestTurn(answer={"error": "erp:unavailable"}),
    ]
)


@given(st.lists(st.tuples(INPUTS, st.integers(0, 20)), max_size=12))
def test_whatever_is_tried_in_whatever_order_comes_again_from_the_recipe(
    deeds: list[tuple[TestTurn, int]],
) -> None:
    """Inputs with leaps back to anywhere between them: playing on one line never touches another, so that the inputs
    alone give the same tree again, answer by answer."""
    tried = trial()
    for turn, back in deeds:
        places = [0, *tried.beats]
        tried.stand(places[back % len(places)])
        try:
            tried.give(turn)
        except TramaError as fault:
            assert fault.code == "test:no-open-call"
    same, lost = repeat(tried.recipe(), tried.flow, tried.player.flows)
    assert (lost, same.now) == (0, tried.now)
    for ident, beat in tried.beats.items():
        assert msgspec.to_builtins(same.beats[ident].answer) == msgspec.to_builtins(beat.answer)
        assert (same.beats[ident].at, same.beats[ident].variables) == (beat.at, beat.variables)
