"""Carries out what connectors plan: the only place where their requests become I/O.

A plan is a generator that yields `Request` and is sent `Response`. A request that fails is thrown into it as
`WireFailure`; a plan that lets it pass is answered here.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec

from connectors.contract import NotSent, Outcome, Policy, Request, Response, SendPlan
from connectors.safe_transport import SafeTransport
from connectors.wire import Wire, WireFailure

MAX_REDIRECTS = 3
_KEPT_HEADERS = frozenset({"accept", "accept-language", "user-agent"})
T = TypeVar("T")


class Driver:
    """One per process: it holds the pool of connections. `allow` are "host:port" that may be private or on a port
    other than 80 and 443; `wire` replaces the network in tests."""

    def __init__(
        self, *, allow: frozenset[str] = frozenset(), allow_private: bool = False, wire: Wire | None = None
    ) -> None:
        self._wire: Wire = wire or SafeTransport(allow, allow_private=allow_private)

    async def request(self, request: Request, *, follow: bool = False) -> Response:
        """One request; with `follow` up to three redirects, each judged like a new request. Raises WireFailure."""
        answer = await self._wire.exchange(request)
        if not follow:
            return answer
        for _ in range(MAX_REDIRECTS):
            if answer.status not in (301, 302, 303, 307, 308) or not answer.headers.get("location"):
                return answer
            request = redirected(request, answer)
            answer = await self._wire.exchange(request)
        if answer.status in (301, 302, 303, 307, 308):
            raise WireFailure("wire:redirect", f"more than {MAX_REDIRECTS} redirects", written=True)
        return answer

    async def drive(self, plan: Generator[Request, Response, T], *, follow: bool = False) -> T:
        """Run a plan to its end. Raises WireFailure when the plan does not deal with it itself."""
        try:
            request = next(plan)
            while True:
                try:
                    answer = await self.request(request, follow=follow)
                except WireFailure as failure:
                    request = plan.throw(failure)
                else:
                    request = plan.send(answer)
        except StopIteration as end:
            value: T = end.value
            return value
        finally:
            plan.close()

    async def run(self, plan: SendPlan) -> Outcome:
        """Run a channel's sending. A request that may have arrived is `unknown`, one that never left is `retry`,
        one that must not leave is `permanent`."""
        try:
            return await self.drive(plan)
        except WireFailure as failure:
            return not_sent(failure)

    async def aclose(self) -> None:
        await self._wire.aclose()


def not_sent(failure: WireFailure) -> NotSent:
    policy: Policy = "permanent" if failure.hopeless else "retry"
    return NotSent(policy="unknown" if failure.written else policy, code=failure.code, detail=failure.detail)


def redirected(request: Request, answer: Response) -> Request:
    """The request that a redirect asks for. Credentials stay at the origin that they were meant for, and https
    does not become http. Raises WireFailure `wire:redirect`."""
    target = urljoin(request.url, answer.headers["location"])
    try:
        old, new = urlsplit(request.url), urlsplit(target)
        same_origin = (old.scheme, old.hostname, old.port) == (new.scheme, new.hostname, new.port)
    except ValueError:
        raise WireFailure("wire:redirect", "a redirect to no URL", written=True) from None
    if new.scheme not in ("http", "https") or (old.scheme == "https" and new.scheme == "http"):
        raise WireFailure("wire:redirect", f"a redirect from {old.scheme} to {new.scheme[:20]}", written=True)
    headers = request.headers
    if not same_origin:
        headers = {name: value for name, value in headers.items() if name.lower() in _KEPT_HEADERS}
    becomes_get = answer.status == 303 or (answer.status in (301, 302) and request.method == "POST")
    if becomes_get:
        headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
        return Request(
            method="HEAD" if request.method == "HEAD" else "GET",
            url=target,
            headers=headers,
            timeout=request.timeout,
            max_bytes=request.max_bytes,
        )
    if not same_origin and (request.json or request.form or request.files or request.content):
        raise WireFailure("wire:redirect", "a body is not carried to another origin", written=True)
    return msgspec.structs.replace(request, url=target, headers=headers)
