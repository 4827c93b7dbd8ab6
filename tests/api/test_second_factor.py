"""Passwords, second factors and sessions, as a browser goes through them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyotp
import pytest
from doors import SITE, Company, code

from engine.app import Application
from engine.services import account, company_settings, logins, people, second_factor
from engine.services.company_settings import Changes
from engine.services.people import Principal

PASSWORD = "acme-password"


class Browser:
    """Somebody's browser: cookies of its own, form posts, and where it is led."""

    def __init__(self, app: Application) -> None:
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SITE)

    async def post(self, path: str, **form: str) -> str:
        answer = await self.http.post(path, data=form)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def enter(self, email: str = "ana@acme.example", password: str = PASSWORD) -> str:
        return await self.post("/login", email=email, password=password, next="/flows")

    async def me(self) -> dict[str, Any]:
        return (await self.http.get("/api/v1/me")).json()


class Phone:
    """An authenticator app. Time moves on by a step before each code, because none is taken twice."""

    def __init__(self, app: Application, secret: str) -> None:
        assert app.rt is not None
        self.rt, self.totp, self.now = app.rt, pyotp.TOTP(secret), datetime.now(UTC)

    def code(self, step: int = 0) -> str:
        self.now += timedelta(seconds=30)
        self.rt.now = lambda: self.now
        return self.totp.at(self.now + timedelta(seconds=30 * step))


async def with_factor(acme: Company) -> tuple[Phone, list[str], int]:
    """Ana sets up the second factor; her phone, her recovery codes and her id."""
    assert acme.app.rt is not None
    rt = acme.app.rt
    (ana,) = await people.people(rt, acme.tenant)
    setup = await second_factor.begin(rt, acme.tenant, ana.id)
    assert "issuer=Trama" in setup.uri and "ana%40acme.example" in setup.uri
    phone = Phone(acme.app, setup.secret)
    return phone, await second_factor.confirm(rt, acme.tenant, ana.id, phone.code()), ana.id


async def test_a_login_with_a_code(acme: Company) -> None:
    phone, codes, _ = await with_factor(acme)
    browser = Browser(acme.app)
    assert await browser.enter() == "/login/code?next=%2Fflows"
    assert (await browser.http.get("/api/v1/me")).status_code == 401, "half a login is none"
    assert await browser.post("/login/code", code="000000", next="/flows") == (
        "/login/code?error=people:wrong-code&next=%2Fflows"
    )
    assert await browser.post("/login/code", code=phone.code(), next="//evil.example") == "/"
    assert (await browser.me())["name"] == "Ana"
    assert await browser.post("/login/code", code="123456") == "/login?error=people:login-again&next=%2F"

    # one step early or late and not more; no code twice; a wrong one does not cost the password again
    taken = ""
    for step in (1, -1):
        await browser.enter()
        assert "wrong-code" in await browser.post("/login/code", code=taken)
        for far in (2, -2):
            assert "wrong-code" in await browser.post("/login/code", code=phone.code(far))
        phone.now += timedelta(minutes=3)
        taken = phone.code(step)
        assert await browser.post("/login/code", code=taken) == "/"

    # a recovery code however it is typed, and once
    await browser.enter()
    assert await browser.post("/login/code", code=codes[0].upper().replace("-", " ")) == "/"
    await browser.enter()
    assert "wrong-code" in await browser.post("/login/code", code=codes[0])
    assert await browser.post("/login/code", code=codes[1]) == "/"
    ((used,),) = await acme.rows("SELECT count(*) FROM audit WHERE action = 'recovery_code_used'")
    ((left,),) = await acme.rows("SELECT count(*) FROM recovery_code WHERE used_at IS NULL")
    assert (used, left) == (2, 8)
    factors = await acme.rows("SELECT DISTINCT factor FROM login_session ORDER BY 1")
    assert factors == [("recovery",), ("totp",)]
    stored = await acme.rows("SELECT totp_secret, hash::text FROM person p JOIN recovery_code ON true")
    assert all(phone.totp.secret.encode() not in row[0] for row in stored)


