"""What the fields of a form stand on: one node's settings (or the flow's own), read and written by JSON pointer.

A form is a tree of parts. When the document changes, each part compares what it shows with what is there now: a field
takes the new value, a part whose make-up changed (an option more, another type) is drawn again, all else stays, and
with it the focus and what is being typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from msgspec import UNSET, UnsetType
from nicegui.element import Element

from builder_ui.editor.desk import Change, Desk
from builder_ui.elements.native import node
from engine.core.edit.commands import Batch, RenameNode, SetFlow, SetNode, Single
from engine.core.errors import pointer
from engine.core.flow import Document
from engine.core.node import Problem
from engine.services.hints import Directory, Hint, hints

Draw = Callable[[], None]
Found = Any | UnsetType
FLOW = ("name", "description", "language", "kind", "start", "triggers", "variables")
"""Members of a flow that a form edits."""


def look(value: Any, path: str) -> Found:
    """What stands at a JSON pointer; UNSET where nothing does."""
    for part in path.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return UNSET
    return value


class Part:
    """A region of the form. `make_up` says when it must be drawn again as a whole."""

    def __init__(self, sheet: Sheet, draw: Draw, make_up: Callable[[], object], classes: str) -> None:
        self.sheet = sheet
        self.watches: list[Callable[[], None]] = []
        self.told_problems: list[Callable[[], None]] = []
        self.parts: list[Part] = []
        self.drawn = 0
        """How often it was drawn."""
        self._draw = draw
        self._make_up = make_up
        self._shown = make_up()
        self.box: Element = node("div", classes)
        self._fill()

    def _fill(self) -> None:
        self.drawn += 1
        with self.box, self.sheet.within(self):
            self._draw()

    def redraw(self) -> None:
        self.watches, self.parts, self.told_problems = [], [], []
        self._shown = self._make_up()
        self.box.clear()
        self._fill()

    def compare(self) -> None:
        """Take over what changed in the document."""
        if self._make_up() != self._shown:
            self.redraw()
            return
        for told in self.watches:
            told()
        for part in self.parts:
            part.compare()

    def complain(self) -> None:
        """Say the problems anew."""
        for told in self.told_problems:
            told()
        for part in self.parts:
            part.complain()


class Sheet:
    """The settings of node `ident`, or of the whole flow where it is empty."""

    def __init__(self, desk: Desk, ident: str) -> None:
        self.desk = desk
        self.t = desk.t
        self.ident = ident
        self.directory = Directory()
        self.root: Part | None = None
        self.home: Element
        """Where what outlives a part goes, such as a dialog."""
        self._any: list[Callable[[], None]] = []
        self._at: Part | None = None
        self._seen: tuple[Document | None, str, Any] = (None, "", None)
        self._hints: list[Hint] = []
        self._hints_rev = -1

    # -- reading ------------------------------------------------------------------------------------------------

    @property
    def raw(self) -> Any:
        """The JSON that is being edited: a node's, or the parts of the flow that `SetFlow` can change."""
        seen, ident, raw = self._seen
        if seen is not self.desk.document or ident != self.ident:
            document = self.desk.document
            if self.ident:
                raw = next((n for n in document.nodes if n.get("id") == self.ident), None)
            else:
                raw = {name: msgspec.to_builtins(getattr(document, name)) for name in FLOW}
            self._seen = (document, self.ident, raw)
        return raw

    def read(self, path: str) -> Found:
        return look(self.raw, path)

    def get(self, path: str, default: Any = None) -> Any:
        """The value there, or `default`."""
        found = self.read(path)
        return default if found is UNSET else found

    @property
    def hints(self) -> list[Hint]:
        """What may be named here, as the document is now."""
        if self._hints_rev != self.desk.rev or not self._hints:
            self._hints = hints(self.desk.document, self.directory.fields)
            self._hints_rev = self.desk.rev
        return self._hints

    def problems(self, path: str, *, below: bool) -> list[Problem]:
        """The check's problems at this pointer, and with `below` under it."""
        return [
            p
            for p in self.desk.problems
            if p.node == self.ident and (p.path == path or (below and p.path.startswith(f"{path}/")))
        ]

    # -- writing ------------------------------------------------------------------------------------------------

    def command(self, path: str, value: Found) -> Single | None:
        """The command that puts `value` there; None where it is there already."""
        old = self.read(path)
        if old is value or (old is not UNSET and value is not UNSET and same(old, value)):
            return None
        was = [] if old is UNSET else [old]
        if self.ident:
            return SetNode(id=self.ident, path=path, value=value, was=was)
        return SetFlow(path=path, value=value, was=was)

    async def write(self, path: str, value: Found, *, words: str = "") -> bool:
        """Put a value there, or take the member away with UNSET. False when it was refused."""
        command = self.command(path, value)
        return True if command is None else await self._do(command, words)

    async def write_all(self, changes: Sequence[tuple[str, Found]], *, words: str = "") -> bool:
        """Several as one step of undo."""
        commands = [c for c in (self.command(path, value) for path, value in changes) if c is not None]
        if not commands:
            return True
        return await self._do(commands[0] if len(commands) == 1 else Batch(commands=list(commands)), words)

    async def do(self, commands: Sequence[Single], *, words: str = "") -> bool:
        """Commands that are more than a write, as one step."""
        if not commands:
            return True
        return await self._do(commands[0] if len(commands) == 1 else Batch(commands=list(commands)), words)

    async def _do(self, command: Single | Batch, words: str) -> bool:
        if not self.desk.editable:
            return False
        done = await self.desk.do(command, words=words)
        if done and isinstance(command, RenameNode) and command.id == self.ident:
            self.ident = command.to
        if done and self.root is not None:
            self.root.compare()
        return done

    # -- parts --------------------------------------------------------------------------------------------------

    def part(self, draw: Draw, make_up: Callable[[], object], classes: str = "tf-part") -> Part:
        """A region of its own in the current slot."""
        above = self._at
        made = Part(self, draw, make_up, classes)
        if above is not None:
            above.parts.append(made)
        return made

    def watch(self, told: Callable[[], None]) -> None:
        """Call `told` at every change, as long as the current part is there."""
        if self._at is not None:
            self._at.watches.append(told)

    def watch_problems(self, told: Callable[[], None]) -> None:
        if self._at is not None:
            self._at.told_problems.append(told)

    @contextmanager
    def within(self, part: Part) -> Iterator[None]:
        before, self._at = self._at, part
        try:
            yield
        finally:
            self._at = before

    def on_any_change(self, told: Callable[[], None]) -> None:
        """Hear of every change of the document, whatever it concerns."""
        self._any.append(told)

    def changed(self, touched: frozenset[str]) -> None:
        """Something changed; what concerns this sheet is compared."""
        for told in self._any:
            told()
        if self.root is not None and any(t.startswith((self.key(), "edges:")) for t in touched):
            self.root.compare()

    def key(self) -> str:
        return f"node:{self.ident}" if self.ident else "flow:"


def same(left: Any, right: Any) -> bool:
    """Equal as JSON: `true` is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(v, right[k]) for k, v in left.items())
    return bool(left == right)


_OPEN: WeakKeyDictionary[Desk, list[Sheet]] = WeakKeyDictionary()
"""Sheets that are on the screen, so that a desk is subscribed to once however many forms come and go."""


def open_sheet(sheet: Sheet) -> None:
    """From now on the sheet hears of changes, until its elements are gone."""
    desk = sheet.desk
    known = _OPEN.get(desk)
    if known is None:
        known = _OPEN[desk] = []
        sheets = known

        def changed(change: Change) -> None:
            for one in _living(sheets):
                one.changed(change.touched)

        def complained(problems: Sequence[Problem]) -> None:
            for one in _living(sheets):
                if one.root is not None:
                    one.root.complain()

        desk.on_change(changed)
        desk.on_problems(complained)
    known.append(sheet)


def _living(sheets: list[Sheet]) -> list[Sheet]:
    sheets[:] = [s for s in sheets if s.root is not None and not s.root.box.is_deleted]
    return list(sheets)


def below(path: str, *parts: str | int) -> str:
    """The pointer of a member of what stands at `path`."""
    return path + pointer(*parts)
