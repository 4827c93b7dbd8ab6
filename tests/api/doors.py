"""What the tests of the doors play with: a company behind the real doors, deliveries as Meta makes them."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

import httpx

from engine.app import Application
from engine.services import channels, companies, people

SECRET = "app-secret"
SITE = "http://trama.test"


@dataclass
class Company:
    """A company with an administrator, a WhatsApp number and a webchat. `key` has all rights."""

    app: Application
    client: httpx.AsyncClient
    tenant: int
    slug: str
    whatsapp: int
    webchat: int
    key: str

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.client.get(path, headers={"x-api-key": self.key} | more.pop("headers", {}), **more)

    async def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"x-api-key": self.key} | more.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **more)

    async def post(self, path: str, **more: Any) -> httpx.Response:
        return await self.send("POST", path, **more)

    async def deliver(self, body: bytes, secret: str = SECRET, **headers: str) -> httpx.Response:
        """What Meta's servers do: bytes with a signature over them."""
        mac = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        signed = {"x-hub-signature-256": f"sha256={mac}", "content-type": "application/json"} | headers
        return await self.client.post(f"/webhooks/whatsapp/{self.whatsapp}", content=body, headers=signed)

    async def rows(self, sql: str, *args: Any) -> list[Any]:
        assert self.app.rt is not None
        async with self.app.rt.db.tenant(self.tenant) as c:
            return [tuple(r.values()) for r in await c.fetch(sql, *args)]


def delivery(*texts: str, phone: str = "5541988887777", idents: tuple[str, ...] = ()) -> bytes:
    messages = [
        {
            "from": phone,
            "id": idents[n] if idents else f"wamid.{phone}.{hashlib.md5(t.encode()).hexdigest()}",
            "timestamp": "1749416383",
            "type": "text",
            "text": {"body": t},
        }
        for n, t in enumerate(texts)
    ]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": "1"},
        "contacts": [{"profile": {"name": "Ana"}, "wa_id": phone}],
        "messages": messages,
    }
    changes = [{"field": "messages", "value": value}]
    body = {"object": "whatsapp_business_account", "entry": [{"id": "2", "changes": changes}]}
    return json.dumps(body).encode()


async def company(app: Application, client: httpx.AsyncClient, slug: str) -> Company:
    rt = app.rt
    assert rt is not None
    tenant, _ = await companies.ensure(rt, slug, slug.title())
    await people.save_person(rt, tenant, f"ana@{slug}.example", "Ana", f"{slug}-password", ["administrator"])
    settings = {"phone_number_id": "1", "app_secret": SECRET, "access_token": "t", "verify_token": "hush"}
    whatsapp = await channels.save(rt, tenant, "whatsapp_cloud", "WhatsApp", settings | {"burst_seconds": 0})
    webchat = await channels.save(rt, tenant, "webchat", "Chat", {"burst_seconds": 0})
    _, key = await people.create_api_key(rt, tenant, "tests", list(people.SCOPES))
    return Company(app, client, tenant, slug, whatsapp, webchat, key)


def code(answer: httpx.Response) -> str:
    """The code of a problem document; fails for what is none."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return str(problem["code"])
