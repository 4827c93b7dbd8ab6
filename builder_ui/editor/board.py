"""The desk of one open page: the document as it is now, kept up with what others do, and the one way to change it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from builder_ui.editor.deeds import deed
from builder_ui.editor.desk import Change, Layer, Paint
from builder_ui.editor.views import operations
from builder_ui.texts import Texts
from engine.core.edit.commands import Command
from engine.core.errors import TramaError
from engine.core.flow import Document
from engine.core.node import Problem
from engine.services import editing, flows
from engine.services.editing import Author, Edited
from engine.services.live import News
from engine.services.people import Principal
from engine.services.runtime import Runtime

if TYPE_CHECKING:
    from builder_ui.canvas.element import Canvas

CHECK_AFTER = 0.25


class Board:
    """Implements `Desk`. Made for one page in one browser window; `editor` names that window."""

    def __init__(
        self, rt: Runtime, principal: Principal, t: Texts, flow_id: str, document: Document, rev: int
    ) -> None:
        self.rt, self.principal, self.t, self.flow_id = rt, principal, t, flow_id
        self.document, self.rev = document, rev
        self.editor = secrets.token_hex(6)
        self.problems: Sequence[Problem] = ()
        self.selection: tuple[str, ...] = ()
        self.may_edit = principal.may("flows:write")
        self.viewing: int | None = None
        self.canvas: Canvas | None = None
        self._told_change: list[Callable[[Change], object]] = []
        self._told_select: list[Callable[[tuple[str, ...]], object]] = []
        self._told_problems: list[Callable[[Sequence[Problem]], object]] = []
        self._told_state: list[Callable[[str], object]] = []
        self._told_view: list[Callable[[int | None], object]] = []
        self._order = asyncio.Lock()
        self._check: asyncio.Task[Any] | None = None
        self._waiting = 0

    @property
    def editable(self) -> bool:
        return self.may_edit and self.viewing is None

    def author(self, token: int = 0, editor: str = "") -> Author:
        return Author(
            person=self.principal.person, name=self.principal.name, editor=editor or self.editor, token=token
        )

    async def do(self, command: Command, *, words: str = "") -> bool:
        done, _ = await self.attempt(command, words=words)
        return done

    async def attempt(
        self,
        command: Command,
        *,
        words: str = "",
        token: int = 0,
        editor: str = "",
        canvas_token: int | None = None,
    ) -> tuple[bool, str]:
        """Whether it happened, and if not what to tell. `token` and `editor`: a command that may come twice."""
        if not self.editable:
            message = self.t("editor.read-only")
            ui.notify(message)
            return False, message
        named = words or deed(command, self.t)

        async def change() -> Edited | None:
            return await editing.edit(
                self.rt, self.principal.tenant, self.flow_id, command, self.author(token, editor), words=named
            )

        return await self._change(change, canvas_token)

    async def settled(self) -> None:
        """Wait for changes that are on their way: what was typed last leaves its field as another one is pressed."""
        await asyncio.sleep(0.05)
        # each change holds the order until it is through
        async with self._order:
            return

    async def undo(self) -> None:
        await self._turn(editing.undo, "undo")

    async def redo(self) -> None:
        await self._turn(editing.redo, "redo")

    async def _turn(self, how: Callable[..., Awaitable[Edited | None]], name: str) -> None:
        if not self.editable:
            return
        told: list[str] = []

        async def change() -> Edited | None:
            done = await how(self.rt, self.principal.tenant, self.flow_id, self.author())
            told.append(
                self.t(f"editor.{name}.nothing")
                if done is None
                else self.t(f"editor.{name}.done", what=done.words)
            )
            return done

        done, _ = await self._change(change, None)
        if done and told:
            ui.notify(told[0], timeout=2500, position="top")

    async def _change(
        self, change: Callable[[], Awaitable[Edited | None]], canvas_token: int | None
    ) -> tuple[bool, str]:
        self._waiting += 1
        self._state()
        try:
            async with self._order:
                try:
                    done = await change()
                except TramaError as fault:
                    message = self.t.known("refused", fault.code)
                    if message == fault.code:
                        message = f"{fault.code}: {fault.detail}"
                    ui.notify(message, type="warning", multi_line=True, timeout=8000)
                    await self._catch_up()
                    return False, message
                if done is None:
                    return True, ""
                if done.again or done.rev != self.rev + 1:
                    await self._catch_up(mine=True)
                    if self.canvas is not None and canvas_token is not None:
                        self.canvas.patch(self.rev, [], canvas_token)
                else:
                    self._take(done.rev, done.document, done.touched, True, self.principal.name, canvas_token)
                return True, ""
        finally:
            self._waiting -= 1
            self._state()

    async def hear(self, news: News) -> None:
        """Another page changed the draft."""
        async with self._order:
            if int(news.data.get("rev", 0)) > self.rev:
                await self._catch_up()

    async def refresh(self) -> None:
        """Whatever was missed while the connection was away."""
        async with self._order:
            await self._catch_up()

    async def _catch_up(self, *, mine: bool = False) -> None:
        late = await editing.since(self.rt, self.principal.tenant, self.flow_id, self.rev)
        if late.rev <= self.rev and not late.whole:
            return
        touched: set[str] = set()
        for line in late.edits:
            touched |= set(line.touched)
        who = late.edits[-1].who if late.edits else ""
        own = mine or (bool(late.edits) and all(e.editor == self.editor for e in late.edits))
        if late.whole:
            self.document, self.rev = late.document, late.rev
            if self.canvas is not None and self.viewing is None:
                self.canvas.show(f"/flows/{self.flow_id}/graph.json")
            self._changed(Change(rev=late.rev, touched=frozenset({"all"}), mine=own, who=who))
        else:
            if self.canvas is not None and self.viewing is None:
                for rev in range(self.rev + 1, late.rev):
                    self.canvas.patch(rev, [])
            self._take(late.rev, late.document, frozenset(touched), own, who, None)

    def _take(
        self,
        rev: int,
        document: Document,
        touched: frozenset[str],
        mine: bool,
        who: str,
        canvas_token: int | None,
    ) -> None:
        self.document, self.rev = document, rev
        if self.canvas is not None and self.viewing is None:
            self.canvas.patch(rev, operations(document, touched, self.t), canvas_token)
        self._changed(Change(rev=rev, touched=touched, mine=mine, who=who))

    def _changed(self, change: Change) -> None:
        present = {str(n.get("id")) for n in self.document.nodes} | {n.id for n in self.document.notes}
        if any(i not in present for i in self.selection):
            self._selected(tuple(i for i in self.selection if i in present))
        for told in self._told_change:
            told(change)
        self.check_soon()

    def check_soon(self) -> None:
        """Run the static check once the typing pauses."""
        if self._check is not None:
            self._check.cancel()
        self._check = background_tasks.create(self._check_later(), name="check of the draft")

    async def _check_later(self) -> None:
        await asyncio.sleep(CHECK_AFTER)
        document = self.document
        checker = await flows.checker(self.rt, self.principal.tenant)
        # a large flow takes a while, and others are served meanwhile
        found = await asyncio.to_thread(checker.check, document)
        if document is not self.document:
            return
        self.problems = found
        for told in self._told_problems:
            told(found)

    def select(self, ids: Sequence[str], *, reveal: bool = True) -> None:
        if self.canvas is not None:
            self.canvas.select(ids, reveal=reveal)
        self._selected(tuple(ids))

    def selected_on_canvas(self, ids: Sequence[str]) -> None:
        self._selected(tuple(ids))

    def _selected(self, ids: tuple[str, ...]) -> None:
        if ids == self.selection:
            return
        self.selection = ids
        for told in self._told_select:
            told(ids)

    def paint(self, layer: Layer, paint: Paint | None) -> None:
        if self.canvas is None:
            return
        self.canvas.paint(layer, paint)
        if layer == "path" and paint and self.viewing is not None:
            # who walks through what took place wants to see where
            self.canvas.reveal([paint["now"]] if paint.get("now") else paint["nodes"])

    def on_change(self, told: Callable[[Change], object]) -> None:
        self._told_change.append(told)

    def on_select(self, told: Callable[[tuple[str, ...]], object]) -> None:
        self._told_select.append(told)

    def on_problems(self, told: Callable[[Sequence[Problem]], object]) -> None:
        self._told_problems.append(told)

    def on_state(self, told: Callable[[str], object]) -> None:
        """`saving` or `saved`."""
        self._told_state.append(told)

    def _state(self) -> None:
        for told in self._told_state:
            told("saving" if self._waiting else "saved")

    def view(self, version: int | None) -> None:
        """Show a published version on the canvas, which cannot be changed; None goes back to the draft."""
        if version == self.viewing or self.canvas is None:
            return
        self.viewing = version
        address = f"/flows/{self.flow_id}/graph.json"
        self.canvas.show(address if version is None else f"{address}?version={version}")
        self.canvas.set_editable(self.editable)
        for told in self._told_view:
            told(version)

    def on_view(self, told: Callable[[int | None], object]) -> None:
        """Which version is shown; None is the draft."""
        self._told_view.append(told)

    def close(self) -> None:
        if self._check is not None:
            self._check.cancel()
