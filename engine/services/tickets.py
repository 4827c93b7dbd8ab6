"""Tickets as people move them: take the next one, hand it to somebody else or another queue, bring it back, end it.

Whoever gets a ticket owns its conversation; the ownership's number (`epoch`) moves on, so a screen that shows the
state of before is refused.
"""

from __future__ import annotations

from typing import Literal

from engine.core.desk.clocks import Clocks, replied, resumed
from engine.core.errors import TramaError
from engine.services.desk import Desk, desk_of
from engine.services.runtime import Runtime
from engine.store import agents as agent_store
from engine.store import audit, news, routing
from engine.store import conversations as conversation_store
from engine.store import tickets as store
from engine.store.database import Connection
from engine.store.news import Told
from engine.store.payloads import clean
from engine.store.queues import DEFAULT
from engine.store.tickets import NewTicket, TicketRow

Result = tuple[list[Told], list[int]]
LAST = 2**62


async def ticket(rt: Runtime, tenant: int, ident: int) -> TicketRow:
    """Raises `ticket:unknown`."""
    async with rt.db.tenant(tenant) as c:
        return await store.get(c, ident)


async def current(rt: Runtime, tenant: int, conversation: int) -> TicketRow | None:
    """The open ticket of a conversation."""
    async with rt.db.tenant(tenant) as c:
        return await store.current(c, conversation)


async def tickets(
    rt: Runtime,
    tenant: int,
    *,
    state: str | None = None,
    queue: str | None = None,
    person: int | None = None,
    before: int = LAST,
    limit: int = 50,
) -> list[TicketRow]:
    """A page, the latest first."""
    async with rt.db.tenant(tenant) as c:
        return await store.page(
            c, state=state, queue=queue, person=person, before=before, limit=max(1, min(limit, 200))
        )


async def board(rt: Runtime, tenant: int) -> list[TicketRow]:
    """All open tickets, urgent first: what a supervisor sees."""
    async with rt.db.tenant(tenant) as c:
        return await store.open_ones(c)


async def history(rt: Runtime, tenant: int, contact: int) -> list[TicketRow]:
    """The tickets of a contact, the latest first."""
    async with rt.db.tenant(tenant) as c:
        return await store.history(c, contact=contact, limit=100)


async def next_ticket(rt: Runtime, tenant: int, person: int) -> int | None:
    """Take what this agent would be given next, even while paused; the conversation. None when nothing waits for them
    or they have as many as they may. Raises `agent:unknown`."""
    async with rt.db.tenant(tenant) as c:
        await routing.lock(c)
        agent = await agent_store.get(c, person)
        desk = await desk_of(rt, c)
        found = await routing.next_for(c, agent, desk.queues)
        if found is None:
            return None
        given = await store.assign(c, [(found, person)], desk.at, "agent")
        await agent_store.given(c, [person], [desk.at])
        await audit.note(c, "ticket_taken", f"ticket:{found}", person=person)
        row = await store.get(c, found)
        told = [_assigned(row, person)]
        numbers = await news.tell(c, told)
    rt.live.spread(tenant, told, numbers)
    return given[0][1] if given else None


async def assign(
    rt: Runtime, tenant: int, conversation: int, person: int, *, by: int | None = None, note: str = ""
) -> None:
    """The conversation is this agent's from now on, whoever had it. One without a ticket gets one. Raises
    `conversation:unknown`, `agent:unknown`."""
    async with rt.db.tenant(tenant) as c:
        result = await _give(rt, c, conversation, person, by=by, note=note)
    rt.live.spread(tenant, *result)
    rt.nudge(tenant)


async def assign_many(
    rt: Runtime,
    tenant: int,
    idents: list[int],
    *,
    person: int | None = None,
    queue: str = "",
    by: int | None = None,
) -> tuple[int, list[tuple[int, str]]]:
    """Move many tickets to an agent or a queue: how many moved, and (ticket, code) of those that could not. Each one
    moves by itself, so one that ended meanwhile holds up none."""
    failed: list[tuple[int, str]] = []
    for ident in dict.fromkeys(idents):
        try:
            row = await ticket(rt, tenant, ident)
            if row.state not in ("waiting", "serving"):
                raise TramaError("ticket:ended", f"ticket {ident} has ended")
            await transfer(rt, tenant, row.conversation_id, queue=queue, person=person, by=by)
        except TramaError as fault:
            failed.append((ident, fault.code))
    return len(dict.fromkeys(idents)) - len(failed), failed


