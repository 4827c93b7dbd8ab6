"""Tickets, and moving many of them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter, SkipValidation
from msgspec import Meta

from engine.api.access import needs
from engine.api.pages import BIGGEST, Before, Ident, Limit, Page, by_id
from engine.core.desk.queues import Priority
from engine.services import tickets
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.tickets import LAST
from engine.services.views import TicketRow, TicketState

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
Some = Annotated[list[Annotated[int, Meta(ge=0, le=BIGGEST)]], Meta(min_length=1, max_length=500)]


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """To an agent (`person`) or into the line of a queue."""

    tickets: Some
    person: Annotated[int, Meta(ge=0, le=BIGGEST)] | None = None
    queue: Annotated[str, Meta(max_length=63)] = ""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    ticket: int
    code: str


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """`kept` are the tickets that could not be moved, with the reason."""

    moved: int
    kept: list[Kept]


class NewPriority(msgspec.Struct, frozen=True, kw_only=True):
    priority: Priority


@get("/")
async def listed(
    rt: Services,
    who: Asker,
    in_state: Annotated[TicketState | None, QueryParameter(name="state")] = None,
    queue: Annotated[str | None, QueryParameter(max_length=63)] = None,
    agent: Annotated[int | None, QueryParameter(ge=0, le=BIGGEST)] = None,
    before: Before = LAST,
    limit: Limit = 50,
) -> Page[TicketRow]:
    """The latest first."""
    found = await tickets.tickets(
        rt, who.tenant, state=in_state, queue=queue, person=agent, before=before, limit=limit
    )
    return by_id(found, limit)


@get("/board", guards=[needs("supervision:read")])
async def board(rt: Services, who: Asker) -> list[TicketRow]:
    """Everything that waits or is served, urgent first."""
    return await tickets.board(rt, who.tenant)


@get("/{ticket:int}")
async def one(rt: Services, who: Asker, ticket: Ident) -> TicketRow:
    return await tickets.ticket(rt, who.tenant, ticket)


@put("/{ticket:int}/priority", guards=[needs("supervision:write")])
async def set_priority(rt: Services, who: Asker, ticket: Ident, data: JSONBody[NewPriority]) -> TicketRow:
    await tickets.set_priority(rt, who.tenant, ticket, data.priority, by=who.person)
    return await tickets.ticket(rt, who.tenant, ticket)


@post("/assign", guards=[needs("supervision:write")], status_code=200)
async def assign(rt: Services, who: Asker, data: JSONBody[Assignment]) -> Moved:
    """Move many. One that ended meanwhile holds up none."""
    moved, kept = await tickets.assign_many(
        rt, who.tenant, data.tickets, person=data.person, queue=data.queue, by=who.person
    )
    return Moved(moved=moved, kept=[Kept(ticket=t, code=code) for t, code in kept])


router = Router(
    "/api/v1/tickets",
    route_handlers=[listed, board, assign, one, set_priority],
    guards=[needs("conversations:read")],
    tags=["tickets"],
)
