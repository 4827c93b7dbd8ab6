"""A mock ERP over HTTP: customers, invoices, meter readings, agreements, Pix charges, payment confirmations.

Every call needs `x-api-key`. Lists come as `{"items": [...]}`, errors as `{"error": slug, "detail": text}`. A POST
with an `Idempotency-Key` that was used before gives the same answer again. A payment (`POST /payments/simulate`) is
confirmed by a webhook `payment.received` with `x-signature-256: sha256=HMAC(secret, body)`, tried again when refused.
Faults by `POST /_fault {"mode": "down"|"slow"|"wrong"|"", "times": n}`, everything new by `POST /_reset`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Literal

import msgspec

from connectors.contract import Response
from connectors.fake import asgi
from connectors.fake.asgi import Call, reply
from connectors.fake.erp_ledger import Json, Ledger, LedgerError
from connectors.fake.postman import Postman
from connectors.wire import Wire

Mode = Literal["", "down", "slow", "wrong"]
API_KEY, WEBHOOK_SECRET = "fake-erp-key", "fake-erp-secret"


def seed() -> Json:
    """The demo company's books."""
    found: Json = msgspec.json.decode(files("seeds").joinpath("erp.json").read_bytes())
    return found


class FakeErp:
    """`callback_url` receives payment confirmations with `callback_headers` besides the signature. `clock` may be a
    simulated one: invoices grow old by it. `wire` carries the webhook (default: the network)."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        api_key: str = API_KEY,
        callback_url: str = "",
        webhook_secret: str = WEBHOOK_SECRET,
        callback_headers: Mapping[str, str] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        wire: Wire | None = None,
        retry_pauses: Sequence[float] = (0.5, 2.0, 10.0),
        slow_seconds: float = 20.0,
    ) -> None:
        self._data = data if data is not None else seed()
        self._api_key, self._secret = api_key, webhook_secret
        self.callback_url, self._callback_headers = callback_url, dict(callback_headers or {})
        self.clock, self.slow_seconds = clock, slow_seconds
        self._postman = Postman(wire, pauses=retry_pauses)
        self.app = asgi.app(self._handle)
        self.reset()

    def reset(self) -> None:
        """The books as in the seed, counted from today; no faults."""
        self.ledger = Ledger(self._data, self.clock().date())
        self._answers: dict[str, tuple[str, Response]] = {}
        self._mode: Mode = ""
        self._times: int | None = None
        self._postman.forget()

    def fault(self, mode: Mode, times: int | None = None) -> None:
        """From now on (or for the next `times` calls): 503, an answer after `slow_seconds`, or nonsense."""
        self._mode, self._times = mode, times

    async def pay(self, payment_link_id: str) -> Json:
        """What `POST /payments/simulate` does."""
        link, first_time = self.ledger.pay(payment_link_id, self.clock())
        if first_time and self.callback_url:
            self._confirm(link)
        return link

    async def flush(self) -> None:
        """Wait until confirmations were delivered or given up."""
        await self._postman.flush()

    async def aclose(self) -> None:
        await self._postman.aclose()

    def _confirm(self, link: Json) -> None:
        customer = self.ledger.customers[link["customer_id"]]
        about = {k: link[k] for k in ("customer_id", "invoices", "agreement", "instalment", "amount", "txid")}
        data = {"payment_link_id": link["id"], **about, "paid_at": link["paid_at"]}
        data |= {"document": customer["document"], "phone": customer["phone"], "name": customer["name"]}
        event = {
            "id": f"evt-{link['id']}",
            "event": "payment.received",
            "occurred_at": link["paid_at"],
            "data": data,
        }
        body = msgspec.json.encode(event)
        digest = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"content-type": "application/json", "idempotency-key": str(event["id"])}
        headers |= self._callback_headers | {"x-signature-256": f"sha256={digest}"}
        self._postman.later(0.0, self.callback_url, body, headers)

    async def _handle(self, call: Call) -> Response:
        if call.parts[:1] == ("_reset",):
            self.reset()
            return reply({"ok": True})
        if call.parts[:1] == ("_fault",):
            asked = call.json() or {}
            self.fault(asked.get("mode", ""), asked.get("times"))
            return reply({"ok": True})
        if not hmac.compare_digest(call.headers.get("x-api-key", "").encode(), self._api_key.encode()):
            return reply({"error": "unauthorized", "detail": "x-api-key is missing or wrong"}, 401)
        match self._next_fault():
            case "down":
                return reply({"error": "unavailable", "detail": "planned fault"}, 503)
            case "slow":
                await asyncio.sleep(self.slow_seconds)
            case "wrong":
                return reply(b"<html>OK</html>", headers={"content-type": "text/html"})
        try:
            return await self._routed(call)
        except LedgerError as error:
            return reply({"error": error.slug, "detail": error.detail}, error.status)

    def _next_fault(self) -> Mode:
        mode = self._mode
        if mode and self._times is not None:
            self._times -= 1
            if self._times <= 0:
                self._mode, self._times = "", None
        return mode

    async def _routed(self, call: Call) -> Response:
        now, ledger = self.clock(), self.ledger
        today = now.date()
        match call.method, call.parts:
            case "GET", ("customers",):
                document = call.query.get("cpf") or call.query.get("cnpj") or call.query.get("document", "")
                return _items([ledger.customer(c["id"], today) for c in ledger.find(document)])
            case "GET", ("customers", ident):
                return reply(ledger.customer(ident, today))
            case "GET", ("customers", ident, "invoices"):
                return _items(ledger.of_customer(ident, today, call.query.get("status", "")))
            case "GET", ("customers", ident, "meter-readings"):
                return _items(ledger.readings(ident))
            case "GET", ("invoices", ident):
                return reply(ledger.invoice(ident, today))
            case "GET", ("agreements",):
                return _items(ledger.agreements_of(call.query.get("customer_id", "")))
            case "GET", ("agreements", ident) if ident in ledger.agreements:
                return reply(ledger.agreements[ident])
            case "GET", ("payment-links", ident) if ident in ledger.links:
                return reply(ledger.links[ident])
            case "POST", ("agreements",):
                return self._once(call, lambda body: ledger.propose(body, _new("a"), now))
            case "POST", ("agreements", ident, "accept"):
                return reply(ledger.accept(ident, now))
            case "POST", ("payment-links",):
                return self._once(call, lambda body: ledger.link(body, _new("p"), now))
            case "POST", ("payments", "simulate"):
                return reply(await self.pay(str((call.json() or {}).get("payment_link_id", ""))))
        raise LedgerError(404, "not-found", "no such resource")

    def _once(self, call: Call, make: Callable[[Json], Json]) -> Response:
        """Create, or repeat the answer to the same key; another body under a used key is a conflict."""
        body, key = call.json(), call.headers.get("idempotency-key", "")
        if not isinstance(body, dict):
            raise LedgerError(400, "bad-request", "a JSON object is needed")
        print_ = hashlib.sha256(msgspec.json.encode([call.parts, body], order="deterministic")).hexdigest()
        if key in self._answers:
            known, answer = self._answers[key]
            if known != print_:
                raise LedgerError(409, "idempotency-conflict", "the key was used for something else")
            return answer
        answer = reply(make(body), 201)
        if key:
            self._answers[key] = (print_, answer)
        return answer


def _items(values: list[Json]) -> Response:
    return reply({"items": values})


def _new(prefix: str) -> str:
    return f"{prefix}-{secrets.token_hex(6)}"


def main(host: str = "127.0.0.1", port: int = 8098, callback: str = "", **settings: Any) -> None:
    """Serve the mock ERP on its own until interrupted."""
    import uvicorn

    uvicorn.run(FakeErp(callback_url=callback, **settings).app, host=host, port=port, log_level="warning")
