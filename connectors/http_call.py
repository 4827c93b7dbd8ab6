"""Any HTTP service, as the `http_request` node asks it.

The answer's status is the flow's business, so every answer is `Ok`; `Failed` means that none came. Run it with
`Driver.drive(plan, follow=True)`: addresses within the company are refused there unless allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.calls import CallPlan, Failed, Ok, exchange
from connectors.contract import Request
from connectors.loose import clean_text, decode

MAX_BYTES = 256_000
MAX_TEXT = 20_000
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"})


def http_call(args: Mapping[str, Any], *, seconds: float = 15.0, key: str = "") -> CallPlan:
    """`args`: `url`, `method`?, `headers`?, `body`? (JSON; a text is sent as it is). The value is
    `{"status": 200, "body": …}`, its body JSON data, or a text of at most 20,000 characters. `key` becomes the
    `Idempotency-Key` of anything but a GET. Codes: `http:bad-request`, `http:refused`, `http:unavailable`,
    `http:timeout`."""
    method, url = str(args.get("method", "GET")).upper(), str(args.get("url", ""))
    given = args.get("headers") or {}
    if method not in METHODS or not isinstance(given, Mapping):
        return Failed(code="http:bad-request", detail="not a method or not headers")
    headers = {str(name).lower(): str(value) for name, value in given.items() if value is not None}
    forbidden = sorted(_OURS & set(headers))
    if forbidden:
        return Failed(code="http:bad-request", detail=f"the header {forbidden[0]} is not yours to set")
    headers.setdefault("accept", "application/json")
    if key and method != "GET":
        headers.setdefault("idempotency-key", key)
    body = args.get("body") if method != "GET" else None
    words = body.encode() if isinstance(body, str) else None
    request = Request(
        method=method,
        url=url,
        headers=headers,
        json=None if words is not None else body,
        content=words,
        timeout=seconds,
        max_bytes=MAX_BYTES,
    )
    response = yield from exchange(request, "http", repeatable=method in ("GET", "PUT", "DELETE"))
    if isinstance(response, Failed):
        return response
    value, wrong = decode(response.body)
    if wrong:
        value = clean_text(response.body.decode("utf-8", "replace"))[:MAX_TEXT] or None
    return Ok({"status": response.status, "body": value})
