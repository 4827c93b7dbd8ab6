"""What time does to open tickets: people in line are told their place, those who waited too long are let go, promises
are warned of and broken, and what is late goes up.
"""

from __future__ import annotations

from typing import Any

import structlog

from engine.core.desk.clocks import alerts
from engine.core.desk.queues import Escalation
from engine.core.desk.routing import line
from engine.core.errors import TramaError
from engine.core.logic import Env, compile_rule, truthy
from engine.core.message import Text
from engine.services.desk import Desk, desk_of, say
from engine.services.runtime import Runtime
from engine.store import conversations as conversation_store
from engine.store import events as event_store
from engine.store import news, routing
from engine.store import tickets as store
from engine.store.database import Connection
from engine.store.news import Told
from engine.store.payloads import encode
from engine.store.tickets import NewTicket, TicketRow

OUTSIDE = -1
"""`position_told` of somebody who was told that nobody is there."""
_log = structlog.get_logger(__name__)


async def sweep(rt: Runtime, tenant: int) -> None:
    """Look at every open ticket once. Two processes do not do it at the same time."""
    told: list[Told] = []
    async with rt.db.tenant(tenant) as c:
        if not await routing.try_lock(c):
            return
        tickets = await store.open_ones(c)
        if not tickets:
            return
        await store.lock(c, [t.id for t in tickets if t.state == "waiting"])
        desk = await desk_of(rt, c)
        places = line(await store.waiting(c), desk.queues)
        said: list[tuple[int, bytes, str]] = []
        for ticket in tickets:
            if ticket.state == "waiting" and await _let_go(c, desk, ticket, said, told):
                continue
            if ticket.state == "waiting":
                await _placed(c, desk, ticket, places.get(ticket.id, 1), said, told)
            await _promises(c, desk, ticket, told)
        await conversation_store.say_many(c, said)
        numbers = await news.tell(c, told)
    rt.live.spread(tenant, told, numbers)
    if said:
        rt.bell.ring("deliver")
    if any(t.kind in ("ticket_closed", "ticket_transferred") for t in told):
        rt.turns.ring()
        rt.nudge(tenant)


async def _let_go(
    c: Connection, desk: Desk, ticket: TicketRow, said: list[tuple[int, bytes, str]], told: list[Told]
) -> bool:
    """Whether the ticket waited for longer than its queue allows, in working time. The bot has the customer again."""
    settings = desk.settings(ticket.queue)
    if not settings.abandon_seconds:
        return False
    if desk.calendar(ticket.queue).between(ticket.waiting_since, desk.at) < settings.abandon_seconds:
        return False
    if settings.text_abandoned:
        words = say(settings.text_abandoned, protocol=ticket.protocol, queue=ticket.queue)
        said.append((ticket.conversation_id, encode(Text(words)), words))
    await store.finish(c, ticket.id, "abandoned", desk.at, "desk:abandoned", 0)
    await conversation_store.change_owner(c, ticket.conversation_id, "bot", None, expect=None)
    data = {"queue": ticket.queue, "waited_seconds": (desk.at - ticket.waiting_since).total_seconds()}
    await event_store.put(c, [ticket.conversation_id], "ticket.abandoned", data, f"abandoned:{ticket.id}")
    told.append(
        Told(
            kind="ticket_closed",
            conversation=ticket.conversation_id,
            queue=ticket.queue,
            data={"ticket": ticket.id, "reason": "desk:abandoned", "state": "abandoned"},
        )
    )
    return True


