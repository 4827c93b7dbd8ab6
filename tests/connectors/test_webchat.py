"""The webchat's frames, tokens and bubbles, without a socket."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Delivery, Received, Sent
from connectors.webchat import MOST_TEXT, TOKEN_DAYS, Settings, Webchat, refusal, shown, token, visitor_of
from engine.core.inbound import Identity, MessageIn, RefusedIn, StatusIn, TypingIn
from engine.core.message import Button, Buttons, Chosen, Media, PixPayment, Template, Text

KEY = b"k" * 32
VISITOR = "visitor-0123456789"
channel, ours = Webchat(), Settings()


def parsed(**envelope: Any) -> Any:
    (event,) = channel.parse(ours, msgspec.json.encode({"visitor": VISITOR} | envelope))
    return event


def test_what_a_visitor_writes_is_a_message_named_by_the_browser() -> None:
    event = parsed(name="Ana", frame={"t": "message", "id": "abcdefgh", "text": "oi"})
    assert event == MessageIn(
        key=f"{VISITOR}:abcdefgh",
        sender=event.sender,
        content=Text("oi"),
    )
    assert (event.sender.identities, event.sender.name) == ([Identity("webchat", VISITOR)], "Ana")


def test_a_pressed_button_is_a_choice() -> None:
    frame = {"t": "choose", "id": "abcdefgh", "button": "pay", "title": "Pagar"}
    assert parsed(frame=frame).content == Chosen("pay", "Pagar", "button")
    assert parsed(frame=frame | {"source": "list"}).content.source == "list"


def test_typing_is_passed_on_and_not_kept() -> None:
    assert isinstance(parsed(frame={"t": "typing"}), TypingIn)


def test_bubbles_that_were_shown_are_statuses_by_our_own_id() -> None:
    events = channel.parse(
        ours, msgspec.json.encode({"visitor": VISITOR, "acked": ["e1.1", "e1.2"], "state": "read"})
    )
    assert [(e.outbox, e.status) for e in events if isinstance(e, StatusIn)] == [
        ("e1.1", "read"),
        ("e1.2", "read"),
    ]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"t": "message", "id": "abcdefgh", "text": "x" * (MOST_TEXT + 1)}, "webchat:too-long"),
        ({"t": "message", "id": "abcdefgh", "text": " \n"}, "webchat:empty"),
        ({"t": "message", "id": "short", "text": "oi"}, "webchat:bad-id"),
        ({"t": "message", "id": {}, "text": "oi"}, "webchat:bad-id"),
        ({"t": "choose", "id": "abcdefgh", "button": ""}, "webchat:bad-frame"),
        ({"t": "sing", "id": "abcdefgh"}, "webchat:bad-frame"),
    ],
)
def test_what_cannot_be_accepted_is_said_and_refused(frame: dict[str, object], code: str) -> None:
    assert refusal(frame) == code
    assert isinstance(parsed(frame=frame), RefusedIn)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    assert isinstance(channel.parse(ours, body), list)


def test_a_token_is_good_for_its_visitor_and_channel_and_time() -> None:
    made = token(KEY, 3, VISITOR, 1_000)
    assert visitor_of(KEY, 3, made, 2_000) == VISITOR
    assert visitor_of(KEY, 4, made, 2_000) == ""
    assert visitor_of(b"x" * 32, 3, made, 2_000) == ""
    assert visitor_of(KEY, 3, made, 1_001 + TOKEN_DAYS * 86_400) == ""
    assert visitor_of(KEY, 3, made.replace(VISITOR, "visitor-9876543210"), 2_000) == ""
    assert visitor_of(KEY, 3, made.replace(".1000.", ".9000."), 2_000) == ""


@given(st.text(max_size=120))
def test_no_text_is_a_token(given_: str) -> None:
    assert visitor_of(KEY, 3, given_, 2_000) == ""


def test_sending_needs_no_request() -> None:
    delivery = Delivery(id="e1.1", to=[Identity("webchat", VISITOR)], content=Text("oi"))
    plan = channel.send(ours, delivery, datetime(2026, 11, 20, tzinfo=UTC))
    with pytest.raises(StopIteration) as end:
        next(plan)
    assert end.value.value == Sent(external_ids=["e1.1"])


def test_webhooks_are_never_genuine() -> None:
    assert not channel.verify(ours, Received(method="POST", headers={}, query={}, body=b"{}"))


def test_a_visitor_sees_what_is_theirs_to_see() -> None:
    buttons = Buttons(text="Pagar?", buttons=[Button("yes", "Sim")])
    assert shown(buttons)["buttons"] == [{"id": "yes", "title": "Sim"}]
    stored = shown(Media("image", url="http://10.0.0.1/x", ref="r", stored="1/ab/cd", caption="foto"))
    assert stored == {"type": "media", "kind": "image", "url": "", "caption": "foto", "filename": ""}
    assert shown(Template("t", body=["João"], preview="Olá, João"))["text"] == "Olá, João"
    assert shown(Text("<b>{{7*7}}</b>"))["text"] == "<b>{{7*7}}</b>"


def test_a_pix_charge_has_its_picture_unless_it_is_too_long() -> None:
    assert shown(PixPayment("Pague", "000201", 100))["qr"].startswith("data:image/svg+xml")
    assert shown(PixPayment("Pague", "0" * 8000, 100))["qr"] == ""


@pytest.mark.parametrize(
    "origin", ["javascript:alert(1)", "https://a.example/path", "a.example", "https://a b"]
)
def test_a_site_is_an_origin(origin: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"origins": [origin]}, Settings)
