"""What is asked of the page, by the canvas, by keys and by the command palette, and what it does then."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from nicegui import ui
from nicegui.events import GenericEventArguments

from builder_ui.canvas.element import Ask, Sent
from builder_ui.editor import asks
from builder_ui.editor.palette import entries
from builder_ui.editor.topbar import Deed
from builder_ui.elements.chooser import Choice
from engine.core.edit.commands import read
from engine.core.errors import TramaError

if TYPE_CHECKING:
    from builder_ui.editor.editor import Editor

PANELS = (
    ("step", "tune"),
    ("try", "play_circle"),
    ("problems", "error_outline"),
    ("tests", "checklist"),
    ("versions", "history"),
    ("live", "insights"),
)


class Answers:
    def __init__(self, editor: Editor) -> None:
        self._editor = editor

    async def key(self, event: GenericEventArguments) -> None:
        """A key of the whole page, pressed where nothing else wanted it."""
        editor = self._editor
        deeds: dict[str, Deed] = {
            "palette": editor.commands.open,
            "help": editor.help.open,
            "search": editor.search.open,
            "undo": editor.board.undo,
            "redo": editor.board.redo,
            "outline": lambda: editor.sides.left("outline"),
        }
        done = deeds[event.args]() if event.args in deeds else None
        if isinstance(done, Awaitable):
            await done

    def everything(self) -> list[Choice]:
        """What the command palette offers."""
        editor = self._editor
        t, board = editor.t, editor.board
        found = [
            Choice(lambda p=name: editor.panels.open(p), icon, t("commands.show", what=t(f"panel.{name}")))
            for name, icon in PANELS
        ]
        found += [
            Choice(editor.search.open, "search", t("keys.search"), key="Ctrl F"),
            Choice(editor.help.open, "keyboard", t("keys.help"), key="?"),
            Choice(
                lambda: editor.sides.left("outline"),
                "format_list_numbered",
                t("commands.show", what=t("editor.outline")),
            ),
            Choice(
                lambda: editor.sides.left("palette"), "widgets", t("commands.show", what=t("editor.palette"))
            ),
            Choice(lambda: ui.navigate.to("/flows"), "account_tree", t("editor.back")),
        ]
        if board.editable:
            found += [
                Choice(board.undo, "undo", t("keys.undo"), key="Ctrl Z"),
                Choice(board.redo, "redo", t("keys.redo"), key="Ctrl Y"),
                Choice(editor.publishing.open, "rocket_launch", t("editor.publish")),
            ]
            found += [
                Choice(lambda k=kind: editor.pick(k), icon, t("commands.insert", what=title), summary)
                for _, kind, icon, title, summary in entries(t)
            ]
        return found

    async def command(self, sent: Sent) -> None:
        """A change that was made on the canvas: settled there by a patch, or refused."""
        canvas = self._editor.canvas
        try:
            command = read(sent.command)
        except TramaError as fault:
            canvas.refuse(sent.token, fault.detail)
            return
        done, message = await self._editor.board.attempt(
            command, token=sent.token, editor=sent.editor, canvas_token=sent.token
        )
        if not done:
            canvas.refuse(sent.token, message)

    async def ask(self, ask: Ask) -> None:
        """Raises nothing: what cannot be done is told to the person."""
        editor, data = self._editor, ask.data
        board = editor.board
        match ask.kind:
            case "insert":
                after = data.get("edge") or data.get("from")
                if data.get("kind"):
                    await asks.insert(board, str(data["kind"]), data.get("at"), after, reveal=False)
                elif board.editable:
                    editor.inserter.open(data.get("at"), after)
            case "paste":
                await asks.paste(board, str(data.get("text", "")), data.get("at"))
            case "duplicate":
                await asks.duplicate(board, data.get("ids", ()))
            case "delete":
                await asks.delete(
                    board, [*data.get("ids", ()), *data.get("notes", ())], data.get("edges", ())
                )
            case "group":
                await asks.group(board, data.get("ids", ()))
            case "note":
                await asks.note(board, data.get("at"))
            case "open":
                board.select([str(data.get("id", ""))], reveal=False)
                editor.panels.open("step")
            case "undo":
                await board.undo()
            case "redo":
                await board.redo()
            case "search":
                editor.search.open()
            case "palette":
                editor.commands.open()
            case "help":
                editor.help.open()
            case "exit":
                editor.panels.open("live")
                if editor.figures is not None:
                    await editor.figures.show(str(data.get("id", "")), str(data.get("exit", "")) or None)
