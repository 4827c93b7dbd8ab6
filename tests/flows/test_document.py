"""The flow document: what opens, what is refused and where, upgrades, and the published schema."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import TramaError
from engine.core.upgrades import upgrade
from engine.nodes import open_flow
from engine.services.reference import flow_schema, pages

ROOT = Path(__file__).resolve().parents[2]
GOOD: dict[str, Any] = {
    "format": 1, "id": "f", "name": "F", "kind": "chatbot", "start": "a",
    "nodes": [{"type": "ask", "id": "a", "text": "?", "save_as": "x"}, {"type": "end", "id": "z"}],
    "edges": [{"from": "a", "exit": "answered", "to": "z"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"format": None}, "flow:bad-format", "/format"),
        ({"format": 99}, "flow:newer-format", "/format"),
        ({"kind": "party"}, "flow:bad-document", "/kind"),
        ({"surprise": 1}, "flow:bad-document", ""),
        ({"id": "Não!"}, "flow:bad-document", "/id"),
        ({"nodes": [{"type": "ask", "id": "a", "text": 7, "save_as": "x"}]}, "flow:bad-node", "/nodes/0/text"),
        ({"nodes": [{"type": "end", "id": "a"}, {"type": "end", "id": "a"}]}, "flow:same-id", "/nodes/1/id"),
        ({"nodes": [{"id": "a"}]}, "flow:bad-node", "/nodes/0/type"),
        ({"nodes": [{"type": "menu", "id": "a", "text": "?", "options": [{"id": "x", "title": 5}]}]},
         "flow:bad-node", "/nodes/0/options/0/title"),
    ],
)  # fmt: skip
def test_what_is_refused_and_where(change: dict[str, Any], code: str, path: str) -> None:
    with pytest.raises(TramaError) as caught:
        open_flow({**GOOD, **change})
    assert (caught.value.code, caught.value.path) == (code, path)


@pytest.mark.parametrize("junk", [b"", b"{", b"[]", b"\xff\xfe", b"null", b"[" * 100_000, b"{}"])
def test_junk_is_refused(junk: bytes) -> None:
    with pytest.raises(TramaError):
        open_flow(junk)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda c: st.lists(c, max_size=4) | st.dictionaries(st.sampled_from([*GOOD, "x"]), c, max_size=6),
        max_leaves=12,
    )
)
def test_no_json_breaks_the_reader(value: Any) -> None:
    with contextlib.suppress(TramaError):
        open_flow({**GOOD, **value} if isinstance(value, dict) else value)


def test_upgrades_are_applied_in_their_order() -> None:
    steps = {1: lambda d: {**d, "name": d["title"]}, 2: lambda d: {**d, "name": d["name"].upper()}}
    assert upgrade({"format": 1, "title": "x"}, steps, 3) == {"format": 3, "title": "x", "name": "X"}


def test_the_published_schema_takes_the_ready_made_flows_and_refuses_a_slip() -> None:
    schema = jsonschema.Draft202012Validator(flow_schema())
    for path in (ROOT / "flows").glob("*.json"):
        assert list(schema.iter_errors(json.loads(path.read_text(encoding="utf-8")))) == []
    slip = json.loads(json.dumps(GOOD))
    slip["nodes"][0]["tries"] = 0
    assert list(schema.iter_errors(slip)) != []


def test_generated_pages_are_what_the_code_says() -> None:
    assert [str(p) for p, text in pages().items() if (ROOT / p).read_text(encoding="utf-8") != text] == []
