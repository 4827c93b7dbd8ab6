"""Kept-alive HTTP connections, by origin.

httpcore has a pool of its own, but it looks at every connection and every waiting request whenever one comes or goes:
with sixty sends under way that took half of all the time of a turn. Here a connection is taken from the end of a list
and put back there.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpcore

KEEPALIVE_SECONDS = 30.0
Key = tuple[bytes, bytes, int]
"""Scheme, host and port: an origin that can be a key."""


class Pool:
    """At most `max_connections` requests are under way; as many connections may wait for the next one."""

    def __init__(
        self, backend: httpcore.AsyncNetworkBackend, ssl_context: ssl.SSLContext, *, max_connections: int
    ) -> None:
        self._backend = backend
        self._ssl_context = ssl_context
        self._most = max_connections
        self._slots = asyncio.Semaphore(max_connections)
        self._idle: OrderedDict[httpcore.AsyncHTTPConnection, Key] = OrderedDict()
        self._by_origin: dict[Key, list[httpcore.AsyncHTTPConnection]] = {}

    @asynccontextmanager
    async def answer(self, request: httpcore.Request) -> AsyncIterator[httpcore.Response]:
        """The answer's head, its body still to be read. A connection whose body was not read to the end is closed."""
        origin = request.url.origin
        key = (origin.scheme, origin.host, origin.port)
        async with self._slots:
            connection = await self._take(key, origin)
            kept = False
            try:
                response = await connection.handle_async_request(request)
                try:
                    yield response
                finally:
                    await response.aclose()
                kept = connection.is_idle() and not connection.has_expired()
            finally:
                if kept:
                    await self._put(key, connection)
                else:
                    await connection.aclose()

    async def aclose(self) -> None:
        idle, self._idle, self._by_origin = list(self._idle), OrderedDict(), {}
        for connection in idle:
            await connection.aclose()

    async def _take(self, key: Key, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection:
        waiting = self._by_origin.get(key, [])
        while waiting:
            connection = waiting.pop()
            del self._idle[connection]
            if not connection.has_expired():
                return connection
            await connection.aclose()
        self._by_origin.pop(key, None)
        return httpcore.AsyncHTTPConnection(
            origin=origin,
            ssl_context=self._ssl_context,
            keepalive_expiry=KEEPALIVE_SECONDS,
            network_backend=self._backend,
        )

    async def _put(self, key: Key, connection: httpcore.AsyncHTTPConnection) -> None:
        self._idle[connection] = key
        self._by_origin.setdefault(key, []).append(connection)
        # the one that waited longest is looked at whenever another begins to wait
        oldest, where = next(iter(self._idle.items()))
        if oldest is not connection and (len(self._idle) > self._most or oldest.has_expired()):
            del self._idle[oldest]
            self._by_origin[where].remove(oldest)
            if not self._by_origin[where]:
                del self._by_origin[where]
            await oldest.aclose()
