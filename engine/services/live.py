"""News for screens and webchat, as it happens: who watches a topic is told; who does not listen misses nothing
that the database does not also hold.

Topics: `tenant/<id>`, `conversation/<tenant>/<id>`, `flow/<tenant>/<id>`, `person/<tenant>/<id>` (what concerns one
who works here), `queue/<tenant>/<key>` and `company/<tenant>` (what is for everyone). Between processes news travel by
NOTIFY, gathered for a few milliseconds, because every NOTIFY takes a lock that all commits share. Payloads name
things, they do not carry texts: at most 8,000 bytes fit and nothing private belongs there.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec

from engine.store.database import AWAY, Connection, Database
from engine.store.news import Told

CHANNEL = "trama_live"
_GATHER = 0.02
_BYTES = 7_000
_BACKLOG = 1_000


class News(msgspec.Struct, frozen=True, omit_defaults=True):
    """`kind`: message_received, message_sent, message_changed, conversation_changed, new_ticket, ticket_assigned,
    ticket_transferred, ticket_closed, ticket_late, queue_position, agent_changed, typing, channel_stopped,
    system_message, flow_edited, flow_presence. `data` holds ids and small facts; `seq` is the number of what was
    recorded for clients to catch up on, 0 for what was not."""

    kind: str
    tenant: int
    conversation: int = 0
    data: dict[str, Any] = {}
    origin: str = ""
    flow: str = ""
    person: int = 0
    queue: str = ""
    seq: int = 0


class Live:
    """Publish and subscribe. Without `start` it works inside the process only."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Queue[News]]] = {}
        self._outgoing: list[bytes] = []
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._origin = ""
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self, db: Database, origin: str) -> None:
        """Join the news of the other processes. `origin` must differ between processes."""
        self._origin = origin
        self._loop = asyncio.get_running_loop()
        self._tasks = [asyncio.create_task(self._tell(db)), asyncio.create_task(self._hear(db))]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks = []
        if self._connection is not None:
            await self._connection.close(timeout=5)
            self._connection = None

    def publish(self, news: News) -> None:
        """Tell listeners here at once and other processes soon. Call after the commit, from the loop's thread."""
        self._dispatch(news)
        if self._tasks:
            self._outgoing.append(msgspec.json.encode(msgspec.structs.replace(news, origin=self._origin)))
            self._wake.set()

    def spread(self, tenant: int, told: list[Told], numbers: list[int]) -> None:
        """Publish what was recorded in the transaction that is now committed, under its numbers."""
        for one, seq in zip(told, numbers, strict=True):
            self.publish(
                News(
                    one.kind, tenant, one.conversation, one.data, person=one.person, queue=one.queue, seq=seq
                )
            )

    @contextlib.asynccontextmanager
    async def listen(self, *topics: str) -> AsyncIterator[asyncio.Queue[News]]:
        """A queue of the news of these topics. A listener that is 1,000 behind loses the oldest."""
        queue: asyncio.Queue[News] = asyncio.Queue(_BACKLOG)
        for topic in topics:
            self._listeners.setdefault(topic, set()).add(queue)
        try:
            yield queue
        finally:
            for topic in topics:
                self._listeners[topic].discard(queue)
                if not self._listeners[topic]:
                    del self._listeners[topic]

    def _dispatch(self, news: News) -> None:
        told: set[asyncio.Queue[News]] = set()
        topics = [f"conversation/{news.tenant}/{news.conversation}", f"flow/{news.tenant}/{news.flow}"]
        # editors of a flow speak of every click: that is no news for the company's other screens
        if not news.flow:
            topics.append(f"tenant/{news.tenant}")
        if not (news.conversation or news.person or news.queue or news.flow):
            topics.append(f"company/{news.tenant}")
        if news.person:
            topics.append(f"person/{news.tenant}/{news.person}")
        if news.queue:
            topics.append(f"queue/{news.tenant}/{news.queue}")
        for topic in topics:
            told |= self._listeners.get(topic, set())
        for queue in told:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(news)

    async def _tell(self, db: Database) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(_GATHER)
            self._wake.clear()
            while self._outgoing:
                size = 0
                batch: list[bytes] = []
                while self._outgoing and (not batch or size + len(self._outgoing[0]) < _BYTES):
                    size += len(self._outgoing[0]) + 1
                    batch.append(self._outgoing.pop(0))
                if size > _BYTES:
                    continue
                # the news were for screens; a database that is away now is noticed by everything else
                with contextlib.suppress(
                    OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError
                ):
                    async with db.pool.acquire() as c:
                        await c.execute(
                            "SELECT pg_notify($1, $2)", CHANNEL, (b"[" + b",".join(batch) + b"]").decode()
                        )

    async def _hear(self, db: Database) -> None:
        while True:
            try:
                self._connection = await asyncpg.connect(db.dsn)
                lost = asyncio.Event()
                self._connection.add_termination_listener(lambda _c, lost=lost: lost.set())
                await self._connection.add_listener(CHANNEL, self._heard)
                await lost.wait()
            except AWAY:
                pass
            await asyncio.sleep(1)

    def _heard(self, _c: Connection, _pid: int, _channel: str, payload: object) -> None:
        for news in msgspec.json.decode(str(payload), type=list[News]):
            if news.origin != self._origin:
                self._dispatch(news)
