"""The inbox over HTTP, as a person's login and as another system's key."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from doors import SITE, Company, code, delivery

from engine.app import Application
from engine.services import conversations, people, templates
from engine.services.templates import TemplateDraft

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
async def agent(app: Application, acme: Company) -> Any:
    """An agent's browser."""
    assert app.rt is not None
    await people.save_person(app.rt, acme.tenant, "bia@acme.example", "Bia Souza", "bia-password", ["agent"])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=SITE, headers={"origin": SITE}
    ) as browser:
        answer = await browser.post("/login", data={"email": "bia@acme.example", "password": "bia-password"})
        assert answer.status_code == 303, answer.text
        yield browser


async def arrived(acme: Company, *texts: str) -> int:
    assert (await acme.deliver(delivery(*texts))).status_code == 200
    (row,) = await acme.rows("SELECT id FROM conversation")
    return int(row[0])


async def test_an_agent_works_through_the_doors(
    agent: httpx.AsyncClient, acme: Company, rival: Company
) -> None:
    rt = acme.app.rt
    assert rt is not None
    here = await arrived(acme, "minha fatura não chegou")
    path = f"/api/v1/conversations/{here}"
    listed = (await agent.get("/api/v1/inbox", params={"view": "all"})).json()
    assert [r["id"] for r in listed["items"]] == [here]
    assert (await agent.get("/api/v1/inbox/counts")).json()["all"] == 1
    found = (await agent.get("/api/v1/inbox/search", params={"words": "fatura"})).json()
    assert found["hits"][0]["why"] == "message"

    kept = await agent.post(f"{path}/files", content=PNG, headers={"x-filename": "recibo%20maio.png"})
    assert (kept.status_code, kept.json()["kind"]) == (201, "image")
    for said in (
        {"type": "text", "text": "Vou ver."},
        {"type": "file", "file": kept.json()["name"], "caption": "a segunda via"},
    ):
        answer = await agent.post(f"{path}/messages", json=said)
        assert answer.status_code == 201, answer.text
    draft = TemplateDraft(channel=acme.whatsapp, name="retomar", body="Olá, {{1}}")
    row = await templates.save(rt, acme.tenant, draft)
    assert (await agent.get("/api/v1/templates")).json()["items"][0]["name"] == "retomar"
    shown = await agent.get(f"/api/v1/templates/{row.id}/preview", params={"value": ["Ana"]})
    assert shown.json()["body"] == "Olá, Ana"
    sent = await agent.post(
        f"{path}/messages", json={"type": "template", "template": row.id, "parameters": ["Ana"]}
    )
    assert sent.status_code == 201, sent.text
    assert (await agent.post(f"{path}/notes", json={"text": "cliente antigo"})).status_code == 201
    assert (await agent.put(f"{path}/drafts", json={"text": "e mais"})).json() == {"kept": True}
    assert (await agent.put(f"{path}/tags", json={"tags": ["vip"]})).json() == {"tags": ["vip"]}
    assert (await agent.put(f"{path}/snooze", json={"until": "2027-01-01T09:00:00-03:00"})).status_code == 204
    assert (await agent.put(f"{path}/snooze", json={"until": None})).status_code == 204
    assert (await agent.post(f"{path}/seen")).status_code == 204
    assert (await agent.post(f"{path}/typing")).status_code == 204
    assert (await agent.get(f"{path}/window")).json()["open"] is True
    assert [d["text"] for d in (await agent.get(f"{path}/drafts")).json() if d["text"]] == ["e mais"]
    read = (await agent.get(f"{path}/thread")).json()
    assert len([e for e in read["entries"] if e["message"]]) == 4
    assert (await agent.get(f"{path}/card")).json()["contact"]["name"] == "Ana"
    assert (await agent.get(f"{path}/invoices")).json()["state"] == "not_configured"

    made = await agent.post("/api/v1/canned", json={"shortcut": "ola", "text": "Olá {{ contact.name }}"})
    assert made.status_code == 201
    reply = made.json()["id"]
    used = await agent.post(f"/api/v1/canned/{reply}/use/{here}")
    assert used.json() == {"text": "Olá Ana"}
    changed = await agent.put(f"/api/v1/canned/{reply}", json={"shortcut": "oi", "text": "Oi"})
    assert changed.json()["shortcut"] == "oi"
    assert (await agent.get("/api/v1/canned/search", params={"words": "o"})).json()[0]["used"] == 1
    assert (await agent.delete(f"/api/v1/canned/{reply}")).status_code == 204

    # what is refused, and how
    failures = [
        ("POST", f"{path}/messages/1/retry", None, 409, "message:not-failed"),
        ("POST", f"{path}/messages", {"type": "text", "text": " "}, 400, "message:empty"),
        ("POST", f"{path}/messages", {"type": "file", "file": "../../etc/passwd"}, 404, "media:unknown"),
        ("PUT", f"{path}/snooze", {"until": "2027-01-01T09:00:00"}, 400, "input:no-zone"),
        ("PUT", f"{path}/snooze", {"until": "2020-01-01T09:00:00Z"}, 400, "snooze:past"),
        ("GET", "/api/v1/inbox?after=abc", None, 400, "input:bad-cursor"),
        ("GET", "/api/v1/conversations/99999/thread", None, 404, "conversation:unknown"),
    ]
    for method, target, body, status, slug in failures:
        refused = await agent.request(method, target, json=body)
        assert (refused.status_code, code(refused)) == (status, slug), target
    for name, body, slug in (
        ("a.exe", b"MZ", "media:wrong-type"),
        ("a.png", b"<svg onload=alert(1)>", "media:wrong-type"),
        ("..%2F..%2Fx.png", b"", "media:empty"),
        (".htaccess", b"x", "media:bad-name"),
        ("a%00b.png", PNG, "media:bad-name"),
        ("%E2%80%AEgnp.png", PNG, "media:bad-name"),
    ):
        refused = await agent.post(f"{path}/files", content=body, headers={"x-filename": name})
        assert code(refused) == slug, name

    # another system's key has no inbox of its own; another company sees nothing of this one
    assert code(await acme.get("/api/v1/inbox")) == "access:person-needed"
    for route in ("thread", "card", "invoices", "window"):
        assert code(await rival.get(f"/api/v1/conversations/{here}/{route}")) == "conversation:unknown"
    stolen = await rival.send("PUT", f"/api/v1/conversations/{here}/tags", json={"tags": ["x"]})
    assert code(stolen) == "conversation:unknown"
    assert (await rival.get(f"/api/v1/templates/{row.id}")).status_code == 404
    assert (await conversations.conversation(rt, acme.tenant, here)).owner == "person"


