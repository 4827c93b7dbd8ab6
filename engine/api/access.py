"""What handlers ask for: the principal, with the right that the handler needs."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.types import Guard

from engine.core.errors import TramaError
from engine.services.principal import Principal


def principal(connection: ASGIConnection[Any, Any, Any, Any]) -> Principal:
    """Who asks. Raises `access:login-needed`."""
    user: Principal | None = connection.scope["user"]
    if user is None:
        raise TramaError("access:login-needed", "log in, or send an API key")
    return user


def needs(scope: str) -> Guard:
    """A guard: `access:login-needed` for nobody, `access:forbidden` for somebody without the scope."""

    # async, though nothing is awaited: what is not is run in a thread for every request
    async def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        if not principal(connection).may(scope):
            raise TramaError("access:forbidden", f"this needs the right {scope}")

    return guard


async def logged_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """The guard of what everyone may do who is somebody: `access:login-needed`."""
    principal(connection)


async def asker(request: Request[Any, Any, Any]) -> Principal:
    """The dependency `who`."""
    return principal(request)
