"""The difference of two versions in sentences that a business admin understands."""

from __future__ import annotations

from typing import Any

from edits import documents
from hypothesis import given

from builder_ui.flows.picture import picture
from builder_ui.texts import Texts
from builder_ui.versions.shown import compare, layer
from engine.core.edit import commands as cmd
from engine.core.edit.apply import apply
from engine.core.flow import Document
from engine.nodes import open_document

PT, EN = Texts("pt-BR"), Texts("en")
FLOW: dict[str, Any] = {
    "format": 1, "id": "f", "name": "Cobrança", "kind": "chatbot", "start": "late",
    "nodes": [
        {"id": "late", "type": "decide", "label": "Atraso",
         "cases": [{"exit": "yes", "when": {">": [{"var": "days"}, 5]}}]},
        {"id": "kind", "type": "send_message", "label": "Lembrete", "text": "Oi, tudo bem?"},
        {"id": "end", "type": "end", "label": "Fim"},
    ],
    "edges": [
        {"from": "late", "exit": "yes", "to": "kind"}, {"from": "late", "exit": "else", "to": "end"},
        {"from": "kind", "exit": "next", "to": "end"},
    ],
}  # fmt: skip


def told(*commands: cmd.Single, t: Texts = PT) -> list[str]:
    old = open_document(FLOW)
    new = apply(old, cmd.Batch(commands=list(commands))).document
    return [s.text for s in compare(old, new, t)[1]]


def test_nothing_is_nothing() -> None:
    assert told(cmd.Move(to={"end": (9.0, 9.0)})) == []


def test_who_gets_a_new_message_is_said_with_the_rule() -> None:
    add = cmd.AddNode(node={"id": "new", "type": "send_message", "text": "Sua fatura venceu."})
    assert told(add, cmd.Connect(source="late", exit="yes", target="new"),
                cmd.Connect(source="new", exit="next", target="kind")) == [
        "Quando days é maior que 5: agora a pessoa recebe “Sua fatura venceu.”"
    ]  # fmt: skip


def test_texts_rules_and_ways_are_told_before_and_after() -> None:
    assert told(cmd.SetNode(id="kind", path="/text", value="Olá!")) == [
        "“Lembrete”: Texto era “Oi, tudo bem?”, agora é “Olá!”"
    ]
    assert told(cmd.SetNode(id="late", path="/cases/0/when", value={">": [{"var": "days"}, 10]})) == [
        "“Atraso”: onde valia “days é maior que 5”, agora vale “days é maior que 10”"
    ]
    assert told(cmd.Connect(source="late", exit="yes", target="end")) == [
        "Quando days é maior que 5: agora leva a “Fim”, antes ia para “Lembrete”"
    ]
    assert told(cmd.Disconnect(source="late", exit="else"), t=EN) == [
        "In “Atraso”, exit “Otherwise”: leads nowhere any more"
    ]
    assert told(cmd.RemoveNode(id="kind"))[-1] == "Passo removido: “Lembrete”"
    assert told(cmd.SetFlow(path="/name", value="Outro")) == [
        "nome do fluxo: era “Cobrança”, agora é “Outro”"
    ]


@given(documents(), documents())
def test_any_two_documents_can_be_compared_in_both_languages(old: Document, new: Document) -> None:
    for t in (PT, EN):
        found, sentences = compare(old, new, t)
        assert bool(sentences) == (not found.nothing)
        assert all(s.text for s in sentences)
        layer(old, found, sentences, t)


@given(documents())
def test_a_picture_holds_no_text_of_anybody(d: Document) -> None:
    svg = picture(d)
    assert svg.startswith("<svg") and svg.count("<rect") == len(d.nodes)
    assert "ask" not in svg and "menu" not in svg
