"""Where a conversation stands in its flows, as people look at it."""

from __future__ import annotations

from connectors.phone import variants
from engine.core.session import Session
from engine.services.runtime import Runtime
from engine.store import sessions as store


async def session(rt: Runtime, tenant: int, conversation: int) -> Session | None:
    """The session with its frames, variables and wait; None before the first turn."""
    async with rt.db.tenant(tenant) as c:
        return await store.session(c, conversation)


async def conversation_at(rt: Runtime, tenant: int, channel: int, address: str) -> int | None:
    """The conversation of the person at `address` (a phone number with country code, or the channel's own id)."""
    async with rt.db.tenant(tenant) as c:
        return await store.conversation_at(c, channel, list({address, *variants(address)}))
