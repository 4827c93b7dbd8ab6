"""The desk as somebody sees it whose step another person holds: everything shows, nothing can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder_ui.editor.board import Board


class Held:
    """Implements `Desk` by way of a board."""

    editable = False

    def __init__(self, board: Board) -> None:
        self._board = board

    def __getattr__(self, name: str) -> Any:
        return getattr(self._board, name)


if TYPE_CHECKING:
    from builder_ui.editor.desk import Desk

    def _fits(held: Held) -> Desk:
        return held
