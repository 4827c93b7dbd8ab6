"""Both ends of the wire, made to cost little: phones that deliver signed webhooks over kept-alive connections, and a
Graph API that takes every message. Measuring with `connectors.fake.graph` would mostly measure that: it checks each
request as Meta does. One event loop serves both ends, so the time between the two is read from one clock.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable
from typing import Any

import msgspec

SECRET = "app-secret"
TOKEN = "access-token"
NUMBER = "106540352242922"


class Taken(msgspec.Struct, frozen=True):
    """A message that the Graph API took."""

    id: str
    to: str
    text: str
    outbox: str
    at: float


class Graph:
    """`heard` is called with each message as it is taken. `ready(port)` says where it listens."""

    def __init__(self, heard: Callable[[Taken], None]) -> None:
        self.heard = heard
        self.count = 0
        self.server: asyncio.Server | None = None

    async def open(self, port: int = 0) -> int:
        loop = asyncio.get_running_loop()
        self.server = await loop.create_server(lambda: _Exchange(self), "127.0.0.1", port)
        return int(self.server.sockets[0].getsockname()[1])

    async def aclose(self) -> None:
        if self.server is not None:
            self.server.close()

    def take(self, body: bytes) -> bytes | None:
        """The answer to a request; None hangs up in its place."""
        said = msgspec.json.decode(body)
        if said.get("status") == "read":
            return b'{"success":true}'
        self.count += 1
        ident = f"wamid.out{self.count}"
        text = said["text"]["body"] if said["type"] == "text" else ""
        self.heard(
            Taken(ident, said["to"], text, said.get("biz_opaque_callback_data", ""), time.perf_counter())
        )
        return (
            b'{"messaging_product":"whatsapp","contacts":[{"input":"%s","wa_id":"%s"}],"messages":[{"id":"%s"}]}'
            % (said["to"].encode(), said["to"].encode(), ident.encode())
        )


class _Exchange(asyncio.Protocol):
    """One connection of the Graph API: HTTP/1.1 with content-length, which is what the driver speaks."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (head := self._buffer.find(b"\r\n\r\n")) >= 0:
            size = _length(self._buffer[:head])
            if len(self._buffer) < head + 4 + size:
                return
            body = self._buffer[head + 4 : head + 4 + size]
            self._buffer = self._buffer[head + 4 + size :]
            answer = self._graph.take(body)
            if answer is None:
                self._transport.close()
                return
            self._transport.write(  # type: ignore[attr-defined]
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
                % (len(answer), answer)
            )


class Line(asyncio.Protocol):
    """A kept-alive connection that carries one webhook at a time."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[int] | None = None
        self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0 or len(self._buffer) < head + 4 + _length(self._buffer[:head]):
            return
        status = int(self._buffer[9:12])
        self._buffer = b""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(status)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("hung up"))

    async def post(self, request: bytes) -> int:
        if self.closed:
            raise ConnectionError("closed while idle")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)  # type: ignore[attr-defined]
        return await self._answer


class Lines:
    """A pool of lines to one web process."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[Line] = []

    async def post(self, request: bytes) -> int:
        """The status of the answer. Raises OSError where nobody answers or the connection breaks."""
        while self._free:
            line = self._free.pop()
            try:
                status = await line.post(request)
            except ConnectionError:
                continue  # it was idle for so long that the server closed it
            self._free.append(line)
            return status
        _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", self._port)
        status = await line.post(request)
        self._free.append(line)
        return status


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0


_numbers = itertools.count(1)


def said(phone: str, text: str, ident: str = "") -> dict[str, Any]:
    """A text message as Meta tells it."""
    return {
        "from": phone,
        "id": ident or f"wamid.in{next(_numbers)}.{phone}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": text},
    }


def status(taken: Taken, name: str) -> dict[str, Any]:
    return {
        "id": taken.id,
        "status": name,
        "timestamp": str(int(time.time())),
        "recipient_id": taken.to,
        "biz_opaque_callback_data": taken.outbox,
    }


def webhook(channel: int, *messages: dict[str, Any], statuses: tuple[dict[str, Any], ...] = ()) -> bytes:
    """The HTTP request that delivers these, signed as Meta signs."""
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "554130001000", "phone_number_id": NUMBER},
    }
    if messages:
        value["contacts"] = [{"profile": {"name": "Ana"}, "wa_id": m["from"]} for m in messages]
        value["messages"] = list(messages)
    if statuses:
        value["statuses"] = list(statuses)
    entry = {"id": "419561257915477", "changes": [{"value": value, "field": "messages"}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).replace("/", "\\/").encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return (
        b"POST /webhooks/whatsapp/%d HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        b"x-hub-signature-256: sha256=%s\r\ncontent-length: %d\r\n\r\n%s"
        % (channel, signature.encode(), len(body), body)
    )