async def transfer(
    rt: Runtime,
    tenant: int,
    conversation: int,
    *,
    queue: str = "",
    person: int | None = None,
    note: str = "",
    by: int | None = None,
) -> None:
    """To an agent, or into the line of a queue at the place that the waiting so far has earned. `note` is left for who
    gets it. Raises `ticket:no-target`, `queue:unknown`, `agent:unknown`, `conversation:unknown`."""
    if person is None and not queue:
        raise TramaError("ticket:no-target", "name a queue or a person", path="/queue")
    if person is not None:
        await assign(rt, tenant, conversation, person, by=by, note=note)
        return
    async with rt.db.tenant(tenant) as c:
        desk = await desk_of(rt, c)
        if queue not in desk.queues and queue != DEFAULT:
            raise TramaError("queue:unknown", f"there is no queue {queue}", path="/queue")
        row = await conversation_store.get(c, conversation)
        before = await store.current(c, conversation, lock=True)
        new = NewTicket(
            conversation=conversation,
            queue=queue,
            priority=before.priority if before else desk.settings(queue).priority,
            skill="",
            reason="desk:transferred",
            summary=before.summary if before else "",
            since=desk.at,
        )
        await conversation_store.change_owner(c, conversation, "person", None, expect=None)
        await store.open_many(c, [desk.promised(new)])
        if before is not None and before.first_reply_at is not None:
            after = await store.current(c, conversation)
            assert after is not None
            # who was answered once has been answered; what is promised now is the end
            await store.set_clocks(c, after.id, _answered(after, before))
        if note.strip():
            await conversation_store.add_note(c, conversation, note[:10_000], by)
        await audit.note(
            c,
            "ticket_transferred",
            f"conversation:{conversation}",
            person=by,
            before={"queue": before.queue if before else "", "person": row.person_id},
            after={"queue": queue},
        )
        told = [
            Told(
                kind="ticket_transferred",
                conversation=conversation,
                person=row.person_id or 0,
                queue=queue,
                data={"queue": queue, "from": before.queue if before else "", "by": by or 0},
            )
        ]
        numbers = await news.tell(c, told)
    rt.live.spread(tenant, told, numbers)
    rt.nudge(tenant)


async def release(rt: Runtime, tenant: int, person: int, *, by: int | None = None) -> int:
    """Everything that this person serves goes back into its queues, at its old places; how much it was. For somebody
    who leaves."""
    async with rt.db.tenant(tenant) as c:
        theirs = await store.page(c, state="serving", person=person, limit=200)
        told = []
        for row in theirs:
            await store.release(c, row.id)
            told.append(
                Told(
                    kind="ticket_transferred",
                    conversation=row.conversation_id,
                    queue=row.queue,
                    data={"queue": row.queue, "from": row.queue, "by": by or 0},
                )
            )
        if theirs:
            await audit.note(
                c, "tickets_released", f"person:{person}", person=by, tickets=[t.id for t in theirs]
            )
        numbers = await news.tell(c, told)
    rt.live.spread(tenant, told, numbers)
    rt.nudge(tenant)
    return len(theirs)


async def set_priority(rt: Runtime, tenant: int, ident: int, priority: int, *, by: int | None = None) -> None:
    """Raises `ticket:unknown`, `ticket:ended`, `ticket:bad-priority`."""
    if not 1 <= priority <= 10:
        raise TramaError("ticket:bad-priority", "from 1 to 10", path="/priority")
    async with rt.db.tenant(tenant) as c:
        row = await store.get(c, ident, lock=True)
        if row.state not in ("waiting", "serving"):
            raise TramaError("ticket:ended", f"ticket {ident} has ended")
        await store.set_priority(c, ident, priority)
        await audit.note(
            c,
            "ticket_priority_set",
            f"ticket:{ident}",
            person=by,
            before={"priority": row.priority},
            after={"priority": priority},
        )
    rt.nudge(tenant)


# What the service of conversations does with the ticket of one, inside its own transaction.


