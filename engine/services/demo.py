"""The stage of a demonstration: one company, stand-ins of the Graph API and of an ERP in this process, one clock.

The stand-ins are reached over HTTP only, under `/_fake/graph` and `/_fake/erp` of the same address, so that a
demonstration takes the way that a real message takes. What a presenter does to them (a customer writes, the ERP
goes down) is done with the handles here.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from connectors.fake.erp import FakeErp
from connectors.fake.graph import FakeGraph
from engine.services import clock, people
from engine.services.runtime import Runtime

KEY_NAME = "ERP (demo)"


@dataclass(slots=True)
class StageClock:
    """The company's clock for the stand-ins: the real one and what the presenter let pass."""

    offset: timedelta = timedelta(0)

    def seconds(self) -> float:
        return time.time() + self.offset.total_seconds()

    def moment(self) -> datetime:
        return datetime.now(UTC) + self.offset


@dataclass(slots=True)
class Demo:
    """`whatsapp` and `webchat` are channel ids of company `tenant`. `email` and `password` are the demo login.

    `graph.user_says(phone, text=…)` is a customer who writes, `graph.sent` what was delivered to phones,
    `graph.listen()` the events as they happen, `graph.script(…)` a fault; `erp.fault("down")`, `erp.reset()`,
    `erp.pay(link_id)` and `erp.ledger` are the books.
    """

    tenant: int
    whatsapp: int
    webchat: int
    graph: FakeGraph
    erp: FakeErp
    email: str = ""
    password: str = field(default="", repr=False)
    time: StageClock = field(default_factory=StageClock)

    async def advance(self, rt: Runtime, delta: timedelta) -> datetime:
        """Let time pass for the company and the stand-ins alike; the new time."""
        now = await clock.advance(rt, self.tenant, delta)
        self.time.offset += delta
        return now

    async def reset_clock(self, rt: Runtime) -> None:
        await clock.reset(rt, self.tenant)
        self.time.offset = timedelta(0)

    async def aclose(self) -> None:
        await self.graph.aclose()
        await self.erp.aclose()


async def erp_key(rt: Runtime, tenant: int) -> str:
    """A key with which the mock ERP reports payments. Only its hash is kept, so every start makes a new one and
    takes the old one back."""
    for known in await people.api_keys(rt, tenant):
        if known.name == KEY_NAME and known.revoked_at is None:
            await people.revoke_api_key(rt, tenant, known.id)
    _, key = await people.create_api_key(rt, tenant, KEY_NAME, ["events:write"])
    return key
