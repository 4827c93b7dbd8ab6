"""The check while somebody types: what cannot be read yet does not hide the rest; and tests, turn by turn."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from engine.core.edit.apply import apply
from engine.core.edit.commands import SetFlow
from engine.core.flow import Document
from engine.core.verdicts import accepted
from engine.nodes import open_document
from engine.services.flow_checks import Checker, run_tests

PERSON = {"type": "hand_over", "id": "person"}


def flow(*nodes: dict[str, Any], edges: str = "", **more: Any) -> Document:
    links = [dict(zip(("from", "exit", "to"), e.split(), strict=True)) for e in edges.split(";") if e.strip()]
    return open_document({"format": 1, "id": "f", "name": "f", "kind": "chatbot", "start": nodes[0]["id"],
                          "nodes": list(nodes), "edges": links, **more})  # fmt: skip


def codes(document: Document) -> set[tuple[str, str]]:
    return {(p.code, p.node) for p in Checker([]).check(document)}


def test_an_unreadable_step_is_named_and_the_rest_is_judged() -> None:
    broken = {"type": "ask", "id": "ask", "text": "?", "save_as": "nome", "tries": "many"}
    say = {"type": "send_message", "id": "say", "text": "{{ nome }} {{ idade }}"}
    lost = {"type": "end", "id": "lost"}
    found = codes(flow(broken, say, PERSON, lost, edges="ask answered say; say next person"))
    assert ("flow:bad-node", "ask") in found
    assert ("flow:unset-variable", "say") in found
    assert ("flow:unreachable", "lost") in found
    assert ("flow:unknown-node", "ask") not in found


def test_the_field_that_cannot_be_read_is_told() -> None:
    broken = {"type": "ask", "id": "ask", "text": "?", "save_as": "nome", "tries": "many"}
    problem = next(p for p in Checker([]).check(flow(broken, PERSON)) if p.code == "flow:bad-node")
    assert (problem.node, problem.path, problem.severity) == ("ask", "/tries", "error")


def test_two_steps_of_one_id_and_a_step_without_one_are_told() -> None:
    found = codes(flow({"type": "end", "id": "a"}, {"type": "end", "id": "a"}, {"type": "end"}))
    assert {("flow:same-id", "a"), ("flow:bad-node", "")} <= found


def test_a_person_in_an_unreadable_step_is_still_a_person() -> None:
    say = {"type": "send_message", "id": "say", "text": "oi"}
    assert ("flow:no-person", "") not in codes(flow(say, {**PERSON, "priority": 99}, edges="say next person"))


def chain(n: int) -> Document:
    """Questions one behind the other, listed from the last to the first: the worst order for a fixed point."""
    asks = [{"type": "ask", "id": f"a{i}", "text": f"{{{{ v{i - 1} }}}}" if i else "?", "save_as": f"v{i}"}
            for i in range(n)]  # fmt: skip
    edges = ";".join(f"a{i} answered a{i + 1}" for i in range(n - 1)) + f";a{n - 1} answered person"
    return flow(asks[0], *reversed(asks[1:]), PERSON, edges=edges)


def test_a_check_of_300_steps_takes_less_than_200_ms() -> None:
    document, checker = chain(300), Checker([])
    checker.check(document)
    start = time.perf_counter()
    checker.check(document)
    assert time.perf_counter() - start < 0.2


GREETING = flow(
    {"type": "ask", "id": "name", "text": "Como se chama?", "save_as": "name"},
    {"type": "send_message", "id": "hello", "text": "Olá, {{ name }}!"},
    PERSON,
    edges="name answered hello; hello next person",
    triggers=[{"on": "message"}],
    tests=[{"name": "Ana", "turns": [
        {"text": "oi", "expect": ["Como se chama?"]},
        {"text": "Ana", "expect": ["Oi, Ana."], "exits": ["name.answered", "hello.next"], "state": "done",
         "vars": {"name": "Bia"}},
    ]}],
)  # fmt: skip


def test_a_test_run_tells_each_turn_with_what_was_expected_and_what_came() -> None:
    run = run_tests(GREETING, [])
    assert (run.ran, len(run.failed)) == (1, 1)
    first, second = run.verdicts[0].turns
    assert first.differences == []
    assert {(d.kind, d.name): (d.expected, d.got) for d in second.differences} == {
        ("messages", ""): (["Oi, Ana."], ["Olá, Ana!"]),
        ("state", ""): ("done", "handed_over"),
        ("vars", "name"): ("Bia", "Ana"),
    }
    assert second.path == [("name", "answered"), ("hello", "next"), ("person", "")]
    assert "name.answered" in run.taken
    assert "name.invalid" in run.missed


def test_the_new_answer_can_be_accepted_as_the_expected_one() -> None:
    verdict = run_tests(GREETING, []).verdicts[0]
    value = msgspec.to_builtins(accepted(GREETING.tests[0], verdict))
    mended = apply(GREETING, SetFlow(path="/tests/0", value=value)).document
    assert run_tests(mended, []).failed == []


def test_a_turn_that_cannot_be_given_ends_its_test_and_says_why() -> None:
    test = {"name": "late", "turns": [{"text": "oi"}, {"answer": {"value": 1}}, {"text": "nunca"}]}
    document = apply(GREETING, SetFlow(path="/tests", value=[test])).document
    turns = run_tests(document, []).verdicts[0].turns
    assert len(turns) == 2
    assert (turns[1].differences[0].kind, turns[1].differences[0].got) == ("input", "test:no-open-call")


def test_a_test_that_cannot_begin_fails_alone() -> None:
    tests = [{"name": "no zone", "at": "2026-01-01T10:00:00", "turns": []}, {"name": "empty", "turns": []}]
    run = run_tests(apply(GREETING, SetFlow(path="/tests", value=tests)).document, [])
    assert [v.passed for v in run.verdicts] == [False, True]
