"""The left pane: views with counts, search, filters, and the lines, which change one by one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from nicegui import ui
from nicegui.element import Element

from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import empty
from builder_ui.inbox.presence import Presence
from builder_ui.inbox.row import Row
from engine.services import channels, clock, inbox
from engine.services.inbox import Why
from engine.services.views import Filters, InboxRow, View

if TYPE_CHECKING:
    from builder_ui.inbox.inbox import Inbox

PAGE = 40
VIEWS: tuple[View, ...] = ("mine", "queue", "mentions", "snoozed", "bot", "all", "closed")
ICONS = {
    "mine": "person", "queue": "hourglass_top", "mentions": "alternate_email", "snoozed": "snooze",
    "bot": "smart_toy", "all": "forum", "closed": "inventory_2",
}  # fmt: skip
PERIODS = {"": 0, "day": 1, "week": 7, "month": 30}
LIVE: frozenset[View] = frozenset({"mine", "queue", "mentions", "snoozed"})
"""Views that follow the news of a person and their queues; the others are looked at again now and then."""


class ListPane:
    def __init__(self, desk: Inbox) -> None:
        self.desk = desk
        t = desk.t
        self.view: View = "mine"
        self._rows: dict[int, Row] = {}
        self._filters = Filters()
        self._words = ""
        self._more_after: InboxRow | None = None
        self._search_next = 0
        with node("section", "ib-list", aria_label=t("ib.list")):
            with node("header", "ib-list-head"):
                word("h2", t("ib.title"))
                self.presence = Presence(desk)
            with node("div", "ib-search"):
                self._search = ui.input(placeholder=t("ib.search")).props(
                    "dense outlined clearable debounce=250 type=search"
                )
                self._search.props["aria-label"] = t("ib.search")
                self._search.on_value_change(self._search_changed)
                with self._search.add_slot("prepend"):
                    ui.icon("search").props("aria-hidden=true")
            with node("div", "ib-views", role="group", aria_label=t("ib.views")):
                self._tabs = {view: self._tab(view) for view in VIEWS}
            with node("details", "ib-filters"):
                with node("summary"):
                    ui.icon("tune").props("aria-hidden=true")
                    word("span", t("ib.filters"))
                    self._active = word("span", "", "ib-filters-on")
                self._filter_place = node("div", "ib-filters-fields")
            self._said = word("p", "", "unseen", role="status")
            self._place = node("div", "ib-rows", role="region", aria_label=t("ib.rows"), tabindex=0)
            self._more = press(t("ib.more"), self._older, "ghost ib-more")
            with node("footer", "ib-list-foot"):
                press(t("ib.next"), desk.next, "primary", icon="arrow_forward", aria_keyshortcuts="g n")
                press("", desk.help, "round", icon="keyboard", label=t("ib.keys.title"))

    def _tab(self, view: View) -> tuple[Element, Element]:
        t = self.desk.t
        button = node("button", "ib-view", type="button", aria_pressed="false", title=t(f"ib.view.{view}"))
        button.on("click", lambda: self.choose(view), args=[])
        with button:
            ui.icon(ICONS[view]).props("aria-hidden=true")
            word("span", t(f"ib.view.{view}"), "ib-view-name")
            count = word("span", "", "ib-view-count")
        return button, count

    async def start(self) -> None:
        """Filters as the company has them, and the first page."""
        desk, t = self.desk, self.desk.t
        known = await channels.channels(desk.rt, desk.tenant)
        tags = await inbox.known_tags(desk.rt, desk.tenant)
        with self._filter_place:
            self._select("queue", {"": t("ib.filter.any"), **desk.queue_names})
            self._select("channel", {"": t("ib.filter.any"), **{str(k.id): k.name for k in known}})
            self._select("tag", {"": t("ib.filter.any"), **{tag: tag for tag in tags}})
            self._select("agent", {"": t("ib.filter.any"), **{str(a.person_id): a.name for a in desk.agents}})
            self._select("priority", {"": t("ib.filter.any"), "5": "5+", "7": "7+", "8": "8+", "9": "9+"})
            self._select("period", {p: t(f"ib.period.{p or 'any'}") for p in PERIODS})
            unread = ui.checkbox(
                t("ib.filter.unread"), on_change=lambda e: self._narrow(unread=bool(e.value))
            )
            unread.props("dense")
        counts = await inbox.counts(desk.rt, desk.tenant, desk.person)
        if not counts["mine"] and counts["queue"]:
            self.view = "queue"
        self._show_counts(counts)
        await self.load()

    def _select(self, name: str, options: dict[str, str]) -> None:
        t = self.desk.t
        select = ui.select(options, value="", label=t(f"ib.filter.{name}")).props(
            "dense outlined options-dense"
        )
        select.on_value_change(lambda e: self._chosen(name, str(e.value or "")))

    async def _chosen(self, name: str, value: str) -> None:
        match name:
            case "queue":
                await self._narrow(queue=value)
            case "tag":
                await self._narrow(tag=value)
            case "channel":
                await self._narrow(channel=int(value) if value else None)
            case "agent":
                await self._narrow(agent=int(value) if value else None)
            case "priority":
                await self._narrow(priority=int(value) if value else None)
            case "period":
                days = PERIODS.get(value, 0)
                since = (
                    await clock.now(self.desk.rt, self.desk.tenant) - timedelta(days=days) if days else None
                )
                await self._narrow(since=since)

    async def _narrow(
        self,
        *,
        queue: str | None = None,
        tag: str | None = None,
        unread: bool | None = None,
        **more: int | datetime | None,
    ) -> None:
        before = self._filters
        values: dict[str, object] = {f: getattr(before, f) for f in before.__struct_fields__}
        values |= {k: v for k, v in (("queue", queue), ("tag", tag), ("unread", unread)) if v is not None}
        values |= more
        self._filters = Filters(**values)  # type: ignore[arg-type]
        narrowing = sum(1 for v in values.values() if v)
        self._active.text = str(narrowing) if narrowing else ""
        await self.load()

    async def choose(self, view: View) -> None:
        """Look at another view."""
        self.view = view
        self.desk.stale.set()
        if self._words:
            self._words = ""
            self._search.value = ""
        await self.load()

    async def _search_changed(self) -> None:
        words = (self._search.value or "").strip()
        if words != self._words:
            self._words = words
            await self.load()

    async def load(self) -> None:
        """Read the list anew."""
        desk = self.desk
        for view, (button, _) in self._tabs.items():
            button.props["aria-pressed"] = "true" if view == self.view and not self._words else "false"
            button.update()
        self._place.clear()
        self._rows = {}
        self._more_after, self._search_next = None, 0
        words = self._words
        if words:
            await self._found(inbox.LAST)
        else:
            rows = await inbox.conversations(
                desk.rt, desk.tenant, desk.person, self.view, filters=self._filters, limit=PAGE
            )
            self._append(rows)
        if not self._rows and words == self._words:
            self._teach()
        self._said.text = desk.t("ib.listed", n=len(self._rows))

    async def _found(self, before: int) -> None:
        desk = self.desk
        found = await inbox.search(desk.rt, desk.tenant, desk.person, self._words, before=before, limit=PAGE)
        now = desk.now()
        with self._place:
            for hit in found.hits:
                if hit.row.id not in self._rows:
                    self._rows[hit.row.id] = Row(
                        hit.row,
                        desk.t,
                        now,
                        desk.queue_names,
                        why=self._why(hit.why, hit.text),
                        message=hit.message,
                    )
        self._search_next = found.next
        self._more.set_visibility(bool(found.next))
        desk.js("current", desk.current)

    def _why(self, why: Why, text: str) -> str:
        return text if why == "message" else self.desk.t(f"ib.found.{why}")

    def _append(self, rows: list[InboxRow]) -> None:
        now, desk = self.desk.now(), self.desk
        with self._place:
            for row in rows:
                if row.id not in self._rows:
                    made = self._rows[row.id] = Row(row, desk.t, now, desk.queue_names)
                    if row.id == desk.current:
                        made.current(True)
        self._more_after = rows[-1] if len(rows) == PAGE else None
        self._more.set_visibility(self._more_after is not None)

    async def _older(self) -> None:
        desk = self.desk
        if self._search_next:
            await self._found(self._search_next)
        elif self._more_after is not None:
            rows = await inbox.conversations(
                desk.rt,
                desk.tenant,
                desk.person,
                self.view,
                filters=self._filters,
                after=inbox.cursor(self.view, self._more_after),
                limit=PAGE,
            )
            self._append(rows)

    def _teach(self) -> None:
        t = self.desk.t
        self._more.set_visibility(False)
        with self._place:
            if self._words:
                empty("search_off", t("ib.none.search"), t("ib.none.search_more"))
            elif self._filters != Filters():
                empty("filter_alt_off", t("ib.none.filter"), t("ib.none.filter_more"))
            else:
                empty(ICONS[self.view], t(f"ib.none.{self.view}"), t(f"ib.none.{self.view}_more"))

    def update(self, rows: list[InboxRow]) -> None:
        """Lines that changed: drawn again, moved, added or taken out. The rest of the list is not touched."""
        desk = self.desk
        now = desk.now()
        for row in rows:
            known = self._rows.get(row.id)
            if self._words:
                if known is not None:
                    known.update(row, now)
                continue
            belongs = inbox.holds(self.view, row, desk.person, desk.queues) and self._fits(row)
            if known is not None and not belongs:
                self._remove(row.id)
            elif known is not None:
                later = row.last_message_at > known.row.last_message_at
                known.update(row, now)
                if later and self.view != "queue":
                    known.element.move(self._place, target_index=0)
            elif belongs:
                self._insert(row, now)
        if not self._rows and not self._words:
            self._place.clear()
            self._teach()

    def _remove(self, ident: int) -> None:
        gone = self._rows.pop(ident, None)
        if gone is not None:
            self._place.remove(gone.element)

    def _insert(self, row: InboxRow, now: datetime) -> None:
        if not self._rows:
            self._place.clear()
        with self._place:
            made = Row(row, self.desk.t, now, self.desk.queue_names)
        at = 0
        if self.view == "queue":
            at = sum(1 for other in self._rows.values() if _line(other.row) <= _line(row))
        made.element.move(self._place, target_index=at)
        self._rows[row.id] = made

    def _fits(self, row: InboxRow) -> bool:
        """Whether the filters let a line through that the news brought."""
        f = self._filters
        return (
            (not f.queue or row.queue == f.queue)
            and (f.channel is None or row.channel_id == f.channel)
            and (not f.tag or f.tag in row.tags)
            and (not f.unread or row.unread > 0)
            and (f.priority is None or row.priority >= f.priority)
            and (f.agent is None or row.person_id == f.agent)
            and (f.since is None or row.last_message_at >= f.since)
        )

    async def refresh(self) -> None:
        """What no news tells: counts, and the beginning of views that follow none."""
        desk = self.desk
        self._show_counts(await inbox.counts(desk.rt, desk.tenant, desk.person))
        if self.live:
            return
        rows = await inbox.conversations(
            desk.rt, desk.tenant, desk.person, self.view, filters=self._filters, limit=PAGE
        )
        stale = [i for i in list(self._rows)[:PAGE] if i not in {r.id for r in rows}]
        gone = await inbox.rows(desk.rt, desk.tenant, desk.person, stale) if stale else []
        self.update([*reversed(rows), *gone])

    def _show_counts(self, counts: dict[View, int]) -> None:
        for view, (_, count) in self._tabs.items():
            n = counts.get(view, 0)
            shown = "999+" if n >= 1000 else str(n) if n else ""
            if count.text != shown:  # type: ignore[attr-defined]
                count.text = shown  # type: ignore[attr-defined]
        self.desk.js(
            "unread", sum(1 for r in self._rows.values() if r.row.unread) if self.view == "mine" else 0
        )

    @property
    def live(self) -> bool:
        """Whether the view follows the news by itself."""
        return self.view in LIVE or bool(self._words)

    def shown(self, ident: int) -> InboxRow | None:
        found = self._rows.get(ident)
        return found.row if found is not None else None

    def after(self, ident: int) -> int:
        """The line below, for going on when one is done."""
        ids = [int(e.props["data-id"]) for e in self._place if "data-id" in e.props]
        if ident in ids and len(ids) > 1:
            at = ids.index(ident)
            return ids[at + 1] if at + 1 < len(ids) else ids[at - 1]
        return 0


def _line(row: InboxRow) -> tuple[int, float]:
    """The place in the line of queues."""
    ticket = row.ticket
    return (-ticket.priority, ticket.waiting_since.timestamp()) if ticket is not None else (0, 0.0)
