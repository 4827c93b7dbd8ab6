"""Setting a conversation aside until a time. The time, the customer's next word or its end bring it back; the
latter two are a trigger of the database, because every way in must do it."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.core.errors import TramaError
from engine.services import clock
from engine.services.live import News
from engine.services.runtime import Runtime
from engine.store import audit, inbox_thread

FURTHEST = timedelta(days=366)


async def snooze(
    rt: Runtime, tenant: int, conversation: int, until: datetime | None, *, by: int | None
) -> datetime | None:
    """Set it aside until then, on the company's clock; None brings it back. What it was before, for an undo. Raises
    `snooze:past`, `snooze:too-far`, `conversation:unknown`."""
    if until is not None:
        now = await clock.now(rt, tenant)
        if until <= now:
            raise TramaError("snooze:past", "the time is over already", path="/until")
        if until > now + FURTHEST:
            raise TramaError("snooze:too-far", "at most a year ahead", path="/until")
    async with rt.db.tenant(tenant) as c:
        before = await inbox_thread.snooze(c, conversation, until, by)
        if before != until:
            action = "conversation_snoozed" if until is not None else "conversation_unsnoozed"
            await audit.note(
                c,
                action,
                f"conversation:{conversation}",
                person=by,
                before={"until": before},
                after={"until": until},
            )
    rt.live.publish(
        News("conversation_changed", tenant, conversation, {"snoozed": until is not None}, person=by or 0)
    )
    return before


async def wake(rt: Runtime, tenant: int) -> int:
    """Bring back what is due; how many. Part of the sweep."""
    async with rt.db.tenant(tenant) as c:
        woken = await inbox_thread.wake(c)
    for conversation, person in woken:
        rt.live.publish(
            News("conversation_changed", tenant, conversation, {"woke": True}, person=person or 0)
        )
    return len(woken)
