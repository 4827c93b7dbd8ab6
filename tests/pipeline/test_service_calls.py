"""Calls to services are made after the commit, and their answers are happenings of the conversation."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from harness import Company

from connectors.contract import Response
from connectors.wire import WireFailure
from engine.services import channels, clock, conversations, media
from engine.services.calls import Calls, sweep


def asks_erp(seconds: float = 15) -> dict[str, Any]:
    """Looks a customer up and says who it is; a failure is said as well."""
    return {
        "format": 1,
        "id": "who",
        "name": "Who",
        "kind": "chatbot",
        "start": "look",
        "triggers": [{"on": "message"}],
        "variables": [{"name": "customer", "type": "object", "fields": {"name": "text"}}],
        "nodes": [
            {
                "type": "erp_lookup",
                "id": "look",
                "operation": "customer",
                "args": {"cpf": "11111111111"},
                "save_as": "customer",
                "timeout": seconds,
            },
            {"type": "send_message", "id": "found", "text": "Olá, {{ customer.name }}!"},
            {"type": "send_message", "id": "down", "text": "Sem sistema agora."},
            {"type": "end", "id": "end"},
            {"type": "hand_over", "id": "person"},
        ],
        "edges": [
            {"from": "look", "exit": "found", "to": "found"},
            {"from": "look", "exit": "not_found", "to": "person"},
            {"from": "look", "exit": "error", "to": "down"},
            {"from": "found", "exit": "next", "to": "end"},
            {"from": "down", "exit": "next", "to": "end"},
        ],
    }


MARIA = {
    "id": "c1",
    "name": "Maria Silva",
    "document": "11111111111",
    "phone": "5511999990000",
    "email": "m@x.br",
}


def found(**more: Any) -> Response:
    return Response(status=200, body=json.dumps({"items": [MARIA | more]}).encode())


@pytest.fixture
async def calls(acme: Company) -> Calls:
    await acme.publish(asks_erp())
    secrets = {"api_key": "erp-key"}
    await channels.save_service(
        acme.rt, acme.tenant, "erp", "erp", {"base_url": "http://erp.example"}, secrets
    )
    return Calls(acme.rt)


async def test_an_answer_continues_the_conversation(acme: Company, calls: Calls) -> None:
    await acme.says("oi")
    await acme.turns.drain()
    assert await acme.replies() == []
    acme.graph.script = [found()]
    await calls.drain()
    await acme.turns.drain()
    assert await acme.replies() == ["Olá, Maria Silva!"]
    sent = next(r for r in acme.graph.requests if "erp.example" in r.url)
    assert sent.headers["x-api-key"] == "erp-key"
    stored = await acme.rows("SELECT coalesce(encode(secrets, 'escape'), '') FROM service")
    assert "erp-key" not in stored[0]


async def test_a_service_that_is_down_is_an_answer_too(acme: Company, calls: Calls) -> None:
    await acme.says("oi")
    await acme.turns.drain()
    down = WireFailure("wire:unreachable", "refused")
    acme.graph.script = [down] * 9
    await calls.drain()
    await acme.turns.drain()
    acme.graph.script = []
    assert await acme.replies() == ["Sem sistema agora."]
    assert await acme.rows("SELECT state FROM call WHERE service = 'erp'") == ["failed"]


async def test_an_answer_after_the_hand_over_changes_nothing(acme: Company, calls: Calls) -> None:
    await acme.says("oi")
    await acme.turns.drain()
    (ident,) = await acme.rows("SELECT id FROM conversation")
    person = await acme.person()
    await conversations.take(acme.rt, acme.tenant, ident, person)
    acme.graph.script = [found()]
    await calls.drain()
    await acme.turns.drain()
    assert await acme.replies() == []
    assert (await acme.rows("SELECT outcome FROM trace ORDER BY id DESC LIMIT 1")) == ["stale"]


async def test_an_answer_that_comes_twice_counts_once(acme: Company, calls: Calls) -> None:
    await acme.says("oi")
    await acme.turns.drain()
    acme.graph.script = [found(), found()]
    await acme.rows(
        "UPDATE call SET state = 'running', lease_until = now() - interval '1 second' WHERE service = 'erp' RETURNING 1"
    )
    await sweep(acme.rt, acme.tenant)
    await calls.drain()
    await acme.rows("UPDATE call SET state = 'queued' WHERE service = 'erp' RETURNING 1")
    await calls.drain()
    await acme.turns.drain()
    assert await acme.replies() == ["Olá, Maria Silva!"]


async def test_an_unknown_secret_is_named(acme: Company, calls: Calls) -> None:
    await acme.says("oi")
    await acme.turns.drain()
    await acme.rows(
        'UPDATE call SET args = \'{"cpf": {"secret": "nope"}, "secrets": ["/cpf"]}\' '
        "WHERE service = 'erp' RETURNING 1"
    )
    await calls.drain()
    assert await acme.rows("SELECT error FROM call WHERE service = 'erp'") == [
        "secret:unknown there is no secret nope"
    ]


async def test_an_attachment_is_fetched_and_kept_once(acme: Company, calls: Calls, tmp_path: Path) -> None:
    acme.rt.settings = msgspec.structs.replace(acme.rt.settings, data_dir=tmp_path)
    picture = {"type": "image", "image": {"id": "123", "mime_type": "image/png", "caption": "conta"}}
    about = {"url": "https://lookaside.fbsbx.com/x", "mime_type": "image/png", "file_size": 3, "id": "123"}
    for _ in range(2):
        await acme.webhook(acme.message(**picture))
        acme.graph.script = [
            Response(status=200, body=json.dumps(about).encode()),
            Response(status=200, body=b"png", headers={"content-type": "image/png"}),
        ]
        await calls.drain()
    keys = await acme.rows("SELECT content->>'stored' FROM message WHERE direction = 'in' ORDER BY id")
    assert len(set(keys)) == 1
    path = media.path_of(acme.rt, acme.tenant, keys[0])
    assert path is not None
    assert path.read_bytes() == b"png"
    assert media.path_of(acme.rt, acme.tenant + 1, keys[0]) is None
    assert media.path_of(acme.rt, acme.tenant, "../../etc/passwd") is None


async def test_the_clock_leaps_and_what_waited_goes_off(acme: Company, calls: Calls) -> None:
    await acme.says("oi")
    await acme.turns.drain()
    before = await clock.now(acme.rt, acme.tenant)
    after = await clock.advance(acme.rt, acme.tenant, timedelta(hours=25))
    assert after - before > timedelta(hours=24, minutes=59)
    await acme.turns.drain()
    assert await acme.replies() == ["Sem sistema agora."], "the wait for the answer is over"
