"""HTTP over httpx that reaches only where it may.

The guard sits where the connection is made: a name is resolved once, every address of it must be public, and the
connection goes to exactly the address that was judged, so a name that changes its mind (DNS rebinding) gains
nothing. Host header, SNI and certificate check keep the name, and connections are pooled by name. Rejected: putting
the address into the URL, because two hosts behind one address would then share a TLS connection.

No proxy from the environment, no redirects here (`driver` re-checks each), no cookies. A body is read up to its cap,
also when it is compressed.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

import httpcore
import httpx
import msgspec

from connectors.addresses import public
from connectors.connections import Pool
from connectors.contract import Request, Response
from connectors.wire import WireFailure

USER_AGENT = "Trama/0.1"
PORTS = frozenset({80, 443})
CONNECT_TIMEOUT = 5.0


class _Progress:
    """Whether a byte of the request now under way has been written."""

    __slots__ = ("written",)

    def __init__(self) -> None:
        self.written = False


_progress: ContextVar[_Progress | None] = ContextVar("trama_request_progress", default=None)


class _Stream(httpcore.AsyncNetworkStream):
    """asyncio streams without the time-outs of each call: the whole exchange has one."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        try:
            return await self._reader.read(max_bytes)
        except OSError as error:
            raise httpcore.ReadError from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        progress = _progress.get()
        if progress is not None:
            progress.written = True
        try:
            self._writer.write(buffer)
            await self._writer.drain()
        except OSError as error:
            raise httpcore.WriteError from error

    async def aclose(self) -> None:
        self._writer.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        try:
            await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except (OSError, ssl.SSLError) as error:
            self._writer.close()
            raise httpcore.ConnectError from error
        return self

    def get_extra_info(self, info: str) -> Any:
        match info:
            case "is_readable":
                return self._reader.at_eof() or self._writer.is_closing()
            case "ssl_object":
                return self._writer.get_extra_info("ssl_object")
            case "client_addr":
                return self._writer.get_extra_info("sockname")
            case "server_addr":
                return self._writer.get_extra_info("peername")
            case _:
                return None


class _Guard(httpcore.AsyncNetworkBackend):
    """Resolves, judges and connects."""

    def __init__(self, allow: frozenset[str], allow_private: bool) -> None:
        self._allow, self._allow_private = allow, allow_private

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self.admitted(host.strip("[]").lower(), port)
        for address in addresses:
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT):
                    return _Stream(*await asyncio.open_connection(address, port))
            except (OSError, TimeoutError):
                continue
        raise WireFailure("wire:unreachable", f"{host}:{port} does not answer")

    async def admitted(self, host: str, port: int) -> list[str]:
        """The addresses of `host`, all of them allowed. Raises WireFailure `wire:refused` or `wire:unresolved`."""
        named = f"{host}:{port}" in self._allow
        if port not in PORTS and not named and not self._allow_private:
            raise WireFailure("wire:refused", f"port {port} is not allowed")
        addresses = await _resolve(host, port)
        if not named and not self._allow_private and not all(public(address) for address in addresses):
            raise WireFailure("wire:refused", f"{host} is not an address of the public internet")
        return addresses


async def _resolve(host: str, port: int) -> list[str]:
    try:
        return [str(ip_address(host))]
    except ValueError:
        pass
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        raise WireFailure("wire:unresolved", f"{host} has no address") from None
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    if not addresses:
        raise WireFailure("wire:unresolved", f"{host} has no address")
    return addresses


