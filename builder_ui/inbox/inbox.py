"""The inbox as one page: three panes, one conversation open, and the news that change them line by line."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta
from typing import Any

import msgspec
from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from builder_ui.elements.chooser import Choice, Chooser, fold
from builder_ui.elements.native import node
from builder_ui.form import emoji
from builder_ui.inbox import keys
from builder_ui.inbox.acts import Acts
from builder_ui.inbox.list import ListPane
from builder_ui.inbox.panel import Panel
from builder_ui.inbox.row import called
from builder_ui.inbox.thread import ThreadPane
from builder_ui.inbox.toast import Toasts
from builder_ui.visit import Visit
from engine.core.errors import TramaError
from engine.core.message import Text
from engine.services import (
    agents,
    canned,
    clock,
    conversations,
    drafts,
    inbox,
    mentions,
    queues,
    replying,
    tickets,
)
from engine.services.live import News
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import AgentRow, InboxRow, QueueRow, View

GATHER_SECONDS = 0.05
"""News that come together change the list once."""
SOON_SECONDS = 0.015
"""The same for the open conversation, at which somebody looks."""
BEAT_SECONDS = 20.0
REFRESH_SECONDS = 2.0
"""Counts are read again at most so often."""
CONNECT_SECONDS = 60.0
_GO: dict[str, View] = {
    "go-mine": "mine", "go-queue": "queue", "go-all": "all", "go-bot": "bot", "go-snoozed": "snoozed",
    "go-closed": "closed",
}  # fmt: skip


class Inbox:
    def __init__(self, rt: Runtime, seen: Visit, who: Principal) -> None:
        assert who.person is not None
        self.rt, self.t, self.who = rt, seen.t, who
        self.tenant, self.person = who.tenant, who.person
        self.current = 0
        self.row: InboxRow | None = None
        self.queues: list[str] = []
        self.queue_names: dict[str, str] = {}
        self.all_queues: list[QueueRow] = []
        self.agents: list[AgentRow] = []
        self.pending: set[int] = set()
        self._offset = timedelta(0)
        self._sent: set[str] = set()
        self._stale = asyncio.Event()
        self._moved = asyncio.Event()
        self.client = ui.context.client

    async def start(self, conversation: int) -> None:
        """Build the page; what follows needs a browser that is connected."""
        rt, tenant = self.rt, self.tenant
        self._offset = await clock.now(rt, tenant) - rt.now()
        self.queues = await inbox.my_queues(rt, tenant, self.person)
        self.all_queues = await queues.queues(rt, tenant)
        self.queue_names = {q.key: q.name or q.key for q in self.all_queues}
        self.agents = await agents.agents(rt, tenant)
        with node(
            "div", "ib" if conversation else "ib idle", data_pane="thread" if conversation else "list"
        ) as self.root:
            self.acts = Acts(self)
            self.list = ListPane(self)
            self.thread = ThreadPane(self)
            self.panel = Panel(self)
            self.toasts = Toasts(self.t)
        await self.list.presence.refresh()
        await self.list.start()
        ui.on("inbox", self._happened)
        work = background_tasks.create(self._live(conversation), name="inbox")

        def gone() -> None:
            work.cancel()
            background_tasks.create(self.toasts.over(), name="inbox left")

        self.client.on_delete(gone)

    def now(self) -> datetime:
        """The company's clock."""
        return self.rt.now() + self._offset

    def js(self, name: str, *given: object) -> None:
        """Call a function of `static/inbox.js`."""
        args = ", ".join(msgspec.json.encode(g).decode() for g in given)
        self.client.run_javascript(f"window.tramaInbox?.{name}({args})")

    def refuse(self, code: str) -> None:
        """Say why something was not done."""
        known = self.t.known("ib.refusal", code)
        text = known if known != code else self.t("ib.refusal_other", code=code)
        self.toasts.show(text, bad=True)

    # --- one conversation

    async def open(self, conversation: int, *, message: int = 0) -> None:
        """Show it in the middle; 0 shows none."""
        changed = conversation != self.current
        self.current = conversation
        self.js("current", conversation)
        self.root.classes(add="" if conversation else "idle", remove="idle" if conversation else "")
        if changed:
            self._moved.set()
        if not conversation:
            self.row = None
            self.thread.nothing()
            self.panel.clear()
            return
        try:
            row = await inbox.row(self.rt, self.tenant, self.person, conversation)
        except TramaError as fault:
            if fault.code != "conversation:unknown":
                raise
            self.current, self.row = 0, None
            self.thread.unknown()
            self.panel.clear()
            return
        self.row = row
        kept = await drafts.drafts(self.rt, self.tenant, self.person, conversation)
        window = replying.window_of(row, self.now())
        await self.thread.show(row, window, message=message)
        if self.current != conversation:
            return
        told = {d.kind: {"text": d.text, "reply_to": d.reply_to, "rev": d.rev} for d in kept}
        self.js("load", conversation, told, replying.limits(row.channel_kind).text)
        if message:
            self.js("to", message)
        await self.panel.show(row)
        await self._see(conversation)

    async def _see(self, conversation: int) -> None:
        row = self.row
        if row is not None and row.id == conversation and (row.unread or row.mentioned):
            await replying.seen(self.rt, self.tenant, conversation, person=self.person)
            await self.touch([conversation])

    async def reread(self, *, panel: bool = False) -> None:
        """The open conversation as it is now."""
        if self.current:
            await self.touch([self.current])
            await self.thread.catch_up()
            if panel and self.row is not None:
                await self.panel.show(self.row)

    async def touch(self, ids: list[int]) -> None:
        """These conversations changed: their lines, and the open one's head."""
        rows = await inbox.rows(self.rt, self.tenant, self.person, ids)
        self.list.update([r for r in rows if r.id not in self.pending])
        for row in rows:
            if row.id == self.current:
                before, self.row = self.row, row
                self.thread.update(row, replying.window_of(row, self.now()))
                if before is not None and _stands(before) != _stands(row):
                    await self.panel.show(row)
        self._stale.set()

    async def left(self, conversation: int) -> None:
        """Done with it: on to the line below, if there is one."""
        below = self.list.after(conversation)
        if conversation in self.pending:
            self.list._remove(conversation)
        else:
            await self.touch([conversation])
        if self.current == conversation:
            await self.open(below if self.list.shown(below) is not None else 0)
            if self.current:
                self.client.run_javascript(f"history.replaceState({{}}, '', '/inbox/{int(self.current)}')")
            else:
                self.client.run_javascript(
                    "history.replaceState({}, '', '/inbox'); window.tramaInbox?.pane('list')"
                )
        self._stale.set()

    async def open_one(self, row: InboxRow) -> int:
        """The customer's open conversation on the same channel, besides this one."""
        for other in await conversations.of_contact(self.rt, self.tenant, row.contact_id):
            if other.state == "open" and other.channel_id == row.channel_id and other.id != row.id:
                return other.id
        return 0

    async def next(self) -> None:
        """Take what waits next."""
        try:
            found = await tickets.next_ticket(self.rt, self.tenant, self.person)
        except TramaError as fault:
            self.refuse(fault.code)
            return
        if found is None:
            self.toasts.show(self.t("ib.nothing_waits"))
            return
        await self.touch([found])
        await self.open(found)
        self.client.run_javascript(
            f"history.pushState({{}}, '', '/inbox/{int(found)}'); window.tramaInbox?.pane('thread')"
        )

    def help(self) -> None:
        with self.root:
            keys.sheet(self.t)
        self.js("choices")

    def palette(self) -> None:
        """Everything that can be done, by a few letters."""
        t, acts = self.t, self.acts
        deeds: list[tuple[str, str, Any, str]] = [
            ("arrow_forward", t("ib.next"), self.next, "g n"),
            *(
                (f"{'list'}", t(f"ib.view.{view}"), lambda v=view: self.list.choose(v), "")
                for view in _GO.values()
            ),
            ("keyboard", t("ib.keys.title"), self.help, "?"),
        ]
        if self.row is not None:
            deeds += [
                ("back_hand", t("ib.take"), acts.take, "e"),
                ("forward", t("ib.transfer"), acts.transfer, "t"),
                ("snooze", t("ib.snooze"), acts.snooze, "s"),
                ("check", t("ib.close"), acts.close, "c"),
                ("sell", t("ib.tags"), acts.tags, ""),
                ("account_tree", t("ib.flow"), acts.flow, ""),
                ("swap_horiz", t("ib.move"), acts.move, ""),
                ("verified", t("ib.templates"), acts.templates, ""),
                ("bolt", t("ib.canned"), acts.canned, ""),
                ("smart_toy", t("ib.give_back"), acts.give_back, ""),
            ]
        choices = [Choice(deed, icon, title, key=key) for icon, title, deed, key in deeds]

        def sift(typed: str) -> list[Choice]:
            wanted = fold(typed).split()
            return [c for c in choices if all(w in fold(c.title) for w in wanted)]

        with self.root:
            Chooser(t("ib.palette"), sift, lambda deed: deed(), nothing=t("ib.nothing")).open()

    # --- what the browser tells

    async def _happened(self, event: GenericEventArguments) -> None:
        told: dict[str, Any] = event.args if isinstance(event.args, dict) else {}
        ident = _int(told.get("id"))
        match told.get("deed"):
            case "open":
                await self.open(ident, message=_int(told.get("message")))
            case "older":
                await self.thread.older()
            case "draft":
                await self._draft(ident, told)
            case "send":
                await self._send(ident, told)
            case "canned":
                await self._canned(ident, _int(told.get("canned")))
            case "typing":
                if self.row is not None and self.row.id == ident and self.row.person_id == self.person:
                    await replying.typing(self.rt, self.tenant, ident, person=self.person, name=self.who.name)
            case "seen":
                if ident == self.current:
                    await self._see(ident)
            case "again":
                await self.reread()
            case "refused":
                self.refuse(str(told.get("code", ""))[:60])
            case "key":
                await self._key(str(told.get("key", "")))

    async def _key(self, key: str) -> None:
        acts = self.acts
        match key:
            case "palette":
                self.palette()
            case "help":
                self.help()
            case "go-next":
                await self.next()
            case "close":
                acts.close()
            case "transfer":
                acts.transfer()
            case "snooze":
                await acts.snooze()
            case "take":
                await acts.take()
            case "panel":
                self.client.run_javascript("document.querySelector('.ib-panel')?.focus()")
            case _ if key in _GO:
                await self.list.choose(_GO[key])

    async def _draft(self, ident: int, told: dict[str, Any]) -> None:
        kind = told.get("kind")
        if ident and kind in ("reply", "note"):
            with contextlib.suppress(TramaError):
                # what is too long or belongs to nothing stays in the browser
                await drafts.save(
                    self.rt,
                    self.tenant,
                    self.person,
                    ident,
                    kind,
                    str(told.get("text", "")),
                    reply_to=str(told.get("reply_to", "")),
                    rev=max(0, _int(told.get("rev"))),
                )

    async def _send(self, ident: int, told: dict[str, Any]) -> None:
        key, kind = str(told.get("key", ""))[:80], str(told.get("kind", ""))
        if not key or key in self._sent:
            return
        self._sent.add(key)
        ok = False
        try:
            if kind == "note":
                await self._note(ident, str(told.get("text", "")))
            else:
                await self._reply(ident, told)
            ok = True
        except TramaError as fault:
            self.refuse(fault.code)
        self.js("settled", key, ok, ident, "note" if kind == "note" else "reply")
        if ident == self.current:
            await self.reread()
            self.js("newest")

    async def _note(self, ident: int, text: str) -> None:
        await mentions.write(self.rt, self.tenant, ident, text, person=self.person, name=self.who.name)
        await drafts.save(self.rt, self.tenant, self.person, ident, "note", "")

    async def _reply(self, ident: int, told: dict[str, Any]) -> None:
        text, reply_to = str(told.get("text", "")), str(told.get("reply_to", ""))[:300]
        given = told.get("files")
        files = [f for f in given if isinstance(f, dict)][:10] if isinstance(given, list) else []
        caption = text if len(files) == 1 and text.strip() else ""
        for file in files:
            content = replying.attached(
                self.rt,
                self.tenant,
                str(file.get("name", "")),
                caption=caption,
                filename=str(file.get("filename", "")),
            )
            await replying.send(self.rt, self.tenant, ident, content, person=self.person, reply_to=reply_to)
        if text.strip() and not caption:
            await replying.send(
                self.rt, self.tenant, ident, Text(text), person=self.person, reply_to=reply_to
            )
        elif caption:
            await drafts.save(self.rt, self.tenant, self.person, ident, "reply", "")

    async def _canned(self, ident: int, reply: int) -> None:
        try:
            text = await canned.use(self.rt, self.who, reply, ident)
        except TramaError as fault:
            self.refuse(fault.code)
            return
        self.js("canned", ident, text)

    async def offers(self) -> None:
        """What `/` and `@` offer."""
        rows = await canned.search(self.rt, self.tenant, self.person, "", limit=50)
        offered = [
            {"id": r.id, "shortcut": r.shortcut, "title": r.title, "text": r.text[:200], "used": r.used}
            for r in rows
        ]
        people = [{"name": a.name} for a in self.agents if a.person_id != self.person]
        self.js("offers", offered, people)

    # --- what the world tells

    async def _live(self, conversation: int) -> None:
        try:
            await self.client.connected(timeout=CONNECT_SECONDS)
        except (TimeoutError, RuntimeError):
            return
        with self.root:
            t = self.t
            titles = {g: t(f"ib.emoji.{g}") for g in ("faces", "hands", "signs", "things")}
            self.js(
                "begin",
                {
                    "person": self.person,
                    "ahead": self._offset.total_seconds(),
                    "emoji": emoji.table(titles),
                    "words": {
                        "reply": t("ib.write"), "note": t("ib.write_note"), "remove": t("ib.remove"),
                        "uploading": t("ib.uploading"),
                    },
                },
            )  # fmt: skip
            await self.offers()
            if conversation:
                await self.open(conversation)
            self.client.run_javascript("document.body.dataset.ready = 'yes'")
            await asyncio.gather(self._beats(), self._counts(), self._mine(), self._opened())

    async def _beats(self) -> None:
        """A sign of life, and what no news tells."""
        while True:
            with contextlib.suppress(TramaError):
                # somebody who serves nothing has no agent to keep alive
                await agents.beat(self.rt, self.tenant, self.person)
            await asyncio.sleep(BEAT_SECONDS)
            self._offset = await clock.now(self.rt, self.tenant) - self.rt.now()
            self.queues = await inbox.my_queues(self.rt, self.tenant, self.person)
            self.agents = await agents.agents(self.rt, self.tenant)
            self._stale.set()

    async def _counts(self) -> None:
        while True:
            await self._stale.wait()
            self._stale.clear()
            await self.list.refresh()
            await asyncio.sleep(REFRESH_SECONDS)

    async def _mine(self) -> None:
        """What concerns this person and their queues, not what concerns the company."""
        topics = [f"person/{self.tenant}/{self.person}", *(f"queue/{self.tenant}/{q}" for q in self.queues)]
        async with self.rt.live.listen(*topics) as news:
            while True:
                told = [await news.get()]
                await asyncio.sleep(GATHER_SECONDS)
                while not news.empty():
                    told.append(news.get_nowait())
                ids = list(dict.fromkeys(n.conversation for n in told if n.conversation))
                if any(n.kind == "agent_changed" for n in told):
                    await self.list.presence.refresh()
                for at in range(0, len(ids), 50):
                    await self.touch(ids[at : at + 50])
                self._notify(told)

    def _notify(self, told: list[News]) -> None:
        t = self.t
        for one in told[-5:]:
            if one.kind not in ("message_received", "ticket_assigned", "mentioned") or one.person not in (
                0,
                self.person,
            ):
                continue
            row = self.list.shown(one.conversation)
            if row is None or (one.kind == "message_received" and row.person_id != self.person):
                continue
            body = row.last_text if one.kind == "message_received" else t(f"ib.news.{one.kind}")
            self.js("notify", called(row, t), body[:120], row.id)

    async def _opened(self) -> None:
        """The news of the open conversation, whoever serves it."""
        while True:
            self._moved.clear()
            topic = f"conversation/{self.tenant}/{self.current}"
            async with self.rt.live.listen(topic) as news:
                if self.current:
                    await self.thread.catch_up()
                await self._follow(news)

    async def _follow(self, news: asyncio.Queue[News]) -> None:
        """Until another conversation is opened. The first news is shown at once, what follows closely is one change."""
        moved = asyncio.create_task(self._moved.wait())
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
        conversation = self.current
        typing = [n for n in told if n.kind == "typing" and n.data.get("person") != self.person]
        if typing:
            name = str(typing[-1].data.get("name") or "") or (called(self.row, self.t) if self.row else "")
            self.thread.types(name)
            background_tasks.create(self._still(conversation), name="typing")
        changed = {_int(n.data.get("message")) for n in told if n.kind == "message_changed"}
        for message in changed:
            await self.thread.changed(message)
        if all(n.kind in ("typing", "message_changed") for n in told):
            return
        came = await self.thread.catch_up()
        await self.touch([conversation])
        if came:
            self.client.run_javascript(
                f"if (document.hasFocus()) window.emitEvent('inbox', {{deed: 'seen', id: {int(conversation)}}})"
            )

    async def _still(self, conversation: int) -> None:
        await asyncio.sleep(6)
        if conversation == self.current:
            self.thread.types("")


def _stands(row: InboxRow) -> tuple[object, ...]:
    """What the panel shows of the conversation itself."""
    ticket = row.ticket
    return (row.tags, row.queue, row.priority, row.channel_id, ticket and (ticket.id, ticket.state))


def _int(value: object) -> int:
    """A number that a browser sent; 0 for what is none or what no row can have."""
    return int(value) if isinstance(value, int | float) and 0 <= value < 2**63 else 0
