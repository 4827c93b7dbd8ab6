"""Who may come in, as whom, from where, and that nobody sees another company's things."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from doors import SITE, Company, code, delivery
from greeting import greeting

from engine.services import people


async def log_in(company: Company, password: str = "", **headers: str) -> httpx.Response:
    form = {
        "email": f"ana@{company.slug}.example",
        "password": password or f"{company.slug}-password",
        "next": "/flows",
    }
    return await company.client.post("/login", data=form, headers=headers)


async def test_nobody_gets_anything_without_a_login(acme: Company) -> None:
    for path in (
        "/api/v1/me",
        "/api/v1/flows",
        "/api/v1/conversations",
        "/api/v1/contacts/1",
        "/api/v1/health",
    ):
        answer = await acme.client.get(path)
        assert (answer.status_code, code(answer)) == (401, "access:login-needed")


async def test_a_login_opens_and_a_logout_shuts(acme: Company) -> None:
    came_in = await log_in(acme)
    assert (came_in.status_code, came_in.headers["location"]) == (303, "/flows")
    cookie = came_in.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and cookie.startswith("sid=")
    assert (await acme.client.get("/api/v1/me")).json()["name"] == "Ana"
    token = came_in.cookies["sid"]
    assert (await acme.client.post("/logout")).headers["location"] == "/login"
    again = await acme.client.get("/api/v1/me", headers={"cookie": f"sid={token}"})
    assert again.status_code == 401


async def test_a_wrong_password_says_no_more_than_that(acme: Company) -> None:
    wrong = await log_in(acme, "guess")
    form = {"email": "nobody@acme.example", "password": "guess"}
    unknown = await acme.client.post("/login", data=form)
    for answer in (wrong, unknown):
        assert answer.headers["location"].startswith("/login?error=people:wrong-login&")
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/x\r\nset-cookie: a=b"]
)
async def test_a_login_never_leads_to_another_site(acme: Company, target: str) -> None:
    form = {"email": "ana@acme.example", "password": "acme-password", "next": target}
    assert (await acme.client.post("/login", data=form)).headers["location"] == "/"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": SITE + ".evil.example"},
        {"sec-fetch-site": "cross-site"},
    ],
)
async def test_another_site_cannot_make_a_browser_act(acme: Company, headers: dict[str, str]) -> None:
    await log_in(acme)
    for method, path in (
        ("POST", "/api/v1/flows"),
        ("POST", "/logout"),
        ("POST", "/login"),
        ("POST", "/_fake/erp/_reset"),
    ):
        answer = await acme.client.request(method, path, json=greeting(), headers=headers)
        assert (answer.status_code, code(answer)) == (403, "access:foreign-origin")
    assert (
        await acme.client.post("/api/v1/flows", json=greeting(), headers={"origin": SITE})
    ).status_code == 201


async def test_a_key_has_the_rights_it_was_given(acme: Company) -> None:
    assert acme.app.rt is not None
    row, key = await people.create_api_key(acme.app.rt, acme.tenant, "leads", ["events:write"])
    for headers in ({"x-api-key": key}, {"authorization": f"Bearer {key}"}):
        told = await acme.client.post("/api/v1/events/lead.created", json={}, headers=headers)
        assert told.status_code == 202
        refused = await acme.client.get("/api/v1/flows", headers=headers)
        assert (refused.status_code, code(refused)) == (403, "access:forbidden")
    await people.revoke_api_key(acme.app.rt, acme.tenant, row.id)


async def test_a_key_that_is_none_is_nobody(acme: Company) -> None:
    for key in ("trama_" + "x" * 43, "x", "trama_", "é"):
        answer = await acme.client.get("/api/v1/me", headers={"x-api-key": key.encode("latin-1")})
        assert answer.status_code == 401


async def test_agents_read_and_do_not_write(acme: Company) -> None:
    assert acme.app.rt is not None
    await people.save_person(acme.app.rt, acme.tenant, "rui@acme.example", "Rui", "rui-password", ["agent"])
    await acme.client.post("/login", data={"email": "rui@acme.example", "password": "rui-password"})
    assert (await acme.client.get("/api/v1/flows")).status_code == 200
    assert code(await acme.client.post("/api/v1/flows", json=greeting())) == "access:forbidden"


async def test_no_id_of_another_company_leads_anywhere(acme: Company, rival: Company) -> None:
    """Every route that takes an id, with the ids of the other company."""
    await acme.post("/api/v1/flows", json=greeting())
    await acme.post("/api/v1/flows/greeting/publish", json={})
    await acme.deliver(delivery("segredo"))
    ((conversation, contact, message),) = await acme.rows(
        "SELECT conversation_id, contact_id, m.id FROM message m JOIN conversation v ON v.id = conversation_id"
        " WHERE m.direction = 'in'"
    )
    seen = (await acme.get(f"/api/v1/conversations/{conversation}/messages")).json()["items"]
    assert message in [each["id"] for each in seen], "the answer of the bot may already stand beside it"

    put: dict[str, Any] = {"json": greeting(), "headers": {"if-match": '"1"'}}
    tries: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", f"/api/v1/conversations/{conversation}", {}),
        ("GET", f"/api/v1/conversations/{conversation}/messages", {}),
        ("GET", f"/api/v1/conversations/{conversation}/notes", {}),
        ("GET", f"/api/v1/conversations/{conversation}/traces", {}),
        ("GET", f"/api/v1/contacts/{contact}", {}),
        ("GET", f"/api/v1/contacts/{contact}/conversations", {}),
        ("GET", "/api/v1/flows/greeting", {}),
        ("PUT", "/api/v1/flows/greeting", put),
        ("DELETE", "/api/v1/flows/greeting", {}),
        ("POST", "/api/v1/flows/greeting/check", {}),
        ("POST", "/api/v1/flows/greeting/test", {}),
        ("POST", "/api/v1/flows/greeting/publish", {"json": {}}),
        ("POST", "/api/v1/flows/greeting/rollback", {"json": {"version": 1}}),
        ("GET", "/api/v1/flows/greeting/versions", {}),
        ("GET", "/api/v1/flows/greeting/versions/1", {}),
        ("GET", "/api/v1/flows/greeting/export", {}),
        ("POST", "/api/v1/events/lead.created", {"json": {"contact": {"id": contact}}}),
    ]
    for method, path, more in tries:
        answer = await rival.send(method, path, **more)
        assert answer.status_code == 404, (method, path, answer.text)
        assert "segredo" not in answer.text
    for path in ("/api/v1/conversations", "/api/v1/contacts", "/api/v1/conversations/search?words=segredo"):
        assert (await rival.get(path)).json()["items"] == []
    assert (await rival.get("/api/v1/flows")).json() == []
    assert {c["id"] for c in (await rival.get("/api/v1/channels")).json()} == {rival.whatsapp, rival.webchat}
    assert "Acme" not in (await rival.get("/api/v1/health")).text


async def test_answers_carry_the_headers_that_protect_browsers(acme: Company) -> None:
    answer = await acme.get("/api/v1/me")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
