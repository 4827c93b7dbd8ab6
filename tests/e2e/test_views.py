"""What the simulator makes of events and traces, without a browser."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder_ui.elements.text import runs
from builder_ui.simulator.books import brl, day, document_of
from builder_ui.simulator.bubbles import ZONE
from builder_ui.simulator.clocks import next_holiday, office_hours, saturday_night
from builder_ui.simulator.reasons import nested, visit
from builder_ui.simulator.transcript import Transcript
from builder_ui.simulator.visitor import new_number
from engine.core.trace import Step
from engine.nodes import open_flow

ME = "5511970000001"
CODE = "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-42665544000053039865406653.845802BR63041D3D"


def happened(kind: str, **data: Any) -> Any:
    return SimpleNamespace(type=kind, data=data)


def got(ident: str, kind: str, payload: dict[str, Any], to: str = ME) -> Any:
    return happened("message", id=ident, to=to, type=kind, payload=payload, at=1.0)


def test_a_phone_shows_its_own_messages_only() -> None:
    phone = Transcript(ME)
    assert phone.take(got("a", "text", {"body": "oi"})) is not None
    assert phone.take(got("b", "text", {"body": "segredo"}, to="5511970000002")) is None
    assert [b.text for b in phone.bubbles.values()] == ["oi"]


def test_ticks_go_from_sent_to_delivered_to_read() -> None:
    phone = Transcript(ME)
    said = {"type": "text", "text": {"body": "oi"}, "timestamp": "1"}
    phone.take(happened("inbound", **{"id": "m1", "from": ME, "message": said}))
    assert phone.bubbles["m1"].tick == "sent"
    phone.delivered("m1")
    assert phone.bubbles["m1"].tick == "delivered"
    phone.take(happened("read", id="m1"))
    assert phone.bubbles["m1"].tick == "read"
    assert phone.delivered("m1") is None, "what was read is not delivered again"


def test_a_pix_code_is_a_bubble_of_its_own_kind_and_other_long_texts_are_not() -> None:
    phone = Transcript(ME)
    phone.take(got("a", "text", {"body": CODE}))
    phone.take(got("b", "text", {"body": f"Copie: {CODE}"}))
    assert [b.kind for b in phone.bubbles.values()] == ["pix", "text"]


def test_the_qr_code_is_not_shown_twice() -> None:
    phone = Transcript(ME)
    phone.take(got("a", "image", {"id": "1"}))
    phone.take(got("b", "text", {"body": CODE}))
    assert phone.bubbles["b"].pictured


def test_a_reaction_hangs_on_its_bubble_and_goes_again() -> None:
    phone = Transcript(ME)
    phone.take(got("a", "text", {"body": "oi"}))
    phone.take(got("r", "reaction", {"message_id": "a", "emoji": "👍"}))
    assert phone.bubbles["a"].reaction == "👍"
    phone.take(got("r2", "reaction", {"message_id": "a", "emoji": ""}))
    assert phone.bubbles["a"].reaction == ""
    assert list(phone.bubbles) == ["a"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*Total*: R$ 5", [("Total", "strong"), (": R$ 5", "")]),
        ("2 * 3 * 4", [("2 * 3 * 4", "")]),
        ("_a_ ~b~", [("a", "em"), (" ", ""), ("b", "s")]),
        ("snake_case_name", [("snake_case_name", "")]),
        ("<b>x</b>", [("<b>x</b>", "")]),
    ],
)
def test_marks_of_chat_apps(text: str, shown: list[tuple[str, str]]) -> None:
    assert [tuple(run) for run in runs(text)] == shown


@given(st.text(max_size=200))
def test_formatting_loses_nothing_but_marks(text: str) -> None:
    kept = "".join(run.text for run in runs(text))
    assert [c for c in kept if c not in "*_~`"] == [c for c in text if c not in "*_~`"]


def test_reads_become_the_data_that_a_rule_saw() -> None:
    assert nested({"contact.cpf": "1", "days": 3}) == {"contact": {"cpf": "1"}, "days": 3}
    assert nested({"customer": {"id": 7}, "customer.name": "Ana"})["customer"]["name"] == "Ana"


def test_a_decision_tells_each_case_up_to_the_one_it_took() -> None:
    nodes = [
        {
            "type": "decide",
            "id": "late",
            "cases": [
                {"exit": "very", "when": {">": [{"var": "days"}, 30]}, "label": "Muito"},
                {"exit": "bit", "when": {">": [{"var": "days"}, 0]}, "label": "Pouco"},
                {"exit": "never", "when": True},
            ],
        },
        {"type": "end", "id": "end"},
    ]
    flow = open_flow(
        {"format": 1, "id": "f", "name": "F", "kind": "chatbot", "start": "late", "nodes": nodes}
    )
    step = Step(flow="f", version=1, node="late", kind="decide", exit="bit", reads={"days": 12})
    shown = visit(step, flow, "pt-BR")
    assert [(r.label, r.taken) for r in shown.rulings] == [("Muito", False), ("Pouco", True)]
    assert "12" in shown.rulings[0].words
    assert shown.exit == "Pouco"


def test_leaps_of_the_clock_end_where_they_say() -> None:
    friday = datetime(2026, 11, 20, 15, 0, tzinfo=ZONE)
    assert saturday_night(friday) == datetime(2026, 11, 21, 21, 0, tzinfo=ZONE)
    assert saturday_night(datetime(2026, 11, 21, 22, 0, tzinfo=ZONE)) == datetime(
        2026, 11, 28, 21, 0, tzinfo=ZONE
    )
    assert next_holiday(friday) == datetime(2026, 12, 25, 10, 0, tzinfo=ZONE)
    assert office_hours(friday) == datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)


def test_money_dates_and_documents_as_people_write_them() -> None:
    assert brl(123456) == "R$ 1.234,56"
    assert day("2026-11-21T10:00:00") == "21/11/2026"
    assert document_of("11111111111") == "111.111.111-11"
    assert document_of("11222333000181") == "11.222.333/0001-81"


def test_visitors_get_brazilian_mobile_numbers_that_no_customer_has() -> None:
    numbers = {new_number() for _ in range(50)}
    assert len(numbers) > 45
    assert all(len(n) == 13 and n.startswith("551197") for n in numbers)
