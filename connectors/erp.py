"""The ERP client: what flows ask about customers, debts, agreements and Pix charges. HTTP only, no I/O inside.

Operations and their arguments:

| name | arguments | value |
| --- | --- | --- |
| `customer` | `cpf` (or CNPJ) or `id` | `erp_answers.Customer` |
| `invoices` | `customer_id`, `status` (unpaid, open, overdue, paid)? | list of Invoice |
| `invoice` | `id` | Invoice |
| `meter_readings` | `customer_id` | list of Reading |
| `agreements` | `customer_id` | list of Agreement |
| `propose_agreement` | `customer_id`, `instalments`, `invoices`?, `key`? | Agreement |
| `accept_agreement` | `agreement_id` | Agreement |
| `payment_link` | `customer_id`, `invoices` or `agreement`, `key`? | PaymentLink |

`key` is the idempotency key of a creating call: with it a repeat is harmless, without it a lost one is `unknown`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Meta

from connectors import erp_answers as answers
from connectors.calls import CallPlan, Failed, Ok, exchange, read
from connectors.contract import Request, Response
from connectors.loose import clean_text, decode, integer, obj, text

MAX_BYTES = 512_000


class ErpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`timeout` in seconds for a whole call."""

    base_url: str
    api_key: Annotated[str, Meta(extra_json_schema={"secret": True})] = ""
    timeout: Annotated[float, Meta(gt=0, le=120)] = 10.0

    def __repr__(self) -> str:
        return f"ErpSettings({self.base_url})"


class _Operation(msgspec.Struct, frozen=True):
    method: str
    path: str
    shape: Any
    query: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    items: bool = False


OPERATIONS: dict[str, _Operation] = {
    "customer": _Operation("GET", "/customers/{id}", answers.Customer),
    "invoices": _Operation(
        "GET", "/customers/{customer_id}/invoices", answers.Invoices, query=("status",), items=True
    ),
    "invoice": _Operation("GET", "/invoices/{id}", answers.Invoice),
    "meter_readings": _Operation(
        "GET", "/customers/{customer_id}/meter-readings", answers.Readings, items=True
    ),
    "agreements": _Operation("GET", "/agreements", answers.Agreements, query=("customer_id",), items=True),
    "propose_agreement": _Operation(
        "POST", "/agreements", answers.Agreement, body=("customer_id", "instalments", "invoices")
    ),
    "accept_agreement": _Operation("POST", "/agreements/{agreement_id}/accept", answers.Agreement),
    "payment_link": _Operation(
        "POST", "/payment-links", answers.PaymentLink, body=("customer_id", "invoices", "agreement")
    ),
}


def operation(settings: ErpSettings, name: str, args: Mapping[str, Any]) -> CallPlan:
    """Carry out an operation. Codes: `erp:unknown-operation`, `erp:missing-argument`, `erp:not-found`,
    `erp:unavailable`, `erp:timeout`, `erp:unauthorized`, `erp:refused`, `erp:bad-answer`, and `erp:<slug>` for a
    refusal that the ERP explains (`erp:too-many-instalments`)."""
    if name == "customer" and args.get("cpf") and not args.get("id"):
        return (yield from _customer_by_document(settings, str(args["cpf"])))
    known = OPERATIONS.get(name)
    if known is None:
        return Failed(
            code="erp:unknown-operation", detail=f"{name[:40]!r}; there are {', '.join(OPERATIONS)}"
        )
    try:
        path = known.path.format_map({key: _segment(value) for key, value in args.items() if value})
    except KeyError as missing:
        return Failed(code="erp:missing-argument", detail=f"{name} needs {missing.args[0]}")
    query = urlencode({key: str(args[key]) for key in known.query if args.get(key)})
    body = (
        {key: _shaped(key, args[key]) for key in known.body if args.get(key)}
        if known.method == "POST"
        else None
    )
    key = str(args.get("key") or "")
    request = _request(settings, known.method, path + (f"?{query}" if query else ""), body, key)
    repeatable = known.method == "GET" or bool(key) or name == "accept_agreement"
    response = yield from exchange(request, "erp", repeatable=repeatable)
    if isinstance(response, Failed):
        return response
    if not 200 <= response.status < 300:
        return _refusal(response, repeatable)
    found = read(response, known.shape, "erp")
    return Ok(found.value["items"]) if isinstance(found, Ok) and known.items else found


def _customer_by_document(settings: ErpSettings, document: str) -> CallPlan:
    """By CPF or CNPJ as the person typed it. Check digits are the flow's business: the books may hold odd ones."""
    bare = "".join(c for c in document if c.isascii() and c.isalnum()).upper()
    if not bare or len(bare) > 20:
        return Failed(code="erp:not-found", detail="not a document")
    request = _request(settings, "GET", f"/customers?{urlencode({'cpf': bare})}", None, "")
    response = yield from exchange(request, "erp", repeatable=True)
    if isinstance(response, Failed):
        return response
    if response.status != 200:
        return _refusal(response, True)
    found = read(response, answers.Customers, "erp")
    if isinstance(found, Failed):
        return found
    return (
        Ok(found.value["items"][0])
        if found.value["items"]
        else Failed(code="erp:not-found", detail="no customer")
    )


def _segment(value: Any) -> str:
    """One part of a path, whatever it holds; dots alone would climb out of it."""
    part = quote(str(value)[:200], safe="")
    return part.replace(".", "%2E") if not part.strip(".") else part


def _shaped(key: str, value: Any) -> Any:
    """Templates may have made texts of numbers and lists."""
    match key, value:
        case "instalments", str():
            return integer(value.strip(), 0) or value
        case "invoices", str():
            return [part.strip() for part in value.split(",") if part.strip()]
        case _:
            return value


def _request(settings: ErpSettings, method: str, path: str, body: Any, key: str) -> Request:
    headers = {"accept": "application/json", "x-api-key": settings.api_key}
    if key:
        headers["idempotency-key"] = key[:200]
    url = settings.base_url.rstrip("/") + path
    return Request(
        method=method, url=url, headers=headers, json=body, timeout=settings.timeout, max_bytes=MAX_BYTES
    )


def _refusal(response: Response, repeatable: bool) -> Failed:
    told = obj(decode(response.body)[0])
    detail = clean_text(text(told.get("detail")))[:200]
    match response.status:
        case 401 | 403:
            return Failed(code="erp:unauthorized", detail=detail, fault=True)
        case 404:
            return Failed(code="erp:not-found", detail=detail)
        case 429:
            return Failed(code="erp:unavailable", retryable=True, detail=detail or "too many calls")
        case status if status >= 500:
            detail = detail or f"HTTP {status}"
            unknown = not repeatable and status != 503
            return Failed(
                code="erp:unavailable", retryable=not unknown, detail=detail, unknown=unknown, fault=True
            )
        case status:
            slug = text(told.get("error"))
            plain = (
                slug.isascii()
                and slug.replace("-", "").isalnum()
                and slug == slug.lower()
                and len(slug) <= 40
            )
            known = bool(slug) and plain and slug[0] != "-"
            return Failed(code=f"erp:{slug}" if known else "erp:refused", detail=detail or f"HTTP {status}")