async def test_nothing_that_is_sent_breaks_a_door(agent: httpx.AsyncClient, acme: Company) -> None:
    here = await arrived(acme, "oi")
    odd: list[Any] = [
        None,
        -1,
        2**63,
        2**70,
        1.5,
        "",
        "\0",
        "\ud800",
        "a\0b",
        "9" * 400,
        [],
        {},
        True,
        ["\0"],
        "Ana",
    ]
    path = f"/api/v1/conversations/{here}"
    for value in odd:
        bodies = [
            ("POST", f"{path}/messages", {"type": "text", "text": value, "reply_to": value}),
            ("POST", f"{path}/messages", {"type": "text", "text": "x", "reply_to": value}),
            ("POST", f"{path}/messages", {"type": "file", "file": value, "caption": value}),
            ("POST", f"{path}/messages", {"type": "template", "template": value, "parameters": value}),
            ("POST", f"{path}/messages", {"type": value}),
            ("POST", f"{path}/notes", {"text": value}),
            ("PUT", f"{path}/drafts", {"text": value, "kind": value, "rev": value}),
            ("PUT", f"{path}/drafts", {"text": "x", "rev": value, "reply_to": value}),
            ("PUT", f"{path}/snooze", {"until": value}),
            ("PUT", f"{path}/tags", {"tags": value}),
            ("PUT", f"{path}/tags", {"tags": [value]}),
            ("POST", "/api/v1/canned", {"shortcut": value, "text": value, "title": value, "shared": value}),
            ("POST", "/api/v1/canned", {"shortcut": "x", "text": value}),
        ]
        for method, target, body in bodies:
            raw = json.dumps(body).encode()
            answer = await agent.request(
                method, target, content=raw, headers={"content-type": "application/json"}
            )
            assert answer.status_code < 500, (target, body, answer.text)
        if isinstance(value, int | float | str) and "\ud800" not in str(value):
            for name in (
                "view",
                "queue",
                "channel",
                "tag",
                "unread",
                "priority",
                "agent",
                "since",
                "until",
                "after",
            ):
                answer = await agent.get("/api/v1/inbox", params={name: str(value), "limit": 5})
                assert answer.status_code < 500, (name, value)
            for target in ("/api/v1/inbox/search", "/api/v1/canned/search"):
                answer = await agent.get(target, params={"words": str(value)})
                assert answer.status_code < 500, value
