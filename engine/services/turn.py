"""The turns: what is due is claimed, stepped and committed, many conversations in one transaction.

Turns of one conversation never overlap (its row is locked) and keep their order. A happening that makes a turn
fail is tried again with growing pauses and, after five tries, put aside with its reason while the conversation
goes to a person; the neighbours of the batch never notice.
"""

from __future__ import annotations

import asyncio
import copy
from datetime import datetime, timedelta

import asyncpg
import msgspec
import structlog

from engine.core.effects import HandOver
from engine.core.errors import TramaError
from engine.core.events import (
    AnyEvent,
    CallAnswered,
    EventOccurred,
    FlowCalled,
    MessageReceived,
    TimerFired,
)
from engine.core.message import Reaction
from engine.core.step import step
from engine.core.trace import Trace
from engine.services.desk import Desk
from engine.services.effects import Moment, carry_out, hand_over
from engine.services.live import News
from engine.services.runtime import Runtime
from engine.services.worlds import Picture
from engine.store import news, tenants, turns
from engine.store.news import Told
from engine.store.payloads import (
    AnswerPayload,
    EventPayload,
    FlowPayload,
    MessagePayload,
    TimerPayload,
    encode,
)
from engine.store.tickets import NewTicket
from engine.store.turns import Row, Seat, Writes

MOST_TRIES = 5
SWEEP_SECONDS = 1.0
_PAUSE = timedelta(seconds=2)
_log = structlog.get_logger(__name__)
# The database went away or asks for a repeat: nobody's fault, so no try is counted.
_PASSING = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)


class Turns:
    """The loop of one process. Several processes may run it on one database."""

    def __init__(self, rt: Runtime, *, batch: int = 64) -> None:
        self._rt = rt
        self._batch = batch
        self._pictures: dict[int, Picture] = {}
        self._lock = asyncio.Lock()

    async def run(self) -> None:
        """For ever: on every ring of `rt.turns`, and every second for what no ring told of."""
        while True:
            await self._rt.turns.wait(SWEEP_SECONDS)
            try:
                await self.drain()
            except _PASSING as fault:
                _log.warning("turns_paused", fault=type(fault).__name__)
                await asyncio.sleep(SWEEP_SECONDS)

    async def drain(self) -> int:
        """Work until nothing is due; how many conversations had a turn."""
        total = 0
        async with self._lock:
            while due := await tenants.with_work(self._rt.db, "turns"):
                done = 0
                for tenant in due:
                    done += await self._batch_of(tenant)
                total += done
                if not done:
                    break
        return total

    async def _batch_of(self, tenant: int) -> int:
        try:
            return await self._run(tenant, self._batch, None)
        except _PASSING:
            raise
        except Exception as fault:  # noqa: BLE001  some conversation cannot be written: find out which, alone
            _log.warning("turn_batch_split", tenant=tenant, fault=type(fault).__name__)
        return await self._one_by_one(tenant)

    async def _one_by_one(self, tenant: int) -> int:
        async with self._rt.db.tenant(tenant) as c:
            claim = await turns.claim(c, self._batch)
            ids = [s.id for s in claim.seats] if claim is not None else []
        done = 0
        for ident in ids:
            try:
                done += await self._run(tenant, 1, ident)
            except _PASSING:
                raise
            except Exception as fault:  # noqa: BLE001  the poison: put aside, whatever it is
                done += await self._run(tenant, 1, ident, poison=fault)
        return done

    async def _run(
        self, tenant: int, limit: int, only: int | None, *, poison: Exception | None = None
    ) -> int:
        rt = self._rt
        picture = self._pictures.setdefault(tenant, Picture())
        async with rt.db.tenant(tenant) as c:
            claim = await turns.claim(c, limit, only=only)
            if claim is None:
                if only is None:
                    await turns.bury_orphans(c)
                return 0
            await picture.refresh(c, claim)
            writes = Writes()
            now = rt.now()
            for seat in claim.seats:
                if poison is None:
                    self._play(seat, picture, writes, now)
                else:
                    _fail(seat, seat.rows[:1], poison, writes, now, picture.offset)
            if writes.tickets:
                assert picture.tenant is not None
                desk = Desk(picture.tenant, picture.queues, now + picture.offset)
                writes.tickets = [desk.promised(ticket) for ticket in writes.tickets]
            said = await turns.commit(c, claim.seats, writes)
            told = [_told(ticket) for ticket in writes.tickets]
            numbers = await news.tell(c, told)
        self._tell(tenant, claim.seats, writes, said)
        if told:
            rt.live.spread(tenant, told, numbers)
            rt.nudge(tenant)
        return len(claim.seats)

    def _play(self, seat: Seat, picture: Picture, writes: Writes, now: datetime) -> None:
        """All that is due in one conversation, happening by happening, until one fails."""
        at = now + picture.offset
        for rows in _grouped(seat.rows):
            before = copy.copy(seat)
            before.contact = copy.copy(seat.contact)
            part = Writes()
            try:
                _turn(seat, rows, picture, part, at)
            except Exception as fault:  # noqa: BLE001  a poison happening must not take its neighbours along
                for name in seat.__slots__:
                    setattr(seat, name, getattr(before, name))
                _fail(seat, rows, fault, writes, now, picture.offset)
                return
            part.done.extend(r.id for r in rows)
            writes.add(part)

    def _tell(self, tenant: int, seats: list[Seat], writes: Writes, said: list[tuple[int, int]]) -> None:
        rt = self._rt
        if writes.outbox:
            rt.bell.ring("deliver")
        if writes.calls:
            rt.bell.ring("call")
        for message, conversation in said:
            rt.live.publish(News("message_sent", tenant, conversation, {"message": message}))
        for seat in seats:
            rt.live.publish(News("conversation_changed", tenant, seat.id, {"owner": seat.owner}))


