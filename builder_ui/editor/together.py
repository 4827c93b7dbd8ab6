"""Who else is here: their names, what they have selected, and whose form of a step is open."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec
from nicegui import background_tasks, ui

from builder_ui.editor.board import Board
from engine.services.live import News
from engine.services.presence import BEAT_SECONDS, GONE_SECONDS, Peer, heard, tell

# white letters stand on them: each has a contrast of 4.5 or more
COLOURS = ("#1d4ed8", "#a21caf", "#c2410c", "#0e7490", "#4d7c0f", "#be123c", "#6d28d9", "#a16207")


def colour(editor: str) -> str:
    return COLOURS[sum(editor.encode()) % len(COLOURS)]


class Together:
    """Listens to the flow's news for one page: changes go to the board, presence is kept here."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._peers: dict[str, tuple[Peer, float]] = {}
        self._told: list[Callable[[], object]] = []
        self._locked, self._locked_at = "", 0.0
        self._task: Any = None
        self._here = False
        board.on_select(lambda _: self._tell())

    @property
    def peers(self) -> list[Peer]:
        return [p for p, _ in self._peers.values()]

    def on_peers(self, told: Callable[[], object]) -> None:
        self._told.append(told)

    def holder(self, node: str) -> Peer | None:
        """Who else had this step's form open before us."""
        held = [p for p in self.peers if p.locked == node]
        if self._locked == node:
            held = [p for p in held if (p.locked_at, p.editor) < (self._locked_at, self._board.editor)]
        return min(held, key=lambda p: (p.locked_at, p.editor), default=None)

    def lock(self, node: str) -> None:
        """Our form shows this step; "" for none."""
        if node != self._locked:
            self._locked, self._locked_at = node, time.time()
            self._tell()

    def take(self, node: str) -> None:
        """Edit a step whose form somebody else has open: from now on theirs is the one that only shows."""
        self._locked, self._locked_at = node, 0.0
        self._tell()

    def start(self) -> None:
        """Until the page is closed. A page that lost its connection is not here, though it may come back."""
        self._task = background_tasks.create(self._listen(), name="news of the flow")
        ui.timer(BEAT_SECONDS, self._beat)
        client = ui.context.client
        client.on_disconnect(self.away)
        client.on_connect(self._come)

    def away(self) -> None:
        self._here = False
        self._tell(gone=True)

    def _come(self) -> None:
        self._here = True
        self._tell(hello=True)

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._tell(gone=True)

    def _me(self, **changes: Any) -> Peer:
        board = self._board
        peer = Peer(
            editor=board.editor,
            name=board.principal.name,
            selection=list(board.selection),
            locked=self._locked,
            locked_at=self._locked_at,
        )
        return msgspec.structs.replace(peer, **changes)

    def _tell(self, **changes: Any) -> None:
        if not self._here and not changes.get("gone"):
            return
        tell(self._board.rt, self._board.principal.tenant, self._board.flow_id, self._me(**changes))

    def _beat(self) -> None:
        self._tell()
        limit = time.monotonic() - GONE_SECONDS
        gone = [e for e, (_, seen) in self._peers.items() if seen < limit]
        for editor in gone:
            del self._peers[editor]
        if gone:
            self._changed()

    async def _listen(self) -> None:
        board = self._board
        async with board.rt.live.listen(f"flow/{board.principal.tenant}/{board.flow_id}") as queue:
            while True:
                await self._hear(await queue.get())

    async def _hear(self, news: News) -> None:
        if news.kind == "flow_edited":
            if news.data.get("editor") != self._board.editor:
                await self._board.hear(news)
        elif news.kind == "flow_presence":
            peer = heard(news)
            if peer.editor == self._board.editor:
                return
            if peer.gone:
                self._peers.pop(peer.editor, None)
            else:
                self._peers[peer.editor] = (peer, time.monotonic())
            if peer.hello:
                self._tell()
            self._changed()

    def _changed(self) -> None:
        self._board.paint(
            "peers",
            {
                p.editor: {
                    "name": p.name,
                    "color": colour(p.editor),
                    "selection": p.selection,
                    "locked": p.locked or None,
                }
                for p in self.peers
            },
        )
        for told in self._told:
            told()
