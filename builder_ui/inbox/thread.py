"""The middle pane: who it is, what was said, and the composer below."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from nicegui.element import Element

from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import empty
from builder_ui.inbox import clocks, line
from builder_ui.inbox.bubble import Bubble, Sight
from builder_ui.inbox.composer import Composer
from builder_ui.inbox.head import Head
from engine.core.errors import TramaError
from engine.services import replying, thread
from engine.services.replying import Window
from engine.services.thread import Entry, Thread
from engine.services.views import InboxRow

if TYPE_CHECKING:
    from builder_ui.inbox.inbox import Inbox


class ThreadPane:
    def __init__(self, desk: Inbox) -> None:
        self.desk = desk
        t = desk.t
        self._sight = self._fresh_sight()
        self._bubbles: dict[int, Bubble] = {}
        self._by_external: dict[str, int] = {}
        self._notes: set[int] = set()
        self._deeds: set[int] = set()
        self._last = 0
        self._last_at: datetime | None = None
        self._last_day: date | None = None
        self._first_day: tuple[date, Element] | None = None
        self._before = 0
        self._loading = False
        with node("section", "ib-thread", aria_label=t("ib.thread")):
            with node("div", "ib-nothing") as self._nothing:
                empty("forum", t("ib.pick"), t("ib.pick_more"))
            with node("div", "ib-open") as self._open:
                self.head = Head(desk)
                with node("div", "ib-lost gone", role="alert"):
                    word("span", t("ib.lost"))
                with node(
                    "div", "ib-scroll", tabindex=0, role="region", aria_label=t("ib.messages")
                ) as self._scroll:
                    self._place = node(
                        "div", "ib-lines", role="log", aria_label=t("ib.messages"), aria_live="off"
                    )
                self._typing = word("div", "", "ib-typing", role="status")
                press(t("ib.newest"), None, "ib-newest gone", icon="arrow_downward", data_deed="newest")
                self.composer = Composer(desk)
            self._open.set_visibility(False)

    def _fresh_sight(self) -> Sight:
        return Sight(self.desk.tenant, self.desk.t, {}, {}, self._retry)

    async def show(self, row: InboxRow, window: Window, *, message: int = 0) -> None:
        """Another conversation: read it from its end."""
        desk = self.desk
        self._nothing.set_visibility(False)
        self._open.set_visibility(True)
        read = await thread.thread(desk.rt, desk.tenant, row.id)
        pages = 0
        while message and read.before > message and pages < 20:
            # a message that a search found stands further up
            more = await thread.thread(desk.rt, desk.tenant, row.id, before=read.before, limit=200)
            read = Thread(
                entries=[*more.entries, *read.entries],
                before=more.before,
                quotes={**more.quotes, **read.quotes},
                people={**more.people, **read.people},
            )
            pages += 1
        self._place.clear()
        self._sight = self._fresh_sight()
        self._bubbles, self._by_external, self._notes, self._deeds = {}, {}, set(), set()
        self._last, self._last_at, self._last_day, self._first_day = 0, None, None, None
        self._before = read.before
        self._typing.text = ""
        unread_from = self._first_unread(read.entries, row.unread)
        self._know(read)
        with self._place:
            if not read.before:
                word("div", desk.t("ib.beginning", protocol=row.protocol), "ib-system")
            for entry in read.entries:
                if entry.message is not None and entry.message.id == unread_from:
                    self._day(entry.at)
                    with node("div", "ib-unread-line"):
                        word("span", desk.t("ib.unread_line"))
                self._draw(entry)
        self._more(bool(read.before))
        self.update(row, window)

    def update(self, row: InboxRow, window: Window) -> None:
        """What the conversation's state changes around the words."""
        self.head.update(row, window)
        self.composer.update(row, window)

    def nothing(self) -> None:
        self._nothing.set_visibility(True)
        self._open.set_visibility(False)

    def unknown(self) -> None:
        self.nothing()
        self._nothing.clear()
        with self._nothing:
            empty("search_off", self.desk.t("ib.unknown"), self.desk.t("ib.unknown_more"))

    def _first_unread(self, entries: list[Entry], unread: int) -> int:
        came = [e.message.id for e in entries if e.message is not None and e.message.direction == "in"]
        return came[-unread] if 0 < unread <= len(came) else 0

    def _know(self, read: Thread) -> None:
        self._sight.people.update(read.people)
        self._sight.quotes.update(read.quotes)

    def _draw(self, entry: Entry) -> None:
        self._day(entry.at)
        if entry.message is not None:
            self._message(entry)
        elif entry.note is not None and entry.note.id not in self._notes:
            self._notes.add(entry.note.id)
            line.note(entry.note, self.desk.t)
        elif entry.deed is not None and entry.deed.id not in self._deeds:
            self._deeds.add(entry.deed.id)
            line.deed(entry.deed, self.desk.t, self._sight.people, self.desk.queue_names)

    def _message(self, entry: Entry) -> None:
        message = entry.message
        assert message is not None
        if message.id in self._bubbles:
            return
        target = str(message.content.get("to", "")) if message.content.get("type") == "reaction" else ""
        known = self._bubbles.get(self._by_external.get(target, 0))
        self._last = max(self._last, message.id)
        if known is not None:
            known.react(str(message.content.get("emoji", "")))
            return
        self._bubbles[message.id] = Bubble(message, self._sight)
        if message.external_id:
            self._by_external[message.external_id] = message.id

    def _day(self, at: datetime) -> None:
        here = clocks.local(at).date()
        if here != self._last_day:
            self._last_day = here
            mark = word("div", clocks.day(at, self.desk.now(), self.desk.t), "ib-day")
            if self._first_day is None:
                self._first_day = (here, mark)
        self._last_at = at if self._last_at is None else max(self._last_at, at)

    async def older(self) -> None:
        """The page before, above; the browser keeps the place where one reads."""
        desk = self.desk
        if self._loading or not self._before or not desk.current:
            return
        self._loading = True
        conversation = desk.current
        try:
            read = await thread.thread(desk.rt, desk.tenant, conversation, before=self._before)
        finally:
            self._loading = False
        if conversation != desk.current:
            return
        self._know(read)
        end, end_at, first = self._last_day, self._last_at, self._first_day
        self._last_day, self._first_day = None, None
        with self._place:
            page = node("div", "ib-lines")
        with page:
            if not read.before:
                word(
                    "div", desk.t("ib.beginning", protocol=desk.row.protocol if desk.row else ""), "ib-system"
                )
            for entry in read.entries:
                self._draw(entry)
        page.move(self._place, target_index=0)
        if first is not None and first[0] == self._last_day:
            first[1].set_visibility(False)
        self._last_day, self._last_at = end, end_at
        self._before = read.before
        self._more(bool(read.before))

    def _more(self, more: bool) -> None:
        if more:
            self._scroll.props["data-more"] = "yes"
        else:
            self._scroll.props.pop("data-more", None)
        self._scroll.update()

    async def catch_up(self) -> bool:
        """What is new at the end; whether the customer wrote."""
        desk = self.desk
        conversation = desk.current
        read = await thread.since(desk.rt, desk.tenant, conversation, self._last, self._last_at)
        if conversation != desk.current:
            return False
        fresh = [e for e in read.entries if e.message is None or e.message.id not in self._bubbles]
        if not fresh:
            return False
        self._know(read)
        with self._place:
            for entry in fresh:
                self._draw(entry)
        came = any(e.message is not None and e.message.direction == "in" for e in fresh)
        if came:
            self._typing.text = ""
            desk.js("fresh")
        return came

    async def changed(self, message: int) -> None:
        """A message got further, failed, was edited or taken back."""
        bubble = self._bubbles.get(message)
        if bubble is None:
            return
        try:
            found = await thread.message(self.desk.rt, self.desk.tenant, self.desk.current, message)
        except TramaError as fault:
            if fault.code != "message:unknown":
                raise
            return
        bubble.update(found)
        if found.external_id:
            self._by_external[found.external_id] = found.id

    def types(self, name: str) -> None:
        """Somebody types; "" when they stopped."""
        self._typing.text = self.desk.t("ib.types", name=name) if name else ""

    async def _retry(self, message: int) -> None:
        desk = self.desk
        try:
            await replying.retry(desk.rt, desk.tenant, desk.current, message, person=desk.person)
        except TramaError as fault:
            desk.refuse(fault.code)
            return
        await self.changed(message)
