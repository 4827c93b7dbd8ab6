"""What a turn wants from the world. Effects are data: the pipeline commits them with the session and carries
them out afterwards, each at least once, under its `id`, which makes a repeat recognisable.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from engine.core.message import Outbound

ServiceName = Literal["erp", "http", "llm", "crm"]


class Effect(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    id: str


class Send(Effect, tag="send", frozen=True, kw_only=True):
    """One bubble to the contact on the conversation's channel."""

    content: Outbound
    reply_to: str = ""


class MarkRead(Effect, tag="mark_read", frozen=True, kw_only=True):
    """Show the contact that message `message` (external id) was read, and that an answer is being typed."""

    message: str
    typing: bool = True


class Call(Effect, tag="call", frozen=True, kw_only=True):
    """Ask a service; the answer comes back as `CallAnswered(call=id)`. `timeout` in seconds over all tries.

    `args` are JSON; a value `{"secret": name}` is replaced by the tenant's secret at the edge only.
    """

    service: str
    operation: str
    args: dict[str, Any] = {}
    timeout: float = 15.0


class StartTimer(Effect, tag="start_timer", frozen=True, kw_only=True):
    due: datetime
    wait: str
    kind: Literal["timeout", "reminder", "until"]


class UpdateContact(Effect, tag="update_contact", frozen=True, kw_only=True):
    """Known columns (name, email, cpf, phone, language) or custom fields, by name; null clears."""

    fields: dict[str, Any]


class TagContact(Effect, tag="tag_contact", frozen=True, kw_only=True):
    add: list[str] = []
    remove: list[str] = []


class SetConsent(Effect, tag="set_consent", frozen=True, kw_only=True):
    """Opt-in or opt-out for `topic` ("all" or for example "marketing"), with the words that were agreed to."""

    granted: bool
    topic: str = "all"
    text: str = ""


class AddNote(Effect, tag="add_note", frozen=True, kw_only=True):
    text: str


class EmitEvent(Effect, tag="emit_event", frozen=True, kw_only=True):
    name: str
    data: dict[str, Any] = {}


class Notify(Effect, tag="notify", frozen=True, kw_only=True):
    """Tell people or systems outside the conversation. `to` is an address, number or the name of a webhook."""

    by: Literal["email", "sms", "webhook", "in_app"]
    to: str
    subject: str = ""
    text: str = ""


class ScheduleFlow(Effect, tag="schedule_flow", frozen=True, kw_only=True):
    flow: str
    due: datetime
    arguments: dict[str, Any] = {}


class HandOver(Effect, tag="hand_over", frozen=True, kw_only=True):
    """Give the conversation to people. `priority` 1 (low) to 10; `reason` a short code, `summary` for the agent."""

    queue: str = ""
    priority: int = 5
    skill: str = ""
    agent: str = ""
    reason: str = ""
    summary: str = ""


class RecordRating(Effect, tag="record_rating", frozen=True, kw_only=True):
    score: int
    comment: str = ""


class CloseConversation(Effect, tag="close_conversation", frozen=True, kw_only=True):
    reason: str = ""


AnyEffect = (
    Send
    | MarkRead
    | Call
    | StartTimer
    | UpdateContact
    | TagContact
    | SetConsent
    | AddNote
    | EmitEvent
    | Notify
    | ScheduleFlow
    | HandOver
    | RecordRating
    | CloseConversation
)
