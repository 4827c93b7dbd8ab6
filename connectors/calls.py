"""The seam of services that a flow calls (ERP, HTTP, notices): a generator that yields requests and returns a result.

Like a channel's sending there is no I/O inside; `Driver.drive` runs it. A lost request or a broken answer is a
`Failed`, never an exception.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import msgspec

from connectors.contract import Request, Response
from connectors.loose import decode
from connectors.wire import WireFailure

Json = Any


class Ok(msgspec.Struct, frozen=True, tag="ok"):
    """The service's answer as plain JSON data, already checked and capped."""

    value: Json


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """`code` is `area:slug`; `retryable` whether the same call may go well later without doing harm; `unknown` that
    the service may have carried it out; `fault` that this says something about the service (for the breaker)."""

    code: str
    retryable: bool = False
    detail: str = ""
    unknown: bool = False
    fault: bool = False


CallResult = Ok | Failed
CallPlan = Generator[Request, Response, CallResult]


def exchange(
    request: Request, area: str, *, repeatable: bool
) -> Generator[Request, Response, Response | Failed]:
    """One request. `repeatable` tells that carrying it out twice does no harm (a read, or an idempotency key)."""
    try:
        response = yield request
    except WireFailure as failure:
        if failure.hopeless and not failure.written:
            return Failed(code=f"{area}:refused", detail=f"{failure.code} {failure.detail}".strip())
        unknown = failure.written and not repeatable
        retryable = not unknown and not failure.hopeless
        slug = "timeout" if failure.code == "wire:timeout" else "unavailable"
        return Failed(
            code=f"{area}:{slug}", retryable=retryable, detail=failure.detail, unknown=unknown, fault=True
        )
    return response


def read(response: Response, shape: Any, area: str) -> CallResult:
    """The body as `shape`, and as plain data without what `shape` does not name."""
    value, wrong = decode(response.body)
    if wrong:
        return Failed(code=f"{area}:bad-answer", detail=f"the answer is {wrong}", fault=True)
    try:
        return Ok(msgspec.to_builtins(msgspec.convert(value, shape)))
    except msgspec.ValidationError as error:
        return Failed(code=f"{area}:bad-answer", detail=str(error)[:200], fault=True)
