"""What can happen to a session. An event is all that a turn knows of the world's news: time and id included.

`id` is unique in the installation and the seed of every id that the turn makes, so a turn that is run twice
makes the same ids twice. `at` is aware UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from engine.core.message import Inbound


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    id: str
    at: datetime


class MessageReceived(Event, tag="message_received", frozen=True, kw_only=True):
    """The contact wrote. `contents` holds all bubbles of a burst, oldest first; `message_ids` are the channel's
    ids for them; `first` tells that this contact never wrote before; `early` that it was written before the
    question which now takes it was asked."""

    contents: list[Inbound]
    message_ids: list[str] = []
    first: bool = False
    early: bool = False
    referral: dict[str, Any] = {}


class TimerFired(Event, tag="timer_fired", frozen=True, kw_only=True):
    """A timer of the wait `wait` went off. It means nothing once the session waits for something else."""

    wait: str
    kind: Literal["timeout", "reminder", "until"]


class CallAnswered(Event, tag="call_answered", frozen=True, kw_only=True):
    """The world answered the call effect `call`. When `ok` is false `error` is an `area:slug` code."""

    call: str
    ok: bool
    value: Any = None
    error: str = ""
    detail: str = ""


class EventOccurred(Event, tag="event_occurred", frozen=True, kw_only=True):
    """Another system (or another flow) said that `name` happened, for example `payment.received`."""

    name: str
    data: dict[str, Any] = {}


class FlowCalled(Event, tag="flow_called", frozen=True, kw_only=True):
    """Start `flow` now: a schedule, a campaign, an agent's command or the try-it pane asks for it."""

    flow: str
    arguments: dict[str, Any] = {}
    reason: str = ""


class Returned(Event, tag="returned", frozen=True, kw_only=True):
    """Internal to a turn: the sub-flow that the node called has ended with `results`."""

    results: dict[str, Any] = {}
    outcome: str = "done"


AnyEvent = MessageReceived | TimerFired | CallAnswered | EventOccurred | FlowCalled | Returned
EVENT_NAMES = (
    "lead.created",
    "client.registered",
    "service.completed",
    "payment.received",
    "feedback.received",
    "conversation.closed",
    "contact.silent",
    "contact.date",
    "extension.action",
    "agent.command",
    "campaign.replied",
)
"""Names that the product itself emits or expects; any other name is allowed."""
