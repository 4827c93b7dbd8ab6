"""Whatever is sent to any door that the schema describes, the program does not fall over: no answer of 500 and more.

Schemathesis makes the requests from the OpenAPI document, valid and invalid ones, with the rights of an administrator.
"""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation.modes import GenerationMode

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
LEFT_OUT = ("/api/v1/me/sessions", "/api/v1/me/password", "/oauth/revoke", "/api/v1/people/{person}")
"""Doors that would end the session which knocks at all the others."""
EXAMPLES = 12


@pytest.fixture
def cookie(ruined: str) -> Iterator[str]:
    form = urllib.parse.urlencode({"email": "demo@plataforma.com", "password": "demo123"}).encode()

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    request = urllib.request.Request(f"{ruined}/login", data=form, headers={"origin": ruined})
    try:
        urllib.request.build_opener(Stay).open(request, timeout=20)
    except urllib.error.HTTPError as answer:
        yield answer.headers["set-cookie"].partition(";")[0]


def test_no_request_brings_the_program_down(ruined: str, cookie: str) -> None:
    schema = schemathesis.openapi.from_url(f"{ruined}/schema/openapi.json")
    fallen: dict[str, str] = {}
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path.startswith(LEFT_OUT):
            continue
        tried += 1

        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            knock = _knocking(operation, mode, ruined, cookie, fallen)
            knock()
    assert tried > 100
    assert fallen == {}


def _knocking(
    operation: Any, mode: GenerationMode, address: str, cookie: str, fallen: dict[str, str]
) -> Callable[[], None]:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def knock(case: Any) -> None:
        door = f"{case.method} {operation.path}"
        try:
            answer = case.call(headers={"cookie": cookie, "origin": address}, timeout=30)
        except requests.RequestException as fault:
            fallen[door] = f"{type(fault).__name__} at {case.as_transport_kwargs().get('params')}"
            return
        if answer.status_code >= 500:
            fallen[door] = f"{answer.status_code} {answer.content[:300]!r}"

    return knock
