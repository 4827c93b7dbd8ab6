"""What an operator enters to connect a WhatsApp Cloud number, and what the channel can show."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from connectors.contract import ChannelSettings, Rate
from engine.core.message import Limits

Secret = Annotated[str, Meta(extra_json_schema={"secret": True})]
GRAPH = "https://graph.facebook.com"

RATES = (Rate(scope="pair", period=6.0, burst=45), Rate(scope="number", period=1 / 80, burst=80))
"""1 message per 6 s to one person with 45 borrowed from the future (error 131056), 80 a second per number
(130429). Meta's throughput page, 2026-11; numbers in coexistence mode are fixed at 20 a second."""

LIMITS = Limits()

ROW_ID = 200
SECTION_TITLE = 24
SECTIONS = 10
FOOTER = 60
CALLBACK_DATA = 512
MEDIA_BYTES = 100_000_000

MEDIA_HOSTS = ("fbsbx.com", "fbcdn.net", "whatsapp.net", "facebook.com")
"""Domains (with all below them) from which Meta serves media; the access token goes nowhere else."""


class Settings(ChannelSettings, frozen=True, kw_only=True):
    """A WhatsApp Cloud number. `base_url` may point to a stand-in of the Graph API."""

    base_url: str = GRAPH
    version: Annotated[str, Meta(pattern=r"^v\d{1,3}\.\d{1,2}$")] = "v25.0"
    phone_number_id: Annotated[str, Meta(pattern=r"^\d{0,32}$")] = ""
    waba_id: Annotated[str, Meta(pattern=r"^\d{0,32}$")] = ""
    app_secret: Secret = ""
    access_token: Secret = ""
    verify_token: Secret = ""
    display_number: str = ""

    def url(self, *parts: str) -> str:
        return "/".join((self.base_url.rstrip("/"), self.version, *parts))

    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.access_token}"}