class SafeTransport:
    """A `Wire` over one pool of kept-alive connections. `allow` are "host:port" that may be private or on another
    port; `allow_private` lets everything in (development only)."""

    def __init__(
        self,
        allow: frozenset[str] = frozenset(),
        *,
        allow_private: bool = False,
        max_connections: int = 100,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        guard = _Guard(frozenset(entry.lower() for entry in allow), allow_private)
        ssl_context = ssl_context or httpx.create_ssl_context(trust_env=False)
        self._pool = Pool(guard, ssl_context, max_connections=max_connections)

    async def exchange(self, request: Request) -> Response:
        """Carry one request out within `request.timeout` seconds. Raises WireFailure; its text is free of secrets."""
        progress = _Progress()
        token = _progress.set(progress)
        where = request.url.partition("?")[0][:200].rpartition("@")[2]
        try:
            async with asyncio.timeout(request.timeout):
                return await self._exchange(request)
        except WireFailure as failure:
            failure.written = progress.written
            raise
        except (TimeoutError, httpcore.TimeoutException):
            raise WireFailure(
                "wire:timeout", f"{where} took over {request.timeout:g} s", written=progress.written
            ) from None
        except httpcore.LocalProtocolError:
            raise WireFailure("wire:bad-request", "a header or method that HTTP does not allow") from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            slug = "dropped" if progress.written else "unreachable"
            kind = type(error).__name__
            raise WireFailure(f"wire:{slug}", f"{where}: {kind}", written=progress.written) from None
        finally:
            _progress.reset(token)

    async def _exchange(self, request: Request) -> Response:
        async with self._pool.answer(_prepare(request)) as answer:
            headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in answer.headers}
            chunks, size = [], 0
            async for chunk in answer.aiter_stream():
                size += len(chunk)
                if size > request.max_bytes:
                    raise WireFailure("wire:too-large", f"an answer of more than {request.max_bytes} bytes")
                chunks.append(chunk)
        body = _inflate(b"".join(chunks), headers, request.max_bytes)
        return Response(status=answer.status, headers=headers, body=body)

    async def aclose(self) -> None:
        await self._pool.aclose()


def _prepare(request: Request) -> httpcore.Request:
    """httpx judges URLs and encodes forms; its client is not used, it would cost more than all the rest."""
    url = _parsed(request.url)
    headers, content = encoded(request)
    try:
        raw = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
    except UnicodeEncodeError:
        raise WireFailure("wire:bad-request", "a header that is not Latin-1") from None
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    return httpcore.Request(method=request.method, url=target, headers=raw, content=content)


def encoded(request: Request) -> tuple[dict[str, str], bytes]:
    """The headers (lower-case names) and the body that go over the wire. Raises WireFailure `wire:bad-request`."""
    url = _parsed(request.url)
    headers = {"host": url.netloc.decode(), "user-agent": USER_AGENT, "accept-encoding": "identity"}
    headers |= {name.lower(): value for name, value in request.headers.items()}
    content = request.content or b""
    if request.json is not None:
        content = msgspec.json.encode(request.json)
        headers.setdefault("content-type", "application/json")
    elif request.form is not None or request.files is not None:
        form = httpx.Request(request.method, url, data=request.form, files=request.files)
        content = form.read()
        headers["content-type"] = form.headers["content-type"]
    if content or request.method not in ("GET", "HEAD", "DELETE"):
        headers["content-length"] = str(len(content))
    return headers, content


@lru_cache(maxsize=1024)
def _parsed(address: str) -> httpx.URL:
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError):
        raise WireFailure("wire:bad-request", "not a URL") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise WireFailure("wire:bad-request", "only http and https URLs with a host")
    if url.userinfo:
        raise WireFailure("wire:bad-request", "a URL must not hold a password")
    return url


def _inflate(body: bytes, headers: Mapping[str, str], cap: int) -> bytes:
    """An answer compressed although nobody asked for it, never beyond its cap."""
    match headers.get("content-encoding", "identity").strip().lower():
        case "identity" | "":
            return body
        case "gzip" | "x-gzip" | "deflate":
            inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
        case other:
            raise WireFailure("wire:dropped", f"an answer in the unknown encoding {other[:20]!r}")
    try:
        whole = inflater.decompress(body, cap)
    except zlib.error:
        raise WireFailure("wire:dropped", "an answer whose compression is broken") from None
    if inflater.unconsumed_tail:
        raise WireFailure("wire:too-large", f"an answer of more than {cap} bytes")
    return whole
