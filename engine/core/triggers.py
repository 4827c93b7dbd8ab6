"""Which flow an event starts. Every trigger looked at is recorded, so that "why this flow?" has an answer.

Of several that match the highest `priority` wins, then the more particular kind (a button before a keyword before
a first message before any message), then the flow's id: never chance, never the order of loading.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from engine.core.events import AnyEvent, EventOccurred, MessageReceived
from engine.core.flow import Flow, Trigger
from engine.core.logic import RuleError, compile_rule, truthy
from engine.core.message import Chosen
from engine.core.run import Run
from engine.core.trace import Considered
from engine.core.words import folded, tokens
from engine.core.world import World


class Match(NamedTuple):
    flow: Flow
    number: int
    trigger: Trigger
    arguments: dict[str, Any]


def choose(
    flows: Iterable[Flow], event: AnyEvent, world: World, *, interrupting: bool = False
) -> tuple[Match | None, list[Considered]]:
    """The trigger that this event fires, and all that were looked at. `interrupting` takes only triggers that
    may break into a running flow."""
    run = Run(event, world)
    facts = _facts(run)
    considered: list[Considered] = []
    best: tuple[tuple[int, int], Match] | None = None
    for flow in flows:
        for index, trigger in enumerate(flow.triggers):
            if trigger.on not in _KINDS.get(type(event), ()) or (interrupting and not trigger.interrupt):
                continue
            rank, why = _rank(trigger, event, facts, world)
            if rank and trigger.when is not None:
                try:
                    if not truthy(compile_rule(trigger.when)(facts["data"], run.env)):
                        rank, why = 0, "rule is false"
                except RuleError as error:
                    rank, why = 0, error.code
            considered.append(Considered(flow=flow.id, trigger=index, matched=bool(rank), why=why))
            if rank and (best is None or (trigger.priority, rank) > best[0]):
                best = ((trigger.priority, rank), Match(flow, index, trigger, _arguments(flow, event)))
    return (best[1] if best else None), considered


_KINDS: dict[type, tuple[str, ...]] = {
    MessageReceived: ("message", "button", "campaign"),
    EventOccurred: ("event", "webhook", "closed", "silence", "date", "schedule", "command"),
}
_NAMED = {
    "closed": "conversation.closed",
    "silence": "contact.silent",
    "date": "contact.date",
    "schedule": "schedule.due",
    "command": "agent.command",
    "webhook": "webhook.received",
}


def _facts(run: Run) -> dict[str, Any]:
    message = run.message()
    data = {
        "contact": run.world.contact,
        "conversation": run.world.conversation,
        "channel": {"kind": run.world.channel},
        "company": run.world.company,
        "message": message,
        "event": run.event_data(),
    }
    return {"message": message, "data": data}


def _rank(trigger: Trigger, event: AnyEvent, facts: dict[str, Any], world: World) -> tuple[int, str]:
    """0 does not match; otherwise the more particular, the higher."""
    if trigger.channels and world.channel not in trigger.channels:
        return 0, "another channel"
    match event:
        case MessageReceived():
            return _rank_message(trigger, event, facts)
        case EventOccurred(name=name, data=data):
            if trigger.on == "event":
                return (5, name) if trigger.event == name else (0, "another event")
            if name != _NAMED.get(trigger.on):
                return 0, "another event"
            same = trigger.event in ("", data.get("trigger", trigger.event))
            return (4, trigger.on) if same else (0, "another trigger")
    return 0, "another kind"


def _rank_message(trigger: Trigger, event: MessageReceived, facts: dict[str, Any]) -> tuple[int, str]:
    said = facts["message"]["folded"]
    if trigger.on == "button":
        chosen = [c.id for c in event.contents if isinstance(c, Chosen)]
        hit = [i for i in chosen if i in trigger.payloads]
        return (6, f"button {hit[0]}") if hit else (0, "another button")
    if trigger.on == "campaign":
        return 0, "not a reply to a campaign"
    if trigger.first and not event.first:
        return 0, "not the first message"
    if trigger.keywords:
        for word in trigger.keywords:
            if _says(said, folded(word), trigger.match):
                return 4, f"keyword {word}"
        return 0, "no keyword"
    return (3, "first message") if trigger.first else (1, "any message")


def _says(said: str, word: str, how: str) -> bool:
    match how:
        case "starts":
            return said.startswith(word)
        case "contains":
            return f" {' '.join(tokens(word))} " in f" {' '.join(tokens(said))} "
    return said == word


def _arguments(flow: Flow, event: AnyEvent) -> dict[str, Any]:
    """Members of the event's data that the flow declares as arguments."""
    if not isinstance(event, EventOccurred):
        return {}
    wanted = {v.name for v in flow.document.variables if v.argument}
    return {k: v for k, v in event.data.items() if k in wanted}
