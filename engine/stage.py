"""Sets the stage of a demonstration: the demo company loaded, and the stand-ins wired to this process's own address."""

from __future__ import annotations

from engine.services import clock
from engine.services.demo import Demo, StageClock, erp_key
from engine.services.runtime import Runtime
from seeds import demo as seed


async def open_stage(rt: Runtime, address: str) -> Demo:
    """`address` is where this process answers, such as `http://127.0.0.1:8000`. The caller closes the `Demo`."""
    # they bring test tools with them that an ordinary start does not need
    from connectors.fake.erp import FakeErp
    from connectors.fake.graph import FakeGraph

    graph_url, erp_url = f"{address}/_fake/graph", f"{address}/_fake/erp"
    loaded = await seed.load(rt, graph_url=graph_url, erp_url=erp_url)
    time = StageClock(await clock.now(rt, loaded.tenant) - rt.now())
    graph = FakeGraph(
        callback_url=f"{address}/webhooks/whatsapp/{loaded.whatsapp}",
        phone_number_id=seed.PHONE_NUMBER_ID,
        delay=0.6,
        clock=time.seconds,
    )
    for name, language, parameters in seed.TEMPLATES:
        graph.template(name, language, parameters)
    erp = FakeErp(
        callback_url=f"{address}/api/v1/events/payment.received",
        callback_headers={"x-api-key": await erp_key(rt, loaded.tenant)},
        clock=time.moment,
    )
    return Demo(
        tenant=loaded.tenant,
        whatsapp=loaded.whatsapp,
        webchat=loaded.webchat,
        graph=graph,
        erp=erp,
        email=seed.EMAIL,
        password=seed.PASSWORD,
        time=time,
    )
