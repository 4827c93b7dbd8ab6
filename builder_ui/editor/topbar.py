"""The line above the canvas: which flow, whether it is saved, who is here, undo, try and publish."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element

from builder_ui.editor.board import Board
from builder_ui.editor.desk import Change
from builder_ui.editor.together import Together, colour
from builder_ui.elements.native import node, press, word
from engine.core.edit.commands import SetFlow

Deed = Callable[[], Awaitable[object] | object]


class Topbar:
    def __init__(
        self,
        board: Board,
        together: Together,
        *,
        live: int | None,
        publish: Deed,
        try_it: Deed,
        help_: Deed,
        fold: Callable[[str], object],
    ) -> None:
        self._board, self._together, t = board, together, board.t
        with node("header", "editor-bar"):
            with node("a", "btn round", href="/flows", title=t("editor.back"), aria_label=t("editor.back")):
                ui.icon("arrow_back").props("aria-hidden=true")
            self._heading = word("h1", board.document.name, "unseen")
            self._name = ui.input(value=board.document.name).props("dense borderless maxlength=120")
            self._name.props["aria-label"] = t("editor.name")
            self._name.classes("editor-name")
            self._name.set_enabled(board.may_edit)
            self._name.on("blur", self._rename, args=[])
            self._name.on("keydown.enter", self._rename, args=[])
            self._version = word("span", "", "state")
            self.live(live)
            self._state = word(
                "span", t("editor.saved"), "editor-state quiet", role="status", aria_live="polite"
            )
            with node("div", "editor-peers") as self._peers:
                pass
            node("div", "grow")
            self._folds = {
                side: press("", lambda s=side: fold(s), f"round fold fold-{side}", icon="view_sidebar",
                            label=t(f"editor.fold-{side}"), aria_pressed="true")
                for side in ("left", "right")
            }  # fmt: skip
            if board.may_edit:
                press("", board.undo, "round", icon="undo", label=t("editor.undo"))
                press("", board.redo, "round", icon="redo", label=t("editor.redo"))
            press("", help_, "round", icon="keyboard", label=t("editor.help"))
            press(t("panel.try"), try_it, "ghost", icon="play_arrow")
            if board.may_edit:
                press(t("editor.publish"), publish, "primary", icon="rocket_launch")
        board.on_change(self._changed)
        board.on_state(self._saved)
        together.on_peers(self._draw_peers)

    def live(self, version: int | None) -> None:
        t = self._board.t
        self._version.text = t("editor.live", n=version) if version is not None else t("flows.draft")
        self._version.classes(replace="state state-good" if version is not None else "state state-plain")

    def folded(self, side: str, folded: bool) -> None:
        button = self._folds[side]
        button.props["aria-pressed"] = "false" if folded else "true"
        button.update()

    async def _rename(self) -> None:
        name = (self._name.value or "").strip()
        before = self._board.document.name
        if name and name != before:
            await self._board.do(SetFlow(path="/name", value=name, was=[before]))
        elif not name:
            self._name.set_value(before)

    def _changed(self, change: Change) -> None:
        if change.touched & {"flow:name", "all"}:
            self._name.set_value(self._board.document.name)
            self._heading.text = self._board.document.name

    def _saved(self, state: str) -> None:
        self._state.text = self._board.t(f"editor.{state}")

    def _draw_peers(self) -> None:
        self._peers.clear()
        with self._peers:
            for peer in self._together.peers[:6]:
                badge: Element = word("span", initials(peer.name), "badge-peer", title=peer.name)
                badge.style(f"background: {colour(peer.editor)}")
            more = len(self._together.peers) - 6
            if more > 0:
                word("span", f"+{more}", "badge-peer")


def initials(name: str) -> str:
    parts = [p for p in name.split() if p]
    return "".join(p[0] for p in (parts[:1] + parts[1:][-1:])).upper() or "?"
