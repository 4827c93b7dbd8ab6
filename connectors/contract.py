"""What a channel must be able to do. A channel is one module in `connectors/` with one `Channel` subclass.

No method does I/O: `parse` reads bytes, `send` is a generator that yields requests and is sent the responses
(the driver, `connectors.driver`, carries them). So a channel is tested with bytes alone, and the driver's care
(time-outs, SSRF, size caps, breaker) is written once.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal

import msgspec

from engine.core.inbound import ChannelEvent, Identity
from engine.core.message import Limits, Outbound

Policy = Literal[
    "retry",  # later, with growing pauses
    "pace",  # this pair only: wait `after` seconds
    "stop_number",  # keep the outbox, stop this number, tell an operator
    "stop_channel",  # credentials or permission: stop the channel, tell an operator
    "template_needed",  # the 24-hour window is closed
    "template_unusable",
    "opted_out",
    "permanent",
    "unknown",  # the request may have been carried out: reconcile before trying again
]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP request that a channel wants. `json` xor `form` xor `content`; `files` are name -> (filename,
    bytes, mime). Header values may hold secrets: a request is never logged."""

    method: str
    url: str
    headers: Mapping[str, str] = {}
    json: Any = None
    form: Mapping[str, str] | None = None
    files: Mapping[str, tuple[str, bytes, str]] | None = None
    content: bytes | None = None
    timeout: float = 15.0
    max_bytes: int = 1_000_000

    def __repr__(self) -> str:
        return f"Request({self.method} {self.url.partition('?')[0]})"


class Response(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What the outbox wants sent. `id` travels with the message where the channel allows it and comes back in
    statuses. `to` are the person's identities on this channel, best first. `skip` bubbles of it were taken in an
    earlier try (`NotSent.sent_ids`) and must not be sent twice."""

    id: str
    to: list[Identity]
    content: Outbound
    reply_to: str = ""
    skip: int = 0


class Sent(msgspec.Struct, frozen=True, kw_only=True, tag="sent"):
    """The channel took it. `identity` is set when the channel corrected the address (ninth digit)."""

    external_ids: list[str]
    identity: Identity | None = None
    state: str = "accepted"


class NotSent(msgspec.Struct, frozen=True, kw_only=True, tag="not_sent"):
    """The channel refused it. `after` in seconds when the channel says how long to wait; `sent_ids` those
    bubbles of a longer delivery that had already been taken."""

    policy: Policy
    code: str
    detail: str = ""
    after: float | None = None
    sent_ids: list[str] = []


Outcome = Sent | NotSent
SendPlan = Generator[Request, Response, Outcome]


class Rate(msgspec.Struct, frozen=True):
    """A GCRA limit: one every `period` seconds with a `burst` borrowed from the future; per `scope`."""

    scope: Literal["pair", "number"]
    period: float
    burst: int


class ChannelSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every channel's settings. Secret fields carry `Meta(extra_json_schema={"secret": True})`: they
    are stored encrypted and never shown again."""

    burst_seconds: float = 2.0

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook call as it came: untouched bytes, lower-case header names."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What the webhook's caller is told."""

    status: int
    body: bytes = b""
    media_type: str = "text/plain"


class Channel:
    """A channel type. Instances are stateless; `settings` come with each call.

    `kind` is the value of `channel.kind` in the database and the name in URLs.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    Settings: ClassVar[type[ChannelSettings]]
    limits: ClassVar[Limits]
    rates: ClassVar[tuple[Rate, ...]] = ()
    reconciles: ClassVar[bool] = False
    """Whether a send whose outcome is unknown is told by a later status (our id travels with it)."""

    def handshake(self, settings: Any, received: Received) -> Reply:
        """Answer the channel's GET challenge."""
        return Reply(status=404)

    def verify(self, settings: Any, received: Received) -> bool:
        """Whether the delivery is genuine. Constant time; never raises on hostile headers."""
        raise NotImplementedError

    def parse(self, settings: Any, body: bytes) -> list[ChannelEvent]:
        """The events of one delivery, all of them, in their order. Unreadable parts become `RefusedIn`;
        a body that is not the channel's format at all gives one `RefusedIn`. Never raises on any bytes."""
        raise NotImplementedError

    def send(self, settings: Any, delivery: Delivery, now: datetime) -> SendPlan:
        """The requests that carry `delivery` out, and what became of it."""
        raise NotImplementedError

    def mark_read(self, settings: Any, external_id: str, *, typing: bool) -> SendPlan | None:
        """Tell the person that we read (and are typing), where the channel has that."""
        return None

    def introduce(self, settings: Any) -> Generator[Request, Response, str | NotSent] | None:
        """Ask the channel who we are to it: the name that it knows us by, or why it refuses us. None where there is
        nobody to ask."""
        return None

    def fetch_media(self, settings: Any, ref: str) -> Generator[Request, Response, Response | NotSent] | None:
        """Fetch an attachment by the channel's id; the final response carries the bytes."""
        return None