async def test_guessing_codes_locks_as_guessing_passwords_does(acme: Company) -> None:
    phone, _, _ = await with_factor(acme)
    browser = Browser(acme.app)
    await browser.enter()
    for _ in range(5):
        assert "wrong-code" in await browser.post("/login/code", code="000000")
    assert "people:locked" in await browser.post("/login/code", code=phone.code())
    assert "people:locked" in await browser.enter(), "told to who knows the password"
    assert "people:locked" in await browser.enter(password="a guess"), "and to who guesses, in the same words"
    ((until, failures),) = await acme.rows("SELECT locked_until, failed_logins FROM person")
    for _ in range(3):
        await browser.enter(password="a guess")
    assert await acme.rows("SELECT locked_until, failed_logins FROM person") == [(until, failures)], (
        "trying does not prolong the wait"
    )
    phone.now = until + timedelta(seconds=1)
    assert (await browser.enter()) == "/login/code?next=%2Fflows"
    assert await browser.post("/login/code", code=phone.code()) == "/"


async def test_a_new_password_ends_the_other_sessions(acme: Company) -> None:
    here, elsewhere = Browser(acme.app), Browser(acme.app)
    await here.enter()
    await elsewhere.enter()
    sessions = (await here.http.get("/api/v1/me/sessions")).json()
    assert len(sessions) == 2 and (await here.me())["session"] in [each["id"] for each in sessions]
    tries = {"wrong": "people:wrong-password", PASSWORD: "people:weak-password"}
    for old, refused in tries.items():
        answer = await here.http.post("/api/v1/me/password", json={"old": old, "new": "short"})
        assert code(answer) == refused
    same = {"old": PASSWORD, "new": PASSWORD}
    assert code(await here.http.post("/api/v1/me/password", json=same)) == "people:same-password"
    new = {"old": PASSWORD, "new": "três tigres tristes"}
    assert (await here.http.post("/api/v1/me/password", json=new)).status_code == 204
    assert [each["id"] for each in (await here.http.get("/api/v1/me/sessions")).json()] == [
        (await here.me())["session"]
    ]
    assert "wrong-login" in await Browser(acme.app).enter()
    assert await Browser(acme.app).enter(password="três tigres tristes") == "/flows"
    assert (await here.http.delete("/api/v1/me/sessions")).status_code == 204
    assert len((await here.http.get("/api/v1/me/sessions")).json()) == 1


async def test_who_must_have_a_second_factor_sets_it_up_before_anything_else(acme: Company) -> None:
    rt = acme.app.rt
    assert rt is not None
    (ana,) = await people.people(rt, acme.tenant)
    by = Principal(tenant=acme.tenant, name="Ana", person=ana.id, roles=["administrator"])
    with pytest.raises(Exception, match="tenant:own-second-factor"):
        await company_settings.change(rt, by, Changes(second_factor=["administrator"]))
    await company_settings.change(rt, by, Changes(second_factor=["agent"]))
    added = await people.add(rt, by, "Rui@Acme.example", "Rui", ["agent"], language="en", invite=False)
    browser = Browser(acme.app)
    assert await browser.enter("rui@acme.example", added.password) == "/flows"
    assert (await browser.me())["pending"] == "password", "somebody else gave it"
    for path in ("/flows", "/inbox", "/"):
        assert (await browser.http.get(path)).headers["location"] == "/settings/me"
    assert code(await browser.http.get("/api/v1/flows")) == "access:forbidden"
    new = {"old": added.password, "new": "três tigres tristes"}
    assert (await browser.http.post("/api/v1/me/password", json=new)).status_code == 204
    assert (await browser.me())["pending"] == "second-factor"
    assert code(await browser.http.get("/api/v1/flows")) == "access:forbidden"
    wrong = await browser.http.post("/api/v1/me/second-factor", json={"password": "no"})
    assert code(wrong) == "people:wrong-password"
    setup = (await browser.http.post("/api/v1/me/second-factor", json={"password": new["new"]})).json()
    phone = Phone(acme.app, setup["secret"])
    bad = await browser.http.post("/api/v1/me/second-factor/confirm", json={"code": "000000"})
    assert code(bad) == "people:wrong-code"
    good = await browser.http.post("/api/v1/me/second-factor/confirm", json={"code": phone.code()})
    assert len(set(good.json()["codes"])) == 10
    assert (await browser.me())["pending"] == ""
    assert (await browser.http.get("/api/v1/flows")).status_code == 200
    again = await browser.http.post("/api/v1/me/second-factor", json={"password": new["new"]})
    assert code(again) == "people:second-factor-on"
    renewed = await browser.http.post("/api/v1/me/recovery-codes", json={"password": new["new"]})
    assert not set(renewed.json()["codes"]) & set(good.json()["codes"])
    assert await logins.sessions(rt, acme.tenant, added.person.id)
    assert account.own(by) == ana.id
