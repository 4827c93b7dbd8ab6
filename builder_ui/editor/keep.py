"""What is typed into the form outlives the page: when a restart of the server or a long outage makes it load anew,
the step is chosen again and the words are back in their field. What somebody else changed meanwhile is not laid over:
the words are shown instead."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from builder_ui.editor.board import Board


class Keep(Element, component="keep.js"):
    def __init__(self, board: Board, open_form: Callable[[], object]) -> None:
        super().__init__()
        self._board, self._open = board, open_form
        self.props["flow"] = board.flow_id
        self.on("again", self._again)
        self.on("lost", self._lost)

    def show(self, step: str) -> None:
        """Whose form is open: "" for the flow's own settings."""
        self.run_method("show", step)

    def _again(self, event: GenericEventArguments) -> None:
        step = str(event.args or "")
        if step and all(n.get("id") != step for n in self._board.document.nodes):
            step = "-"  # it is gone, and with it the place of the words
        elif step:
            self._board.select([step], reveal=True)
        self._open()
        self.run_method("fill", step)

    def _lost(self, event: GenericEventArguments) -> None:
        ui.notify(
            self._board.t("editor.typed-lost"),
            caption=str(event.args or "")[:2000],
            type="warning",
            multi_line=True,
            timeout=0,
            close_button="OK",
        )
