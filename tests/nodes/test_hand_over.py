"""A hand-over that the flow goes on after: people serve, and when they are done the bot takes up where it was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.core.flow import Flows, TestTurn
from engine.core.message import plain
from engine.core.replay import Player
from engine.nodes import open_flow


def flow(*exits: str) -> Any:
    edges = [{"from": "person", "exit": name, "to": name} for name in exits]
    nodes: list[dict[str, Any]] = [
        {"type": "ask", "id": "name", "text": "Nome?", "save_as": "name"},
        {"type": "hand_over", "id": "person", "queue": "geral"},
        {"type": "send_message", "id": "served", "text": "Obrigado, {{ name }}!"},
        {"type": "send_message", "id": "abandoned", "text": "Desculpe, {{ name }}."},
    ]
    document = {
        "format": 1, "id": "after", "name": "After", "kind": "chatbot", "start": "name",
        "triggers": [{"on": "message"}], "variables": [{"name": "name", "type": "text"}], "nodes": nodes,
        "edges": [{"from": "name", "exit": "answered", "to": "person"}, *edges],
    }  # fmt: skip
    return open_flow(document, 1)


AT = datetime(2026, 11, 20, 13, tzinfo=UTC)


def played(*exits: str) -> Player:
    player = Player(Flows.of(flow(*exits)), at=AT)
    for said in ("oi", "Ana"):
        player.play(TestTurn(text=said))
    return player


@pytest.mark.parametrize(
    ("event", "exit", "words"),
    [
        ("conversation.closed", "served", "Obrigado, Ana!"),
        ("ticket.abandoned", "abandoned", "Desculpe, Ana."),
    ],
)
def test_the_flow_goes_on_with_its_variables_when_the_people_are_done(
    event: str, exit: str, words: str
) -> None:
    player = played("served", "abandoned")
    assert player.play(TestTurn(text="tem alguém?")).messages == [], "a person has the conversation"
    after = player.play(TestTurn(event={"name": event}))
    assert ([plain(m) for m in after.messages], after.exits[0]) == ([words], f"person.{exit}")


def test_an_end_that_no_exit_waits_for_is_the_end() -> None:
    assert played().session.state == "handed_over"  # type: ignore[union-attr]
    after = played("served").play(TestTurn(event={"name": "ticket.abandoned"}))
    assert after.messages == []


def test_another_event_does_not_bring_it_back() -> None:
    player = played("served")
    assert player.play(TestTurn(event={"name": "payment.received"})).messages == []
    assert player.play(TestTurn(event={"name": "conversation.closed"})).exits[0] == "person.served"
