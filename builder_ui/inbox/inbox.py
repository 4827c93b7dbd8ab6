"""The inbox as one page: three panes, one conversation open, and the news that change them line by line."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import msgspec
from nicegui import background_tasks, ui

from builder_ui.elements.native import node
from builder_ui.inbox import keys
from builder_ui.inbox.acts import Acts
from builder_ui.inbox.browser import Browser
from builder_ui.inbox.list import ListPane
from builder_ui.inbox.panel import Panel
from builder_ui.inbox.thread import ThreadPane
from builder_ui.inbox.toast import Toasts
from builder_ui.inbox.world import World
from builder_ui.visit import Visit
from engine.core.errors import TramaError
from engine.services import (
    agents,
    canned,
    clock,
    conversations,
    drafts,
    inbox,
    queues,
    replying,
    tickets,
)
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import AgentRow, InboxRow, QueueRow


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
        self.gone = False
        self.offset = timedelta(0)
        self.stale = asyncio.Event()
        self.moved = asyncio.Event()
        self.client = ui.context.client

    async def start(self, conversation: int) -> None:
        """Build the page; what follows needs a browser that is connected."""
        rt, tenant = self.rt, self.tenant
        self.offset = await clock.now(rt, tenant) - rt.now()
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
            self.dialogs = node("div")
        await self.list.presence.refresh()
        await self.list.start()
        ui.on("inbox", Browser(self).happened)
        work = background_tasks.create(World(self).follow(conversation), name="inbox")

        def gone() -> None:
            self.gone = True
            work.cancel()
            background_tasks.create(self.toasts.over(), name="inbox left")

        self.client.on_delete(gone)

    def now(self) -> datetime:
        """The company's clock."""
        return self.rt.now() + self.offset

    def js(self, name: str, *given: object) -> None:
        """Call a function of `static/inbox.js`."""
        args = ", ".join(msgspec.json.encode(g).decode() for g in given)
        self.client.run_javascript(f"window.tramaInbox?.{name}({args})")

    def refuse(self, code: str) -> None:
        """Say why something was not done."""
        if self.gone:
            return
        known = self.t.known("ib.refusal", code)
        text = known if known != code else self.t("ib.refusal_other", code=code)
        self.toasts.show(text, bad=True)

    # --- one conversation

    async def open(self, conversation: int, *, message: int = 0) -> None:
        """Show it in the middle; 0 shows none."""
        left, changed = self.current, conversation != self.current
        self.current = conversation
        self.js("current", conversation)
        self.root.classes(add="" if conversation else "idle", remove="idle" if conversation else "")
        if changed:
            self.moved.set()
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
        await self.see(conversation)
        if changed and left:
            # what was begun there shows as a draft
            await self.touch([left])

    async def see(self, conversation: int) -> None:
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
        if self.gone:
            return
        rows = await inbox.rows(self.rt, self.tenant, self.person, ids)
        self.list.update([r for r in rows if r.id not in self.pending])
        for row in rows:
            if row.id == self.current:
                before, self.row = self.row, row
                self.thread.update(row, replying.window_of(row, self.now()))
                if before is not None and _stands(before) != _stands(row):
                    await self.panel.show(row)
                elif before is not None and before.ticket != row.ticket:
                    self.panel.update(row)
        self.stale.set()

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
        self.stale.set()

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

    async def offers(self) -> None:
        """What `/` and `@` offer."""
        rows = await canned.search(self.rt, self.tenant, self.person, "", limit=50)
        offered = [
            {"id": r.id, "shortcut": r.shortcut, "title": r.title, "text": r.text[:200], "used": r.used}
            for r in rows
        ]
        people = [{"name": a.name} for a in self.agents if a.person_id != self.person]
        self.js("offers", offered, people)


def _stands(row: InboxRow) -> tuple[object, ...]:
    """What the panel shows of the conversation itself."""
    ticket = row.ticket
    return (row.tags, row.queue, row.priority, row.channel_id, ticket and (ticket.id, ticket.state))