async def _placed(
    c: Connection,
    desk: Desk,
    ticket: TicketRow,
    place: int,
    said: list[tuple[int, bytes, str]],
    told: list[Told],
) -> None:
    """Tell the place in line when it changed, not too often; and once that nobody is there out of hours."""
    settings = desk.settings(ticket.queue)
    if desk.calendar(ticket.queue).is_open(desk.at):
        text, now = settings.text_position, place
    else:
        text, now = settings.text_outside, OUTSIDE
    if now == ticket.position_told:
        return
    if ticket.told_at is not None and (desk.at - ticket.told_at).total_seconds() < settings.position_seconds:
        return
    await store.position_told(c, ticket.id, now, desk.at)
    data = {"ticket": ticket.id, "position": place, "open": now != OUTSIDE}
    told.append(
        Told(kind="queue_position", conversation=ticket.conversation_id, queue=ticket.queue, data=data)
    )
    if text:
        words = say(text, position=place, protocol=ticket.protocol, queue=ticket.queue)
        said.append((ticket.conversation_id, encode(Text(words)), words))


async def _promises(c: Connection, desk: Desk, ticket: TicketRow, told: list[Told]) -> None:
    settings = desk.settings(ticket.queue)
    found = alerts(ticket.clocks, desk.at, settings.warn_at, desk.calendar(ticket.queue))
    new = [alert for alert in found if alert not in ticket.alerts]
    if new:
        await store.add_alerts(c, ticket.id, list(new))
        told.append(_late(ticket, new[-1]))
    known = {*ticket.alerts, *new}
    facts = _facts(desk, ticket, known)
    for n, escalation in enumerate(settings.escalations):
        mark = f"escalated_{n}"
        if mark in known or not _holds(escalation, facts, desk, ticket):
            continue
        await store.add_alerts(c, ticket.id, [mark])
        await _escalate(c, desk, ticket, escalation, told)
        return


def _holds(escalation: Escalation, facts: dict[str, Any], desk: Desk, ticket: TicketRow) -> bool:
    try:
        return truthy(compile_rule(escalation.when)(facts, Env(now=desk.at, zone=desk.tenant.settings.zone)))
    except TramaError as fault:
        _log.warning("escalation_failed", queue=ticket.queue, code=fault.code, path=fault.path)
        return False


async def _escalate(
    c: Connection, desk: Desk, ticket: TicketRow, escalation: Escalation, told: list[Told]
) -> None:
    if escalation.raise_to > ticket.priority:
        await store.set_priority(c, ticket.id, escalation.raise_to)
    if escalation.queue and escalation.queue != ticket.queue and ticket.state == "waiting":
        new = NewTicket(
            conversation=ticket.conversation_id,
            queue=escalation.queue,
            priority=max(ticket.priority, escalation.raise_to),
            reason="desk:escalated",
            summary=ticket.summary,
            since=desk.at,
        )
        await store.open_many(c, [desk.promised(new)])
        told.append(
            Told(
                kind="ticket_transferred",
                conversation=ticket.conversation_id,
                queue=escalation.queue,
                data={"ticket": ticket.id, "queue": escalation.queue, "from": ticket.queue},
            )
        )
    if escalation.notify:
        told.append(_late(ticket, "escalated"))


def _late(ticket: TicketRow, alert: str) -> Told:
    return Told(
        kind="ticket_late",
        conversation=ticket.conversation_id,
        person=ticket.person_id or 0,
        queue=ticket.queue,
        data={"ticket": ticket.id, "alert": alert, "queue": ticket.queue},
    )


def _facts(desk: Desk, ticket: TicketRow, known: set[str]) -> dict[str, Any]:
    """What escalation rules see."""
    return {
        "ticket": {
            "id": ticket.id,
            "state": ticket.state,
            "priority": ticket.priority,
            "skill": ticket.skill,
            "reason": ticket.reason,
            "channel": ticket.channel_kind,
            "waited_seconds": (desk.at - ticket.waiting_since).total_seconds(),
            "answered": ticket.first_reply_at is not None,
            "first_warned": "first_warned" in known,
            "first_breached": "first_breached" in known,
            "resolve_warned": "resolve_warned" in known,
            "resolve_breached": "resolve_breached" in known,
        },
        "queue": {"key": ticket.queue},
    }
