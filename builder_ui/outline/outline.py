"""The outline beside the canvas: the same document as a script, edited by keyboard, screen reader or thumb."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from nicegui import background_tasks
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from builder_ui.editor import asks
from builder_ui.editor.board import Board
from builder_ui.editor.desk import Change
from builder_ui.editor.marks import Marks, marks
from builder_ui.outline.script import rows, script
from builder_ui.outline.search import Search
from engine.core.edit.commands import Connect
from engine.core.node import Problem

_PAUSE = 0.15
_WORDS = (
    "label", "start", "when", "insertHere", "insertAfter", "connect", "remove", "disconnect",
)  # fmt: skip


class Tree(Element, component="outline.js"):
    """The tree in the browser: it has the rows and the keys, we have the document."""

    def __init__(self, words: dict[str, str], editable: bool) -> None:
        super().__init__()
        self.props["words"] = words
        self.props["editable"] = editable


class Outline:
    def __init__(
        self,
        board: Board,
        *,
        insert: Callable[[Sequence[float] | None, Sequence[str] | None], object],
        open_step: Callable[[], object],
        help_: Callable[[], object],
    ) -> None:
        self._board, self._insert, self._open, self._help = board, insert, open_step, help_
        t = board.t
        self._tree = Tree({name: t(f"outline.{name}") for name in _WORDS}, board.editable)
        self._target = Search(board, title=t("outline.connect"), on_pick=self._connected)
        self._from: tuple[str, str] = ("", "")
        self._later: asyncio.Task[Any] | None = None
        self._marks: Marks | None = None
        self.shown = False
        self._tree.on("choose", self._choose)
        self._tree.on("ask", self._ask)
        board.on_change(self._changed)
        board.on_select(lambda ids: self._tree.run_method("choose", list(ids), True))
        board.on_problems(self._problems)

    def show(self) -> None:
        """It is looked at from now on: until then no rows are made."""
        self.shown = True
        self._draw()

    def _draw(self) -> None:
        board = self._board
        self._tree.run_method("rows", rows(script(board.document, board.t), board.t))

    def _changed(self, change: Change) -> None:
        if not self.shown or all(name.startswith(("place:", "note:", "group:")) for name in change.touched):
            return
        if self._later is None or self._later.done():
            self._later = background_tasks.create(self._draw_later(), name="outline")

    async def _draw_later(self) -> None:
        await asyncio.sleep(_PAUSE)
        self._draw()

    def _problems(self, found: Sequence[Problem]) -> None:
        shown = marks(self._board.document, found, self._board.t)
        if shown != self._marks:
            self._marks = shown
            self._tree.run_method("marks", shown)

    def _choose(self, event: GenericEventArguments) -> None:
        ident, more = str(event.args.get("id", "")), bool(event.args.get("more"))
        kept = [i for i in self._board.selection if i != ident] if more else []
        self._board.select([*kept, ident])

    async def _ask(self, event: GenericEventArguments) -> None:
        board, data = self._board, event.args
        ident, way = str(data.get("id", "")), str(data.get("exit", ""))
        match data.get("kind"):
            case "open":
                board.select([ident])
                self._open()
            case "insert":
                self._insert(None, (ident, way) if way else None)
            case "connect" if way:
                self._from = (ident, way)
                self._target.open()
            case "disconnect":
                await asks.delete(board, (), [(ident, way)])
            case "delete":
                await asks.delete(board, [ident])
            case "duplicate":
                await asks.duplicate(board, [ident])
            case "undo":
                await board.undo()
            case "redo":
                await board.redo()
            case "help":
                self._help()

    async def _connected(self, target: str) -> None:
        source, way = self._from
        await self._board.do(Connect(source=source, exit=way, target=target))
