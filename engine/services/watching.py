"""What a client that stays connected is told: the notifications of an agent, or what happens in one conversation.

What concerns people is numbered in the order of its commits; a client that was away names the last number that it saw
and is told everything since. Numbers are kept for two days: who was away longer is told to start anew (`reset`).
Between the look into the database and the listening nothing is lost, because the listening begins first, and numbers
told once are not told again. While the bot serves, messages have no numbers: a client that watches one conversation
also names the last message that it saw. It may be told of a message twice and knows it by its id.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import msgspec

from engine.core.errors import TramaError
from engine.services.live import News
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.store import agents as agent_store
from engine.store import conversations as conversation_store
from engine.store import news as store
from engine.store.news import NewsRow

BEAT_SECONDS = 20.0
"""Silence after which a beat is sent."""
_PAGE = 500
_KEPT = 2_000
_OVERLAP = 20
KINDS = {
    "new_ticket": "new_ticket",
    "ticket_assigned": "ticket_assigned",
    "ticket_transferred": "ticket_transferred",
    "ticket_closed": "ticket_closed",
    "ticket_late": "system_message",
    "message_received": "new_message",
    "message_sent": "new_message",
    "message_changed": "message_changed",
    "conversation_changed": "conversation_changed",
    "queue_position": "queue_position",
    "agent_changed": "agent_changed",
    "mention": "mention",
    "typing": "typing",
    "system_message": "system_message",
    "channel_stopped": "system_message",
}
"""Our news as notifications of an agent are named. What is not here is nobody's business at a socket."""
IN_CONVERSATION = KINDS | {
    "message_received": "message_received",
    "ticket_assigned": "attendant_assigned",
    "ticket_closed": "session_ended",
}


class Frame(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`seq` is there for what can be asked for again; `event` is the news' own kind."""

    type: str
    seq: int = 0
    conversation: int = 0
    queue: str = ""
    event: str = ""
    data: dict[str, Any] = {}
    at: datetime | None = None


class Watch:
    """One connection. `frames` gives what to send, for ever."""

    def __init__(
        self,
        rt: Runtime,
        who: Principal,
        *,
        queues: list[str] | None,
        conversation: int,
        since: int,
        message: int,
    ) -> None:
        self._rt, self._who = rt, who
        self._queues, self._conversation = queues, conversation
        self._since, self._message = since, message
        self._told: set[int] = set()

    @property
    def _topics(self) -> list[str]:
        tenant = self._who.tenant
        if self._conversation:
            return [f"conversation/{tenant}/{self._conversation}"]
        if self._queues is None:
            return [f"tenant/{tenant}"]
        mine = [f"person/{tenant}/{self._who.person}", f"company/{tenant}"]
        return mine + [f"queue/{tenant}/{key}" for key in self._queues]

    async def frames(self) -> AsyncIterator[Frame]:
        async with self._rt.live.listen(*self._topics) as queue:
            async for frame in self._missed():
                yield frame
            yield Frame(type="ready", seq=self._since)
            while True:
                try:
                    async with asyncio.timeout(BEAT_SECONDS):
                        news = await queue.get()
                except TimeoutError:
                    yield Frame(type="beat", seq=self._since)
                    continue
                told = self._frame(news)
                if told is not None:
                    yield told

    async def _missed(self) -> AsyncIterator[Frame]:
        """What came since the client's last number and message, oldest first."""
        for frame in await self._messages():
            yield frame
        async with self._rt.db.tenant(self._who.tenant) as c:
            last = await store.last(c)
            if not self._since:
                self._since = last
                return
            oldest = await store.oldest(c)
        if self._since > last or (oldest and self._since < oldest - 1):
            self._since = last
            yield Frame(type="reset", seq=last)
            return
        while True:
            async with self._rt.db.tenant(self._who.tenant) as c:
                rows = await store.since(
                    c,
                    self._since,
                    _PAGE,
                    person=self._who.person or 0,
                    queues=None if self._conversation else self._queues,
                    conversation=self._conversation,
                )
            for frame in filter(None, map(self._of_row, rows)):
                yield frame
            if len(rows) < _PAGE:
                return

    async def _messages(self) -> list[Frame]:
        """Messages of the conversation that the client may not have: some before its last one as well, because of two
        that are written at the same time the one with the smaller id may be seen later."""
        if not self._conversation or not self._message:
            return []
        async with self._rt.db.tenant(self._who.tenant) as c:
            rows = await conversation_store.messages_since(
                c, self._conversation, after=max(0, self._message - _OVERLAP), limit=_PAGE
            )
        return [
            Frame(
                type="message_received" if row.direction == "in" else "new_message",
                conversation=self._conversation,
                event="message_received" if row.direction == "in" else "message_sent",
                data={"message": row.id},
                at=row.created_at,
            )
            for row in rows
        ]

    def _of_row(self, row: NewsRow) -> Frame | None:
        return self._made(row.kind, row.seq, row.conversation_id, row.queue, row.data, row.at)

    def _frame(self, news: News) -> Frame | None:
        if news.seq in self._told:
            return None
        if not news.seq and not self._conversation and news.kind.startswith("message_"):
            # the bot's own talks: who watches the desk is not told of each bubble
            return None
        return self._made(news.kind, news.seq, news.conversation, news.queue, news.data, None)

    def _made(
        self, kind: str, seq: int, conversation: int, queue: str, data: dict[str, Any], at: datetime | None
    ) -> Frame | None:
        if seq:
            self._told.add(seq)
            if len(self._told) > 2 * _KEPT:
                self._told = set(sorted(self._told)[-_KEPT:])
            self._since = max(self._since, seq)
        named = (IN_CONVERSATION if self._conversation else KINDS).get(kind)
        if named is None:
            return None
        return Frame(
            type=named, seq=seq, conversation=conversation, queue=queue, event=kind, data=data, at=at
        )


@asynccontextmanager
async def watch(
    rt: Runtime, who: Principal, *, conversation: int = 0, since: int = 0, message: int = 0
) -> AsyncIterator[Watch]:
    """A connection of somebody (or another system with the right). Supervisors are told of all queues, agents of their
    own. Raises `conversation:unknown`, `access:forbidden`."""
    if not who.may("conversations:read"):
        raise TramaError("access:forbidden", "this needs the right conversations:read")
    async with rt.db.tenant(who.tenant) as c:
        if conversation:
            await conversation_store.get(c, conversation)
        wide = who.person is None or who.may("supervision:read")
        queues = None if wide or who.person is None else await agent_store.serves(c, who.person)
    yield Watch(rt, who, queues=queues, conversation=conversation, since=since, message=message)
