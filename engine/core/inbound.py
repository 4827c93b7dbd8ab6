"""What a channel's webhook means, before any conversation is known.

A connector's `parse` turns raw bytes into a list of these; intake stores one inbox row for each. `key` is the
channel's own identity of the happening: two deliveries with the same key are one happening.
Times are aware UTC; a channel that gives none gets the time of receipt from intake (`at=None`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from engine.core.message import Inbound

IdentityKind = Literal[
    "wa_id", "bsuid", "parent_bsuid", "lid", "psid", "igsid", "webchat", "email", "cpf", "phone"
]
DeliveryState = Literal["accepted", "sent", "delivered", "read", "played", "failed", "deleted", "unknown"]


class Identity(msgspec.Struct, frozen=True):
    """One name under which a channel knows a person. Values are compared exactly, after the connector's
    normalisation (digits only for numbers)."""

    kind: IdentityKind
    value: str


class Sender(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who wrote: at least one identity, the best for answering first."""

    identities: list[Identity]
    name: str = ""
    username: str = ""


class ChannelError(msgspec.Struct, frozen=True, omit_defaults=True):
    code: int
    title: str = ""
    detail: str = ""


class MessageIn(msgspec.Struct, frozen=True, tag="message", omit_defaults=True):
    """A person said something. `reply_to` is the external id of the message that it answers; `referral` the
    advertisement or link that it came through; `forwarded` tells that they did not write it themselves."""

    key: str
    sender: Sender
    content: Inbound
    at: datetime | None = None
    reply_to: str = ""
    referral: dict[str, object] = {}
    forwarded: bool = False


class StatusIn(msgspec.Struct, frozen=True, tag="status", omit_defaults=True):
    """What became of a message of ours. `message` is its external id, `outbox` our own id when the channel
    carried it back; `raw_status` keeps a value that we do not know (`status="unknown"`)."""

    key: str
    message: str
    status: DeliveryState
    at: datetime | None = None
    recipient: str = ""
    outbox: str = ""
    raw_status: str = ""
    errors: list[ChannelError] = []
    pricing: dict[str, object] = {}


class EditIn(msgspec.Struct, frozen=True, tag="edit", omit_defaults=True):
    key: str
    message: str
    content: Inbound
    sender: Sender | None = None
    at: datetime | None = None


class RevokeIn(msgspec.Struct, frozen=True, tag="revoke", omit_defaults=True):
    """The person took a message back: our copy's content must go."""

    key: str
    message: str
    sender: Sender | None = None
    at: datetime | None = None


class IdentityChanged(msgspec.Struct, frozen=True, tag="identity_changed", omit_defaults=True):
    """A person changed their number: `old` and `new` are one person from now on."""

    key: str
    old: Identity
    new: Identity
    at: datetime | None = None


class PreferenceChanged(msgspec.Struct, frozen=True, tag="preference", omit_defaults=True):
    """The person told the channel (not us) whether they want marketing."""

    key: str
    sender: Sender
    wants_marketing: bool
    at: datetime | None = None


class TypingIn(msgspec.Struct, frozen=True, tag="typing", omit_defaults=True):
    key: str
    sender: Sender


class Notice(msgspec.Struct, frozen=True, tag="notice", omit_defaults=True):
    """News about the account, a number or a template: `topic` is the channel's own field name."""

    key: str
    topic: str
    data: dict[str, object]
    errors: list[ChannelError] = []
    at: datetime | None = None


class RefusedIn(msgspec.Struct, frozen=True, tag="refused", omit_defaults=True):
    """Part of a delivery that could not be read. It is kept for an operator; the rest goes on.

    `code` is an `area:slug`, `path` a JSON pointer into the body.
    """

    key: str
    code: str
    path: str = ""
    detail: str = ""


ChannelEvent = (
    MessageIn
    | StatusIn
    | EditIn
    | RevokeIn
    | IdentityChanged
    | PreferenceChanged
    | TypingIn
    | Notice
    | RefusedIn
)
