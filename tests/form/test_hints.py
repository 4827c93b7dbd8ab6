"""What an author is offered, and when a schedule is due."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper import flow

from builder_ui.form.cron import due, fields
from builder_ui.form.exits import free, slug
from builder_ui.form.options import shown_as
from builder_ui.rules.cells import cell_text, read_cell
from builder_ui.rules.words import finding_words, in_words, options
from builder_ui.texts import Texts
from engine.core.check.variables import FIELDS
from engine.core.logic.gaps import Finding
from engine.core.template import template
from engine.nodes import open_document
from engine.services.hints import EVENTS, answer_fields, hints, limits, said_in, sample

PT = Texts("pt-BR")
READY_MADE = sorted((Path(__file__).resolve().parents[2] / "flows").glob("*.json"))


def test_what_nodes_write_is_offered_with_its_type_and_fields() -> None:
    document = flow(
        {"id": "who", "type": "erp_lookup", "operation": "customer", "save_as": "cliente"},
        {"id": "all", "type": "erp_lookup", "operation": "invoices", "save_as": "faturas"},
        {"id": "ask", "type": "ask", "text": "?", "answer": "money", "save_as": "valor"},
        {"id": "odd", "type": "ask", "text": 7},
        variables=[{"name": "valor", "type": "money", "description": "quanto paga"}],
    )
    found = {h.path: h for h in hints(document)}
    assert found["cliente.overdue_total"].type == "money"
    assert found["cliente.dispute.reason"].type == "text"
    assert found["faturas"].items["due_date"] == "date"
    assert (found["valor"].type, found["valor"].label) == ("money", "quanto paga")
    assert found["contact.name"].example == "Ana Souza"


def test_every_hint_about_the_world_is_a_field_that_there_is() -> None:
    for hint in hints(flow({"id": "a", "type": "end"})):
        head, _, member = hint.path.partition(".")
        if head in FIELDS:
            assert member.split(".")[0] in FIELDS[head], hint.path


@pytest.mark.parametrize("path", READY_MADE, ids=lambda p: p.stem)
def test_examples_fill_the_texts_of_the_ready_made_flows(path: Path) -> None:
    document = open_document(path.read_bytes())
    found = hints(document)
    data = sample(found)
    for raw in document.nodes:
        if isinstance(raw.get("text"), str):
            assert "{{" not in template(raw["text"]).render(data)
    assert options(PT, found)


def test_names_that_a_flow_uses_are_offered_again() -> None:
    document = flow(
        {"id": "h", "type": "hand_over", "queue": "Financeiro"},
        {"id": "t", "type": "tag", "add": ["vip", "{{ origem }}"]},
        {"id": "w", "type": "wait", "until": "event", "event": EVENTS[0]},
    )
    said = said_in(document)
    assert (said.queues, said.tags, said.events) == (["Financeiro"], ["vip"], [EVENTS[0]])


def test_money_in_the_erp_is_known_as_money() -> None:
    assert answer_fields("payment_link")["amount"] == "money"
    assert answer_fields("invoices")["days_overdue"] == "number"


def test_what_whatsapp_makes_of_options() -> None:
    three = [{"id": c, "title": c} for c in "abc"]
    assert [shown_as(three), shown_as(three * 2), shown_as(three * 5)] == ["buttons", "list", "numbers"]
    assert limits()["whatsapp_cloud"].buttons == 3


def test_rules_are_said_with_the_types_of_their_fields() -> None:
    document = flow(
        {"id": "a", "type": "end"},
        variables=[{"name": "total", "type": "money"}, {"name": "due", "type": "date"}],
    )
    rule = {
        "and": [{">": [{"var": "total"}, 12345]}, {"<": [{"var": "due"}, {"date_add": [{"today": []}, -1]}]}]
    }
    assert in_words(rule, PT, hints(document)) == (
        "total é maior que R$ 123,45 e due é antes de 1 dia antes de hoje"
    )
    finding = Finding(kind="gap", input={"total": 5000, "contact.name": ""})
    assert finding_words(PT, finding, hints(document)) == (
        "Nenhum caso vale quando total = R$ 50,00, nome do contato = vazio."
    )


def test_exits_get_names_that_can_be_names() -> None:
    assert slug("Já paguei!") == "ja_paguei"
    assert slug("2ª via") == "opcao_2a_via"
    assert slug("😀") == "opcao"
    assert free("a", {"a", "a_2"}) == "a_3"


NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("America/Sao_Paulo"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("0 9 * * 1-5", ["2026-11-23 09:00", "2026-11-24 09:00", "2026-11-25 09:00"]),
        ("*/30 10 * * *", ["2026-11-20 10:30", "2026-11-21 10:00", "2026-11-21 10:30"]),
        ("0 0 29 2 *", ["2028-02-29 00:00"]),
        ("0 9 1 * mon", ["2026-11-23 09:00", "2026-11-30 09:00", "2026-12-01 09:00"]),
        ("0 9 * * 7", ["2026-11-22 09:00", "2026-11-29 09:00", "2026-12-06 09:00"]),
        ("0 9 31 2 *", []),
    ],
)
def test_when_a_schedule_is_due(line: str, expected: list[str]) -> None:
    assert [f"{at:%Y-%m-%d %H:%M}" for at in due(line, NOW)][: len(expected) or 3] == expected


@pytest.mark.parametrize(
    "line", ["", "* * * *", "60 * * * *", "a b c d e", "*/0 * * * *", "5-1 * * * *", "²  * * * *"]
)
def test_what_is_no_schedule(line: str) -> None:
    assert fields(line) is None


@given(st.text(max_size=40))
def test_no_line_breaks_the_reader(line: str) -> None:
    due(line, NOW, 1)


CELLS = (
    st.none()
    | st.booleans()
    | st.integers(-99, 99)
    | st.text(max_size=8)
    | st.floats(-9, 9)
    | st.builds(
        lambda op, v: {op: [{"var": "value"}, v]},
        st.sampled_from(["<", ">", "<=", ">=", "==", "!="]),
        st.integers() | st.text(max_size=5),
    )
)


@given(CELLS)
def test_cells_come_back_as_they_were(cell: object) -> None:
    found = read_cell(cell_text(cell))
    assert repr(found) == repr(cell)
