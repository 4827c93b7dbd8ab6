"""Reading why the bot did what it did, and what could not be worked on."""

from __future__ import annotations

from engine.core.errors import TramaError
from engine.services.runtime import Runtime
from engine.store import happenings
from engine.store import traces as store
from engine.store.happenings import RefusedRow
from engine.store.traces import PutAside, TraceRow

LAST = 2**62


async def traces(
    rt: Runtime, tenant: int, conversation: int, *, before: int = LAST, limit: int = 50
) -> list[TraceRow]:
    """The turns of a conversation, newest first."""
    async with rt.db.tenant(tenant) as c:
        return await store.of_conversation(c, conversation, before=before, limit=max(1, min(limit, 200)))


async def refused(rt: Runtime, tenant: int, *, before: int = LAST, limit: int = 50) -> list[RefusedRow]:
    """Deliveries that could not be read, with their bytes."""
    async with rt.db.tenant(tenant) as c:
        return await happenings.refused(c, before=before, limit=max(1, min(limit, 200)))


async def put_aside(rt: Runtime, tenant: int, *, limit: int = 50) -> list[PutAside]:
    """Happenings whose turns failed five times."""
    async with rt.db.tenant(tenant) as c:
        return await store.put_aside(c, limit=max(1, min(limit, 200)))


async def retry(rt: Runtime, tenant: int, ident: int) -> None:
    """Raises `engine:nothing-put-aside`."""
    async with rt.db.tenant(tenant) as c:
        if not await store.retry(c, ident):
            raise TramaError("engine:nothing-put-aside", f"there is no happening {ident} that was put aside")
    rt.turns.ring()