async def take(rt: Runtime, c: Connection, conversation: int, person: int) -> list[Told]:
    """Somebody takes the conversation; its owner is changed already. One without a ticket gets one."""
    desk = await desk_of(rt, c)
    row = await store.current(c, conversation, lock=True)
    if row is None:
        row = await _opened(c, desk, conversation, "desk:taken")
    await store.reassign(c, row.id, person, desk.at, "agent")
    await agent_store.given(c, [person], [desk.at])
    told = [_assigned(row, person)]
    if row.person_id not in (None, person):
        told.append(_lost(row, person))
    return told


async def answered(rt: Runtime, c: Connection, conversation: int) -> None:
    """A person wrote to the customer: the first reply is given and the clock for the resolution stands."""
    row = await store.current(c, conversation, lock=True)
    if row is not None and (
        row.first_reply_at is None or (row.held_at is None and row.resolve_due is not None)
    ):
        desk = await desk_of(rt, c)
        await store.set_clocks(c, row.id, replied(row.clocks, desk.at, desk.calendar(row.queue)))


async def written(rt: Runtime, c: Connection, conversations: list[int]) -> None:
    """The customers of these conversations wrote: their clocks run again."""
    held = [t for t in (await store.of_conversations(c, conversations)).values() if t.held_at is not None]
    if held:
        desk = await desk_of(rt, c)
        for row in held:
            await store.set_clocks(c, row.id, resumed(row.clocks, desk.at, desk.calendar(row.queue)))


async def end(
    rt: Runtime,
    c: Connection,
    conversation: int,
    outcome: str,
    *,
    state: Literal["finished", "abandoned", "transferred"] = "finished",
) -> list[Told]:
    """The conversation's ticket ends; who had it is idle from now on if it was their last."""
    row = await store.current(c, conversation, lock=True)
    if row is None:
        return []
    desk = await desk_of(rt, c)
    back = desk.settings(row.queue).return_seconds if state == "finished" else 0
    await store.finish(c, row.id, state, desk.at, clean(outcome), back)
    if row.person_id is not None:
        await agent_store.idle(c, [row.person_id], desk.at)
    return [
        Told(
            kind="ticket_closed",
            conversation=conversation,
            person=row.person_id or 0,
            queue=row.queue,
            data={"ticket": row.id, "reason": outcome[:200], "state": state},
        )
    ]


async def _give(
    rt: Runtime, c: Connection, conversation: int, person: int, *, by: int | None, note: str
) -> Result:
    desk = await desk_of(rt, c)
    await agent_store.get(c, person)
    await conversation_store.change_owner(c, conversation, "person", person, expect=None)
    row = await store.current(c, conversation, lock=True)
    if row is None:
        row = await _opened(c, desk, conversation, "desk:assigned")
    await store.reassign(c, row.id, person, desk.at, "person")
    await agent_store.given(c, [person], [desk.at])
    if note.strip():
        await conversation_store.add_note(c, conversation, note[:10_000], by)
    await audit.note(
        c,
        "ticket_assigned",
        f"conversation:{conversation}",
        person=by,
        before={"person": row.person_id},
        after={"person": person},
    )
    told = [_assigned(row, person)]
    if row.person_id not in (None, person):
        told.append(_lost(row, person))
    return told, await news.tell(c, told)


async def _opened(c: Connection, desk: Desk, conversation: int, reason: str) -> TicketRow:
    new = NewTicket(
        conversation=conversation,
        queue="",
        priority=desk.settings(DEFAULT).priority,
        reason=reason,
        since=desk.at,
    )
    await store.open_many(c, [desk.promised(new)])
    row = await store.current(c, conversation)
    assert row is not None
    return row


def _answered(after: TicketRow, before: TicketRow) -> Clocks:
    return Clocks(
        since=after.waiting_since,
        first_due=after.first_due,
        first_reply_at=before.first_reply_at,
        resolve_due=after.resolve_due,
    )


def _assigned(row: TicketRow, person: int) -> Told:
    return Told(
        kind="ticket_assigned",
        conversation=row.conversation_id,
        person=person,
        queue=row.queue,
        data={"ticket": row.id, "queue": row.queue, "person": person},
    )


def _lost(row: TicketRow, to: int) -> Told:
    """For who had it before."""
    return Told(
        kind="ticket_transferred",
        conversation=row.conversation_id,
        person=row.person_id or 0,
        queue=row.queue,
        data={"ticket": row.id, "queue": row.queue, "person": to},
    )
