"""Every quick fix really fixes: it is carried out, and the check is asked again."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.check import check
from engine.core.check.fixes import MAKERS, fixes
from engine.core.edit.apply import apply
from engine.core.edit.commands import RemoveNode
from engine.core.flow import Document, Flows
from engine.core.node import Problem
from engine.nodes import open_document
from engine.services.flow_checks import opened

PERSON = {"type": "hand_over", "id": "person"}
END = {"type": "end", "id": "end"}
LATE = {"exit": "low", "when": {"<": [{"var": "days"}, 30]}}


def document(nodes: list[dict[str, Any]], edges: str = "", **more: Any) -> Document:
    links = [dict(zip(("from", "exit", "to"), e.split(), strict=True)) for e in edges.split(";") if e.strip()]
    whole = {"format": 1, "id": "f", "name": "f", "kind": "chatbot", "start": nodes[0]["id"], "nodes": nodes,
             "edges": links, **more}  # fmt: skip
    return open_document(whole)


def problems(document: Document) -> list[Problem]:
    flow, unreadable = opened(document)
    return check(flow, Flows.of(flow), unreadable=unreadable)


def say(text: Any = "oi", ident: str = "say") -> dict[str, Any]:
    return {"type": "send_message", "id": ident, "text": text}


def ask(**more: Any) -> dict[str, Any]:
    return {"type": "ask", "id": "ask", "text": "?", "save_as": "nome", **more}


def menu(*titles: str) -> dict[str, Any]:
    options = [{"id": f"o{n}", "title": t} for n, t in enumerate(titles)]
    return {"type": "menu", "id": "menu", "text": "?", "options": options}


def cases(*limits: int) -> list[dict[str, Any]]:
    return [{"exit": f"c{n}", "when": {">": [{"var": "days"}, most]}} for n, most in enumerate(limits)]


DAYS = {"variables": [{"name": "days", "type": "number", "default": 0}]}
CASES: list[tuple[str, Document, set[str]]] = [
    ("flow:unreachable", document([say(), PERSON, END], "say next person"), {"remove_node"}),
    ("flow:unreachable", document([say(), PERSON, END, say(ident="lost")], "say next person"),
     {"remove_node", "remove_lost"}),
    ("flow:dead-end", document([say()]), {"add_hand_over", "add_end"}),
    ("flow:dead-end", document([ask(), say(), PERSON], "ask answered say; ask invalid person"),
     {"connect_hand_over", "add_end"}),
    ("flow:missing-exit", document([menu("a", "b"), PERSON, END], "menu o0 person; menu other person"),
     {"connect_hand_over", "connect_end"}),
    ("flow:edge-unknown-exit", document([menu("a", "b"), PERSON], "menu o0 person; menu old person"),
     {"move_edge", "remove_edge"}),
    ("flow:edge-twice", document([say(), PERSON, END], "say next person; say next end; say next person"),
     {"keep_last_edge"}),
    ("flow:edge-to-nowhere", document([say(), PERSON], "say next moon"), {"remove_edge", "connect_hand_over"}),
    ("flow:edge-from-nowhere", document([say(), PERSON], "moon next say; say next person"), {"remove_edge"}),
    ("flow:no-start", document([say(), PERSON], "say next person", start="moon"), {"set_start"}),
    ("flow:unknown-node", document([say(), PERSON, {"type": "teleport", "id": "x"}], "say next person"),
     {"remove_node"}),
    ("flow:unknown-target", document([ask(), PERSON, {"type": "jump", "id": "j", "node": "moon"}],
                                     "ask answered j; ask invalid person"), {"jump_to_start", "remove_node"}),
    ("flow:no-person", document([menu("a"), END], "menu o0 end; menu timeout end"),
     {"person_from_exit", "person_as_option"}),
    ("flow:no-person", document([menu("a"), END], "menu o0 end; menu other end; menu timeout end"),
     {"person_as_option"}),
    ("flow:unset-variable", document([say("Oi, {{ nme }} e {{ nome.first }}!"), PERSON], "say next person",
                                     variables=[{"name": "nome", "default": "x"}]), {"use_name", "declare_variable"}),
    ("flow:unset-variable", document([{"type": "decide", "id": "d", "cases": [
        {"exit": "a", "when": {"==": [{"var": "cidad"}, "SP"]}}]}, PERSON], "d a person; d else person",
        variables=[{"name": "cidade"}]), {"use_name", "declare_variable"}),
    ("flow:maybe-unset", document([ask(), say({"default": "{{ nome }}", "en": "{{nome|upper}}"}), PERSON],
                                  "ask answered say; ask timeout say; ask invalid person; say next person",
                                  variables=[{"name": "nome"}]), {"add_default", "variable_default"}),
    ("flow:unknown-field", document([say("{{ contact.nme | first }}"), PERSON], "say next person"), {"use_name"}),
    ("flow:reserved-name", document([say(), PERSON], "say next person", variables=[{"name": "contact"}]),
     {"rename_variable"}),
    ("rule:absent-field", document([{"type": "decide", "id": "d", "cases": [LATE]}, PERSON],
                                   "d low person; d else person", variables=[{"name": "days"}]), {"guard_exists"}),
    ("rule:gap", document([{"type": "decide", "id": "d", "cases": cases(30)}, PERSON, END], "d c0 person", **DAYS),
     {"connect_hand_over", "connect_end"}),
    ("rule:shadowed", document([{"type": "decide", "id": "d", "cases": cases(0, 30)}, PERSON],
                               "d c0 person; d c1 person; d else person", **DAYS), {"move_case_up", "remove_case"}),
    ("rule:shadowed", document([{"type": "decide", "id": "d", "cases": cases(30, 30)}, PERSON],
                               "d c0 person; d c1 person; d else person", **DAYS), {"remove_case"}),
    ("text:button-too-long", document([menu("Quero a segunda via da minha fatura", "b"), PERSON],
                                      "menu o0 person; menu o1 person; menu other person"), {"shorten"}),
    ("text:button-too-long", document([menu("Desproporcionalmente-incompreensível"), PERSON],
                                      "menu o0 person; menu other person"), {"shorten"}),
    ("text:description-too-long", document([{**menu("a"), "options": [
        {"id": "o0", "title": "a", "description": "palavra " * 12}]}, PERSON], "menu o0 person"), {"shorten"}),
    ("window:late-reminder", document([ask(remind_minutes=1500, reminder="Ainda aí?", timeout_minutes=3000), PERSON],
                                      "ask answered person"), {"remind_earlier"}),
    ("menu:same-exit", document([{**menu("a"), "options": [{"id": "x", "title": "a"}, {"id": "x", "title": "b"}]},
                                 PERSON], "menu x person"), {"rename_exit"}),
    ("table:cells", document([{"type": "decision_table", "id": "t", "inputs": [{"var": "a"}, {"var": "b"}],
                               "rows": [{"when": [1], "then": {}}]}, PERSON], "t matched person"), {"fit_cells"}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "before", "names"), CASES, ids=[c[0] for c in CASES])
def test_a_fix_resolves_its_problem_and_breaks_nothing(code: str, before: Document, names: set[str]) -> None:
    problem = next(p for p in problems(before) if p.code == code)
    offered = fixes(opened(before).flow, problem)
    assert {f.name for f in offered} == names
    errors = {p.code for p in problems(before) if p.severity == "error"}
    for fix in offered:
        after = problems(apply(before, fix.command).document)
        same = [p for p in after if (p.code, p.node, p.path) == (code, problem.node, problem.path)]
        assert same == [], fix.name
        assert {p.code for p in after if p.severity == "error"} <= errors, fix.name


def test_each_fixable_code_is_demonstrated() -> None:
    assert {code for code, _, _ in CASES} | {"flow:missing-error-exit"} == set(MAKERS)


def test_a_missing_error_exit_can_lead_to_the_person() -> None:
    before = document([ask(), PERSON, END], "ask answered end; ask timeout end")
    found = [p for p in problems(before) if p.code == "flow:missing-error-exit"]
    for problem in found:
        first = fixes(opened(before).flow, problem)[0]
        assert first.name == "connect_hand_over"
        assert problem not in problems(apply(before, first.command).document)


def test_what_is_offered_is_marked_in_the_problem() -> None:
    """The families of the check mark what can be fixed (`fix`); node types name their own problems without."""
    own = {"menu:same-exit", "table:cells", "flow:unknown-target"}
    for code, before, _ in CASES:
        for problem in problems(before):
            if problem.code == code and code not in own:
                assert problem.fix, code


def test_a_fix_of_a_problem_that_is_gone_is_none() -> None:
    before = document([say(), PERSON, END], "say next person")
    problem = next(p for p in problems(before) if p.code == "flow:unreachable")
    without = apply(before, RemoveNode(id="end")).document
    assert fixes(opened(without).flow, problem) == []
