"""WhatsApp Cloud API (Meta Graph), as a channel.

`settings` what an operator enters, `verify` signature and challenge, `parse` and `contents` webhook to events,
`compose` and `send` contents to requests, `errors` the table of policies, `media` attachments, `introduction` whose
number it is.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime
from typing import ClassVar

from connectors.contract import (
    Channel,
    ChannelSettings,
    Delivery,
    NotSent,
    Rate,
    Received,
    Reply,
    Request,
    Response,
    SendPlan,
)
from connectors.whatsapp_cloud import settings as facts
from connectors.whatsapp_cloud.errors import Verdict, classify
from connectors.whatsapp_cloud.introduction import introduce
from connectors.whatsapp_cloud.media import fetch
from connectors.whatsapp_cloud.parse import parse
from connectors.whatsapp_cloud.send import acknowledge, send
from connectors.whatsapp_cloud.settings import Settings
from connectors.whatsapp_cloud.verify import handshake, signature, verify
from engine.core.inbound import ChannelEvent
from engine.core.message import Limits

__all__ = ["Settings", "Verdict", "WhatsAppCloud", "classify", "signature"]


class WhatsAppCloud(Channel):
    kind: ClassVar[str] = "whatsapp_cloud"
    title: ClassVar[str] = "WhatsApp Cloud"
    Settings: ClassVar[type[ChannelSettings]] = Settings
    limits: ClassVar[Limits] = facts.LIMITS
    rates: ClassVar[tuple[Rate, ...]] = facts.RATES
    reconciles: ClassVar[bool] = True

    def handshake(self, settings: facts.Settings, received: Received) -> Reply:
        return handshake(settings, received)

    def verify(self, settings: facts.Settings, received: Received) -> bool:
        return verify(settings, received)

    def parse(self, settings: facts.Settings, body: bytes) -> list[ChannelEvent]:
        return parse(settings, body)

    def send(self, settings: facts.Settings, delivery: Delivery, now: datetime) -> SendPlan:
        return send(settings, delivery)

    def mark_read(self, settings: facts.Settings, external_id: str, *, typing: bool) -> SendPlan:
        return acknowledge(settings, external_id, typing=typing)

    def introduce(self, settings: facts.Settings) -> Generator[Request, Response, str | NotSent]:
        return introduce(settings)

    def fetch_media(
        self, settings: facts.Settings, ref: str
    ) -> Generator[Request, Response, Response | NotSent]:
        return fetch(settings, ref)