def _grouped(rows: list[Row]) -> list[list[Row]]:
    """Messages that follow each other are one burst and one turn; everything else is a turn of its own."""
    groups: list[list[Row]] = []
    for row in rows:
        if row.kind == "message" and groups and groups[-1][-1].kind == "message":
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _turn(seat: Seat, rows: list[Row], picture: Picture, writes: Writes, at: datetime) -> None:
    event, hops = _event(seat, rows, picture, at)
    if rows[0].epoch is not None and rows[0].epoch != seat.epoch:
        trace = Trace(event=event.id, kind=rows[0].kind, outcome="stale", note="another owner since")
    elif _comes_back(seat, event):
        again = HandOver(
            id=f"{event.id}.b", queue=seat.return_queue, agent=str(seat.return_person), reason="desk:returned"
        )
        hand_over(seat, again, writes, at)
        trace = Trace(
            event=event.id, kind=rows[0].kind, outcome="handed_over", note="back to who served before"
        )
    else:
        turn = step(picture.flows, seat.session, event, picture.world(seat, at))
        trace, seat.session = turn.trace, turn.session
        moment = Moment(at, picture.offset, hops)
        for effect in turn.effects:
            carry_out(seat, effect, writes, moment)
        _nobody_is_left_alone(seat, event, trace, writes)
    writes.traces.append((seat.id, event.id, rows[0].kind, trace.outcome, encode(event), encode(trace), at))


def _comes_back(seat: Seat, event: AnyEvent) -> bool:
    """Whether somebody writes again soon after a person served them: they get the same person, not the bot."""
    return (
        seat.return_person is not None
        and seat.owner == "bot"
        and (seat.session is None or seat.session.state != "waiting")
        and isinstance(event, MessageReceived)
    )


def _told(ticket: NewTicket) -> Told:
    return Told(
        kind="new_ticket",
        conversation=ticket.conversation,
        queue=ticket.queue,
        data={"queue": ticket.queue, "priority": ticket.priority, "reason": ticket.reason[:200]},
    )


def _nobody_is_left_alone(seat: Seat, event: AnyEvent, trace: Trace, writes: Writes) -> None:
    """A turn that failed, or words that no flow wanted, go to a person. A session that waits keeps its
    conversation open."""
    session = seat.session
    if session is not None and session.state == "waiting" and seat.state == "closed":
        if session.epoch == seat.epoch:
            seat.state, seat.close_reason = "open", ""
        return
    if seat.owner == "person" or seat.state == "closed":
        return
    if session is not None and session.state in ("failed", "handed_over") and trace.outcome != "unmatched":
        reason = session.reason or "engine:failed"
    elif (
        trace.outcome == "unmatched"
        and isinstance(event, MessageReceived)
        and not all(isinstance(c, Reaction) for c in event.contents)
    ):
        reason = "engine:no-flow"
    else:
        return
    hand_over(seat, HandOver(id=f"{event.id}.h", reason=reason, summary=trace.note), writes, event.at)


def _event(seat: Seat, rows: list[Row], picture: Picture, at: datetime) -> tuple[AnyEvent, int]:
    """The event of these rows, and the length of the chain of events behind it."""
    row = rows[0]
    ident = f"i{row.id}"
    match row.kind:
        case "message":
            said = [msgspec.json.decode(r.payload, type=MessagePayload) for r in rows]
            wait = seat.session.wait if seat.session is not None else None
            return MessageReceived(
                id=ident,
                at=at,
                contents=[s.content for s in said],
                message_ids=[s.message_id for s in said],
                first=said[0].first,
                early=wait is not None and rows[-1].occurred + picture.offset < wait.since,
                referral=next((s.referral for s in said if s.referral), {}),
            ), 0
        case "timer":
            timer = msgspec.json.decode(row.payload, type=TimerPayload)
            return TimerFired(id=ident, at=at, wait=timer.wait, kind=timer.kind), 0
        case "call":
            answer = msgspec.json.decode(row.payload, type=AnswerPayload)
            return CallAnswered(
                id=ident,
                at=at,
                call=answer.call,
                ok=answer.ok,
                value=answer.value,
                error=answer.error,
                detail=answer.detail,
            ), 0
        case "event":
            told = msgspec.json.decode(row.payload, type=EventPayload)
            return EventOccurred(id=ident, at=at, name=told.name, data=told.data), told.hops
        case "flow":
            called = msgspec.json.decode(row.payload, type=FlowPayload)
            return FlowCalled(
                id=ident, at=at, flow=called.flow, arguments=called.arguments, reason=called.reason
            ), 0
        case other:
            raise TramaError("engine:unknown-happening", f"inbox row {row.id} is of kind {other}")


def _fail(
    seat: Seat, rows: list[Row], fault: Exception, writes: Writes, now: datetime, offset: timedelta
) -> None:
    """Count the try; the last one puts the rows aside and calls a person."""
    tries = max(r.attempts for r in rows) + 1
    dead = tries >= MOST_TRIES
    error = f"{type(fault).__name__}: {fault}"
    _log.warning("turn_failed", conversation=seat.id, tries=tries, fault=type(fault).__name__)
    writes.failed.extend((r.id, error, dead, now + _PAUSE * 2 ** (tries - 1)) for r in rows)
    if dead and seat.owner != "person":
        hand_over(
            seat,
            HandOver(id=f"i{rows[0].id}.x", reason="engine:failed", summary=error[:500]),
            writes,
            now + offset,
        )
