"""The little of a web framework that the stand-ins need, and a wire that calls an ASGI app without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from connectors.contract import Request, Response
from connectors.safe_transport import encoded
from connectors.wire import WireFailure

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY = 110_000_000


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it came: path parts without empty ones, lower-case header names."""

    method: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, or None where it is not JSON."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None


class Drop(Exception):
    """Hang up in the middle of the answer."""


class Hang(Exception):
    """Never answer, until the caller goes away."""


Handler = Callable[[Call], Awaitable[Response]]


def reply(value: Any, status: int = 200, headers: Mapping[str, str] = {}) -> Response:
    return Response(
        status=status,
        headers={"content-type": "application/json", **headers},
        body=value if isinstance(value, bytes) else msgspec.json.encode(value),
    )


def app(handler: Handler) -> App:
    """An ASGI app around one handler. A `Drop` breaks the connection after the head of the answer."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        call = Call(
            method=scope["method"],
            parts=tuple(unquote(part) for part in scope["path"].split("/") if part),
            query=dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)),
            headers={k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]},
            body=await _body(receive),
        )
        try:
            answer = await handler(call)
        except Drop:
            head = [(b"content-type", b"application/json"), (b"content-length", b"9999")]
            await send({"type": "http.response.start", "status": 200, "headers": head})
            await send({"type": "http.response.body", "body": b"{", "more_body": True})
            return
        except Hang:
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in answer.headers.items()]
        headers.append((b"content-length", str(len(answer.body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    return run


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body") or sum(map(len, chunks)) > MAX_BODY:
            return b"".join(chunks)


class AsgiWire:
    """A `Wire` that hands requests to apps in this process, by "host" or "host:port"; others cannot be reached.
    It enforces time-outs and size caps as the real one does."""

    def __init__(self, apps: Mapping[str, App]) -> None:
        self._apps = dict(apps)

    async def exchange(self, request: Request) -> Response:
        target = urlsplit(request.url)
        application = self._apps.get(target.netloc) or self._apps.get(target.hostname or "")
        if application is None:
            raise WireFailure("wire:unreachable", f"{target.netloc} is not here")
        headers, content = encoded(request)
        try:
            async with asyncio.timeout(request.timeout):
                answer = await _called(
                    application, request.method, target.path, target.query, headers, content
                )
        except TimeoutError:
            raise WireFailure("wire:timeout", target.netloc, written=True) from None
        if len(answer.body) > request.max_bytes:
            raise WireFailure("wire:too-large", "", written=True)
        return answer

    async def aclose(self) -> None:
        return None


async def _called(
    application: App, method: str, path: str, query: str, headers: Mapping[str, str], content: bytes
) -> Response:
    sent: list[MutableMapping[str, Any]] = []
    asked = False

    async def receive() -> MutableMapping[str, Any]:
        nonlocal asked
        if asked:
            await asyncio.Event().wait()
        asked = True
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path) or "/",
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    await application(scope, receive, send)
    if not sent:
        raise WireFailure("wire:dropped", "no answer", written=True)
    head = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    if int(head.get("content-length", len(body))) != len(body):
        raise WireFailure("wire:dropped", "half an answer", written=True)
    return Response(status=sent[0]["status"], headers=head, body=body)
