"""The demo company: people, a WhatsApp number and a webchat, the ERP, opening hours, commands, ready-made flows.

Loading it again changes nothing that somebody has changed since, but the addresses of the stand-ins, which may be
others at every start.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from connectors.fake.erp import API_KEY
from connectors.fake.graph import ACCESS_TOKEN, APP_SECRET, VERIFY_TOKEN
from connectors.registry import channels as channel_kinds
from engine.services import channels, companies, flows, people
from engine.services.runtime import Runtime
from seeds import desk, team

SLUG = "energia-clara"
NAME = "Energia Clara"
EMAIL = "demo@plataforma.com"
PASSWORD = "demo123"  # noqa: S105  the one that the demo prints; it exists in demo mode only
PHONE_NUMBER_ID = "106540352242922"
TEMPLATES = desk.APPROVED
"""Message templates that the stand-in counts as approved: name, language, number of parameters."""
FLOWS = Path(__file__).resolve().parent.parent / "flows"


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """What was loaded: ids of the company and its channels (`webchat` 0 where there is none)."""

    tenant: int
    whatsapp: int
    webchat: int
    flows: list[str]


SETTINGS = msgspec.structs.replace(
    companies.READY_MADE,
    company={"name": NAME, "pix_key": "123e4567-e12b-12d1-a456-426655440000", "city": "São Paulo"},
)


async def load(
    rt: Runtime,
    *,
    graph_url: str = "http://127.0.0.1:8099",
    erp_url: str = "http://127.0.0.1:8098",
    burst_seconds: float = 1.0,
) -> Demo:
    """Make the demo company or bring it up to date. The demo login is made in demo mode only (`TRAMA_DEMO`)."""
    tenant, fresh = await companies.ensure(rt, SLUG, NAME)
    if fresh:
        await companies.configure(rt, tenant, SETTINGS)
    if rt.settings.demo:
        await people.save_person(rt, tenant, EMAIL, "Demonstração", PASSWORD, ["administrator"])
    whatsapp = await channels.save(
        rt, tenant, "whatsapp_cloud", "WhatsApp", _whatsapp(graph_url, burst_seconds)
    )
    webchat = 0
    if "webchat" in channel_kinds():
        webchat = await channels.save(rt, tenant, "webchat", "Webchat", {"burst_seconds": burst_seconds})
    await channels.save_service(rt, tenant, "erp", "erp", {"base_url": erp_url}, {"api_key": API_KEY})
    await desk.load(rt, tenant)
    loaded = await flows.load(rt, tenant, FLOWS.glob("*.json"))
    await team.load(rt, tenant, PASSWORD if rt.settings.demo else "")
    await desk.load(rt, tenant)
    return Demo(tenant=tenant, whatsapp=whatsapp, webchat=webchat, flows=loaded)


def _whatsapp(graph_url: str, burst_seconds: float) -> dict[str, Any]:
    return {
        "base_url": graph_url,
        "phone_number_id": PHONE_NUMBER_ID,
        "waba_id": "419561257915477",
        "display_number": "554130001000",
        "app_secret": APP_SECRET,
        "access_token": ACCESS_TOKEN,
        "verify_token": VERIFY_TOKEN,
        "burst_seconds": burst_seconds,
    }
