"""All routes of the doors as the tests see them: who passes their guards, and requests made up for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from litestar import Litestar
from litestar.handlers.base import BaseRouteHandler
from litestar.routes import HTTPRoute, WebSocketRoute
from msgspec import inspect

from engine.api.app import create
from engine.api.sessions import Sessions
from engine.core.errors import TramaError
from engine.services.permissions import ROLES
from engine.services.principal import Principal


@dataclass(frozen=True)
class Route:
    """`name` is `GET /api/v1/people/{person}`; sockets have the method WS."""

    method: str
    path: str
    handler: BaseRouteHandler

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def params(self) -> list[str]:
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    def filled(self, values: Mapping[str, object]) -> str:
        """With values for the parameters; `dead-letters/ident` goes before `ident`. Raises KeyError."""
        parts = self.path.split("/")
        for n, part in enumerate(parts):
            if part.startswith("{"):
                near = f"{parts[n - 1]}/{part[1:-1]}"
                parts[n] = str(values[near] if near in values else values[part[1:-1]])
        return "/".join(parts)

    async def guard(self, principal: Principal | None) -> str:
        """What the guards say to them: "" is yes, else the code of the refusal."""
        connection = _Connection({"user": principal})
        for guard in self.handler.resolve_guards():
            try:
                await guard(connection, self.handler)  # type: ignore[arg-type,misc]
            except TramaError as refused:
                return refused.code
        return ""

    def asks_who(self) -> bool:
        return "who" in self.handler.parsed_fn_signature.parameters

    def body(self) -> Any:
        """The least that the handler's body may be; None for one that wants none."""
        parameter = self.handler.parsed_fn_signature.parameters.get("data")
        return None if parameter is None else sample(inspect.type_info(parameter.annotation))


class _Connection:
    def __init__(self, scope: dict[str, Any]) -> None:
        self.scope = scope


def doors() -> Litestar:
    """The doors with nothing behind them: enough for those that are refused."""
    rt: Any = None
    return create(rt, rt, Sessions(rt), healthy=lambda: True)


def routes(app: Litestar) -> Iterator[Route]:
    for route in app.routes:
        if isinstance(route, WebSocketRoute):
            yield Route("WS", route.path_format, route.route_handler)
        elif isinstance(route, HTTPRoute) and not route.path.startswith("/schema"):
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods - {"OPTIONS"}):
                    yield Route(method, route.path_format, handler)


def somebody(*roles: str, pending: Any = "") -> Principal:
    return Principal(tenant=1, name="Ana", person=1, roles=list(roles), pending=pending)


async def who_passes(route: Route) -> str | list[str]:
    """`open` for nobody in particular, `logged in`, or the roles."""
    if not await route.guard(None):
        return "open"
    if not await route.guard(somebody()):
        return "logged in"
    return [role for role in ROLES if not await route.guard(somebody(role))]


async def tried(app: Litestar, route: Route, principal: Principal | None, path: str) -> tuple[int, str]:
    """Status and code of a real request by them, without a body."""

    async def entry(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "user": principal}, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(entry), base_url="http://t.test") as client:
        answer = await client.request(route.method, path)
    return answer.status_code, answer.json().get("code", "")


async def knocked(app: Litestar, principal: Principal | None, path: str) -> str:
    """What a socket is answered at the end: "accepted" or "refused" (at once, or with a reason after the handshake)."""
    sent: list[str] = []

    async def receive() -> dict[str, Any]:
        if sent:
            await asyncio.sleep(0)
            return {"type": "websocket.disconnect", "code": 1000}
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    scope: Any = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"t.test")],
        "scheme": "ws",
        "server": ("t.test", 80),
        "client": ("127.0.0.1", 1),
        "subprotocols": [],
        "state": {},
        "user": principal,
    }
    await app(scope, receive, send)  # type: ignore[arg-type]
    return "refused" if sent[-1] == "websocket.close" else "accepted"


def sample(kind: inspect.Type) -> Any:
    """The least value of a type: what must be there, as short and small as it may be."""
    match kind:
        case inspect.Metadata():
            return sample(kind.type)
        case inspect.StructType():
            return {f.encode_name: sample(f.type) for f in kind.fields if f.required}
        case inspect.StrType():
            return "x" * max(kind.min_length or 1, 1)
        case inspect.IntType() | inspect.FloatType():
            return kind.ge if kind.ge is not None else 1
        case inspect.BoolType():
            return True
        case inspect.LiteralType():
            return kind.values[0]
        case inspect.UnionType():
            return None if any(isinstance(t, inspect.NoneType) for t in kind.types) else sample(kind.types[0])
        case inspect.ListType() | inspect.SetType() | inspect.VarTupleType():
            return [sample(kind.item_type)] if kind.min_length else []
        case inspect.DateTimeType():
            return "2030-01-01T00:00:00Z"
        case inspect.DateType():
            return "2030-01-01"
    return {}
