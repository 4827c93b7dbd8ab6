"""A webhook body of WhatsApp Cloud and the events that it means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Received
from connectors.whatsapp_cloud import Settings, WhatsAppCloud, signature
from engine.core.inbound import ChannelEvent, MessageIn, RefusedIn

GOLDEN = Path(__file__).parent / "golden" / "whatsapp_cloud"
PAYLOADS = sorted(p for p in GOLDEN.glob("*.json") if not p.name.endswith(".events.json"))
channel = WhatsAppCloud()
ours = Settings(phone_number_id="1065", app_secret="s3cret", verify_token="hush")


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda p: p.stem)
def test_payload_means_these_events(payload: Path, golden: Any) -> None:
    golden(payload.with_suffix(".events.json"), channel.parse(ours, payload.read_bytes()))


def test_every_message_of_a_batch_is_found_beside_its_poison() -> None:
    events = channel.parse(ours, (GOLDEN / "batch.json").read_bytes())
    said = [event.content.text for event in events if isinstance(event, MessageIn)]  # type: ignore[union-attr]
    assert said == ["um", "dois", "três", "quatro", "cinco"]
    assert len([event for event in events if isinstance(event, RefusedIn)]) == 4


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda p: p.stem)
def test_the_same_delivery_twice_has_the_same_keys(payload: Path) -> None:
    """A retry of Meta's may serialise differently; its happenings are still the same."""
    again = json.dumps(json.loads(payload.read_bytes())).encode()
    assert [e.key for e in channel.parse(ours, payload.read_bytes())] == [
        e.key for e in channel.parse(ours, again)
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b"[" * 100_000,
        b"1e999",
        b'{"entry":' * 500,
        b'{"object":1}',
    ],
)
def test_what_is_not_a_delivery_is_one_refusal(body: bytes) -> None:
    [event] = channel.parse(ours, body)
    assert isinstance(event, RefusedIn)


def test_half_an_emoji_does_not_cost_the_message() -> None:
    body = (GOLDEN / "text.json").read_text(encoding="utf-8").replace("👋🏽", "\\ud83d").encode()
    [event] = channel.parse(ours, body)
    assert isinstance(event, MessageIn)
    assert event.content.text == "Oi! Quero a 2ª via ?"  # type: ignore[union-attr]


NAMES = (
    "id from type text body timestamp system revoke edit image interactive order statuses status errors messages "
    "contacts value field metadata wa_id user_id from_user_id name location context button"
)
names = st.sampled_from(NAMES.split(" ")) | st.text(max_size=5)
words = st.sampled_from(["text", "image", "1", "edit"]) | st.text()
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=6),
    max_leaves=25,
)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | anything.map(lambda value: json.dumps(value).encode()))
def test_no_body_raises(body: bytes) -> None:
    assert channel.parse(ours, body)


@settings(max_examples=300, deadline=None)
@given(
    anything, anything, st.sampled_from(["messages", "statuses", "user_preferences", "contacts", "errors"])
)
def test_no_value_raises_and_every_event_can_be_stored(value: object, item: object, kind: str) -> None:
    """Stored means: JSON that PostgreSQL takes, so no lone surrogate and no NUL, and back again the same."""
    inside = {**value, kind: item} if isinstance(value, dict) else {kind: [item, value]}
    whole = {
        "object": "whatsapp_business_account",
        "entry": [{"changes": [{"field": "messages", "value": inside}]}],
    }
    events = channel.parse(ours, json.dumps(whole).encode())
    encoded = msgspec.json.encode(events)
    assert msgspec.json.decode(encoded, type=list[ChannelEvent]) == events
    assert b"\\u0000" not in encoded


def _posted(body: bytes, header: str | None) -> Received:
    headers = {} if header is None else {"x-hub-signature-256": header}
    return Received(method="POST", headers=headers, query={}, body=body)


def test_signature_vectors(testdata: Path) -> None:
    for vector in json.loads((testdata / "crypto/hub_signature_vectors.json").read_bytes())["vectors"]:
        known = Settings(app_secret=vector["secret"])
        assert channel.verify(known, _posted(vector["body"].encode(), vector["header"])) is vector["valid"]


def test_signature_is_over_the_bytes_as_they_came() -> None:
    body = b'{"a":"\\u00e1","url":"https:\\/\\/x"}'
    header = signature("s3cret", body)
    assert channel.verify(ours, _posted(body, header))
    assert not channel.verify(ours, _posted(json.dumps(json.loads(body)).encode(), header))


@given(st.text())
def test_no_header_raises(header: str) -> None:
    assert not channel.verify(ours, _posted(b"x", header))


def test_without_a_secret_nobody_is_let_in() -> None:
    assert not channel.verify(Settings(), _posted(b"x", signature("", b"x")))


@pytest.mark.parametrize(
    ("token", "challenge", "status"),
    [
        ("hush", "1158201444", 200),
        ("húsh", "1", 403),
        ("", "1", 403),
        ("hush", "<b>\n", 403),
        ("hush", "", 403),
    ],
)
def test_handshake(token: str, challenge: str, status: int) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": challenge}
    reply = channel.handshake(ours, Received(method="GET", headers={}, query=query, body=b""))
    assert reply.status == status
    assert status != 200 or (reply.body, reply.media_type) == (challenge.encode(), "text/plain")


def test_settings_show_no_secret() -> None:
    assert "s3cret" not in repr(ours)
    assert "hush" not in f"{ours}"
