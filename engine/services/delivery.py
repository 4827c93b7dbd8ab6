"""Sending: what is due goes out through its channel's connector, within the limits of its rates and breaker.

The wire is the one place where a repeat harms, so a send whose outcome is unknown waits for a delivery report
before it is tried again, and where the channel tells nothing, it is shown to a person.
"""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
import structlog

from connectors.contract import Delivery, NotSent, Outcome, Sent
from engine.core.errors import TramaError
from engine.core.inbound import Identity
from engine.core.message import Outbound
from engine.services import breakers, channels
from engine.services.batcher import Batcher
from engine.services.fleet import Fleet
from engine.services.live import News
from engine.services.runtime import Loaded, Runtime
from engine.store import outbox, rates, statuses
from engine.store.database import AWAY, Connection
from engine.store.outbox import Settled, Waiting
from engine.store.tenants import Work

MOST_TRIES = 5
STATUS_WAIT = timedelta(seconds=30)
"""How long a delivery report may take to tell what became of a send of unknown outcome."""
_PAUSES = (60.0, 240.0, 900.0, 3600.0)
_PACE_SECONDS = 6.0
_SOON_SECONDS = 1.5
"""What a rate holds back for less than a sweep is rung for."""
_log = structlog.get_logger(__name__)


class Flight(NamedTuple):
    """A send under way."""

    channel: Loaded
    waiting: Waiting
    to: list[Identity]


class Landed(NamedTuple):
    flight: Flight
    outcome: Outcome


class Deliveries(Fleet[Flight]):
    """The sender of one process."""

    work: Work = "sends"

    def __init__(self, rt: Runtime) -> None:
        super().__init__(rt)
        self._landing: dict[int, Batcher[Landed, None]] = {}

    async def _claim(self, tenant: int, limit: int) -> list[Flight]:
        rt = self._rt
        for _ in range(3):
            async with rt.db.tenant(tenant) as c:
                found = await outbox.candidates(c, limit)
                loaded = {w.channel: k for w in found if (k := channels.kept(rt, w.channel)) is not None}
                if len(loaded) == len({w.channel for w in found}):
                    return await self._admit(c, found, loaded) if found else []
            # a channel that this process has not read yet: not while rows are locked
            for channel in {w.channel for w in found} - set(loaded):
                await channels.loaded(rt, channel)
        return []

    async def _admit(self, c: Connection, found: list[Waiting], loaded: dict[int, Loaded]) -> list[Flight]:
        now = self._rt.now()
        later: dict[str, datetime] = {}
        keys = {f"channel:{w.channel}" for w in found}
        before = await breakers.load(c, keys)
        states = dict(before)
        limits = {w.id: _rates(loaded[w.channel], w) for w in found}
        keys_of_rates = [k for own in limits.values() for k in own]
        times = await rates.lock(c, keys_of_rates) if keys_of_rates else {}
        go: list[Waiting] = []
        for w in found:
            tats: dict[str, datetime] = {}
            blocked: list[datetime] = []
            for key, (period, burst) in limits[w.id].items():
                passed = rates.gcra(times[key], now, period, burst)
                tats[key] = passed.tat
                if not passed.allowed:
                    blocked.append(passed.at)
            if blocked:
                later[w.id] = max(blocked)
                continue
            key = f"channel:{w.channel}"
            states[key], admitted = breakers.RULE.admit(states[key], now)
            if not admitted:
                later[w.id] = now + timedelta(seconds=max(1.0, breakers.RULE.wait(states[key], now)))
                continue
            times |= tats
            go.append(w)
        await breakers.keep(c, before, states)
        if times:
            await rates.keep(c, times)
        if later:
            await outbox.postpone(c, later)
            wait = (min(later.values()) - now).total_seconds()
            if wait < _SOON_SECONDS:
                asyncio.get_running_loop().call_later(wait, self._rt.bell.ring, "deliver")
        if not go:
            return []
        await outbox.take(c, [w.id for w in go])
        to = await outbox.addresses(c, go)
        return [Flight(loaded[w.channel], w, to.get((w.conversation, w.channel), [])) for w in go]

    async def _fly(self, tenant: int, errand: Flight) -> None:
        flight = errand
        try:
            outcome = await self._outcome(flight)
        except Exception as fault:  # noqa: BLE001  a connector's slip: whether it went out nobody knows
            outcome = NotSent(policy="unknown", code="delivery:connector-failed", detail=type(fault).__name__)
        batcher = self._landing.get(tenant)
        if batcher is None:

            async def land(landed: list[Landed]) -> list[None]:
                return await self._land(tenant, landed)

            batcher = self._landing[tenant] = Batcher(land)
        try:
            await batcher.submit(Landed(flight, outcome))
        except (TramaError, *AWAY) as fault:
            # the lease runs out and the sweep treats it as unknown: never sent twice without a question
            _log.warning("outcome_not_noted", outbox=flight.waiting.id, fault=type(fault).__name__)

    async def _outcome(self, flight: Flight) -> Outcome:
        channel, waiting = flight.channel, flight.waiting
        if waiting.kind == "read":
            typing = bool(msgspec.json.decode(waiting.content).get("typing"))
            plan = channel.type.mark_read(channel.settings, waiting.reply_to, typing=typing)
            return Sent(external_ids=[]) if plan is None else await self._rt.courier.run(plan)
        if not flight.to:
            return NotSent(
                policy="permanent", code="delivery:no-address", detail="no identity on this channel"
            )
        delivery = Delivery(
            id=waiting.id,
            to=flight.to,
            content=msgspec.json.decode(waiting.content, type=Outbound),
            reply_to=waiting.reply_to,
            skip=waiting.skip,
        )
        return await self._rt.courier.run(channel.type.send(channel.settings, delivery, self._rt.now()))

    async def _land(self, tenant: int, landed: list[Landed]) -> list[None]:
        rt = self._rt
        now = rt.now()
        async with rt.db.tenant(tenant) as c:
            changed = await outbox.settle(c, [_settled(one, now) for one in landed])
            await breakers.note(
                c, [(f"channel:{one.flight.channel.id}", _well(one.outcome)) for one in landed], now
            )
            for (_, waiting, to), outcome in landed:
                if (
                    isinstance(outcome, Sent)
                    and outcome.identity is not None
                    and outcome.identity not in to[:1]
                ):
                    await outbox.confirm_address(c, waiting.contact, waiting.channel, outcome.identity)
        for one in changed:
            data = {"message": one.message, "status": one.status}
            rt.live.publish(News("message_changed", tenant, one.conversation, data))
        for flight, outcome in landed:
            if isinstance(outcome, NotSent):
                _log.warning("not_sent", outbox=flight.waiting.id, policy=outcome.policy, code=outcome.code)
                if outcome.policy in ("stop_channel", "stop_number"):
                    await channels.stop(rt, tenant, flight.channel.id, f"{outcome.code} {outcome.detail}")
        return [None] * len(landed)


