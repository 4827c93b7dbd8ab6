"""What the world tells: counts, the news of a person and their queues, and those of the open conversation.

A page does not listen to its company: with fifty people at fifty messages a second each would draw for all.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog
from nicegui import background_tasks

from builder_ui.form import emoji
from builder_ui.inbox.browser import number
from builder_ui.inbox.row import called
from engine.core.errors import TramaError
from engine.services import agents, clock, inbox
from engine.services.live import News

if TYPE_CHECKING:
    from builder_ui.inbox.inbox import Inbox

GATHER_SECONDS = 0.05
"""News that come together change the list once."""
SOON_SECONDS = 0.015
"""The same for the open conversation, at which somebody looks."""
BEAT_SECONDS = 20.0
REFRESH_SECONDS = 2.0
"""Counts are read again at most so often."""
LOOK_SECONDS = 5.0
"""Views that follow no news are looked at so often."""
CONNECT_SECONDS = 60.0
PAUSE_SECONDS = 2.0
_log = structlog.get_logger(__name__)


class World:
    def __init__(self, desk: Inbox) -> None:
        self.desk = desk
        self._missed = False

    async def follow(self, conversation: int) -> None:
        try:
            await self.desk.client.connected(timeout=CONNECT_SECONDS)
        except (TimeoutError, RuntimeError):
            return
        with self.desk.root:
            t = self.desk.t
            titles = {g: t(f"ib.emoji.{g}") for g in ("faces", "hands", "signs", "things")}
            self.desk.js(
                "begin",
                {
                    "person": self.desk.person,
                    "ahead": self.desk.offset.total_seconds(),
                    "emoji": emoji.table(titles),
                    "words": {
                        "reply": t("ib.write"), "note": t("ib.write_note"), "remove": t("ib.remove"),
                        "uploading": t("ib.uploading"),
                    },
                },
            )  # fmt: skip
            await self.desk.offers()
            if conversation:
                await self.desk.open(conversation)
            self.desk.client.run_javascript("document.body.dataset.ready = 'yes'")
            await asyncio.gather(
                *(self._kept(loop) for loop in (self._beats, self._counts, self._mine, self._opened))
            )

    async def _kept(self, loop: Callable[[], Awaitable[None]]) -> None:
        """A loop that goes on after a fault; what it missed is read anew."""
        while not self.desk.gone:
            try:
                await loop()
            except Exception as fault:  # noqa: BLE001  a database that is away must not end somebody's working day
                _log.warning("inbox_paused", loop=loop.__name__, fault=type(fault).__name__)
                await asyncio.sleep(PAUSE_SECONDS)
                self._missed = True

    async def _catch_up(self) -> None:
        """After a fault: the list and the open conversation as they are now."""
        if self._missed:
            await self.desk.list.load()
            await self.desk.reread()
            self._missed = False

    async def _beats(self) -> None:
        """A sign of life, and what no news tells."""
        while True:
            with contextlib.suppress(TramaError):
                # somebody who serves nothing has no agent to keep alive
                await agents.beat(self.desk.rt, self.desk.tenant, self.desk.person)
            await asyncio.sleep(BEAT_SECONDS)
            self.desk.offset = await clock.now(self.desk.rt, self.desk.tenant) - self.desk.rt.now()
            self.desk.queues = await inbox.my_queues(self.desk.rt, self.desk.tenant, self.desk.person)
            self.desk.agents = await agents.agents(self.desk.rt, self.desk.tenant)
            self.desk.stale.set()

    async def _counts(self) -> None:
        while True:
            patience = None if self.desk.list.live else LOOK_SECONDS
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.desk.stale.wait(), patience)
            self.desk.stale.clear()
            await self.desk.list.refresh()
            await self.desk.list.presence.refresh()
            await asyncio.sleep(REFRESH_SECONDS)

    async def _mine(self) -> None:
        """What concerns this person and their queues, not what concerns the company."""
        desk = self.desk
        await self._catch_up()
        while True:
            served = desk.queues
            topics = [f"person/{desk.tenant}/{desk.person}", *(f"queue/{desk.tenant}/{q}" for q in served)]
            async with desk.rt.live.listen(*topics) as news:
                while served == desk.queues:
                    try:
                        first = await asyncio.wait_for(news.get(), BEAT_SECONDS)
                    except TimeoutError:
                        continue
                    await self._told(first, news)

    async def _told(self, first: News, more: asyncio.Queue[News]) -> None:
        desk, told = self.desk, [first]
        await asyncio.sleep(GATHER_SECONDS)
        while not more.empty():
            told.append(more.get_nowait())
        if any(n.kind == "agent_changed" for n in told):
            await desk.list.presence.refresh()
        ids = list(dict.fromkeys(n.conversation for n in told if n.conversation))
        for at in range(0, len(ids), 50):
            await desk.touch(ids[at : at + 50])
        self._notify(told)

    def _notify(self, told: list[News]) -> None:
        t = self.desk.t
        for one in told[-5:]:
            if one.kind not in ("message_received", "ticket_assigned", "mentioned") or one.person not in (
                0,
                self.desk.person,
            ):
                continue
            row = self.desk.list.shown(one.conversation)
            if row is None or (one.kind == "message_received" and row.person_id != self.desk.person):
                continue
            body = row.last_text if one.kind == "message_received" else t(f"ib.news.{one.kind}")
            self.desk.js("notify", called(row, t), body[:120], row.id)

    async def _opened(self) -> None:
        """The news of the open conversation, whoever serves it."""
        while True:
            self.desk.moved.clear()
            topic = f"conversation/{self.desk.tenant}/{self.desk.current}"
            async with self.desk.rt.live.listen(topic) as news:
                if self.desk.current:
                    await self.desk.thread.catch_up()
                await self._follow(news)

    async def _follow(self, news: asyncio.Queue[News]) -> None:
        """Until another conversation is opened. The first news is shown at once, what follows closely is one change."""
        moved = asyncio.create_task(self.desk.moved.wait())
        heard = asyncio.create_task(news.get())
        try:
            while True:
                await asyncio.wait((moved, heard), return_when=asyncio.FIRST_COMPLETED)
                if moved.done():
                    return
                told = [heard.result()]
                heard = asyncio.create_task(news.get())
                while not news.empty():
                    told.append(news.get_nowait())
                await self._news(told)
                await asyncio.sleep(SOON_SECONDS)
        finally:
            for task in (moved, heard):
                task.cancel()
            await asyncio.wait((moved, heard))

    async def _news(self, told: list[News]) -> None:
        conversation = self.desk.current
        typing = [n for n in told if n.kind == "typing" and n.data.get("person") != self.desk.person]
        if typing:
            name = str(typing[-1].data.get("name") or "") or (
                called(self.desk.row, self.desk.t) if self.desk.row else ""
            )
            self.desk.thread.types(name)
            background_tasks.create(self._still(conversation), name="typing")
        changed = {number(n.data.get("message")) for n in told if n.kind == "message_changed"}
        for message in changed:
            await self.desk.thread.changed(message)
        if all(n.kind in ("typing", "message_changed") for n in told):
            return
        came = await self.desk.thread.catch_up()
        await self.desk.touch([conversation])
        if came:
            self.desk.client.run_javascript(
                f"if (document.hasFocus()) window.emitEvent('inbox', {{deed: 'seen', id: {int(conversation)}}})"
            )

    async def _still(self, conversation: int) -> None:
        await asyncio.sleep(6)
        if conversation == self.desk.current:
            self.desk.thread.types("")
