"""The panel of settings: the form of the one step that is selected, else what belongs to the whole flow."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from builder_ui.editor.board import Board
from builder_ui.editor.held import Held
from builder_ui.editor.keep import Keep
from builder_ui.editor.together import Together
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import empty
from builder_ui.form.form import flow_settings, settings_form
from engine.services.presence import Peer


class StepPanel:
    """`again` draws the panel anew, if it is the one that is shown."""

    def __init__(self, board: Board, together: Together, keep: Keep, again: Callable[[], object]) -> None:
        self._board, self._together, self._keep, self._again = board, together, keep, again
        self._drawn: tuple[str, ...] = ()
        self._held = False
        board.on_select(lambda _: again())
        board.on_change(lambda _: self._follow())
        together.on_peers(self._peers)

    def draw(self) -> None:
        """Into the current slot."""
        board, t = self._board, self._board.t
        nodes = {str(n.get("id")) for n in board.document.nodes}
        chosen = [i for i in board.selection if i in nodes]
        self._drawn = board.selection
        self._keep.show(chosen[0] if len(chosen) == 1 else "" if not chosen else "-")
        if len(chosen) == 1:
            self._together.lock(chosen[0])
            holder = self._together.holder(chosen[0])
            self._held = holder is not None
            if holder is not None:
                self._show_holder(chosen[0], holder)
            settings_form(Held(board) if holder is not None else board, chosen[0])
            return
        self._together.lock("")
        if len(chosen) > 1:
            empty("select_all", t("editor.many", n=len(chosen)), t("editor.many-more"))
            return
        flow_settings(board)

    def _show_holder(self, ident: str, holder: Peer) -> None:
        """Somebody else has this step's form open: it only shows here, until it is taken over."""
        t = self._board.t

        def take() -> None:
            self._together.take(ident)
            self._again()

        with node("div", "lock", role="status"):
            ui.icon("lock").props("aria-hidden=true")
            word("span", t("editor.locked", who=holder.name))
            if self._board.editable:
                press(t("editor.locked-take"), take, "ghost small")

    def _follow(self) -> None:
        """A step that was selected may be gone."""
        if len(self._board.selection) != len(self._drawn):
            self._again()

    def _peers(self) -> None:
        """Somebody let go of a step, or took it: the form says so."""
        chosen = self._board.selection
        if len(chosen) == 1 and (self._together.holder(chosen[0]) is not None) != self._held:
            self._again()
