"""Commands that need the database: it is started (embedded), brought up to date and closed again around the work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.core.flow import Document
    from engine.services.runtime import Runtime


class Services:
    """What the commands ask for, by a company's short name."""

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt

    async def import_flow(self, company: str, document: bytes) -> str:
        """The file becomes the draft of the flow that it names; the flow's id."""
        from engine.services import companies, exchange

        tenant = await companies.find(self.rt, company)
        return (await exchange.bring_in(self.rt, tenant, document, over=True)).row.id

    async def export_flow(self, company: str, flow: str, version: int = 0) -> Document:
        from engine.services import companies, exchange

        return await exchange.take_out(self.rt, await companies.find(self.rt, company), flow, version)


def with_services(work: Callable[[Services], Awaitable[None]]) -> None:
    """Run `work` on the installation that the settings name. A server that another process uses goes on."""
    asyncio.run(_run(work))


async def _run(work: Callable[[Services], Awaitable[None]]) -> None:
    from engine.services import startup
    from engine.settings import load

    installation = await startup.install(load())
    try:
        async with startup.running(installation, listen=False) as rt:
            await work(Services(rt))
    finally:
        await asyncio.to_thread(installation.server.stop)
