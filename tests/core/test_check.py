"""What the static check says, a demonstration for each code."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.check import check
from engine.core.flow import Flows
from engine.nodes import open_flow

END = {"type": "end", "id": "end"}
PERSON = {"type": "hand_over", "id": "person"}


def found(nodes: list[dict[str, Any]], edges: str = "", **more: Any) -> set[tuple[str, str, str]]:
    links = [
        dict(zip(("from", "exit", "to"), line.split(), strict=True))
        for line in edges.split(";")
        if line.strip()
    ]
    document = {"format": 1, "id": "f", "name": "f", "kind": "chatbot", "start": nodes[0]["id"], "nodes": nodes,
                "edges": links, **more}  # fmt: skip
    flow = open_flow(document)
    return {(p.code, p.severity, p.node) for p in check(flow, Flows.of(flow))}


def say(text: str = "oi", ident: str = "say") -> dict[str, Any]:
    return {"type": "send_message", "id": ident, "text": text}


def menu(*titles: str) -> dict[str, Any]:
    return {
        "type": "menu",
        "id": "menu",
        "text": "?",
        "options": [{"id": f"o{n}", "title": t} for n, t in enumerate(titles)],
    }


def test_a_good_flow_has_no_problems() -> None:
    assert found([say(), PERSON], "say next person") == set()


@pytest.mark.parametrize(
    ("problem", "nodes", "edges"),
    [
        (("flow:dead-end", "warning", "say"), [say()], ""),
        (("flow:unreachable", "warning", "end"), [say(), PERSON, END], "say next person"),
        (("flow:missing-exit", "warning", "menu"), [menu("a", "b"), PERSON], "menu o0 person"),
        (("flow:loop-without-wait", "error", "say"), [say(), say(ident="b")], "say next b; b next say"),
        (("flow:unset-variable", "warning", "say"), [say("{{ nome }}"), PERSON], "say next person"),
        (("flow:unknown-field", "warning", "say"), [say("{{ contact.cor }}"), PERSON], "say next person"),
        (("flow:unknown-node", "error", "x"), [{"type": "teleport", "id": "x"}], ""),
        (("flow:edge-to-nowhere", "error", "say"), [say()], "say next moon"),
        (("flow:edge-unknown-exit", "error", "say"), [say(), PERSON], "say next person; say left person"),
        (("flow:edge-twice", "error", "say"), [say(), PERSON, END], "say next person; say next end"),
        (("flow:no-person", "warning", ""), [say(), END], "say next end"),
        (("template:syntax", "error", "say"), [say("{{7*7}}"), PERSON], "say next person"),
        (("template:unknown-filter", "error", "say"), [say("{{ contact.name | boom }}"), PERSON], "say next person"),
        (("text:button-too-long", "warning", "menu"), [menu("x" * 40), PERSON], "menu o0 person"),
        (("text:too-many-buttons", "info", "menu"), [menu("a", "b", "c", "d"), PERSON], "menu o0 person"),
        (("text:too-many-rows", "warning", "menu"), [menu(*"abcdefghijk"), PERSON], "menu o0 person"),
        (("template:parameters", "error", "t"),
         [{"type": "send_template", "id": "t", "name": "x", "body": ["a"], "parameters": 2}, PERSON], "t next person"),
        (("flow:unknown-flow", "error", "r"), [{"type": "run_flow", "id": "r", "flow": "x"}, PERSON], "r next person"),
        (("window:free-text", "warning", "say"),
         [{"type": "wait", "id": "w", "minutes": 1500}, say(), PERSON], "w done say; say next person"),
        (("flow:reserved-name", "error", "s"),
         [{"type": "set_variable", "id": "s", "set": [{"name": "contact", "value": 1}]}, PERSON], "s next person"),
    ],
    ids=lambda v: v[0] if isinstance(v, tuple) else "",
)  # fmt: skip
def test_it_finds(problem: tuple[str, str, str], nodes: list[dict[str, Any]], edges: str) -> None:
    assert problem in found(nodes, edges)


def test_the_window_is_open_again_after_an_answer() -> None:
    nodes = [{"type": "wait", "id": "w", "minutes": 1500, "messages": True}, say(), PERSON]
    assert ("window:free-text", "warning", "say") not in found(nodes, "w message say; say next person")


def test_what_an_event_starts_may_not_begin_with_free_text() -> None:
    started = [{"on": "event", "event": "lead.created"}]
    assert ("window:free-text", "warning", "say") in found(
        [say(), PERSON], "say next person", triggers=started
    )


def test_absent_fields_in_comparisons_are_told() -> None:
    decide = {"type": "decide", "id": "d", "cases": [{"exit": "low", "when": {"<": [{"var": "n"}, 30]}}]}
    problems = found([decide, PERSON], "d low person; d else person", variables=[{"name": "n"}])
    assert any(code.startswith("rule:") and severity == "warning" for code, severity, _ in problems)


def test_a_variable_that_only_some_ways_set_is_told_unless_there_is_a_default() -> None:
    ask = {"type": "ask", "id": "ask", "text": "?", "save_as": "nome"}
    edges = "ask answered say; ask timeout say; ask invalid person; say next person"
    assert ("flow:maybe-unset", "info", "say") in found([ask, say("{{ nome }}"), PERSON], edges)
    assert ("flow:maybe-unset", "info", "say") not in found(
        [ask, say('{{ nome | default("x") }}'), PERSON], edges
    )


@pytest.mark.parametrize(
    ("node", "code"),
    [
        ({"type": "ask", "text": " ", "save_as": "x"}, "text:empty"),
        ({"type": "send_message", "text": ""}, "text:empty"),
        ({"type": "send_message", "text": {"default": "", "en": ""}}, "text:empty"),
        ({"type": "menu", "text": "?", "options": [{"id": "a", "title": ""}]}, "text:option-empty"),
        ({"type": "decide", "cases": [{"exit": "a", "when": {"and": []}}]}, "rule:no-conditions"),
    ],
)
def test_what_is_not_filled_in_yet_is_an_error(node: dict[str, Any], code: str) -> None:
    assert (code, "error", "n") in found([{"id": "n", **node}])


def test_a_picture_without_words_says_enough() -> None:
    picture = {"kind": "image", "url": "https://example.com/a.png"}
    told = found([{"type": "send_message", "id": "n", "media": [picture]}])
    assert "text:empty" not in {code for code, _, _ in told}
