"""The token endpoint of OAuth 2.0: grants, rotation, reuse, revocation, and tokens that are not ours."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pyotp
from doors import Company

from engine.api import sessions
from engine.services import second_factor, signed, tokens

RIGHT = {"grant_type": "password", "username": "ana@acme.example", "password": "acme-password"}


async def ask(acme: Company, **form: str) -> httpx.Response:
    answer = await acme.client.post("/oauth/token", data=form)
    assert answer.headers["cache-control"] == "no-store"
    return answer


async def status(acme: Company, access: str) -> int:
    """What a request with this access token gets, asked afresh."""
    assert acme.app.rt is not None
    before, sessions.FRESH_SECONDS = sessions.FRESH_SECONDS, 0.0
    answer = await acme.client.get("/api/v1/flows", headers={"authorization": f"Bearer {access}"})
    sessions.FRESH_SECONDS = before
    return answer.status_code


async def test_a_program_comes_in_goes_on_and_is_stopped(acme: Company) -> None:
    first = (await ask(acme, **RIGHT, client_id="app")).json()
    assert (first["token_type"], first["expires_in"]) == ("Bearer", 900)
    headers = {"authorization": f"Bearer {first['access_token']}"}
    assert (await acme.client.get("/api/v1/me", headers=headers)).json()["roles"] == ["administrator"]
    claims = jwt.decode(first["access_token"], options={"verify_signature": False})
    assert {"iss", "aud", "sub", "tid", "exp", "iat", "jti"} <= claims.keys()

    second = (await ask(acme, grant_type="refresh_token", refresh_token=first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    stolen = await ask(acme, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    rest = await ask(acme, grant_type="refresh_token", refresh_token=second["refresh_token"])
    assert rest.json()["error"] == "invalid_grant", "one used twice ends the whole family"
    assert await status(acme, second["access_token"]) == 401, "and its access tokens"
    assert await acme.rows("SELECT count(*) FROM audit WHERE action = 'token_reused'") == [(1,)]

    third = (await ask(acme, **RIGHT)).json()
    assert await status(acme, third["access_token"]) == 200
    for token in (third["access_token"], "unknown", third["refresh_token"]):
        assert (await acme.client.post("/oauth/revoke", data={"token": token})).status_code == 200
    assert await status(acme, third["access_token"]) == 401
    assert (
        await ask(acme, grant_type="refresh_token", refresh_token=third["refresh_token"])
    ).status_code == 400

    fourth = (await ask(acme, **RIGHT)).json()
    await acme.rows("UPDATE person SET state = 'disabled' RETURNING 1")
    assert await status(acme, fourth["access_token"]) == 401, "somebody who was sent away"
    assert (
        await ask(acme, grant_type="refresh_token", refresh_token=fourth["refresh_token"])
    ).status_code == 400


async def test_faults_have_the_form_of_the_standard(acme: Company) -> None:
    cases: list[tuple[dict[str, str], str, str]] = [
        ({}, "invalid_request", "grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type", ""),
        ({"grant_type": "password"}, "invalid_request", "username"),
        (RIGHT | {"password": "wrong"}, "invalid_grant", "people:wrong-login"),
        (RIGHT | {"username": "a\x00b"}, "invalid_grant", "people:wrong-login"),
        (RIGHT | {"client_id": "\x00"}, "invalid_request", ""),
        ({"grant_type": "refresh_token"}, "invalid_request", "refresh_token"),
        ({"grant_type": "refresh_token", "refresh_token": "é\x00"}, "invalid_grant", "tokens:invalid"),
    ]
    for form, error, words in cases:
        answer = await ask(acme, **form)
        assert answer.status_code == 400
        assert answer.json()["error"] == error and words in answer.json()["error_description"]
    twice = b"grant_type=password&grant_type=password"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    answer = await acme.client.post("/oauth/token", content=twice, headers=kind)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_second_factor_is_asked_of_programs_too(acme: Company) -> None:
    rt = acme.app.rt
    assert rt is not None
    ((ana,),) = await acme.rows("SELECT id FROM person")
    totp = pyotp.TOTP((await second_factor.begin(rt, acme.tenant, ana)).secret)
    now = datetime.now(UTC)
    await second_factor.confirm(rt, acme.tenant, ana, totp.at(now))
    needed = (await ask(acme, **RIGHT)).json()
    assert needed["error_description"].startswith("people:second-factor-needed")
    wrong = (await ask(acme, **RIGHT, otp="000000")).json()
    assert wrong["error_description"].startswith("people:wrong-code")
    rt.now = lambda: now + timedelta(minutes=2)
    assert "access_token" in (await ask(acme, **RIGHT, otp=totp.at(rt.now()))).json()


async def test_tokens_that_are_not_ours_are_nobody(acme: Company) -> None:
    rt = acme.app.rt
    assert rt is not None
    good = (await ask(acme, **RIGHT)).json()["access_token"]
    claims: dict[str, Any] = jwt.decode(good, options={"verify_signature": False})
    ours = signed.key(rt, tokens.AUDIENCE)

    def made(key: bytes = ours, algorithm: str = "HS256", **other: Any) -> str:
        return jwt.encode({k: v for k, v in (claims | other).items() if v is not None}, key, algorithm)

    assert await status(acme, made()) == 200, "the tries below differ from a good one in one thing each"
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).decode().rstrip("=")
    tries = [
        f"{head}.{good.split('.')[1]}.",
        f"{head}.{good.split('.')[1]}.{good.split('.')[2]}",
        made(key=b"x" * 32),
        made(key=ours * 2, algorithm="HS512"),
        made(algorithm="HS384", key=ours * 2),
        made(aud="trama:login"),
        made(iss="somebody else"),
        made(exp=1),
        made(exp=None),
        made(jti=None),
        made(fam="another"),
        made(sub="999999"),
        made(tid=acme.tenant + 1),
        made(key=signed.key(rt, "trama:login"), aud="trama:login"),
        good[:-4] + "AAAA",
        "a.b.c",
        "..",
        "é.é.é",
    ]
    for token in tries:
        answer = await acme.client.get(
            "/api/v1/me", headers={"authorization": b"Bearer " + token.encode("latin-1")}
        )
        assert answer.status_code == 401, token
    rt.now = lambda: datetime.now(UTC) + timedelta(minutes=16)
    assert await status(acme, good) == 401
