"""What the pipeline's tests play with: a company, its customers' phones and a Graph API that does as it is told."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from connectors.contract import Received, Reply, Request, Response
from connectors.driver import Driver
from engine.core.message import Content, plain
from engine.services import channels, flows, people
from engine.services.delivery import Deliveries
from engine.services.intake import Intake
from engine.services.runtime import Runtime
from engine.services.turn import Turns
from engine.settings import Settings
from engine.store import tenants
from engine.store.database import Database
from engine.store.vault import Vault

SECRET = "app-secret"
PHONE = "5541988887777"


class Graph:
    """The other end of the wire. `script` holds what to do with the next sends: a response, or an exception."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.script: list[Response | Exception] = []
        self._ids = itertools.count(1)

    async def exchange(self, request: Request) -> Response:
        self.requests.append(request)
        if self.script:
            scripted = self.script.pop(0)
            if isinstance(scripted, Exception):
                raise scripted
            return scripted
        to = request.json.get("to", PHONE) if isinstance(request.json, dict) else PHONE
        body = {"messages": [{"id": f"wamid.out{next(self._ids)}"}], "contacts": [{"wa_id": to}]}
        return Response(status=200, body=json.dumps(body).encode())

    async def aclose(self) -> None:
        return None

    @property
    def texts(self) -> list[str]:
        """The words of what was sent, in the order in which it arrived."""
        return [r.json["text"]["body"] for r in self.requests if r.json and r.json.get("type") == "text"]


class Bell:
    def __init__(self) -> None:
        self.rung: list[str] = []

    def ring(self, kind: str) -> None:
        self.rung.append(kind)


def refusal(code: int, status: int = 400) -> Response:
    return Response(status=status, body=json.dumps({"error": {"code": code, "message": "no"}}).encode())


@dataclass
class Company:
    rt: Runtime
    tenant: int
    channel: int
    graph: Graph
    intake: Intake
    turns: Turns
    deliveries: Deliveries
    shift: timedelta = timedelta(0)
    _ids: itertools.count = field(default_factory=lambda: itertools.count(1))  # type: ignore[type-arg]

    async def publish(self, *documents: dict[str, Any]) -> None:
        for document in documents:
            await flows.create(self.rt, self.tenant, document)
            await flows.publish(self.rt, self.tenant, document["id"])

    def message(self, text: str = "", *, ident: str = "", phone: str = PHONE, **other: Any) -> dict[str, Any]:
        body = other or {"type": "text", "text": {"body": text}}
        ident = ident or f"wamid.in{next(self._ids)}"
        return {"from": phone, "id": ident, "timestamp": "1749416383", **body}

    async def webhook(
        self, *messages: dict[str, Any], statuses: list[dict[str, Any]] | None = None, secret: str = SECRET
    ) -> Reply:
        """A delivery of the channel, signed as it signs."""
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"phone_number_id": "1"},
            "contacts": [{"profile": {"name": "Ana"}, "wa_id": m["from"]} for m in messages if "from" in m],
            "messages": list(messages),
            "statuses": statuses or [],
        }
        change = {"field": "messages", "value": value}
        body = json.dumps(
            {"object": "whatsapp_business_account", "entry": [{"id": "2", "changes": [change]}]}
        )
        return await self.raw(body.encode(), secret)

    async def raw(self, body: bytes, secret: str = SECRET) -> Reply:
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"x-hub-signature-256": f"sha256={signature}"}
        received = Received(method="POST", headers=headers, query={}, body=body)
        return await self.intake.receive("whatsapp_cloud", self.channel, received)

    async def says(self, *texts: str, phone: str = PHONE) -> None:
        """The customer writes, each text in a delivery of its own."""
        for text in texts:
            assert (await self.webhook(self.message(text, phone=phone))).status == 200

    async def person(self, email: str = "ana@x.br") -> int:
        """Somebody who works here; their id."""
        return (await people.save_person(self.rt, self.tenant, email, "Ana", "segredo1", ["agent"])).id

    async def settle(self) -> None:
        """Everything that is due happens."""
        await self.turns.drain()
        await self.deliveries.drain()

    async def report(self, ident: str, status: str, *, outbox: str = "", code: int = 0) -> None:
        """A delivery report of the channel."""
        told: dict[str, Any] = {
            "id": ident,
            "status": status,
            "timestamp": "1750263773",
            "recipient_id": PHONE,
        }
        if outbox:
            told["biz_opaque_callback_data"] = outbox
        if code:
            told["errors"] = [{"code": code, "title": "no"}]
        assert (await self.webhook(statuses=[told])).status == 200

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        """Rows of this company; single columns as plain values, JSON decoded."""
        async with self.rt.db.tenant(self.tenant) as c:
            found = await c.fetch(sql, *args)
        rows = [
            tuple(msgspec.json.decode(v) if isinstance(v, bytes) else v for v in r.values()) for r in found
        ]
        return [r[0] if len(r) == 1 else r for r in rows]

    async def replies(self) -> list[str]:
        """What the bot wants said, in order."""
        contents = await self.rows("SELECT content FROM outbox WHERE kind = 'send' ORDER BY seq")
        return [plain(msgspec.convert(c, Content)) for c in contents]


async def company(db: Database, slug: str, *, burst: float = 0.0) -> Company:
    graph = Graph()
    rt = Runtime(
        settings=Settings(secret_key=b"k" * 32, data_dir=Path("/nonexistent")),
        db=db,
        vault=Vault(b"k" * 32),
        courier=Driver(wire=graph),
        bell=Bell(),
    )
    tenant = await tenants.create(db, slug, slug.title())
    settings = {"phone_number_id": "1", "app_secret": SECRET, "access_token": "t", "burst_seconds": burst}
    channel = await channels.save(rt, tenant, "whatsapp_cloud", "WhatsApp", settings)
    made = Company(rt, tenant, channel, graph, Intake(rt), Turns(rt), Deliveries(rt))
    rt.now = lambda: datetime.now(UTC) + made.shift
    return made


__all__ = ["Company", "Graph", "company", "people", "refusal"]