def _rates(channel: Loaded, waiting: Waiting) -> dict[str, tuple[timedelta, int]]:
    if waiting.kind == "read":
        return {}
    found = {}
    for rate in channel.type.rates:
        who = f":{waiting.contact}" if rate.scope == "pair" else ""
        found[f"{rate.scope}:{channel.id}{who}"] = (timedelta(seconds=rate.period), rate.burst)
    return found


def _well(outcome: Outcome) -> bool:
    """Whether the channel's service is in order, whatever it said of the message."""
    return isinstance(outcome, Sent) or outcome.policy not in ("retry", "unknown")


def pause(attempts: int) -> timedelta:
    """Before the next try: 1, 4, 15 and 60 minutes, each 20 % up or down so that they do not come in step."""
    seconds = _PAUSES[min(attempts, len(_PAUSES)) - 1]
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311  not a secret


def _settled(landed: Landed, now: datetime) -> Settled:
    """What the outcome of a try means for its row."""
    (_, waiting, _), outcome = landed
    tries = waiting.attempts + 1
    if isinstance(outcome, Sent):
        return Settled(id=waiting.id, state="sent", external_ids=outcome.external_ids)
    base = Settled(
        id=waiting.id,
        state="failed",
        external_ids=outcome.sent_ids,
        skip=len(outcome.sent_ids),
        code=outcome.code,
        error=outcome.detail,
    )
    replace = msgspec.structs.replace
    if waiting.kind == "read":
        return replace(base, state="dropped")
    match outcome.policy:
        case "retry" if tries >= MOST_TRIES:
            return replace(base, state="dead")
        case "retry":
            wait = timedelta(seconds=outcome.after) if outcome.after else pause(tries)
            return replace(base, state="queued", due_at=now + wait)
        case "pace":
            wait = timedelta(seconds=outcome.after or _PACE_SECONDS)
            return replace(base, state="queued", due_at=now + wait, uncounted=True)
        case "stop_number" | "stop_channel":
            return replace(base, state="queued", due_at=now, uncounted=True)
        case "unknown":
            return replace(base, state="unknown", due_at=now + STATUS_WAIT)
        case _:
            return base


async def sweep(rt: Runtime, tenant: int) -> None:
    """What no ring tells: leases that ran out, unknown outcomes that no report settled, reports that crossed."""
    async with rt.db.tenant(tenant) as c:
        await outbox.expire_leases(c, STATUS_WAIT)
        await statuses.apply_left_over(c)
        overdue = await outbox.unknown_overdue(c)
    if not overdue:
        return
    decided: dict[str, list[str]] = {}
    for ident, channel, attempts in overdue:
        one = await channels.loaded(rt, channel)
        state = "unknown" if not one.type.reconciles else "dead" if attempts >= MOST_TRIES else "queued"
        decided.setdefault(state, []).append(ident)
    async with rt.db.tenant(tenant) as c:
        for state, ids in decided.items():
            await outbox.resolve_unknown(c, ids, state)
    if "queued" in decided:
        rt.bell.ring("deliver")


async def dead_letters(rt: Runtime, tenant: int, *, limit: int = 50) -> list[outbox.DeadLetter]:
    """Sends that a person should look at: refused, given up, or of unknown outcome."""
    async with rt.db.tenant(tenant) as c:
        return await outbox.dead_letters(c, limit=limit)


async def retry(rt: Runtime, tenant: int, ident: str) -> None:
    """Send a dead letter again. Raises `delivery:no-dead-letter`."""
    async with rt.db.tenant(tenant) as c:
        if not await outbox.retry(c, ident):
            raise TramaError("delivery:no-dead-letter", f"{ident} is not waiting for a decision")
    rt.bell.ring("deliver")


async def drop(rt: Runtime, tenant: int, ident: str) -> None:
    """Archive a dead letter. Raises `delivery:no-dead-letter`."""
    async with rt.db.tenant(tenant) as c:
        if not await outbox.drop(c, ident):
            raise TramaError("delivery:no-dead-letter", f"{ident} is not waiting for a decision")
