"""What a person typed and has not sent. Drafts are each person's own: nobody else reads them."""

from __future__ import annotations

import time

from engine.core.errors import TramaError
from engine.services.runtime import Runtime
from engine.store import conversations
from engine.store import drafts as store
from engine.store.drafts import DraftKind, DraftRow

LONGEST = 20_000
_AHEAD = 60_000
"""Milliseconds that a browser's clock may be ahead of ours."""


async def save(
    rt: Runtime,
    tenant: int,
    person: int,
    conversation: int,
    kind: DraftKind,
    text: str,
    *,
    reply_to: str = "",
    rev: int = 0,
) -> bool:
    """Keep it; False when a later one is kept already. `rev` is when it was typed, in milliseconds since 1970 by the
    browser's clock (0: now). An empty text takes the draft away. Raises `draft:too-long`, `conversation:unknown`."""
    if len(text) > LONGEST:
        raise TramaError("draft:too-long", f"at most {LONGEST} characters", path="/text")
    now = int(time.time() * 1000)
    async with rt.db.tenant(tenant) as c:
        await conversations.get(c, conversation)
        return await store.save(
            c, person, conversation, kind, text, reply_to[:300], min(rev or now, now + _AHEAD)
        )


async def drafts(rt: Runtime, tenant: int, person: int, conversation: int) -> list[DraftRow]:
    """The person's reply and note that are begun in this conversation. An emptied one is there with an empty
    text, so that a browser knows that what it kept itself is older."""
    async with rt.db.tenant(tenant) as c:
        return await store.of(c, person, conversation)
