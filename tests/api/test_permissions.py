"""Who may use which door and which page, as a table that is read before it is believed.

The table is made from the routes themselves. A new route is not in it and fails by its name: run with --update and
look at the difference.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from doors import SITE, Company, company, delivery
from greeting import greeting
from routes import Route, doors, knocked, routes, somebody, tried, who_passes

from builder_ui.guard import REFUSED, Guard
from engine.app import Application
from engine.services import permissions
from engine.services.permissions import OPEN_PAGES, PAGES, RIGHTS, ROLES, page_right

GOLDEN = Path(__file__).parent / "golden" / "permissions.json"
FOREIGN = Path(__file__).parent / "golden" / "foreign.json"
Golden = Callable[[Path, Any], None]


async def test_every_route_has_its_line_in_the_table(golden: Golden, request: pytest.FixtureRequest) -> None:
    table = {route.name: await who_passes(route) for route in routes(doors())}
    pages = {
        f"PAGE {page}": [r for r in ROLES if permissions.holds([r], right)] for page, right in PAGES.items()
    }
    own = {f"PAGE {page}": "logged in" for page in OPEN_PAGES}
    if not request.config.getoption("--update"):
        known = json.loads(GOLDEN.read_text(encoding="utf-8"))
        new = sorted((table.keys() | pages.keys() | own.keys()) - known.keys())
        assert not new, "who may use these is not written down: run with --update and look at the difference"
    golden(GOLDEN, dict(sorted((table | pages | own).items())))


async def test_who_lacks_the_right_is_refused_at_every_route() -> None:
    app = doors()
    for route in routes(app):
        allowed = await who_passes(route)
        path = route.filled(dict.fromkeys(route.params, 1))
        if route.method == "WS" and not path.startswith("/ws/webchat/"):
            assert await knocked(app, None, path) == "refused", f"{route.name} lets nobody in particular in"
        if allowed == "open":
            assert not route.asks_who(), f"{route.name} asks who it is and lets nobody in particular in"
            continue
        refused: list[tuple[Any, int, str]] = [(None, 401, "access:login-needed")]
        if allowed != "logged in":
            refused += [(somebody(r), 403, "access:forbidden") for r in ROLES if r not in allowed]
            refused += [(somebody(*ROLES, pending="password"), 403, "access:forbidden")]
        for principal, status, code in refused:
            if route.method == "WS":
                assert await knocked(app, principal, path) == "refused", (route.name, principal)
            else:
                assert await tried(app, route, principal, path) == (status, code), (route.name, principal)


async def test_who_lacks_the_right_is_refused_at_every_page() -> None:
    seen: list[str] = []

    async def pages(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["path"])

    for page in [*PAGES, *OPEN_PAGES]:
        right = page_right(page)
        for path in (page, page + "/") if page in OPEN_PAGES else (page, page + "/", page + "/7/part"):
            for role in ROLES:
                await Guard(pages)({"type": "http", "path": path, "user": somebody(role)}, None, None)
                allowed = not right or role in RIGHTS[right]
                assert seen.pop() == (path if allowed else REFUSED), (path, role)
            await Guard(pages)({"type": "http", "path": path, "user": None}, None, None)
            assert seen.pop() == path, "who is not logged in is led to the login by the page"


def test_rights_are_known() -> None:
    assert set(PAGES.values()) <= RIGHTS.keys()
    assert not permissions.holds(ROLES, "everything:write")


async def test_no_id_of_another_company_leads_anywhere(
    app: Application, client: httpx.AsyncClient, golden: Golden
) -> None:
    """Every route with an id, with the ids of the other company: nothing of theirs is said, nothing of theirs
    changes, and what is answered otherwise than 404 stands in a table."""
    acme = await company(app, client, "acme")
    rival = await company(app, client, "rival")
    ids = await _things(acme)
    # a person, because some things are done by people only; with all rights
    hers = await _browser(rival)
    before = await _everything(acme)
    answers: dict[str, int] = {}
    for route in sorted(routes(doors()), key=lambda route: route.name):
        if not route.params or route.method == "WS" or await who_passes(route) == "open":
            continue
        try:
            path = route.filled(ids)
        except KeyError as unknown:
            raise AssertionError(f"{route.name}: say below what {unknown} of the other company is") from None
        answer = await _ask(hers, route, path)
        assert "segredo" not in answer.text, route.name
        assert answer.status_code < 500, (route.name, answer.text)
        if answer.status_code != 404:
            answers[route.name] = answer.status_code
    assert await _everything(acme) == before
    golden(FOREIGN, dict(sorted(answers.items())))


async def _browser(company: Company) -> httpx.AsyncClient:
    browser = httpx.AsyncClient(transport=httpx.ASGITransport(company.app), base_url=SITE)
    form = {"email": f"ana@{company.slug}.example", "password": f"{company.slug}-password"}
    assert (await browser.post("/login", data=form)).headers["location"] == "/"
    return browser


async def _ask(hers: httpx.AsyncClient, route: Route, path: str) -> httpx.Response:
    more: dict[str, Any] = {"headers": {"if-match": '"1"'}}
    body = route.body()
    if body is not None:
        more["json"] = greeting() if "flows" in route.path and route.method == "PUT" else body
    return await hers.request(route.method, path, **more)


async def _things(acme: Company) -> dict[str, object]:
    """One of everything, by the names that routes have for them."""
    await acme.post("/api/v1/flows", json=greeting())
    await acme.post("/api/v1/flows/greeting/publish", json={})
    await acme.deliver(delivery("segredo"))
    for _ in range(200):
        if await acme.rows("SELECT 1 FROM outbox"):
            break
        await asyncio.sleep(0.05)
    await _browser(acme)
    made: dict[str, object] = {"flow": "greeting", "version": 1, "day": "12-24", "name": "lead.created"}
    for name, sql in _THINGS.items():
        rows = await acme.rows(sql)
        assert rows, f"there is no {name}"
        made[name] = rows[0][0]
    return made


_THINGS = {
    "conversation": "SELECT id FROM conversation",
    "contact": "SELECT id FROM contact",
    "identity": "SELECT id FROM contact_identity",
    "message": "SELECT id FROM message WHERE direction = 'in'",
    "channel": "SELECT id FROM channel",
    "person": "SELECT id FROM person",
    "agent": "SELECT id FROM person",
    "session": "SELECT id FROM login_session",
    "key": "SELECT id FROM api_key",
    "dead-letters/ident": "SELECT id FROM outbox",
    "put-aside/ident": "SELECT id FROM inbox",
    "team": "INSERT INTO team (name) VALUES ('segredo') RETURNING id",
    "queue": "INSERT INTO queue (key, name) VALUES ('segredo', 'segredo') RETURNING id",
    "ticket": "INSERT INTO ticket (conversation_id, summary) SELECT id, 'segredo' FROM conversation RETURNING id",
    "reply": "INSERT INTO canned (shortcut, text) VALUES ('segredo', 'segredo') RETURNING id",
    "template": "INSERT INTO template (channel_id, name, language, body) "
    "SELECT id, 'segredo', 'pt_BR', 'segredo' FROM channel LIMIT 1 RETURNING id",
    "merge": "WITH gone AS (INSERT INTO contact (name) VALUES ('segredo') RETURNING id) "
    "INSERT INTO contact_merge (kept_id, gone_id) SELECT c.id, gone.id FROM contact c, gone RETURNING id",
    "contact-imports/ident": "INSERT INTO contact_import (format, filename) VALUES ('csv', 'segredo') RETURNING id",
}
"""What a parameter of a route is called, after its neighbour where the name says too little, and where one is found
or made."""


async def _everything(acme: Company) -> dict[str, Any]:
    """A sum of all rows of the company, by table."""
    tables = await acme.rows(
        "SELECT table_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_name = 'tenant_id'"
    )
    found = {}
    for (table,) in tables:
        ((found[table],),) = await acme.rows(
            f"SELECT md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {table} t"
        )
    return found
