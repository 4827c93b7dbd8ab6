"""Coming in and going out: plain form posts that set and clear the session cookie, and who one is."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import BodyKwarg, SkipValidation

from engine.api.sessions import COOKIE, Sessions, cookie
from engine.core.errors import TramaError
from engine.services import people
from engine.services.people import SESSION_HOURS, Principal
from engine.services.runtime import Runtime


class LoginForm(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the page to go to; only pages of this site are gone to."""

    email: Annotated[str, msgspec.Meta(max_length=320)] = ""
    password: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    next: Annotated[str, msgspec.Meta(max_length=2000)] = "/"


class Me(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    company: int
    person: int | None
    roles: list[str]
    scopes: list[str]
    language: str


def local(target: str) -> str:
    """The target if it is a path of this site, else the start page: a link must not lead elsewhere after login."""
    if not target.startswith("/") or target.startswith(("//", "/\\")) or any(ord(c) < 32 for c in target):
        return "/"
    return target


def _to(target: str, session: Cookie | None = None) -> Response[bytes]:
    return Response(
        b"",
        status_code=303,
        media_type="text/plain",
        headers={"location": target},
        cookies=[session] if session else None,
    )


def _cookie(request: Request[Any, Any, Any], token: str, age: int) -> Cookie:
    secure = request.scope.get("scheme") == "https" or request.headers.get("x-forwarded-proto") == "https"
    return Cookie(
        key=COOKIE, value=token, path="/", max_age=age, httponly=True, samesite="lax", secure=secure
    )


@post("/login", include_in_schema=False, status_code=303)
async def login(
    request: Request[Any, Any, Any],
    data: Annotated[LoginForm, BodyKwarg(media_type=RequestEncodingType.URL_ENCODED)],
    rt: NamedDependency[SkipValidation[Runtime]],
) -> Response[bytes]:
    """To the wanted page with a session, or back to the login page with what went wrong."""
    target = local(data.next)
    try:
        made = await people.login(rt, data.email, data.password, client=request.headers.get("user-agent", ""))
    except TramaError as fault:
        if not fault.code.startswith("people:"):
            raise
        return _to(f"/login?error={fault.code}&next={quote(target, safe='')}")
    return _to(target, _cookie(request, made.token, SESSION_HOURS * 3600))


@post("/logout", include_in_schema=False, status_code=303)
async def logout(
    request: Request[Any, Any, Any],
    rt: NamedDependency[SkipValidation[Runtime]],
    sessions: NamedDependency[SkipValidation[Sessions]],
) -> Response[bytes]:
    token = cookie(request.headers.get("cookie", ""))
    if token:
        await people.logout(rt, token)
        sessions.forget(token)
    return _to("/login", _cookie(request, "", 0))


@get("/api/v1/me", tags=["people"])
async def me(who: NamedDependency[SkipValidation[Principal]]) -> Me:
    """Whose session or API key this is."""
    return Me(
        name=who.name,
        company=who.tenant,
        person=who.person,
        roles=who.roles,
        scopes=who.scopes,
        language=who.language,
    )
