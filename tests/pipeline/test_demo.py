"""The demo company end to end: the real connectors, pipeline and flows against the stand-ins of Graph and ERP."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from connectors.contract import Received, Request, Response
from connectors.driver import Driver
from connectors.fake.asgi import AsgiWire
from connectors.fake.erp import FakeErp
from connectors.fake.graph import FakeGraph
from engine.services import channels, clock, events, flows, people
from engine.services.calls import Calls
from engine.services.delivery import Deliveries
from engine.services.intake import Intake
from engine.services.runtime import Runtime
from engine.services.turn import Turns
from engine.settings import Settings
from engine.store.database import Database
from engine.store.vault import Vault
from seeds import demo


class Doorstep:
    """Carries the stand-ins' webhooks to the services, as the HTTP doors do."""

    def __init__(self) -> None:
        self.intake: Intake | None = None
        self.loaded: demo.Demo | None = None
        self.rt: Runtime | None = None

    async def exchange(self, request: Request) -> Response:
        assert self.intake is not None
        assert self.loaded is not None
        assert self.rt is not None
        body = request.content or b""
        if "events" in request.url:
            told = msgspec.json.decode(body)
            key = request.headers["idempotency-key"]
            await events.emit(self.rt, self.loaded.tenant, told["event"], told["data"], idempotency_key=key)
            return Response(status=200)
        headers = {k.lower(): v for k, v in request.headers.items()}
        received = Received(method=request.method, headers=headers, query={}, body=body)
        answer = await self.intake.receive("whatsapp_cloud", self.loaded.whatsapp, received)
        return Response(status=answer.status, body=answer.body)

    async def aclose(self) -> None:
        return None


class Stage:
    """The whole installation in one process, moved by hand."""

    def __init__(self, rt: Runtime, door: Doorstep, graph: FakeGraph, erp: FakeErp) -> None:
        self.rt, self.door, self.graph, self.erp = rt, door, graph, erp
        self.turns, self.deliveries, self.calls = Turns(rt), Deliveries(rt), Calls(rt)

    async def settle(self) -> None:
        for _ in range(12):
            worked = await self.turns.drain() + await self.calls.drain() + await self.deliveries.drain()
            await self.graph.flush()
            await self.erp.flush()
            if not worked:
                return
        raise AssertionError("it does not come to rest")

    async def says(self, text: str = "", **other: object) -> list[str]:
        """What the customer is answered."""
        before = len(self.graph.sent)
        await self.graph.user_says(**({"text": text} if text else other))
        await self.settle()
        return [m.text for m in list(self.graph.sent)[before:]]


@pytest.fixture
async def stage(database: Database):  # type: ignore[no-untyped-def]
    door = Doorstep()
    graph = FakeGraph(callback_url="http://door/webhooks", wire=door, delay=0.0)
    erp = FakeErp(callback_url="http://door/events", wire=door)
    wire = AsgiWire({"graph": graph.app, "erp": erp.app})
    rt = Runtime(
        settings=Settings(secret_key=b"k" * 32, demo=True),
        db=database,
        vault=Vault(b"k" * 32),
        courier=Driver(wire=wire),
    )
    door.rt, door.intake = rt, Intake(rt)
    door.loaded = await demo.load(rt, graph_url="http://graph", erp_url="http://erp", burst_seconds=0.0)
    yield Stage(rt, door, graph, erp)
    await graph.aclose()
    await erp.aclose()


async def test_loading_twice_changes_nothing(stage: Stage) -> None:
    assert stage.door.loaded is not None
    again = await demo.load(stage.rt, graph_url="http://graph", erp_url="http://erp", burst_seconds=0.0)
    assert again.tenant == stage.door.loaded.tenant
    assert again.whatsapp == stage.door.loaded.whatsapp
    assert again.flows == []
    assert len(await channels.channels(stage.rt, again.tenant)) == (2 if again.webchat else 1)
    assert (await people.login(stage.rt, demo.EMAIL, demo.PASSWORD)).principal.tenant == again.tenant


async def test_every_ready_made_flow_is_live_and_sound(stage: Stage) -> None:
    assert stage.door.loaded is not None
    tenant = stage.door.loaded.tenant
    for row in await flows.flows(stage.rt, tenant):
        assert row.live_version == 1
        assert [p for p in await flows.check(stage.rt, tenant, row.id) if p.severity == "error"] == []
        assert (await flows.test(stage.rt, tenant, row.id)).failed == []


async def test_maria_has_paid_everything(stage: Stage) -> None:
    await stage.says("fatura")
    said = " ".join(await stage.says("111.111.111-11"))
    assert "Maria" in said


async def test_joao_sees_his_open_invoices(stage: Stage) -> None:
    await stage.says("fatura")
    said = " ".join(await stage.says("222.222.222-22"))
    assert "R$" in said


async def test_menu_and_help_work_at_any_point(stage: Stage) -> None:
    assert await stage.says("ajuda")
    assert await stage.says("222.222.222-22")
    assert await stage.says("menu")
    assert await stage.says("ajuda")


async def test_twenty_five_hours_later_the_session_is_over(stage: Stage) -> None:
    assert stage.door.loaded is not None
    await stage.says("222.222.222-22")
    await clock.advance(stage.rt, stage.door.loaded.tenant, timedelta(hours=25))
    await stage.settle()
    async with stage.rt.db.tenant(stage.door.loaded.tenant) as c:
        assert await c.fetchval("SELECT count(*) FROM inbox WHERE state = 'dead'") == 0
        assert await c.fetchval("SELECT count(*) FROM conversation WHERE waiting_until < now()") == 0
