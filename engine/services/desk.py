"""The service desk of a company at one moment: its queues' settings, their calendars and the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from engine.core.desk.clocks import Clocks, started
from engine.core.desk.queues import QueueSettings
from engine.core.desk.worktime import Calendar
from engine.core.errors import TramaError
from engine.core.template import template
from engine.services.runtime import Runtime
from engine.services.worlds import holidays_of
from engine.store import queues as queue_store
from engine.store import tenants
from engine.store.database import Connection
from engine.store.queues import DEFAULT
from engine.store.tenants import Tenant
from engine.store.tickets import NewTicket

_READY_MADE = QueueSettings()


@dataclass(frozen=True, slots=True)
class Desk:
    """`at` is the company's time. Queues that nobody has set up work with the ready-made settings."""

    tenant: Tenant
    queues: dict[str, QueueSettings]
    at: datetime

    def settings(self, queue: str) -> QueueSettings:
        return self.queues.get(queue, _READY_MADE)

    def calendar(self, queue: str) -> Calendar:
        own, company = self.settings(queue), self.tenant.settings
        return Calendar(
            zone=company.zone,
            hours=company.hours if own.hours is None else own.hours,
            holidays=holidays_of(company, self.at.year) | own.holidays,
        )

    def clocks(self, queue: str, priority: int, since: datetime) -> Clocks:
        return started(self.settings(queue).promise(priority), since, self.calendar(queue))

    def promised(self, ticket: NewTicket) -> NewTicket:
        """The ticket in the queue that takes it, with what is promised to it."""
        queue = ticket.queue.strip().lower() or DEFAULT
        clocks = self.clocks(queue, ticket.priority, ticket.since)
        return msgspec.structs.replace(
            ticket, queue=queue, first_due=clocks.first_due, resolve_due=clocks.resolve_due
        )


async def desk_of(rt: Runtime, c: Connection) -> Desk:
    """The desk of this transaction's company, now."""
    tenant = await tenants.get(c)
    return Desk(tenant, await queue_store.settings(c), rt.now() + tenant.clock_offset)


def say(text: str, **known: object) -> str:
    """A text of a queue with its places filled; one that cannot be filled is said as it stands."""
    try:
        return template(text).render(known)
    except TramaError:
        return text
