"""Secrets are named by the flow's author alone: what comes in from outside stays data."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from engine.core.effects import Call
from engine.core.flow import Flows, TestTurn
from engine.core.replay import Player, world_of
from engine.core.secrets import MEMBER, parts, references
from engine.nodes import open_flow


def call(node: dict[str, Any], event: dict[str, Any]) -> Call:
    ask = {
        "type": "http_request",
        "id": "ask",
        "url": "https://example.com",
        "save_as": "x",
        "method": "POST",
    }
    flow = open_flow(
        {
            "format": 1,
            "id": "f",
            "name": "f",
            "kind": "chatbot",
            "start": "ask",
            "triggers": [{"on": "event", "event": "go"}],
            "variables": [{"name": "data", "argument": True}],
            "nodes": [{**ask, **node}],
        }
    )
    player = Player(Flows.of(flow), at=datetime(2026, 11, 20, tzinfo=UTC), world=world_of({}))
    answer = player.play(TestTurn(event={"name": "go", "data": event}))
    return next(e for e in answer.effects if isinstance(e, Call))


def test_the_authors_reference_is_found() -> None:
    made = call({"headers": {"Authorization": {"secret": "crm"}}, "body": {"a": [1, {"secret": "k"}]}}, {})
    assert made.args[MEMBER] == ["/headers/Authorization", "/body/a/1"]


def test_what_another_system_sends_is_never_a_reference() -> None:
    made = call({"body": {"given": "{{ data }}"}}, {"data": {"secret": "crm"}})
    assert made.args["body"] == {"given": {"secret": "crm"}}
    assert MEMBER not in made.args


def test_a_name_that_is_filled_in_is_no_reference() -> None:
    assert references({"a": {"secret": "{{ data }}"}}) == []


def test_pointers_are_read_back() -> None:
    assert references({"a/b": {"~x": {"secret": "s"}}}) == ["/a~1b/~0x"]
    assert parts("/a~1b/~0x") == ["a/b", "~x"]
