"""A visitor's connection to the webchat: what they say goes through the intake, what is said to them comes as news and
is read from the database, so a lost connection loses nothing.

`open_visit` once a connection, `Visit.receive` for each frame of the browser, `Visit.frames` for what goes to it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import msgspec

from connectors import webchat as channel_kind
from connectors.webchat import Settings, shown, token, visitor_of
from engine.core.errors import TramaError
from engine.core.message import Content
from engine.services import channels, moving
from engine.services.intake import Intake
from engine.services.live import News
from engine.services.runtime import Loaded, Runtime
from engine.store import webchat as store
from engine.store.statuses import RANK
from engine.store.webchat import Bubble

FRAME_BYTES = channel_kind.FRAME_BYTES
HISTORY = 50
"""Bubbles that a browser without memory of its own is given."""
_PAGE = 200
_LOOK_SECONDS = 25.0
_REMEMBERED = 1_000
_decoder = msgspec.json.Decoder(Content)


class Hello(msgspec.Struct, frozen=True, tag="hello", tag_field="t"):
    """The first frame. `seen` is the number of the last bubble that the browser has, `join` an invitation to go on here
    with a conversation that began elsewhere (`engine.services.moving`)."""

    token: str = ""
    seen: int = 0
    name: str = ""
    join: str = ""


def admitted(settings: Settings, origin: str, host: str) -> bool:
    """Whether a site may show the chat: this server itself, or one of the channel's list. A program that is no browser
    sends no origin; it has no visitor's token either."""
    if not origin or "*" in settings.origins:
        return True
    if urlsplit(origin).netloc.lower() == host.lower():
        return True
    return origin.rstrip("/").lower() in (o.lower() for o in settings.origins)


async def settings_of(rt: Runtime, channel: int) -> Settings:
    """Raises `channel:unknown`."""
    return (await _loaded(rt, channel))[1]


async def _loaded(rt: Runtime, channel: int) -> tuple[Loaded, Settings]:
    one = await channels.loaded(rt, channel)
    if not isinstance(one.settings, Settings):
        raise TramaError("channel:unknown", f"there is no webchat {channel}")
    return one, one.settings


async def open_visit(
    rt: Runtime,
    intake: Intake,
    channel: int,
    *,
    hello: str | bytes = b'{"t":"hello"}',
    origin: str = "",
    host: str = "",
) -> Visit:
    """A connection has said hello. A token that is missing, forged or old makes a new visitor. Raises
    `channel:unknown`, `webchat:foreign-site`, `webchat:no-hello`."""
    one, settings = await _loaded(rt, channel)
    if not admitted(settings, origin, host):
        raise TramaError("webchat:foreign-site", f"{origin} is not among the sites of this channel")
    try:
        said = msgspec.json.decode(hello, type=Hello)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise TramaError("webchat:no-hello", "the first frame is a hello") from None
    key, now = rt.settings.secret_key, int(rt.now().timestamp())
    visitor = visitor_of(key, channel, said.token, now)
    if said.join:
        # a new name: whoever sat at this browser before need not be who was invited
        invited = secrets.token_urlsafe(18)
        if await moving.accept(rt, channel, invited, said.join) is not None:
            return Visit(rt, intake, one, settings, invited, "", said.name)
    if not visitor:
        return Visit(rt, intake, one, settings, secrets.token_urlsafe(18), "", said.name)
    return Visit(rt, intake, one, settings, visitor, said.token, said.name, seen=max(0, said.seen))


