"""The canvas of a flow. The browser fetches the flow itself from an address; between it and Python go small messages
only, whatever the flow's size.

The address answers `{"rev", "start", "nodes": [NodeView], "edges": [[source, exit, target]], "notes", "groups"}` with
NodeView = `{"id", "kind", "group", "icon", "title", "lines", "x", "y", "exits": [{"name", "label", "kind"}], "raw"}`.
`group` names the palette group (talk ask decide think do wait people shape), an exit's `kind` is normal, error or
optional, `raw` is the node's JSON (so that copying needs no question).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec
from nicegui import events
from nicegui.element import Element

from builder_ui.canvas.bundle import bundle
from builder_ui.texts import Texts

Told = Callable[[Any], Awaitable[None] | None]
Layer = Literal["path", "heat", "coverage", "diff", "peers"]

WORDS = (
    "add_note align_bottom align_centre align_columns align_left align_middle align_right align_rows "
    "align_top away canvas canvas_role color_blue color_green color_grey color_pink color_yellow connect "
    "figure fit fold given_up group group_title hand help_text insert insert_here keys layout "
    "layout_failed linking minimap not_loaded note note_empty nothing read_only remove_edge select "
    "selected start step too_large tools unfold zoom_in zoom_one zoom_out"
).split()
"""What the canvas says, as `canvas.<word>` in the catalogue."""


class Sent(msgspec.Struct, frozen=True):
    """A command from the browser: `command` is the wire form of `engine.core.edit.commands`. `editor` and `token`
    name it for ever: one that comes again after a lost connection has the same, and is answered without being done
    twice."""

    editor: str
    token: int
    command: dict[str, Any]


class Ask(msgspec.Struct, frozen=True):
    """Something that the page does for the canvas. Kinds and their data:

    `insert` {kind | null, at, edge?: [source, exit], from?: [source, exit]} (null: let the person choose) ·
    `paste` {text, at} · `duplicate` {ids} · `delete` {ids, edges: [[source, exit]], notes} · `open` {id} ·
    `exit` {id, exit} · `group` {ids} · `note` {at} · `undo` · `redo` · `search` · `palette` · `help`
    """

    kind: Literal[
        "insert", "paste", "duplicate", "delete", "open", "exit", "group", "note", "undo", "redo", "search",
        "palette", "help",
    ]  # fmt: skip
    data: dict[str, Any]


class Canvas(Element, component=str(bundle())):
    """The canvas, as large as what it stands in.

    `url` answers the flow; `outline` is the DOM id of an element that tells the same as a list, for screen readers.
    """

    def __init__(self, url: str, *, t: Texts, editable: bool = True, outline: str = "") -> None:
        super().__init__()
        self.props["url"] = url
        self.props["words"] = {word: t(f"canvas.{word}") for word in WORDS}
        self.props["editable"] = editable
        self.props["outline"] = outline

    def on_command(self, told: Callable[[Sent], Awaitable[None] | None]) -> None:
        """Answer with `patch(..., token=...)` or `refuse(token, ...)`: until then the change is pending."""
        self._hear("command", Sent, ("editor", "token", "command"), told)

    def on_ask(self, told: Callable[[Ask], Awaitable[None] | None]) -> None:
        self._hear("ask", Ask, ("kind", "data"), told)

    def on_select(self, told: Callable[[list[str]], Awaitable[None] | None]) -> None:
        """Ids of the selected nodes and notes, when the person changes the selection here."""
        self._hear("select", list[str], (), told)

    def on_view(self, told: Callable[[tuple[float, float, float, float]], Awaitable[None] | None]) -> None:
        """The part of the flow that is looked at (left, top, right, bottom), a moment after it came to rest."""
        self._hear("view", tuple[float, float, float, float], (), told)

    def patch(self, rev: int, ops: Sequence[Sequence[Any]], token: int | None = None) -> None:
        """What is different in revision `rev`, as states: `["node", NodeView]`, `["gone", id]`,
        `["edges", source, [[exit, target], …]]`, `["places", {id: [x, y]}]`, `["note", Sticky]`, `["nonote", id]`,
        `["group", Group]`, `["nogroup", id]`, `["start", id]`. `token` settles the command that brought it about; a
        repeated command is settled by a patch without operations. A gap makes the canvas fetch the flow anew."""
        self.run_method("patch", rev, msgspec.to_builtins(ops), token)

    def refuse(self, token: int, message: str = "") -> None:
        """The command did not happen: what it touched goes back to how it was, and `message` is shown."""
        self.run_method("refuse", token, message)

    def select(self, ids: Iterable[str], *, reveal: bool = True) -> None:
        """Select nodes and notes; `on_select` is not told of it."""
        self.run_method("select", list(ids), reveal)

    def reveal(self, ids: Iterable[str]) -> None:
        """Bring nodes into view, once the version that is being shown is there."""
        self.run_method("reveal", list(ids))

    def paint(self, layer: Layer, paint: Mapping[str, Any] | None) -> None:
        """Lay a layer over the flow, or take it away.

        `path` {nodes: {id: step}, edges: [[source, exit]], now: id} · `heat` {nodes: {id: {count, here, drop}},
        edges: {"source.exit": {count, share}}} · `coverage` {taken: ["node.exit"], missed: [...]} · `diff` {added:
        [id], removed: [NodeView], changed: {id: words}, edges: {added: [[source, exit, target]], removed: [...]}} ·
        `peers` {editor: {name, color, selection: [id], locked: id | null}}
        """
        self.run_method("paint", layer, msgspec.to_builtins(paint))

    def marks(self, marks: Mapping[str, tuple[int, int, str]]) -> None:
        """Node id to its errors, its warnings and the first of their texts. Replaces all marks."""
        self.run_method("marks", msgspec.to_builtins(marks))

    def show(self, url: str) -> None:
        """Show another flow or version, which cannot be edited; the canvas's own address brings the draft back."""
        self.run_method("show", url)

    def set_editable(self, editable: bool) -> None:
        self.run_method("set_editable", editable)

    def focus(self) -> None:
        self.run_method("focus")

    def fit(self, ids: Iterable[str] | None = None) -> None:
        """Bring these nodes, or all, into view."""
        self.run_method("fit", None if ids is None else list(ids))

    def _hear(self, event: str, shape: Any, fields: tuple[str, ...], told: Told) -> None:
        async def heard(e: events.GenericEventArguments) -> None:
            raw = dict(zip(fields, e.args, strict=False)) if fields else e.args
            answer = told(msgspec.convert(raw, shape))
            if answer is not None:
                await answer

        self.on(event, heard)
