"""Broken, hostile and huge flows through the REST doors: an answer with a code and a place, never a fault of ours."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from doors import Company, code
from greeting import greeting

IMPORT = "/api/v1/flows/import"


def text(**changes: Any) -> bytes:
    return json.dumps(greeting() | changes).encode()


BODIES = {
    "nothing": (b"", "flow:not-json", 400),
    "bytes": (b"\xff\xfe\x00", "flow:not-json", 400),
    "10,000 deep": (b'{"nodes": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "flow:not-json", 400),
    "NUL": (text(name="a\0"), "flow:bad-text", 400),
    "a place beyond everything": (text(layout={"name": {"x": 1e308, "y": 0}}), "flow:out-of-range", 400),
    "too many edges": (
        text(edges=[{"from": "name", "exit": f"e{n}", "to": "end"} for n in range(20_001)]),
        "flow:too-large",
        400,
    ),
    "more than 10 MB": (text(description="x" * 10_000_000), "http:request-entity-too-large", 413),
}


async def test_what_cannot_be_a_flow_is_refused(acme: Company) -> None:
    for name, (body, slug, status) in BODIES.items():
        refused = await acme.post(IMPORT, content=body)
        assert (refused.status_code, code(refused)) == (status, slug), name
    assert (await acme.get("/api/v1/flows")).json() == []


COMMANDS: list[dict[str, Any]] = [
    {"do": "move", "to": {"name": [1e308, 0]}},
    {"do": "set_node", "id": "hello", "path": "/text", "value": "a\0"},
    {"do": "set_node", "id": "\0", "path": "/text", "value": "a"},
    {"do": "set_node", "id": "hello", "path": "/__proto__/x", "value": 1},
    {"do": "set_node", "id": "hello", "path": "/text" + "/0" * 500, "value": 1},
    {"do": "add_node", "node": {"id": "x", "type": "ask", "deep": json.loads("[" * 150 + "]" * 150)}},
    {"do": "batch", "commands": [{"do": "batch", "commands": []}]},
    {"do": "drop_database"},
    {},
]


async def test_a_bad_command_changes_nothing(acme: Company) -> None:
    assert (await acme.post("/api/v1/flows", json=greeting())).status_code == 201
    for command in COMMANDS:
        refused = await acme.post("/api/v1/flows/greeting/commands", json=command)
        assert refused.status_code in (400, 422) and code(refused).startswith(("edit:", "flow:")), command
    kept = (await acme.get("/api/v1/flows/greeting")).json()
    assert kept["flow"]["draft_rev"] == 1


async def test_others_are_answered_while_ten_megabytes_come_in(acme: Company) -> None:
    notes = [{"id": f"note{n}", "text": "<img src=x onerror=alert(1)>" * 200} for n in range(1_700)]
    large = text(notes=notes)
    assert 9_000_000 < len(large) < 10_000_000
    answered, coming = 0, asyncio.create_task(acme.post(IMPORT, content=large))
    while not coming.done():
        assert (await acme.get("/api/v1/flows")).status_code == 200
        answered += 1
    assert coming.result().status_code == 201
    assert answered > 2
