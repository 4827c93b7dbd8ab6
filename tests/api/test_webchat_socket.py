"""Visitors at their socket: nothing is lost over reconnections, nothing happens twice, nobody is somebody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from doors import Company
from greeting import greeting
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from engine.api.webchat import FRAMES_AT_ONCE
from engine.core.message import Text
from engine.services import channels, conversations


class Browser:
    """What the widget does, by hand: a token and the last number survive, connections do not."""

    def __init__(self, url: str, channel: int, origin: str = "") -> None:
        self.url, self.channel, self.origin = url, channel, origin
        self.token = ""
        self.seen = 0
        self._socket: ClientConnection | None = None

    @asynccontextmanager
    async def online(self) -> AsyncIterator[Browser]:
        async with connect(
            f"{self.url}/ws/webchat/{self.channel}", origin=self.origin or None
        ) as self._socket:  # type: ignore[arg-type]
            await self.send(t="hello", token=self.token, seen=self.seen)
            yield self

    async def send(self, **frame: Any) -> None:
        assert self._socket is not None
        await self._socket.send(msgspec.json.encode(frame).decode())

    async def raw(self, text: str) -> None:
        assert self._socket is not None
        await self._socket.send(text)

    async def next(self) -> dict[str, Any]:
        assert self._socket is not None
        async with asyncio.timeout(10):
            frame: dict[str, Any] = msgspec.json.decode(await self._socket.recv())
        if frame["t"] == "welcome":
            self.token = frame["token"]
        if frame["t"] == "message":
            self.seen = max(self.seen, frame["n"])
        return frame

    async def until(self, kind: str) -> list[dict[str, Any]]:
        """Frames up to one of this kind, which is the last."""
        frames = [await self.next()]
        while frames[-1]["t"] != kind:
            frames.append(await self.next())
        return frames

    async def hears(self, text: str) -> dict[str, Any]:
        while True:
            frame = await self.next()
            if frame["t"] == "message" and frame["content"].get("text") == text:
                return frame

    async def closed(self) -> str:
        assert self._socket is not None
        try:
            while True:
                await self.next()
        except ConnectionClosed as end:
            return end.rcvd.reason if end.rcvd is not None else ""


def said(frames: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(f["from"], f["content"]["text"]) for f in frames if f["t"] == "message"]


@pytest.fixture
async def browser(acme: Company, url: str) -> Browser:
    await acme.post("/api/v1/flows", json=greeting())
    await acme.post("/api/v1/flows/greeting/publish", json={})
    return Browser(url, acme.webchat)


async def test_a_visitor_talks_to_the_flow(browser: Browser) -> None:
    async with browser.online() as visitor:
        assert [f["t"] for f in await visitor.until("synced")] == ["welcome", "synced"]
        await visitor.send(t="message", id="aaaaaaaa", text="oi")
        await visitor.hears("Como se chama?")
        await visitor.send(t="message", id="bbbbbbbb", text="Ana")
        assert (await visitor.hears("Olá, Ana!"))["from"] == "bot"


async def test_what_is_said_while_away_is_there_after_the_reconnection(
    acme: Company, browser: Browser
) -> None:
    async with browser.online() as visitor:
        await visitor.until("synced")
        await visitor.send(t="message", id="aaaaaaaa", text="oi")
        await visitor.hears("Como se chama?")
    assert acme.app.rt is not None
    ((conversation,),) = await acme.rows("SELECT id FROM conversation")
    ((person,),) = await acme.rows("SELECT id FROM person")
    for text in ("Um momento", "Já volto"):
        await conversations.reply(acme.app.rt, acme.tenant, conversation, Text(text), person=person)
    async with browser.online() as visitor:
        assert said(await visitor.until("synced")) == [("person", "Um momento"), ("person", "Já volto")]


async def test_a_message_sent_again_after_a_lost_connection_is_one_message(
    acme: Company, browser: Browser
) -> None:
    """The connection breaks before the browser hears `stored`: it cannot know, so it sends again."""
    async with browser.online() as visitor:
        await visitor.until("welcome")
        await visitor.send(t="message", id="aaaaaaaa", text="oi")
        await visitor.until("stored")
    for _ in range(3):
        async with browser.online() as visitor:
            await visitor.until("synced")
            await visitor.send(t="message", id="aaaaaaaa", text="oi")
            assert (await visitor.until("stored"))[-1]["id"] == "aaaaaaaa"
    assert await acme.rows("SELECT text FROM message WHERE direction = 'in'") == [("oi",)]


async def test_after_a_reload_the_conversation_is_shown_again(browser: Browser) -> None:
    async with browser.online() as visitor:
        await visitor.until("synced")
        await visitor.send(t="message", id="aaaaaaaa", text="oi")
        await visitor.hears("Como se chama?")
    browser.seen = 0
    async with browser.online() as visitor:
        frames = await visitor.until("synced")
        assert said(frames) == [("me", "oi"), ("bot", "Como se chama?")]
        assert frames[1]["id"] == "aaaaaaaa"


async def test_two_tabs_see_the_same(browser: Browser, url: str) -> None:
    other = Browser(url, browser.channel)
    async with browser.online() as one:
        await one.until("synced")
        other.token = browser.token
        async with other.online() as two:
            await two.until("synced")
            await one.send(t="message", id="aaaaaaaa", text="oi")
            await one.hears("Como se chama?")
        async with other.online() as two:
            assert said(await two.until("synced")) == [("me", "oi"), ("bot", "Como se chama?")]
            await one.send(t="message", id="bbbbbbbb", text="Ana")
            await two.hears("Olá, Ana!")


async def test_bubbles_that_were_read_are_marked(acme: Company, browser: Browser) -> None:
    async with browser.online() as visitor:
        await visitor.until("synced")
        await visitor.send(t="message", id="aaaaaaaa", text="oi")
        number = (await visitor.hears("Como se chama?"))["n"]
        await visitor.send(t="ack", upto=number, state="read")
        await visitor.send(t="ping")
        await visitor.until("pong")
    assert await acme.rows("SELECT status FROM message WHERE direction = 'out'") == [("read",)]


async def test_nobody_reads_or_marks_what_is_somebody_elses(
    acme: Company, browser: Browser, url: str
) -> None:
    async with browser.online() as visitor:
        await visitor.until("synced")
        await visitor.send(t="message", id="aaaaaaaa", text="oi")
        number = (await visitor.hears("Como se chama?"))["n"]
    thief = Browser(url, browser.channel)
    head, _, mac = browser.token.rpartition(".")
    for forged in ("", "x", f"{head}.{'0' * 64}", f"{head}.{mac[::-1]}"):
        thief.token, thief.seen = forged, 0
        async with thief.online() as other:
            assert said(await other.until("synced")) == []
            await other.send(t="ack", upto=number, state="read")
            await other.send(t="ping")
            await other.until("pong")
    assert await acme.rows("SELECT status FROM message WHERE direction = 'out'") == [("queued",)]


async def test_a_token_of_another_companys_chat_is_none(
    acme: Company, rival: Company, browser: Browser
) -> None:
    async with browser.online() as visitor:
        await visitor.until("synced")
        await visitor.send(t="message", id="aaaaaaaa", text="oi")
        await visitor.hears("Como se chama?")
    browser.channel, browser.seen = rival.webchat, 0
    async with browser.online() as visitor:
        assert said(await visitor.until("synced")) == []


async def test_only_listed_sites_may_show_the_chat(acme: Company, url: str) -> None:
    assert acme.app.rt is not None
    settings = {"origins": ["https://www.example.com"], "burst_seconds": 0}
    await channels.save(acme.app.rt, acme.tenant, "webchat", "Chat", settings)
    async with Browser(url, acme.webchat, "https://www.example.com").online() as visitor:
        await visitor.until("synced")
    async with Browser(url, acme.webchat, "https://evil.example").online() as visitor:
        assert await visitor.closed() == "webchat:foreign-site"


async def test_a_channel_that_is_none_ends_with_its_reason(acme: Company, url: str) -> None:
    for ident in (999_999, acme.whatsapp):
        async with Browser(url, ident).online() as visitor:
            assert await visitor.closed() == "channel:unknown"


@pytest.mark.parametrize("raw", ["", "{", "[]", "null", "\u0000", '{"t":' * 2000])
async def test_what_is_no_frame_ends_the_connection_and_nothing_else(
    acme: Company, browser: Browser, raw: str
) -> None:
    async with browser.online() as visitor:
        await visitor.until("synced")
        await visitor.raw(raw)
        assert await visitor.closed() == "webchat:bad-frame"
    async with browser.online() as visitor:
        await visitor.until("synced")
        assert (await acme.client.get("/health/ready")).status_code == 200


async def test_a_frame_too_large_ends_the_connection(browser: Browser) -> None:
    async with browser.online() as visitor:
        await visitor.until("synced")
        await visitor.send(t="message", id="aaaaaaaa", text="x" * 70_000)
        assert await visitor.closed() == "webchat:too-large"


async def test_a_message_too_long_is_refused_and_the_next_one_taken(acme: Company, browser: Browser) -> None:
    async with browser.online() as visitor:
        await visitor.until("synced")
        await visitor.send(t="message", id="aaaaaaaa", text="x" * 5000)
        assert (await visitor.until("refused"))[-1]["code"] == "webchat:too-long"
        await visitor.send(t="message", id="bbbbbbbb", text="<script>{{7*7}}</script>")
        await visitor.until("stored")
    assert await acme.rows("SELECT text FROM message WHERE direction = 'in'") == [
        ("<script>{{7*7}}</script>",)
    ]


async def test_who_sends_too_fast_is_slowed_and_loses_nothing(acme: Company, browser: Browser) -> None:
    async with browser.online() as visitor:
        await visitor.until("synced")
        for n in range(FRAMES_AT_ONCE + 3):
            await visitor.send(t="message", id=f"message-{n:04}", text=f"{n}")
        slowed = (await visitor.until("slow"))[-1]
        assert 0 < slowed["after"] < 2
        await asyncio.sleep(slowed["after"])
        await visitor.send(t="message", id=slowed["id"], text="again")
        while (frame := await visitor.next())["t"] != "stored" or frame["id"] != slowed["id"]:
            pass


async def test_the_script_is_served_to_any_site_and_cached(acme: Company) -> None:
    script = await acme.client.get(f"/webchat/{acme.webchat}/widget.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    again = await acme.client.get(
        f"/webchat/{acme.webchat}/widget.js", headers={"if-none-match": script.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert "innerHTML" not in script.text
    page = await acme.client.get(f"/webchat/{acme.webchat}/demo")
    assert f'src="/webchat/{acme.webchat}/widget.js"' in page.text
    assert (await acme.client.get(f"/webchat/{acme.whatsapp}/demo")).status_code == 404
