"""A channel's webhook, from raw bytes to committed inbox rows. Nothing is decided here about what it means.

The caller is answered after the commit, so what was accepted is never lost, and the channel sends again what was
not. Concurrent calls are written by one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import asyncpg

from connectors.contract import Received, Reply
from connectors.phone import variants
from engine.core.errors import TramaError
from engine.core.inbound import (
    ChannelEvent,
    Identity,
    MessageIn,
    RefusedIn,
    StatusIn,
    TypingIn,
)
from engine.services import channels, replying, tickets
from engine.services.batcher import Batcher
from engine.services.live import News
from engine.services.runtime import Loaded, Runtime
from engine.store import arrivals, happenings, statuses
from engine.store import news as recorded
from engine.store.arrivals import Arrival, Raced, Stored
from engine.store.news import Told

LARGEST = 4_000_000
"""Bytes of one delivery; the largest channel stays under 3 MB."""
_TRIES = 5


class Parcel(NamedTuple):
    """One delivery, read."""

    channel: Loaded
    events: Sequence[ChannelEvent]
    raw: bytes
    received: datetime


class Intake:
    """Where webhooks and the webchat's socket bring what came."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._batchers: dict[int, Batcher[Parcel, None]] = {}

    async def receive(self, kind: str, channel: int, received: Received) -> Reply:
        """What to answer the caller: 200 after the commit, 401 for a wrong signature (nothing of it is kept),
        404 for a channel that there is not, 413 for what is too large."""
        try:
            one = await channels.loaded(self._rt, channel)
        except TramaError as fault:
            if fault.code == "channel:unknown":
                return Reply(status=404)
            raise
        if one.type.kind != kind:
            return Reply(status=404)
        if received.method == "GET":
            return one.type.handshake(one.settings, received)
        if len(received.body) > LARGEST:
            large = RefusedIn(key="", code="intake:too-large", detail=f"{len(received.body)} bytes")
            await self.accept(one, [large], received.body)
            return Reply(status=413)
        if not one.type.verify(one.settings, received):
            return Reply(status=401)
        await self.accept(one, one.type.parse(one.settings, received.body), received.body)
        return Reply(status=200)

    async def accept(self, channel: Loaded, events: Sequence[ChannelEvent], raw: bytes = b"") -> None:
        """Keep these events of a channel; returns after the commit."""
        keep = []
        for event in events:
            if isinstance(event, TypingIn):
                await replying.customer_types(self._rt, channel.tenant, channel.id, _names(event))
            else:
                keep.append(event)
        if not keep:
            return
        batcher = self._batchers.get(channel.tenant)
        if batcher is None:
            tenant = channel.tenant

            async def write(parcels: list[Parcel]) -> list[None]:
                return await self._write(tenant, parcels)

            batcher = self._batchers[channel.tenant] = Batcher(write)
        await batcher.submit(Parcel(channel, keep, raw, self._rt.now()))

    async def _write(self, tenant: int, parcels: list[Parcel]) -> list[None]:
        for attempt in range(1, _TRIES + 1):
            try:
                await self._write_once(tenant, parcels)
            except (Raced, asyncpg.DeadlockDetectedError):
                if attempt == _TRIES:
                    raise
            else:
                break
        return [None] * len(parcels)

    async def _write_once(self, tenant: int, parcels: list[Parcel]) -> None:
        rt = self._rt
        came = [_arrival(p, e) for p in parcels for e in p.events if isinstance(e, MessageIn)]
        told = [
            (p.channel.id, e if e.at else _dated(e, p.received))
            for p in parcels
            for e in p.events
            if isinstance(e, StatusIn)
        ]
        news: list[News] = []
        stored = []
        async with rt.db.tenant(tenant) as c:
            if came:
                stored = await arrivals.store(c, came)
                crossed = [s.message for s in stored if s.crossed]
                if crossed:
                    await happenings.catch_up(c, crossed)
            if told:
                for changed in await statuses.apply(c, await statuses.add(c, told)):
                    data = {"message": changed.message, "status": changed.status}
                    news.append(News("message_changed", tenant, changed.conversation, data))
            for p in parcels:
                refused = [e for e in p.events if isinstance(e, RefusedIn)]
                if refused:
                    await happenings.refuse(c, p.channel.id, refused, p.raw)
                for e in p.events:
                    if not isinstance(e, MessageIn | StatusIn | RefusedIn | TypingIn):
                        for message, conversation in await happenings.store(c, p.channel.id, e):
                            news.append(News("message_changed", tenant, conversation, {"message": message}))
            served = [_told(s) for s in stored if s.owner == "person"]
            if served:
                await tickets.written(rt, c, sorted({t.conversation for t in served}))
            numbers = await recorded.tell(c, served)
        rt.live.spread(tenant, served, numbers)
        for s in stored:
            if s.owner != "person":
                rt.live.publish(News("message_received", tenant, s.conversation, {"message": s.message}))
        for n in news:
            rt.live.publish(n)
        if stored:
            rt.turns.ring((min(s.due for s in stored) - rt.now()).total_seconds())
            rt.bell.ring("call")
        if told:
            rt.bell.ring("deliver")


def _told(stored: Stored) -> Told:
    """For the person who serves, or while nobody does for the queue."""
    return Told(
        kind="message_received",
        conversation=stored.conversation,
        person=stored.person,
        queue="" if stored.person else stored.queue,
        data={"message": stored.message},
    )


def _arrival(parcel: Parcel, event: MessageIn) -> Arrival:
    wait = timedelta(seconds=parcel.channel.settings.burst_seconds)
    return Arrival(parcel.channel.id, event, _names(event), parcel.received, parcel.received + wait)


def _names(event: MessageIn | TypingIn) -> list[Identity]:
    """Every spelling under which the sender may be known, the given ones first."""
    given = event.sender.identities
    spelled = [
        Identity(i.kind, other)
        for i in given
        if i.kind in ("wa_id", "phone")
        for other in variants(i.value)[1:]
    ]
    return [*given, *spelled]


def _dated(event: StatusIn, at: datetime) -> StatusIn:
    return StatusIn(
        key=event.key,
        message=event.message,
        status=event.status,
        at=at,
        recipient=event.recipient,
        outbox=event.outbox,
        raw_status=event.raw_status,
        errors=event.errors,
        pricing=event.pricing,
    )
