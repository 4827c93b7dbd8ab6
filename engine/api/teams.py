"""Teams of people."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from engine.api.access import needs
from engine.api.pages import BIGGEST, Ident
from engine.api.texts import Name
from engine.services import teams
from engine.services.principal import Principal
from engine.services.runtime import Runtime
from engine.services.views import TeamRow

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
WRITE = [needs("people:write")]
Members = Annotated[list[Annotated[int, msgspec.Meta(ge=0, le=BIGGEST)]], msgspec.Meta(max_length=2000)]


class NewTeam(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`members` are ids of people."""

    name: Name
    members: Members = []


class TeamChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name | None = None
    members: Members | None = None


@get("/")
async def listed(rt: Services, who: Asker) -> list[TeamRow]:
    return await teams.teams(rt, who.tenant)


@post("/", guards=WRITE)
async def add(rt: Services, who: Asker, data: JSONBody[NewTeam]) -> TeamRow:
    return await teams.create(rt, who.tenant, data.name, data.members, person=who.person)


@get("/{team:int}")
async def one(rt: Services, who: Asker, team: Ident) -> TeamRow:
    return await teams.team(rt, who.tenant, team)


@patch("/{team:int}", guards=WRITE)
async def change(rt: Services, who: Asker, team: Ident, data: JSONBody[TeamChange]) -> TeamRow:
    return await teams.change(rt, who.tenant, team, name=data.name, members=data.members, person=who.person)


@delete("/{team:int}", guards=WRITE)
async def remove(rt: Services, who: Asker, team: Ident) -> None:
    """Queues that it served go on without it."""
    await teams.remove(rt, who.tenant, team, person=who.person)


router = Router(
    "/api/v1/teams",
    route_handlers=[listed, add, one, change, remove],
    guards=[needs("people:read")],
    tags=["people"],
)
