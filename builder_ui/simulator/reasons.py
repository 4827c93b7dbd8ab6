"""Why a turn did what it did, in the words of the screens: pure, from a trace and the flows that it visited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from engine.core.flow import Flow
from engine.core.logic import RuleError, explain
from engine.core.trace import Step
from engine.nodes.decide import Decide

SHOWN = 400
"""Characters of a value."""


@dataclass(frozen=True)
class Ruling:
    """A case of a decision: what it said, and whether it was the one."""

    label: str
    words: str
    taken: bool


@dataclass(frozen=True)
class Visit:
    """A node that was visited. `exit` is "" where it waits."""

    flow: str
    node: str
    title: str
    icon: str
    kind: str
    exit: str
    why: str
    error: str
    depth: int
    reads: list[tuple[str, str]] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)


def visit(step: Step, flow: Flow | None, language: str, labels: Mapping[str, str] | None = None) -> Visit:
    """`flow` None: it cannot be read any more; the bare ids are shown then. `labels` name fields by dotted path."""
    node = flow.nodes.get(step.node) if flow is not None else None
    palette = getattr(node, "palette", None)
    kind = palette.title.get(language, step.kind) if palette is not None else step.kind
    rulings = _rulings(node, step, language, labels) if isinstance(node, Decide) else []
    exit_ = step.exit
    if isinstance(node, Decide):
        exit_ = next((c.label or c.exit for c in node.cases if c.exit == step.exit), step.exit)
    return Visit(
        flow=flow.document.name if flow is not None else step.flow,
        node=step.node,
        title=(getattr(node, "label", "") or step.node),
        icon=palette.icon if palette is not None else "help",
        kind=kind,
        exit=exit_,
        why=step.why,
        error=step.error,
        depth=step.depth,
        reads=[(name, value(v)) for name, v in step.reads.items()],
        changed=[(name, value(v)) for name, v in step.changed.items()],
        rulings=rulings,
    )


def _rulings(node: Decide, step: Step, language: str, labels: Mapping[str, str] | None) -> list[Ruling]:
    """The cases that were looked at, each with the values behind it."""
    data, found = nested(step.reads), []
    for case in node.cases:
        try:
            words = explain(
                case.when, data, lang="en" if language == "en" else "pt-BR", labels=labels
            ).render()
        except RuleError as fault:
            words = fault.code
        taken = case.exit == step.exit
        found.append(Ruling(case.label or case.exit, words, taken))
        if taken:
            break
    return found


def nested(reads: Mapping[str, Any]) -> dict[str, Any]:
    """`{"contact.cpf": 1}` as `{"contact": {"cpf": 1}}`; a longer path adds to a shorter one's object."""
    found: dict[str, Any] = {}
    for path in sorted(reads, key=lambda p: p.count(".")):
        *above, last = path.split(".")
        place: Any = found
        for part in above:
            place = place.setdefault(part, {}) if isinstance(place, dict) else {}
            if isinstance(place, list) and part.isdigit():
                break
        if isinstance(place, dict):
            place[last] = reads[path]
    return found


def value(shown: Any) -> str:
    """A value as a person reads it: texts bare, the rest as JSON, long ones cut."""
    text = shown if isinstance(shown, str) else msgspec.json.encode(shown).decode()
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def cause(event: Mapping[str, Any]) -> str:
    """What happened, in the event's own words: the text, the name of the event, the answer's error."""
    match event.get("type"):
        case "message_received":
            return " ⏎ ".join(_said(c) for c in event.get("contents", []))
        case "event_occurred":
            return str(event.get("name", ""))
        case "call_answered":
            return str(event.get("error", "")) if not event.get("ok", True) else value(event.get("value"))
        case "timer_fired":
            return str(event.get("kind", ""))
        case "flow_called":
            return str(event.get("flow", ""))
    return ""


def _said(content: Mapping[str, Any]) -> str:
    for name in ("text", "title", "caption", "emoji", "kind"):
        if content.get(name):
            return str(content[name])
    return str(content.get("type", ""))
