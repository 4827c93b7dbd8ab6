"""Queues: what they are told, who serves them, how long they are, and what was measured in them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter, SkipValidation
from msgspec import Meta

from engine.api.access import needs
from engine.api.inbox import person
from engine.api.moments import Moment, held
from engine.api.pages import BIGGEST, Before, Ident, Limit, Page, by_id
from engine.api.texts import Name
from engine.core.desk.queues import Key, QueueSettings
from engine.services import queues, tickets
from engine.services.people import Principal
from engine.services.queues import QueueDraft
from engine.services.runtime import Runtime
from engine.services.tickets import LAST
from engine.services.views import QueueFigures, QueueRow, TicketRow, TicketState

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
WRITE = [needs("queues:write")]
Some = Annotated[list[Annotated[int, Meta(ge=0, le=BIGGEST)]], Meta(max_length=1000)]


class QueueBody(msgspec.Struct, frozen=True, kw_only=True):
    """`members` (people) and `teams` empty: every agent serves it. `rev` is the revision that was read: a change on
    top of somebody else's is refused."""

    name: Name
    description: Annotated[str, Meta(max_length=500)] = ""
    settings: QueueSettings = msgspec.field(default_factory=QueueSettings)
    members: Some = []
    teams: Some = []
    rev: Annotated[int, Meta(ge=0, le=BIGGEST)] | None = None

    def draft(self) -> QueueDraft:
        return QueueDraft(
            name=self.name,
            description=self.description,
            settings=self.settings,
            members=self.members,
            teams=self.teams,
        )


class NewQueue(QueueBody, frozen=True, kw_only=True):
    """`key` is what flows name the queue by."""

    key: Key


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """The conversation that was taken; null when nothing waits for this agent or they have as many as they may."""

    conversation: int | None


@get("/")
async def listed(rt: Services, who: Asker, archived: FromQuery[bool] = False) -> list[QueueRow]:
    """By name, with how many tickets wait and are served. Queues that only flows name have the id 0."""
    return await queues.queues(rt, who.tenant, archived=archived)


@post("/", guards=WRITE)
async def add(rt: Services, who: Asker, data: JSONBody[NewQueue]) -> QueueRow:
    return await queues.add(rt, who.tenant, data.key, data.draft(), person=who.person)


@get("/{queue:int}")
async def one(rt: Services, who: Asker, queue: Ident) -> QueueRow:
    return await queues.queue(rt, who.tenant, queue)


@put("/{queue:int}", guards=WRITE)
async def change(rt: Services, who: Asker, queue: Ident, data: JSONBody[QueueBody]) -> QueueRow:
    return await queues.change(rt, who.tenant, queue, data.draft(), expect=data.rev, person=who.person)


@delete("/{queue:int}", guards=WRITE, status_code=200)
async def archive(rt: Services, who: Asker, queue: Ident) -> QueueRow:
    """Archived queues take no tickets; their history stays."""
    return await queues.set_state(rt, who.tenant, queue, "archived", person=who.person)


@post("/{queue:int}/restore", guards=WRITE, status_code=200)
async def restore(rt: Services, who: Asker, queue: Ident) -> QueueRow:
    return await queues.set_state(rt, who.tenant, queue, "active", person=who.person)


@get("/{queue:int}/figures", guards=[needs("supervision:read")])
async def figures(rt: Services, who: Asker, queue: Ident, since: Moment = None) -> QueueFigures:
    """What was measured since then, else since the company's midnight. Null where nothing was."""
    row = await queues.queue(rt, who.tenant, queue)
    return await queues.figures(rt, who.tenant, row.key, since=held(since, "/since"))


@get("/{queue:int}/tickets")
async def its_tickets(
    rt: Services,
    who: Asker,
    queue: Ident,
    in_state: Annotated[TicketState | None, QueryParameter(name="state")] = None,
    before: Before = LAST,
    limit: Limit = 50,
) -> Page[TicketRow]:
    """The latest first."""
    row = await queues.queue(rt, who.tenant, queue)
    found = await tickets.tickets(rt, who.tenant, queue=row.key, state=in_state, before=before, limit=limit)
    return by_id(found, limit)


@post("/next", guards=[needs("conversations:write")], status_code=200)
async def next_one(rt: Services, who: Asker) -> Taken:
    """Take the ticket that is first in line for this agent."""
    return Taken(conversation=await tickets.next_ticket(rt, who.tenant, person(who)))


State = Literal["active", "archived"]
router = Router(
    "/api/v1/queues",
    route_handlers=[listed, add, next_one, one, change, archive, restore, figures, its_tickets],
    guards=[needs("queues:read")],
    tags=["queues"],
)
