"""The people of the company: found, let in, changed, sent away; their sessions."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter, SkipValidation

from engine.api.access import needs
from engine.api.pages import Ident, Limit, Page, read_name, written_name
from engine.api.texts import Email, Language, Name
from engine.services import logins, people, second_factor
from engine.services.people import Added, PersonState
from engine.services.permissions import Role
from engine.services.principal import Principal
from engine.services.runtime import Runtime
from engine.services.views import Person, SessionRow

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
WRITE = [needs("people:write")]
Roles = Annotated[list[Role], msgspec.Meta(min_length=1, max_length=4)]
Words = Annotated[
    str, QueryParameter(max_length=200, pattern=r"^[^\x00]*$", description="Part of name or address")
]


class NewPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`invite`: send a link by e-mail; else a one-time password is in the answer."""

    email: Email
    name: Name
    roles: Roles
    language: Language = "pt-BR"
    invite: bool = False


class PersonChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is not given stays. `state` disabled ends sessions and tokens and gives open tickets back."""

    name: Name | None = None
    roles: Roles | None = None
    language: Language | None = None
    state: PersonState | None = None


class OneTimePassword(msgspec.Struct, frozen=True, kw_only=True):
    """Shown this once; it must be changed at the next login."""

    password: str


@get("/")
async def listed(
    rt: Services,
    who: Asker,
    words: Words = "",
    in_state: Annotated[PersonState | None, QueryParameter(name="state")] = None,
    after: FromQuery[str] = "",
    limit: Limit = 50,
) -> Page[Person]:
    """By name."""
    rows = await people.people(
        rt, who.tenant, words=words, state=in_state or "", after=read_name(after), limit=limit
    )
    following = written_name(rows[-1].name, rows[-1].id) if len(rows) >= limit else ""
    return Page(items=rows, next=following)


@post("/", guards=WRITE)
async def add(rt: Services, who: Asker, data: JSONBody[NewPerson]) -> Added:
    return await people.add(
        rt, who, data.email, data.name, data.roles, language=data.language, invite=data.invite
    )


@get("/{person:int}")
async def one(rt: Services, who: Asker, person: Ident) -> Person:
    return await people.person(rt, who.tenant, person)


@patch("/{person:int}", guards=WRITE)
async def change(rt: Services, who: Asker, person: Ident, data: JSONBody[PersonChange]) -> Person:
    """The last administrator stays one; nobody raises or disables themselves."""
    return await people.change(
        rt, who, person, name=data.name, roles=data.roles, language=data.language, state=data.state
    )


@post("/{person:int}/password", guards=WRITE, status_code=200)
async def password(rt: Services, who: Asker, person: Ident) -> OneTimePassword:
    """A one-time password for somebody who cannot come in; it ends their sessions."""
    return OneTimePassword(password=await people.give_password(rt, who, person))


@post("/{person:int}/unlock", guards=WRITE, status_code=200)
async def unlock(rt: Services, who: Asker, person: Ident) -> Person:
    return await people.unlock(rt, who, person)


@delete("/{person:int}/second-factor", guards=WRITE)
async def remove_second_factor(rt: Services, who: Asker, person: Ident) -> None:
    """For somebody who lost their phone and their codes."""
    await people.may_act_for(rt, who, person)
    await second_factor.remove(rt, who.tenant, person, by=who.person)


@get("/{person:int}/sessions", guards=WRITE)
async def sessions(rt: Services, who: Asker, person: Ident) -> list[SessionRow]:
    return await logins.sessions(rt, who.tenant, person)


@delete("/{person:int}/sessions", guards=WRITE)
async def end_sessions(rt: Services, who: Asker, person: Ident) -> None:
    """All of them, and the tokens of programs."""
    await logins.end_sessions(rt, who.tenant, person, by=who.person)


@delete("/{person:int}/sessions/{session:int}", guards=WRITE)
async def end_session(rt: Services, who: Asker, person: Ident, session: Ident) -> None:
    await logins.end_session(rt, who.tenant, person, session, by=who.person)


router = Router(
    "/api/v1/people",
    route_handlers=[
        listed,
        add,
        one,
        change,
        password,
        unlock,
        remove_second_factor,
        sessions,
        end_sessions,
        end_session,
    ],
    guards=[needs("people:read")],
    tags=["people"],
)
