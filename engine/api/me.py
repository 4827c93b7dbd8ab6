"""One's own account: name, language, password, second factor, sessions. Open to whoever is logged in."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from engine.api.access import logged_in
from engine.api.pages import Ident
from engine.api.texts import Code, Language, Name, Password
from engine.services import account, logins, second_factor
from engine.services.principal import Principal
from engine.services.runtime import Runtime
from engine.services.second_factor import Setup, Standing
from engine.services.views import Person, SessionRow

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """`pending`: what must be done before anything else (`password`, `second-factor`); `session` is this one."""

    name: str
    company: int
    person: int | None
    key: int | None
    roles: list[str]
    scopes: list[str]
    language: str
    session: int | None
    pending: str


class MyChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Name | None = None
    language: Language | None = None


class NewPassword(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    old: Password
    new: Annotated[Password, msgspec.Meta(min_length=1)]


class Proof(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That it is you who sits there."""

    password: Password


class ShownCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Code


class RecoveryCodes(msgspec.Struct, frozen=True, kw_only=True):
    """Shown this once; each works once."""

    codes: list[str]


@get("/")
async def me(who: Asker) -> Me:
    """Whose session or API key this is."""
    return Me(
        name=who.name,
        company=who.tenant,
        person=who.person,
        key=who.key,
        roles=who.roles,
        scopes=who.scopes,
        language=who.language,
        session=who.session,
        pending=who.pending,
    )


@patch("/")
async def change(rt: Services, who: Asker, data: JSONBody[MyChange]) -> Person:
    return await account.change(rt, who, name=data.name, language=data.language)


@post("/password", status_code=204)
async def password(rt: Services, who: Asker, data: JSONBody[NewPassword]) -> None:
    """Every other session and all tokens of programs end."""
    await account.change_password(rt, who, data.old, data.new)


@get("/second-factor")
async def standing(rt: Services, who: Asker) -> Standing:
    return await second_factor.standing(rt, who.tenant, account.own(who))


@post("/second-factor", status_code=200)
async def begin(rt: Services, who: Asker, data: JSONBody[Proof]) -> Setup:
    """A secret for an authenticator app. It counts once a code of it was confirmed."""
    await account.confirm_password(rt, who, data.password)
    return await second_factor.begin(rt, who.tenant, account.own(who))


@post("/second-factor/confirm", status_code=200)
async def confirm(rt: Services, who: Asker, data: JSONBody[ShownCode]) -> RecoveryCodes:
    return RecoveryCodes(codes=await second_factor.confirm(rt, who.tenant, account.own(who), data.code))


@post("/second-factor/remove", status_code=204)
async def remove(rt: Services, who: Asker, data: JSONBody[Proof]) -> None:
    await account.confirm_password(rt, who, data.password)
    await second_factor.remove(rt, who.tenant, account.own(who), by=who.person)


@post("/recovery-codes", status_code=200)
async def recovery_codes(rt: Services, who: Asker, data: JSONBody[Proof]) -> RecoveryCodes:
    """Ten new ones; the old ones are void."""
    await account.confirm_password(rt, who, data.password)
    return RecoveryCodes(codes=await second_factor.new_codes(rt, who.tenant, account.own(who)))


@get("/sessions")
async def sessions(rt: Services, who: Asker) -> list[SessionRow]:
    return await logins.sessions(rt, who.tenant, account.own(who))


@delete("/sessions")
async def end_others(rt: Services, who: Asker) -> None:
    """All but this one, and the tokens of programs."""
    await logins.end_sessions(rt, who.tenant, account.own(who), by=who.person, but=who.session)


@delete("/sessions/{session:int}")
async def end_one(rt: Services, who: Asker, session: Ident) -> None:
    await logins.end_session(rt, who.tenant, account.own(who), session, by=who.person)


router = Router(
    "/api/v1/me",
    route_handlers=[
        me,
        change,
        password,
        standing,
        begin,
        confirm,
        remove,
        recovery_codes,
        sessions,
        end_others,
        end_one,
    ],
    guards=[logged_in],
    tags=["account"],
)
