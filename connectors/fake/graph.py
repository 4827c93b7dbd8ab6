"""A stand-in for Meta's Graph API as WhatsApp Cloud uses it, for the demo, tests and benchmarks.

It checks requests as the real one does (`graph_rules`), answers with its error shapes, reports statuses later by signed
webhook, and can be told to misbehave. In process: `FakeGraph(...)` and its methods; over HTTP the same under paths that
begin with `_`: `POST /_script`, `POST /_inbound`, `GET /_sent?after=n&wait=s`, `GET /_events?after=n&wait=s`,
`POST /_reset`.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import msgspec

from connectors.contract import Request, Response
from connectors.fake import asgi, graph_person
from connectors.fake.asgi import Call, Drop, Hang, reply
from connectors.fake.graph_records import Event, Fault, SentMessage, status_of, uploaded, words
from connectors.fake.graph_rules import Refused, check
from connectors.fake.postman import Postman
from connectors.whatsapp_cloud.errors import ERRORS
from connectors.wire import Wire

APP_SECRET, ACCESS_TOKEN, VERIFY_TOKEN = "fake-app-secret", "fake-access-token", "fake-verify-token"
WINDOW = 24 * 3600.0
PAIR_PERIOD, PAIR_BURST = 6.0, 45
_HTTP = {
    190: 401,
    0: 401,
    3: 403,
    10: 403,
    131005: 403,
    132001: 404,
    1: 500,
    2: 503,
    131000: 500,
    131016: 503,
}
_HTTP |= {4: 429, 80007: 429, 130429: 429, 131056: 429, 133004: 503}


class FakeGraph:
    """One WhatsApp number. `clock` gives seconds since 1970 and may be a simulated one; `delay` is the seconds between
    a message's statuses; `wire` carries the webhooks (default: the network). `pair_rate` enforces 131056."""

    def __init__(
        self,
        *,
        callback_url: str = "",
        app_secret: str = APP_SECRET,
        access_token: str = ACCESS_TOKEN,
        verify_token: str = VERIFY_TOKEN,
        phone_number_id: str = "106540352242922",
        waba_id: str = "419561257915477",
        display_number: str = "554130001000",
        statuses: Sequence[str] = ("sent", "delivered", "read"),
        delay: float = 0.05,
        pair_rate: bool = True,
        clock: Callable[[], float] = time.time,
        wire: Wire | None = None,
        retry_pauses: Sequence[float] = (0.2, 1.0, 5.0),
        workers: int = 1,
        keep: int = 100_000,
    ) -> None:
        self.callback_url = callback_url
        self.phone_number_id, self.waba_id, self.display_number = phone_number_id, waba_id, display_number
        self._app_secret, self._access_token, self._verify_token = app_secret, access_token, verify_token
        self.statuses, self.delay, self.pair_rate, self.clock = tuple(statuses), delay, pair_rate, clock
        self._postman = Postman(wire, pauses=retry_pauses, workers=workers)
        self._keep = keep
        self.app = asgi.app(self._handle)
        self.reset()

    def reset(self) -> None:
        """Forget messages, faults, media and rates; keep the settings. Templates go back to `hello_world`."""
        self.sent: deque[SentMessage] = deque(maxlen=self._keep)
        self.events: deque[Event] = deque(maxlen=self._keep)
        self.faults: list[Fault] = []
        self.media: dict[str, tuple[bytes, str]] = {}
        self.templates: dict[tuple[str, str], dict[str, Any]] = {}
        self.unreachable: set[str] = set()
        self._last_inbound: dict[str, float] = {}
        self._pair_free: dict[str, float] = {}
        self._counts = {"message": 0, "event": 0, "sent": 0}
        self._changed = asyncio.Event()
        self._postman.forget()
        self.template("hello_world", "en_US", 0)

    def template(self, name: str, language: str, parameters: int, *, status: str = "APPROVED") -> None:
        """Register a template with so many body parameters."""
        ident = hashlib.sha256(f"{name}:{language}".encode()).hexdigest()[:15]
        found = {
            "id": str(int(ident, 16)),
            "name": name,
            "language": language,
            "status": status,
            "category": "UTILITY",
        }
        self.templates[name, language] = found | {"parameters": parameters}

    def script(self, error: Any, **more: Any) -> None:
        """Plan a `Fault`; later ones wait behind earlier ones that match the same."""
        self.faults.append(msgspec.convert({"error": error, **more}, Fault))

    def store_media(self, data: bytes, mime: str) -> str:
        ident = self._new_id("media")
        self.media[ident] = (data, mime)
        return ident

    async def handshake(self) -> bool:
        """The GET challenge that Meta makes when the webhook is entered."""
        query = f"hub.mode=subscribe&hub.verify_token={self._verify_token}&hub.challenge=1158201444"
        answer = await self._postman.wire.exchange(Request(method="GET", url=f"{self.callback_url}?{query}"))
        return answer.status == 200 and answer.body == b"1158201444"

    async def user_says(
        self,
        from_: str = "5511999990001",
        *,
        name: str = "Cliente",
        media: tuple[str, bytes, str] | None = None,
        caption: str = "",
        reply_to: str = "",
        user_id: str = "",
        repeat: int = 1,
        **content: Any,
    ) -> str:
        """A person writes (contents as in `graph_person.said`, or `media=(kind, bytes, mime)`); the message's id once
        the webhook was answered. `user_id` adds a BSUID, `from_=""` leaves only that. `repeat` delivers it again."""
        if media is not None:
            kind, data, mime = media
            digest = hashlib.sha256(data).hexdigest()
            part = {"id": self.store_media(data, mime), "mime_type": mime, "sha256": digest}
            item: dict[str, Any] = {"type": kind, kind: part | ({"caption": caption} if caption else {})}
        else:
            item = graph_person.said(**content)
        ident = self._new_id("message")
        item |= {"id": ident, "timestamp": str(int(self.clock()))}
        item |= ({"from": from_} if from_ else {}) | ({"from_user_id": user_id} if user_id else {})
        if reply_to:
            item["context"] = {"from": self.display_number, "id": reply_to}
        contact: dict[str, Any] = {"profile": {"name": name}}
        contact |= ({"wa_id": from_} if from_ else {}) | ({"user_id": user_id} if user_id else {})
        self._last_inbound[from_ or user_id] = self.clock()
        self._note("inbound", {"id": ident, "from": from_ or user_id, "message": item})
        value: dict[str, Any] = {"messages": [item]}
        if item.get("type") != "system":
            value["contacts"] = [contact]
        for _ in range(repeat):
            await self.deliver(value)
        return ident

    async def deliver(self, value: Mapping[str, Any], field: str = "messages") -> int:
        """Post a webhook with this `value`, signed, now; the status of the answer."""
        body, headers = self.webhook(value, field)
        return await self._postman.post(self.callback_url, body, headers)

    def webhook(self, value: Mapping[str, Any], field: str = "messages") -> tuple[bytes, dict[str, str]]:
        """The bytes and headers of a delivery, for those who carry it themselves."""
        metadata = {"display_phone_number": self.display_number, "phone_number_id": self.phone_number_id}
        return graph_person.signed(
            self._app_secret, graph_person.envelope(self.waba_id, metadata, value, field)
        )

    async def flush(self) -> None:
        """Wait until all statuses were delivered or given up."""
        await self._postman.flush()

    async def listen(self, after: int | None = None) -> AsyncIterator[Event]:
        """Events as they happen, from now on or after number `after`."""
        seen = self._counts["event"] if after is None else after
        while True:
            for event in [event for event in self.events if event.n > seen]:
                seen = event.n
                yield event
            changed = self._changed
            if self._counts["event"] == seen:
                await changed.wait()

    async def aclose(self) -> None:
        await self._postman.aclose()

    # -- HTTP ---------------------------------------------------------------------------------------------------

    async def _handle(self, call: Call) -> Response:
        if call.parts and call.parts[0].startswith("_") and call.parts[0] != "_media":
            return await self._control(call)
        if call.headers.get("authorization") != f"Bearer {self._access_token}":
            return self._error(Refused(190, "Invalid OAuth access token - Cannot parse access token"))
        try:
            match call.method, call.parts:
                case "POST", (_, number, "messages") if number == self.phone_number_id:
                    return await self._messages(call.json())
                case "POST", (_, number, "media") if number == self.phone_number_id:
                    return self._upload(call)
                case "GET", ("_media", ident) if ident in self.media:
                    data, mime = self.media[ident]
                    return Response(status=200, headers={"content-type": mime}, body=data)
                case "GET", (_, account, "message_templates") if account == self.waba_id:
                    return reply(
                        {"data": [_shown(t) for t in self.templates.values()], "paging": {"cursors": {}}}
                    )
                case "POST", (_, account, "message_templates") if account == self.waba_id:
                    return self._create_template(call.json())
                case "GET", (_, number) if number == self.phone_number_id:
                    return reply(
                        {"id": number, "verified_name": "Demo", "display_phone_number": self.display_number}
                    )
                case "GET", (_, ident) if ident in self.media:
                    return self._about_media(ident, call.headers.get("host", "localhost"))
        except Refused as refused:
            return self._error(refused)
        path = "/".join(call.parts[1:])
        return self._error(
            Refused(100, f"Unsupported {call.method} request. Object '{path}' does not exist"), 33
        )

    async def _messages(self, body: Any) -> Response:
        if isinstance(body, dict) and body.get("status") == "read":
            return self._read(body)
        parameters = {key: t["parameters"] for key, t in self.templates.items() if t["status"] == "APPROVED"}
        kind = check(body, self.media, parameters)
        to = str(body.get("to") or body.get("recipient")).lstrip("+")
        fault = self._fault(to, kind, body)
        if fault is not None:
            self._note("fault", {"to": to, "error": fault.error})
            if isinstance(fault.error, int):
                raise Refused(fault.error, "planned fault")
            if fault.error == "drop_before":
                raise Drop
        if self.pair_rate:
            self._paced(to)
        message = self._take(to, kind, body)
        self._report(message, fault)
        if fault is not None and fault.error == "drop":
            raise Drop
        if fault is not None and fault.error == "timeout":
            raise Hang
        contact = {"input": to, "wa_id": to} if "to" in body else {"input": to, "user_id": to}
        return reply(
            {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": message.id}]}
        )

    def _take(self, to: str, kind: str, body: dict[str, Any]) -> SentMessage:
        self._counts["sent"] += 1
        message = SentMessage(
            n=self._counts["sent"],
            id=self._new_id("message"),
            to=to,
            type=kind,
            payload=body[kind],
            at=self.clock(),
            text=words(kind, body[kind]),
            outbox=str(body.get("biz_opaque_callback_data", "")),
            reply_to=str((body.get("context") or {}).get("message_id", "")),
        )
        self.sent.append(message)
        self._note("message", msgspec.to_builtins(message))
        return message

    def _report(self, message: SentMessage, fault: Fault | None) -> None:
        """Plan the statuses of a message that was taken."""
        names, code = list(self.statuses), 0
        last = self._last_inbound.get(message.to)
        if fault is not None and fault.error == "statuses":
            names = fault.statuses
        elif fault is not None and fault.error == "status_only_failed":
            code = fault.code
        elif message.to in self.unreachable:
            code = 131026
        elif last is not None and self.clock() - last > WINDOW and message.type != "template":
            code = 131047
        for index, name in enumerate(["failed"] if code else names):
            status = status_of(message, name, int(self.clock()), code or 131000)
            if self.callback_url:
                body, headers = self.webhook({"statuses": [status]})
                self._postman.later(self.delay * (index + 1), self.callback_url, body, headers)

    def _read(self, body: dict[str, Any]) -> Response:
        if not isinstance(body.get("message_id"), str):
            raise Refused(131008, "Required parameter message_id is missing.")
        self._note("read", {"id": body["message_id"]})
        if body.get("typing_indicator"):
            self._note("typing", {"id": body["message_id"]})
        return reply({"success": True})

    def _paced(self, to: str) -> None:
        now = self.clock()
        free = max(self._pair_free.get(to, 0.0), now)
        if free - now > PAIR_PERIOD * (PAIR_BURST - 1):
            raise Refused(
                131056, "Message failed to send because there were too many messages to the same number"
            )
        self._pair_free[to] = free + PAIR_PERIOD

    def _fault(self, to: str, kind: str, body: dict[str, Any]) -> Fault | None:
        for fault in self.faults:
            wanted = fault.match
            inside = wanted.get("contains", "")
            if (
                wanted.get("to", to) == to
                and wanted.get("type", kind) == kind
                and (not inside or inside in msgspec.json.encode(body).decode())
            ):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def _upload(self, call: Call) -> Response:
        data, mime = uploaded(call.headers.get("content-type", ""), call.body)
        return reply({"id": self.store_media(data, mime)})

    def _about_media(self, ident: str, host: str) -> Response:
        data, mime = self.media[ident]
        about = {"messaging_product": "whatsapp", "id": ident, "mime_type": mime, "file_size": str(len(data))}
        about |= {"sha256": hashlib.sha256(data).hexdigest(), "url": f"http://{host}/_media/{ident}"}
        return reply(about)

    def _create_template(self, body: Any) -> Response:
        if not isinstance(body, dict) or not all(
            body.get(k) for k in ("name", "language", "category", "components")
        ):
            raise Refused(100, "Invalid parameter: name, language, category and components are required.")
        words = [c.get("text", "") for c in body["components"] if c.get("type") == "BODY"]
        self.template(body["name"], body["language"], "".join(words).count("{{"), status="PENDING")
        return reply(_shown(self.templates[body["name"], body["language"]]))

    def _error(self, refused: Refused, subcode: int | None = None) -> Response:
        slug = ERRORS.get(refused.code, ("", "unknown"))[1]
        error: dict[str, Any] = {
            "message": f"(#{refused.code}) {slug}",
            "type": "OAuthException",
            "code": refused.code,
        }
        error |= {
            "error_data": {"messaging_product": "whatsapp", "details": refused.details},
            "fbtrace_id": "fake",
        }
        if subcode is not None:
            error["error_subcode"] = subcode
        return reply({"error": error}, _HTTP.get(refused.code, 400))

    async def _control(self, call: Call) -> Response:
        body = call.json()
        match call.method, call.parts:
            case "POST", ("_script",):
                self.faults.append(msgspec.convert(body, Fault))
            case "POST", ("_inbound",):
                arguments = dict(body)
                arguments["from_"] = arguments.pop("from", "5511999990001")
                return reply({"id": await self.user_says(**arguments)})
            case "POST", ("_reset",):
                self.reset()
            case "GET", ("_sent",):
                await self._wait_for("sent", call)
                return reply([m for m in self.sent if m.n > int(call.query.get("after", "0"))])
            case "GET", ("_events",):
                await self._wait_for("event", call)
                return reply([e for e in self.events if e.n > int(call.query.get("after", "0"))])
            case _:
                return reply({"error": "no such control"}, 404)
        return reply({"ok": True})

    async def _wait_for(self, what: str, call: Call) -> None:
        after, wait = int(call.query.get("after", "0")), float(call.query.get("wait", "0"))
        try:
            async with asyncio.timeout(min(wait, 60.0)):
                while self._counts[what] <= after and wait > 0:
                    await self._changed.wait()
        except TimeoutError:
            return

    def _note(self, kind: str, data: dict[str, Any]) -> None:
        self._counts["event"] += 1
        self.events.append(Event(n=self._counts["event"], type=kind, data=data))
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _new_id(self, what: str) -> str:
        self._counts["message"] += 1
        n = self._counts["message"]
        seed = f"{self.phone_number_id}:{time.time_ns()}:{n}".encode()
        unique = hashlib.blake2b(seed, digest_size=12).hexdigest().upper()
        return f"wamid.{unique}" if what == "message" else str(int(unique, 16))


def _shown(template: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in template.items() if k != "parameters"}


def main(host: str = "127.0.0.1", port: int = 8099, callback: str = "", **settings: Any) -> None:
    """Serve a stand-in on its own until interrupted."""
    import uvicorn

    uvicorn.run(FakeGraph(callback_url=callback, **settings).app, host=host, port=port, log_level="warning")


__all__ = ["Event", "FakeGraph", "Fault", "SentMessage", "main"]
