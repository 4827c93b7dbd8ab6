"""Where a conversation stands in its flows, as people look at it."""

from __future__ import annotations

from connectors.phone import variants
from connectors.webchat import visitor_of
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


async def visitor_conversation(rt: Runtime, tenant: int, channel: int, token: str) -> int | None:
    """The conversation of the webchat visitor who holds `token`; None for a token that is not genuine."""
    visitor = visitor_of(rt.settings.secret_key, channel, token, int(rt.now().timestamp()))
    return await conversation_at(rt, tenant, channel, visitor) if visitor else None
