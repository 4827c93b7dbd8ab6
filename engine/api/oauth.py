"""Tokens for programs of people: the token endpoint of OAuth 2.0 (RFC 6749) and revocation (RFC 7009).

Grants are `password` (with `otp` where there is a second factor) and `refresh_token`. Clients are public: `client_id`
is a name for the list of sessions. Failures have the form of RFC 6749, section 5.2; the description begins with our
code.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, Router, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException, ValidationException
from litestar.params import SkipValidation, URLEncodedBody
from msgspec import Meta

from engine.api.texts import Code, Token
from engine.core.errors import TramaError
from engine.services import tokens
from engine.services.runtime import Runtime
from engine.services.tokens import TokenSet

Services = NamedDependency[SkipValidation[Runtime]]
Fault = Literal["invalid_request", "invalid_grant", "unsupported_grant_type"]
_HEADERS = [ResponseHeader(name="cache-control", value="no-store")]


class TokenRequest(msgspec.Struct, frozen=True, kw_only=True):
    grant_type: Annotated[str, Meta(max_length=100)] = ""
    username: Annotated[str, Meta(max_length=320)] = ""
    password: Annotated[str, Meta(max_length=1000)] = ""
    otp: Code = ""
    refresh_token: Token = ""
    client_id: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    token: Token = ""


class TokenFault(msgspec.Struct, frozen=True, kw_only=True):
    error: Fault
    error_description: str = ""


def _fault(error: Fault, description: str) -> Response[TokenFault]:
    # the description is printable ASCII without quotes there
    plain = "".join(c for c in description if " " <= c <= "~" and c not in '"\\')[:300]
    return Response(
        TokenFault(error=error, error_description=plain),
        status_code=400,
        headers={"cache-control": "no-store"},
    )


def _of_trama(_: Request[Any, Any, Any], fault: TramaError) -> Response[TokenFault]:
    return _fault("invalid_grant", f"{fault.code}: {fault.detail}")


def _of_http(_: Request[Any, Any, Any], fault: HTTPException) -> Response[Any]:
    if fault.status_code != 400:
        raise fault
    return _fault("invalid_request", "send form fields, each once")


@post("/token", status_code=200, response_headers=_HEADERS)
async def token(rt: Services, data: URLEncodedBody[TokenRequest]) -> TokenSet | Response[TokenFault]:
    match data.grant_type:
        case "password":
            if not data.username or not data.password:
                return _fault("invalid_request", "username and password are needed")
            return await tokens.by_password(
                rt, data.username, data.password, otp=data.otp, client=data.client_id
            )
        case "refresh_token":
            if not data.refresh_token:
                return _fault("invalid_request", "refresh_token is needed")
            return await tokens.by_refresh(rt, data.refresh_token)
        case "":
            return _fault("invalid_request", "grant_type is needed")
        case _:
            return _fault("unsupported_grant_type", "password or refresh_token")


@post("/revoke", status_code=200, response_headers=_HEADERS)
async def revoke(rt: Services, data: URLEncodedBody[Revocation]) -> Response[TokenFault] | None:
    """Ends the token's whole family. A token that is unknown is as good as ended."""
    if not data.token:
        return _fault("invalid_request", "token is needed")
    await tokens.revoke(rt, data.token)
    return None


router = Router(
    "/oauth",
    route_handlers=[token, revoke],
    exception_handlers={TramaError: _of_trama, ValidationException: _of_http, HTTPException: _of_http},
    tags=["access"],
    security=[],
)
