"""What an inbox row carries, by its kind. JSON in the column, structs everywhere else."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Literal

import msgspec

from engine.core.message import Inbound

_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


class MessagePayload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`message_id` is the channel's id; `first` that the contact never wrote before; `at` the channel's time."""

    content: Inbound
    message_id: str
    first: bool = False
    reply_to: str = ""
    referral: dict[str, Any] = {}
    at: datetime | None = None


class TimerPayload(msgspec.Struct, frozen=True, kw_only=True):
    wait: str
    kind: Literal["timeout", "reminder", "until"]


class AnswerPayload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    call: str
    ok: bool
    value: Any = None
    error: str = ""
    detail: str = ""


class EventPayload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`hops` counts how often an event was caused by another one: what keeps flows from calling each other
    for ever."""

    name: str
    data: dict[str, Any] = {}
    hops: int = 0


class FlowPayload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    flow: str
    arguments: dict[str, Any] = {}
    reason: str = ""


def encode(value: object) -> bytes:
    """JSON that PostgreSQL's jsonb takes: it has no U+0000, which people and machines do send."""
    encoded = msgspec.json.encode(value)
    return _NUL.sub(rb"\1", encoded) if b"\\u0000" in encoded else encoded


def clean(text: str) -> str:
    """Text that a column takes."""
    return text.replace("\0", "") if "\0" in text else text
