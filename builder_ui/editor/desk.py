"""What every part of the editor (canvas, form, outline, problems, try-it, versions) stands on: the document as it is
now, one way to change it, and word of what others change. A part reads `desk.document`, changes it with `desk.do`,
and is told by what it subscribed to; parts do not know each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from builder_ui.texts import Texts
from engine.core.edit.commands import Command
from engine.core.flow import Document
from engine.core.node import Problem
from engine.services.people import Principal
from engine.services.runtime import Runtime

Paint = dict[str, Any]
Layer = Literal["path", "heat", "coverage", "diff", "peers"]


@dataclass(frozen=True)
class Change:
    """A command that is in the document now. `touched` names what it concerns: `node:<id>`, `edges:<source id>`,
    `place:<id>`, `note:<id>`, `group:<id>`, `flow:<field>`. `mine`: this page sent it."""

    rev: int
    touched: frozenset[str]
    mine: bool
    who: str


class Desk(Protocol):
    rt: Runtime
    t: Texts
    principal: Principal
    flow_id: str
    document: Document
    rev: int
    problems: Sequence[Problem]
    selection: tuple[str, ...]
    """Ids of the selected nodes and notes."""

    @property
    def editable(self) -> bool:
        """False for somebody who may only read, and while a published version is shown."""

    async def do(self, command: Command, *, words: str = "") -> bool:
        """Carry a command out. A refusal is shown to the person here and False comes back; `words` name the command
        in the history of undo ("Move 3 steps")."""

    def select(self, ids: Sequence[str], *, reveal: bool = True) -> None:
        """Select nodes everywhere (canvas, outline, form); `reveal` scrolls the canvas there."""

    def paint(self, layer: Layer, paint: Paint | None) -> None:
        """Lay a named layer over the canvas (`path`, `heat`, `coverage`, `diff`, `peers`), or take it away. Their
        shapes are told by `builder_ui.canvas.element.Canvas.paint`."""

    def view(self, version: int | None) -> None:
        """Show a published version on the canvas, which cannot be changed; None goes back to the draft."""

    def on_change(self, told: Callable[[Change], object]) -> None: ...
    def on_select(self, told: Callable[[tuple[str, ...]], object]) -> None: ...
    def on_problems(self, told: Callable[[Sequence[Problem]], object]) -> None: ...
