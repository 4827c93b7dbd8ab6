"""Who is let in, changed and sent away, by whom; and that every change is in the log."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import msgspec
import pytest
from doors import SITE, Company, code
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import TramaError
from engine.services import keys, people, reset
from engine.services.people import Principal
from engine.services.permissions import RIGHTS, ROLES


async def test_an_administrator_lets_people_in_and_out(acme: Company) -> None:
    new = {"email": " Rui@Acme.Example ", "name": "Rui Sá", "roles": ["agent", "supervisor"]}
    added = await acme.post("/api/v1/people", json=new)
    assert added.status_code == 201
    rui, password = added.json()["person"], added.json()["password"]
    assert (rui["email"], rui["roles"]) == ("rui@acme.example", ["supervisor", "agent"])
    assert code(await acme.post("/api/v1/people", json=new)) == "people:email-taken"
    for wrong in ({"email": "nobody"}, {"email": "a b@c.de"}):
        assert code(await acme.post("/api/v1/people", json=new | wrong)) == "people:bad-email"
    for bad in ({"roles": []}, {"roles": ["king"]}, {"name": "a\x00"}, {"email": 1}, {"more": 1}):
        assert code(await acme.post("/api/v1/people", json=new | bad)) == "input:invalid"

    broken = await acme.post(
        "/api/v1/people", content=b'{"name":"\xed\xa0\x80"}', headers={"content-type": "application/json"}
    )
    assert code(broken) == "input:not-utf8"

    found = (await acme.get("/api/v1/people?words=SA")).json()["items"]
    assert [each["name"] for each in found] == ["Rui Sá"], "case and accents do not matter"
    first = (await acme.get("/api/v1/people?limit=1")).json()
    second = (await acme.get("/api/v1/people", params={"limit": 1, "after": first["next"]})).json()
    assert [p["items"][0]["name"] for p in (first, second)] == ["Ana", "Rui Sá"]
    assert code(await acme.get("/api/v1/people?after=zzz")) == "input:bad-cursor"

    transport = httpx.ASGITransport(acme.app)
    browser = httpx.AsyncClient(transport=transport, base_url=SITE)
    await browser.post("/login", data={"email": "rui@acme.example", "password": password})
    assert (await browser.get("/api/v1/me")).json()["pending"] == "password"
    path = f"/api/v1/people/{rui['id']}"
    assert len((await acme.get(path + "/sessions")).json()) == 1
    await acme.rows(
        "WITH c AS (INSERT INTO contact (name) VALUES ('Nina') RETURNING id), v AS (INSERT INTO conversation "
        "(channel_id, contact_id, protocol) SELECT $1, id, 'p' FROM c RETURNING id) INSERT INTO ticket "
        "(conversation_id, state, person_id, queue) SELECT id, 'serving', $2, 'geral' FROM v RETURNING id",
        acme.whatsapp,
        rui["id"],
    )
    gone = await acme.send("PATCH", path, json={"state": "disabled"})
    assert await acme.rows("SELECT state, person_id FROM ticket") == [("waiting", None)], "back in its queue"
    assert gone.json()["state"] == "disabled"
    assert (await browser.get("/api/v1/me")).status_code == 401
    assert (await acme.get(path + "/sessions")).json() == []
    back = await browser.post("/login", data={"email": "rui@acme.example", "password": password})
    assert "wrong-login" in back.headers["location"]
    assert (
        await acme.send("PATCH", path, json={"state": "active", "roles": ["operator"]})
    ).status_code == 200
    other = (await acme.post(path + "/password")).json()["password"]
    assert other != password
    assert code(await acme.send("DELETE", path + "/second-factor")) == "people:second-factor-off"
    assert (await acme.post(path + "/unlock")).status_code == 200

    told = await acme.get(f"/api/v1/audit?subject=person:{rui['id']}")
    rows = {row["action"]: row for row in told.json()["items"]}
    assert {"person_added", "person_disabled", "person_enabled", "password_given", "logged_in"} <= rows.keys()
    assert rows["person_enabled"]["detail"]["before"]["roles"] == ["supervisor", "agent"]
    assert rows["person_enabled"]["detail"]["after"]["roles"] == ["operator"]
    assert rows["person_added"]["name"] == "tests" and rows["person_added"]["key"], "a key did it"
    assert password not in told.text and other not in told.text


async def test_nobody_raises_themselves_and_one_administrator_stays(acme: Company) -> None:
    rt = acme.app.rt
    assert rt is not None
    (ana,) = await people.people(rt, acme.tenant)
    by = Principal(tenant=acme.tenant, name="Ana", person=ana.id, roles=["administrator"])
    system = Principal(tenant=acme.tenant, name="key", key=1, scopes=list(RIGHTS))

    async def refused(asker: Principal, ident: int, **change: Any) -> str:
        with pytest.raises(TramaError) as fault:
            await people.change(rt, asker, ident, **change)
        return fault.value.code

    assert await refused(by, ana.id, state="disabled") == "people:not-yourself"
    assert await refused(by, ana.id, roles=["agent"]) == "people:last-administrator"
    assert await refused(system, ana.id, state="disabled") == "people:last-administrator"
    half = msgspec.structs.replace(system, scopes=["people:read", "people:write"])
    assert await refused(half, ana.id, roles=["administrator", "operator"]) == "people:role-not-held"
    with pytest.raises(TramaError, match="people:role-not-held"):
        await people.give_password(rt, half, ana.id)
    with pytest.raises(TramaError, match="people:role-not-held"):
        await people.add(rt, half, "eva@acme.example", "Eva", ["agent"], language="en", invite=False)

    # two administrators take the role from each other at the same moment: one of them keeps it
    eva = await people.add(rt, by, "eva@acme.example", "Eva", ["administrator"], language="en", invite=False)
    hers = msgspec.structs.replace(by, person=eva.person.id)
    await people.change(rt, by, eva.person.id, roles=["operator"])
    assert await refused(hers, eva.person.id, roles=["operator", "agent"]) == "people:not-yourself"
    await people.change(rt, by, eva.person.id, roles=["administrator"])
    done = await asyncio.gather(
        people.change(rt, by, eva.person.id, roles=["agent"]),
        people.change(rt, hers, ana.id, roles=["agent"]),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in done) == ["Person", "TramaError"]


@given(st.lists(st.sampled_from(ROLES), min_size=1, unique=True), st.sets(st.sampled_from(list(RIGHTS))))
def test_a_key_gives_only_roles_whose_rights_it_holds(roles: list[Any], scopes: set[str]) -> None:
    by = Principal(tenant=1, name="key", key=1, scopes=list(scopes))
    given_rights = {right for right, held in RIGHTS.items() if held & set(roles)}
    try:
        people._may_give(by, roles)
    except TramaError:
        assert not given_rights <= scopes
    else:
        assert given_rights <= scopes


async def test_keys_end_by_their_day_or_by_hand_and_never_grow(acme: Company) -> None:
    scopes = ["flows:read", "access:write"]
    made = (await acme.post("/api/v1/keys", json={"name": "ERP", "scopes": scopes})).json()
    header = {"x-api-key": made["key"]}
    assert (await acme.client.get("/api/v1/flows", headers=header)).status_code == 200
    more = {"name": "more", "scopes": ["flows:write"]}
    assert code(await acme.client.post("/api/v1/keys", json=more, headers=header)) == "people:scope-not-held"
    past = {"name": "old", "scopes": ["flows:read"], "expires_at": "2020-01-01T00:00:00Z"}
    assert code(await acme.post("/api/v1/keys", json=past)) == "people:already-over"
    assert code(await acme.post("/api/v1/keys", json=more | {"scopes": ["no"]})) == "people:unknown-scope"
    listed = (await acme.get("/api/v1/keys")).json()
    assert listed[0]["name"] == "ERP" and listed[0]["used_at"] and made["key"] not in str(listed)
    path = f"/api/v1/keys/{made['row']['id']}"
    assert (await acme.send("DELETE", path)).status_code == 204
    assert code(await acme.send("DELETE", path)) == "people:unknown-key"
    assert acme.app.rt is not None
    assert await keys.api_principal(acme.app.rt, made["key"]) is None
    other = (await acme.post("/api/v1/keys", json={"name": "day", "scopes": ["flows:read"]})).json()
    assert await keys.api_principal(acme.app.rt, other["key"]) is not None
    await acme.rows("UPDATE api_key SET expires_at = now() WHERE name = 'day' RETURNING 1")
    assert await keys.api_principal(acme.app.rt, other["key"]) is None


async def test_teams(acme: Company, rival: Company) -> None:
    ((ana,),) = await acme.rows("SELECT id FROM person")
    ((hers,),) = await rival.rows("SELECT id FROM person")
    team = (await acme.post("/api/v1/teams", json={"name": " Cobrança ", "members": [ana, ana]})).json()
    assert (team["name"], team["members"]) == ("Cobrança", [ana])
    assert code(await acme.post("/api/v1/teams", json={"name": "Cobrança"})) == "teams:name-taken"
    strange = await acme.post("/api/v1/teams", json={"name": "x", "members": [hers]})
    assert code(strange) == "teams:unknown-member", "nobody of another company"
    path = f"/api/v1/teams/{team['id']}"
    assert (await acme.send("PATCH", path, json={"members": []})).json()["members"] == []
    assert code(await rival.get(path)) == "teams:unknown"
    assert (await acme.send("DELETE", path)).status_code == 204
    assert (await acme.get("/api/v1/teams")).json() == []


async def test_a_forgotten_password(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    rt = acme.app.rt
    assert rt is not None
    letters: list[dict[str, Any]] = []

    async def tell(*args: Any, **more: Any) -> reset.Ok:
        letters.append(args[3])
        return reset.Ok(value=None)

    monkeypatch.setattr(reset.notices, "tell", tell)
    monkeypatch.setattr(reset, "_asks", reset.Throttle(every=60, burst=4))
    for email in ("nobody@acme.example", "a\x00b", "ANA@acme.example"):
        answer = await acme.client.post("/login/forgot", data={"email": email})
        assert answer.headers["location"] == "/login/forgot?sent=1", "the same for every address"
    await reset.settle()
    (letter,) = letters
    assert letter["to"] == "ana@acme.example" and "http://127.0.0.1:80/login/reset#" in letter["text"]
    token = letter["text"].partition("#")[2].split()[0]
    assert await reset.valid(rt, token) and not await reset.valid(rt, token + "x")
    ((stored,),) = await acme.rows("SELECT token_hash FROM password_reset")
    assert token.encode() not in stored

    async def renew(password: str, again: str = "", token: str = token) -> str:
        form = {"token": token, "password": password, "again": again or password}
        return (await acme.client.post("/login/reset", data=form)).headers["location"]

    assert "passwords-differ" in await renew("três tigres tristes", "outros tigres")
    assert "common-password" in await renew("senha12345"), "a refused password does not use the link up"
    assert "reset-over" in await renew("três tigres tristes", token="x")
    await acme.client.post("/login", data={"email": "ana@acme.example", "password": "acme-password"})
    assert await renew("três tigres tristes") == "/login?done=reset"
    assert "reset-over" in await renew("quatro tigres tristes"), "it works once"
    assert await acme.rows("SELECT count(*) FROM login_session") == [(0,)]
    assert (
        (await acme.client.post("/login/forgot", data={"email": "x"})).headers["location"].endswith("sent=1")
    )
    late = await acme.client.post("/login/forgot", data={"email": "x"})
    assert "too-many-tries" in late.headers["location"], "from one network address"
    for _ in range(5):
        await reset._answer(rt, "ana@acme.example")
    assert len(letters) == reset.MOST_AN_HOUR, "three an hour to one person"
