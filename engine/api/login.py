"""Coming in and going out: plain form posts that work before any script has run. What went wrong stands as a code in
the address that the browser is sent to; secrets never do.

`POST /login` wants address and password, `POST /login/code` the second factor, `POST /login/forgot` sends a mail,
`POST /login/reset` sets a new password.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody

from engine.api.sessions import COOKIE, Sessions, cookie
from engine.core.errors import TramaError
from engine.services import logins, reset
from engine.services.logins import SESSION_HOURS, STEP_MINUTES
from engine.services.runtime import Runtime

STEP_COOKIE = "login_step"
Services = NamedDependency[SkipValidation[Runtime]]
Asked = Request[Any, Any, Any]
Next = Annotated[str, msgspec.Meta(max_length=2000)]


class LoginForm(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the page to go to; only pages of this site are gone to."""

    email: Annotated[str, msgspec.Meta(max_length=320)] = ""
    password: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    next: Next = "/"


class CodeForm(msgspec.Struct, frozen=True, kw_only=True):
    code: Annotated[str, msgspec.Meta(max_length=40)] = ""
    next: Next = "/"


class ForgotForm(msgspec.Struct, frozen=True, kw_only=True):
    email: Annotated[str, msgspec.Meta(max_length=320)] = ""


class ResetForm(msgspec.Struct, frozen=True, kw_only=True):
    token: Annotated[str, msgspec.Meta(max_length=200)] = ""
    password: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    again: Annotated[str, msgspec.Meta(max_length=1000)] = ""


def local(target: str) -> str:
    """The target if it is a path of this site, else the start page: a link must not lead elsewhere after login."""
    if not target.startswith("/") or target.startswith(("//", "/\\")) or any(ord(c) < 32 for c in target):
        return "/"
    return target


def _to(target: str, *cookies: Cookie) -> Response[bytes]:
    return Response(
        b"",
        status_code=303,
        media_type="text/plain",
        headers={"location": target, "cache-control": "no-store"},
        cookies=list(cookies),
    )


def _cookie(request: Asked, token: str, age: int, *, name: str = COOKIE, path: str = "/") -> Cookie:
    secure = request.scope.get("scheme") == "https" or request.headers.get("x-forwarded-proto") == "https"
    return Cookie(key=name, value=token, path=path, max_age=age, httponly=True, samesite="lax", secure=secure)


def _no_step(request: Asked) -> Cookie:
    return _cookie(request, "", 0, name=STEP_COOKIE, path="/login")


def _address(request: Asked) -> str:
    return request.client.host if request.client else ""


def _following(target: str) -> str:
    return quote(target, safe="")


@post("/login", include_in_schema=False, status_code=303)
async def login(request: Asked, data: URLEncodedBody[LoginForm], rt: Services) -> Response[bytes]:
    """To the wanted page with a session, to the second step, or back with what went wrong."""
    target = local(data.next)
    try:
        proven = await logins.prove(rt, data.email, data.password)
        if proven.needs_code:
            note = _cookie(
                request, logins.step(rt, proven), STEP_MINUTES * 60, name=STEP_COOKIE, path="/login"
            )
            return _to(f"/login/code?next={_following(target)}", note)
        made = await logins.come_in(
            rt, proven, client=request.headers.get("user-agent", ""), address=_address(request)
        )
    except TramaError as fault:
        if not fault.code.startswith("people:"):
            raise
        return _to(f"/login?error={fault.code}&next={_following(target)}")
    return _to(target, _cookie(request, made.token, SESSION_HOURS * 3600))


@post("/login/code", include_in_schema=False, status_code=303)
async def code(request: Asked, data: URLEncodedBody[CodeForm], rt: Services) -> Response[bytes]:
    target = local(data.next)
    try:
        proven = logins.stepped(rt, cookie(request.headers.get("cookie", ""), STEP_COOKIE))
        factor = await logins.show_code(rt, proven, data.code)
        made = await logins.come_in(
            rt,
            proven,
            factor=factor,
            client=request.headers.get("user-agent", ""),
            address=_address(request),
        )
    except TramaError as fault:
        if not fault.code.startswith("people:"):
            raise
        if fault.code == "people:wrong-code":
            return _to(f"/login/code?error={fault.code}&next={_following(target)}")
        return _to(f"/login?error={fault.code}&next={_following(target)}", _no_step(request))
    return _to(target, _cookie(request, made.token, SESSION_HOURS * 3600), _no_step(request))


@post("/login/forgot", include_in_schema=False, status_code=303)
async def forgot(request: Asked, data: URLEncodedBody[ForgotForm], rt: Services) -> Response[bytes]:
    """The same answer for every address, at once."""
    try:
        reset.ask(rt, data.email, address=_address(request))
    except TramaError as fault:
        return _to(f"/login/forgot?error={fault.code}")
    return _to("/login/forgot?sent=1")


@post("/login/reset", include_in_schema=False, status_code=303)
async def renew(request: Asked, data: URLEncodedBody[ResetForm], rt: Services) -> Response[bytes]:
    """The page keeps the token behind the `#` of its address, where the redirection leaves it."""
    if data.password != data.again:
        return _to("/login/reset?error=people:passwords-differ")
    try:
        await reset.finish(rt, data.token, data.password, address=_address(request))
    except TramaError as fault:
        if not fault.code.startswith("people:"):
            raise
        return _to(f"/login/reset?error={fault.code}")
    return _to("/login?done=reset")


@post("/logout", include_in_schema=False, status_code=303)
async def logout(
    request: Asked, rt: Services, sessions: NamedDependency[SkipValidation[Sessions]]
) -> Response[bytes]:
    token = cookie(request.headers.get("cookie", ""))
    if token:
        await logins.logout(rt, token)
        sessions.forget(token)
    return _to("/login", _cookie(request, "", 0))


handlers = [login, code, forgot, renew, logout]
