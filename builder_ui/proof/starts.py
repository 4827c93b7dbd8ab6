"""The ways in which a flow can begin, from its triggers, as inputs of a trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from builder_ui.texts import Texts
from engine.core.flow import Document, TestTurn, Trigger

NAMED = {
    "closed": "conversation.closed",
    "silence": "contact.silent",
    "date": "contact.date",
    "schedule": "schedule.due",
    "command": "agent.command",
    "webhook": "webhook.received",
}
"""The event by which a trigger hears what the product itself notices."""


@dataclass(frozen=True)
class Start:
    """`title` for the person; `turn` as it is given, unless `event` asks for its data first."""

    title: str
    turn: TestTurn
    event: str = ""


def starts(document: Document, t: Texts) -> list[Start]:
    found: list[Start] = []
    for trigger in document.triggers:
        found += _of(trigger, t)
    arguments: dict[str, Any] = {v.name: v.default for v in document.variables if v.argument}
    found.append(Start(t("proof.try.by_call"), TestTurn(call={"flow": document.id, "arguments": arguments})))
    return list({s.title: s for s in found}.values())


def _of(trigger: Trigger, t: Texts) -> list[Start]:
    match trigger.on:
        case "message":
            words = trigger.keywords[:6] or ["oi" if t.language == "pt-BR" else "hi"]
            return [Start(t("proof.try.by_keyword", word=w), TestTurn(text=w)) for w in words]
        case "button":
            return [Start(t("proof.try.by_button", name=p), TestTurn(button=p)) for p in trigger.payloads[:6]]
        case "event":
            return [_event(trigger.event, t)]
        case "campaign":
            return []
        case kind:
            return [_event(NAMED[kind], t, {"trigger": trigger.event} if trigger.event else {})]


def _event(name: str, t: Texts, data: dict[str, Any] | None = None) -> Start:
    turn = TestTurn(event={"name": name, "data": data or {}})
    return Start(t("proof.try.by_event", name=name), turn, event=name)