class Visit:
    """One connection of one visitor. `visitor` is their name on the channel."""

    def __init__(
        self,
        rt: Runtime,
        intake: Intake,
        channel: Loaded,
        settings: Settings,
        visitor: str,
        given: str,
        name: str,
        *,
        seen: int = 0,
    ) -> None:
        self._rt, self._intake = rt, intake
        self._channel, self._settings = channel, settings
        self.visitor = visitor
        self._given, self._name = given, name[:100]
        self._seen = seen
        self._told: set[int] = set()
        self._conversation = 0
        self._news: Any = None

    async def frames(self) -> AsyncIterator[bytes]:
        """What goes to the browser, for ever: a welcome, what was missed, then what is new."""
        yield self._welcome()
        first = True
        while True:
            async with self._rt.db.tenant(self._channel.tenant) as c:
                self._conversation = await store.conversation(c, self._channel.id, self.visitor) or 0
            topic = f"conversation/{self._channel.tenant}/{self._conversation}"
            async with self._rt.live.listen(topic) as queue:
                self._news = queue
                # listening comes before looking: what is said between the two is told twice rather than never
                for frame in await self._missed():
                    yield frame
                if first:
                    yield _frame(t="synced", n=self._seen)
                    first = False
                async for frame in self._heard():
                    yield frame

    async def _heard(self) -> AsyncIterator[bytes]:
        """New bubbles, until the conversation is another one. Looked after every half minute too, because news can be
        lost and the database cannot."""
        while True:
            news = await self._next()
            if news is None or news.kind == "resync":
                return
            if news.kind == "typing" and news.data.get("person"):
                yield _frame(t="typing")
            if news.kind in ("message_received", "message_sent"):
                number = int(news.data.get("message", 0))
                if number not in self._told:
                    for frame in await self._missed(number - 1):
                        yield frame

    async def _next(self) -> News | None:
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                news: News = await self._news.get()
                return news
        except TimeoutError:
            return None

    def _welcome(self) -> bytes:
        now = int(self._rt.now().timestamp())
        fresh = token(self._rt.settings.secret_key, self._channel.id, self.visitor, now)
        return _frame(
            t="welcome",
            token=fresh,
            title=self._settings.title or self._channel.name,
            greeting=self._settings.greeting,
            colour=self._settings.colour,
            most=channel_kind.MOST_TEXT,
        )

    async def _missed(self, after: int | None = None) -> list[bytes]:
        """Bubbles that this connection has not been given, oldest first."""
        found: list[Bubble] = []
        start = self._seen if after is None else min(after, self._seen)
        async with self._rt.db.tenant(self._channel.tenant) as c:
            if not start:
                found = await store.last(c, self._channel.id, self.visitor, HISTORY)
            while start and (page := await store.since(c, self._channel.id, self.visitor, start, _PAGE)):
                found += page
                start = page[-1].id if len(page) == _PAGE else 0
        fresh = [b for b in found if b.id not in self._told]
        self._told |= {b.id for b in fresh}
        self._seen = max([self._seen, *(b.id for b in fresh)])
        if len(self._told) > 2 * _REMEMBERED:
            self._told = set(sorted(self._told)[-_REMEMBERED:])
        return [self._bubble(b) for b in fresh]

    def _bubble(self, bubble: Bubble) -> bytes:
        own = bubble.direction == "in"
        frame = {
            "t": "message",
            "n": bubble.id,
            "from": "me" if own else "person" if bubble.author == "person" else "bot",
            "at": bubble.created_at,
            "content": shown(_decoder.decode(bubble.content)),
        }
        if own:
            frame["id"] = bubble.external_id.partition(":")[2]
        return _frame(**frame)

    async def receive(self, raw: str | bytes) -> list[bytes]:
        """One frame of the browser; what to answer at once. Raises `webchat:bad-frame` for what is no frame."""
        try:
            frame = msgspec.json.decode(raw, type=dict[str, Any])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise TramaError("webchat:bad-frame", "a frame is a JSON object") from None
        match frame.get("t"):
            case "message" | "choose":
                fault = channel_kind.refusal(frame)
                if fault:
                    return [_frame(t="refused", id=str(frame.get("id", ""))[:64], code=fault)]
                await self._accept({"visitor": self.visitor, "name": self._name, "frame": frame})
                await self._follow()
                return [_frame(t="stored", id=frame["id"])]
            case "ack":
                await self._acknowledge(frame)
                return []
            case "typing":
                await self._accept({"visitor": self.visitor, "frame": {"t": "typing"}})
                return []
            case "ping":
                return [_frame(t="pong")]
            case _:
                return [_frame(t="refused", id=str(frame.get("id", ""))[:64], code="webchat:bad-frame")]

    async def _follow(self) -> None:
        """The message may have opened a conversation: then that one is listened to."""
        async with self._rt.db.tenant(self._channel.tenant) as c:
            now = await store.conversation(c, self._channel.id, self.visitor)
        if now != self._conversation and self._news is not None:
            self._news.put_nowait(News("resync", self._channel.tenant))

    async def _acknowledge(self, frame: dict[str, Any]) -> None:
        upto, state = frame.get("upto"), "read" if frame.get("state") == "read" else "delivered"
        if not isinstance(upto, int) or not 0 < upto < 2**62:
            return
        async with self._rt.db.tenant(self._channel.tenant) as c:
            ids = await store.sent_to(c, self._channel.id, self.visitor, upto, RANK[state], _PAGE)
        if ids:
            await self._accept({"visitor": self.visitor, "acked": ids, "state": state})

    async def _accept(self, envelope: dict[str, Any]) -> None:
        raw = msgspec.json.encode(envelope)
        await self._intake.accept(self._channel, self._channel.type.parse(self._settings, raw), raw)


def _frame(**members: Any) -> bytes:
    return msgspec.json.encode(members)


def slow(raw: str, seconds: float) -> bytes:
    """The answer to a frame that came too soon: when to send it again."""
    try:
        ident = msgspec.json.decode(raw, type=dict[str, Any]).get("id", "")
    except msgspec.MsgspecError:
        ident = ""
    return _frame(t="slow", id=str(ident)[:64], after=round(seconds + 0.05, 2))
