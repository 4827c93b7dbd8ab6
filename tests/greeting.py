"""The smallest flows, for tests of what carries flows: one with a question in it, one that calls a person."""

from __future__ import annotations

from typing import Any


def greeting(ident: str = "greeting", **extra: Any) -> dict[str, Any]:
    """Asks for a name, greets with it, ends."""
    return {
        "format": 1,
        "id": ident,
        "name": "Greeting",
        "kind": "chatbot",
        "start": "name",
        "triggers": [{"on": "message"}],
        "variables": [{"name": "name", "type": "text"}],
        "nodes": [
            {"type": "ask", "id": "name", "text": "Como se chama?", "save_as": "name", "timeout_minutes": 60},
            {"type": "send_message", "id": "hello", "text": "Olá, {{ name }}!"},
            {"type": "end", "id": "end"},
            {"type": "hand_over", "id": "person"},
        ],
        "edges": [
            {"from": "name", "exit": "answered", "to": "hello"},
            {"from": "name", "exit": "invalid", "to": "person"},
            {"from": "name", "exit": "timeout", "to": "end"},
            {"from": "hello", "exit": "next", "to": "end"},
        ],
        **extra,
    }


def to_people(queue: str = "cobranca", **extra: Any) -> dict[str, Any]:
    """Hands every message over to people, with priority 6."""
    return {
        "format": 1,
        "id": "to_people",
        "name": "To people",
        "kind": "chatbot",
        "language": "pt-BR",
        "start": "people",
        "triggers": [{"on": "message"}],
        "variables": [],
        "nodes": [{"type": "hand_over", "id": "people", "queue": queue, "priority": 6}],
        "edges": [],
        **extra,
    }
