"""A conversation's session as it stands, and the conversation of an address: for looking at, never for turns."""

from __future__ import annotations

import msgspec

from engine.core.session import Session
from engine.store.database import Connection


async def session(c: Connection, conversation: int) -> Session | None:
    """None where no flow ran yet, or there is no such conversation."""
    found: bytes | None = await c.fetchval("SELECT session FROM conversation WHERE id = $1", conversation)
    return None if found is None else msgspec.json.decode(found, type=Session)


async def conversation_at(c: Connection, channel: int, addresses: list[str]) -> int | None:
    """The latest conversation of the person whom the channel knows by one of these addresses."""
    found: int | None = await c.fetchval(
        "SELECT v.id FROM conversation v JOIN contact_identity i ON i.contact_id = v.contact_id "
        "WHERE i.channel_id = $1 AND i.value = ANY($2::text[]) AND v.channel_id = $1 ORDER BY v.id DESC LIMIT 1",
        channel,
        addresses,
    )
    return found
