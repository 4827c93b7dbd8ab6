"""What the canvas, the palette and the outline ask for in one word, turned into commands: insert, paste, duplicate,
delete, group, note."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any

from nicegui import ui

from builder_ui.editor.board import Board
from builder_ui.editor.faces import face
from builder_ui.editor.space import COLUMN, GAP, boxes, free, height, spot
from engine.core.edit import commands as cmd
from engine.core.edit import compose
from engine.core.errors import TramaError
from engine.core.flow import Document, Sticky
from engine.nodes import registry

GRID = 10.0


def blank(document: Document, kind: str) -> dict[str, Any]:
    """A new node of a type with the settings that it comes with, under a free id."""
    ident = compose.fresh_id(kind, compose.names(document))
    raw = {"type": kind, "id": ident, **copy.deepcopy(registry()[kind].starter)}
    if "save_as" in raw:
        # a second question shall not write over the first one's answer
        raw["save_as"] = compose.fresh_id(raw["save_as"], {str(n.get("save_as")) for n in document.nodes})
    return raw


async def insert(
    board: Board,
    kind: str,
    at: Sequence[float] | None = None,
    after: Sequence[str] | None = None,
    *,
    reveal: bool = True,
) -> str | None:
    """Put a new node of a type on the canvas, select it, and give its id. Without a place it stands where it reads
    on: behind `after`, or behind the selected node, connected to its first exit that leads nowhere."""
    if kind not in registry():
        return None
    document = board.document
    raw = blank(document, kind)
    behind = (str(after[0]), str(after[1])) if after is not None else None
    if behind is None and at is None:
        behind = _free_exit(board)
    place = (
        (_round(at[0]), _round(at[1]))
        if at is not None
        else _place(board, behind, height(face(raw, board.t)))
    )
    exits = [e.name for e in face(raw, board.t).exits]
    batch = compose.insert(document, raw, exits, place, after=behind)
    words = board.t("deed.insert", what=registry()[kind].palette.title[board.t.language])
    if not await board.do(batch, words=words):
        return None
    board.select([raw["id"]], reveal=reveal)
    return str(raw["id"])


def _free_exit(board: Board) -> tuple[str, str] | None:
    if len(board.selection) != 1:
        return None
    ident = board.selection[0]
    raw = next((n for n in board.document.nodes if n.get("id") == ident), None)
    if raw is None:
        return None
    exits = [e for e in face(raw, board.t).exits if e.kind == "normal"]
    for shown in exits:
        if compose.target_of(board.document, ident, shown.name) is None:
            return ident, shown.name
    return (ident, exits[0].name) if exits else None


def _place(board: Board, behind: tuple[str, str] | None, tall: float = 0.0) -> cmd.XY:
    """To the right of what it follows, below what stands there already."""
    document = board.document
    taken = boxes(document, board.t)
    order = [str(n.get("id")) for n in document.nodes]
    if behind is not None and behind[0] in order:
        x, y = spot(document, behind[0], order.index(behind[0]))
        x += COLUMN
    elif taken:
        x, y = min(left for left, *_ in taken), max(bottom for *_, bottom in taken) + GAP
    else:
        x, y = 0.0, 0.0
    return _round(x), _up(free(taken, x, y, tall))


async def paste(board: Board, text: str, at: Sequence[float] | None = None) -> None:
    try:
        part = compose.read_fragment(text)
    except TramaError as fault:
        ui.notify(board.t.known("refused", fault.code), type="warning", caption=fault.detail[:200])
        return
    place = (_round(at[0]), _round(at[1])) if at is not None else _place(board, None)
    made = compose.paste(board.document, part, place)
    if await board.do(made.batch, words=board.t("deed.paste", n=len(made.ids))):
        board.select(made.ids, reveal=True)


async def duplicate(board: Board, ids: Sequence[str]) -> None:
    part = compose.fragment(board.document, ids)
    if not part.nodes and not part.notes:
        return
    corner = compose.corner(part)
    made = compose.paste(board.document, part, (corner[0] + 40, corner[1] + 60))
    if await board.do(made.batch, words=board.t("deed.duplicate", n=len(made.ids))):
        board.select(made.ids, reveal=False)


async def delete(board: Board, ids: Sequence[str], edges: Sequence[Sequence[str]] = ()) -> None:
    known = compose.names(board.document)
    ids = [i for i in ids if i in known]
    main = {
        str(raw["id"]): [e.name for e in face(raw, board.t).exits if e.kind != "error"]
        for raw in board.document.nodes
        if raw.get("id") in ids
    }
    batch = compose.delete(board.document, ids, [(str(s), str(x)) for s, x in edges], main=main)
    if not batch.commands:
        return
    words = board.t("deed.delete", n=len(ids)) if ids else board.t("deed.disconnect")
    if await board.do(batch, words=words):
        ui.notify(
            board.t("editor.deleted", n=len(ids)) if ids else board.t("editor.disconnected"),
            actions=[],
            timeout=2500,
            position="top",
        )


async def group(board: Board, ids: Sequence[str]) -> None:
    batch = compose.group(board.document, ids, board.t("editor.group"))
    added = batch.commands[-1]
    if isinstance(added, cmd.PutGroup) and added.group.nodes:
        await board.do(batch, words=board.t("deed.put_group"))


async def note(board: Board, at: Sequence[float] | None = None) -> None:
    place = (_round(at[0]), _round(at[1])) if at is not None else _place(board, None)
    ident = compose.fresh_id("note_text", compose.names(board.document))
    sticky = Sticky(id=ident, text="", x=place[0], y=place[1])
    if await board.do(cmd.PutNote(note=sticky)):
        board.select([ident], reveal=True)


def _round(value: float) -> float:
    return round(float(value) / GRID) * GRID


def _up(value: float) -> float:
    """On the grid, and not nearer to what stands above."""
    return math.ceil(value / GRID) * GRID
