"""Conversations, read only: the list, the words of one, and why the bot answered as it did."""

from __future__ import annotations

import asyncio

from fastapi import Request
from fastapi.responses import Response
from nicegui import background_tasks, ui
from nicegui.element import Element

from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import TONES, chip, empty
from builder_ui.elements.text import formatted
from builder_ui.proof.one_click import OneClick
from builder_ui.shell import shell
from builder_ui.simulator.bubbles import ZONE
from builder_ui.simulator.decisions import Decisions
from builder_ui.texts import Texts
from builder_ui.visit import to_login, visit
from engine.core.errors import TramaError
from engine.services import conversations as service
from engine.services.demo import Demo
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import ConversationRow, MessageRow, OwnerName

PAGE = 30
GATHER_SECONDS = 0.15
OWNERS: tuple[OwnerName | None, ...] = (None, "bot", "person")


def register(rt: Runtime, demo: Demo | None) -> None:
    @ui.page("/conversas")
    @ui.page("/conversas/{ident}")
    async def conversations(request: Request, ident: int = 0) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        t, tenant = seen.t, seen.principal.tenant
        with shell(seen, t("conversations.title"), demo=demo is not None, wide=True):
            word("h1", t("conversations.title"), "unseen")
            with node("div", "inbox" + (" reading" if ident else "")):
                listed = Listed(rt, tenant, t, ident)
                await listed.refresh()
                opened = Opened(rt, seen.principal, t, ident) if ident else None
                if opened is None:
                    with node("section", "inbox-none"):
                        empty("forum", t("conversations.pick"))
                else:
                    await opened.refresh()
        work = background_tasks.create(_follow(rt, tenant, ident, listed, opened), name="conversations")
        ui.context.client.on_delete(lambda: work.cancel())
        return None


async def _follow(rt: Runtime, tenant: int, ident: int, listed: Listed, opened: Opened | None) -> None:
    """Bring the page up to date as things happen; many at once are one change."""
    async with rt.live.listen(f"tenant/{tenant}") as news:
        while True:
            told = {(await news.get()).conversation}
            await asyncio.sleep(GATHER_SECONDS)
            while not news.empty():
                told.add(news.get_nowait().conversation)
            await listed.refresh()
            if opened is not None and ident in told:
                await opened.refresh()


class Listed:
    """The list, latest first, by owner."""

    def __init__(self, rt: Runtime, tenant: int, t: Texts, current: int) -> None:
        self._rt, self._tenant, self._t, self._current = rt, tenant, t, current
        self._owner: OwnerName | None = None
        self._pages = 1
        with node("section", "inbox-list", aria_label=t("conversations.title")):
            options = {owner or "": t(f"conversations.{owner or 'all'}") for owner in OWNERS}
            choice = ui.toggle(options, value="", on_change=lambda e: self._filter(e.value)).props(
                "dense flat no-caps"
            )
            choice.props["aria-label"] = t("conversations.filter")
            self._place = node("div", "inbox-rows")
            self._more = press(t("conversations.more"), self._older, "ghost")

    async def refresh(self) -> None:
        rows: list[ConversationRow] = []
        after = None
        for _ in range(self._pages):
            page = await service.conversations(
                self._rt, self._tenant, owner=self._owner, after=after, limit=PAGE
            )
            rows += page
            if len(page) < PAGE:
                break
            after = service.cursor(page[-1])
        self._more.set_visibility(len(rows) == self._pages * PAGE)
        self._place.clear()
        with self._place:
            if not rows:
                empty("inbox", self._t("conversations.none"), self._t("conversations.none_more"))
            for row in rows:
                self._row(row)

    async def _filter(self, owner: str) -> None:
        self._owner, self._pages = next((o for o in OWNERS if o == owner), None), 1
        await self.refresh()

    async def _older(self) -> None:
        self._pages += 1
        await self.refresh()

    def _row(self, row: ConversationRow) -> None:
        link = node("a", "inbox-row", href=f"/conversas/{row.id}")
        if row.id == self._current:
            link.props["aria-current"] = "true"
        with link:
            with node("div", "inbox-row-head"):
                word(
                    "span",
                    row.contact_name or row.contact_phone or self._t("conversations.nameless"),
                    "strong",
                )
                word("time", row.last_message_at.astimezone(ZONE).strftime("%d/%m %H:%M"), "quiet")
            word("div", row.last_text, "inbox-last")
            with node("div", "inbox-row-foot"):
                chip(self._t.known("owner", row.owner), TONES.get(row.owner, "plain"))
                word("span", row.channel_kind, "quiet")


class Opened:
    """One conversation: its words, and the decisions behind them."""

    def __init__(self, rt: Runtime, principal: Principal, t: Texts, ident: int) -> None:
        self._rt, self._tenant, self._t, self._ident = rt, principal.tenant, t, ident
        with node("section", "inbox-words", aria_label=t("conversations.words")):
            self._head: Element = node("header", "card-head")
            with node("div", "words-scroll", tabindex=0):
                self._place = node("div", "words")
        with node("section", "inbox-why", aria_label=t("panel.decisions"), tabindex=0):
            with node("div", "card-head"):
                word("h2", t("panel.decisions"))
                OneClick(rt, principal, t, ident)
            self._why = Decisions(rt, principal.tenant, t)

    async def refresh(self) -> None:
        try:
            row = await service.conversation(self._rt, self._tenant, self._ident)
            found = await service.messages(self._rt, self._tenant, self._ident, limit=100)
        except TramaError as fault:
            self._place.clear()
            with self._place:
                empty("search_off", self._t("conversations.unknown"), fault.code)
            return
        self._head.clear()
        with self._head:
            word("h2", row.contact_name or row.contact_phone or self._t("conversations.nameless"))
            chip(self._t.known("owner", row.owner), TONES.get(row.owner, "plain"))
            word("span", row.protocol, "quiet mono")
        self._place.clear()
        with self._place:
            for message in reversed(found):
                self._message(message)
        await self._why.refresh(self._ident)

    def _message(self, message: MessageRow) -> None:
        t, kind = self._t, str(message.content.get("type", ""))
        side = "mine" if message.direction == "out" else "theirs"
        with node("div", f"line {side}"), node("div", f"bubble {side}"):
            if message.text:
                formatted(message.text)
            else:
                word("div", t.known("kind", kind), "odd")
            with node("div", "meta"):
                if message.direction == "out":
                    word("span", t.known("status", message.status))
                word("span", message.created_at.astimezone(ZONE).strftime("%H:%M"))
            if message.error:
                word("div", message.error, "visit-error")
