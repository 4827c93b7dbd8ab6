"""Agents: whether they are there, what they serve, what they did."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation
from msgspec import Meta

from engine.api.access import needs
from engine.api.inbox import person
from engine.api.moments import Moment, held
from engine.api.pages import Ident
from engine.services import agents
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import AgentFigures, AgentRow, Presence, Stretch

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]


class NewState(msgspec.Struct, frozen=True, kw_only=True):
    state: Presence
    reason: Annotated[str, Meta(max_length=100)] = ""


class Abilities(msgspec.Struct, frozen=True, kw_only=True):
    """`most` null: as many tickets at once as each queue says."""

    skills: Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=50)] = []
    most: Annotated[int, Meta(ge=1, le=200)] | None = None


@get("/")
async def listed(rt: Services, who: Asker) -> list[AgentRow]:
    """Those who are there first."""
    return await agents.agents(rt, who.tenant)


@get("/me", guards=[needs("conversations:write")])
async def mine(rt: Services, who: Asker) -> AgentRow:
    return await agents.mine(rt, who.tenant, person(who))


@put("/me/state", guards=[needs("conversations:write")])
async def come_and_go(rt: Services, who: Asker, data: JSONBody[NewState]) -> AgentRow:
    """Come, pause or go. Programs say `online` again at least every 90 seconds."""
    own = person(who)
    row = await agents.set_state(rt, who.tenant, own, data.state, reason=data.reason, by=own)
    await agents.beat(rt, who.tenant, own)
    return row


@get("/{agent:int}", guards=[needs("supervision:read")])
async def one(rt: Services, who: Asker, agent: Ident) -> AgentRow:
    return await agents.mine(rt, who.tenant, agent)


@put("/{agent:int}/state", guards=[needs("supervision:write")])
async def send_home(rt: Services, who: Asker, agent: Ident, data: JSONBody[NewState]) -> AgentRow:
    return await agents.set_state(rt, who.tenant, agent, data.state, reason=data.reason, by=who.person)


@put("/{agent:int}", guards=[needs("supervision:write")])
async def configure(rt: Services, who: Asker, agent: Ident, data: JSONBody[Abilities]) -> AgentRow:
    return await agents.configure(rt, who.tenant, agent, skills=data.skills, most=data.most, by=who.person)


@get("/{agent:int}/day", guards=[needs("supervision:read")])
async def day(rt: Services, who: Asker, agent: Ident) -> list[Stretch]:
    """When they came, paused and went, the latest first."""
    return await agents.day(rt, who.tenant, agent)


@get("/figures", guards=[needs("supervision:read")])
async def figures(rt: Services, who: Asker, since: Moment = None) -> list[AgentFigures]:
    """What each agent did since then, else since the company's midnight."""
    return list((await agents.figures(rt, who.tenant, since=held(since, "/since"))).values())


router = Router(
    "/api/v1/agents",
    route_handlers=[listed, mine, come_and_go, figures, one, send_home, configure, day],
    guards=[needs("queues:read")],
    tags=["agents"],
)
