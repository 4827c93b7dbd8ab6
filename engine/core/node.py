"""What a node type is: one frozen struct whose fields are its settings, and what it does when entered or resumed.

From the class alone come the decoder, the JSON Schema of the settings form, the palette entry, the docs page and
the tests of its examples. A node has no state of its own: what it must remember between events lies in
`run.memory`. Moves say where the session goes next; everything else that a node wants is an effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

import msgspec

from engine.core.session import Wait

if TYPE_CHECKING:
    from engine.core.events import AnyEvent
    from engine.core.flow import Flow, Flows
    from engine.core.matching import Option
    from engine.core.message import Limits
    from engine.core.run import Run

Words = str | dict[str, str]
"""A text for people, or its variants by `channel`, `language` or `channel:language` beside `default`."""


class Go(msgspec.Struct, frozen=True):
    """Leave through `exit`."""

    exit: str
    why: str = ""


class Stay(msgspec.Struct, frozen=True):
    """Stop here until `wait` is over."""

    wait: Wait
    why: str = ""


class Enter(msgspec.Struct, frozen=True):
    """Run another flow on top; this node is resumed with `Returned`."""

    flow: str
    arguments: dict[str, Any]
    why: str = ""


class Jump(msgspec.Struct, frozen=True):
    """Go on at node `node` of the same flow, or at the start of `flow` in place of this one."""

    node: str = ""
    flow: str = ""
    arguments: dict[str, Any] = {}
    why: str = ""


class Finish(msgspec.Struct, frozen=True):
    """End this flow with `results`; `whole` ends the whole session and leaves it in `state`."""

    results: dict[str, Any] = {}
    whole: bool = False
    state: Literal["done", "handed_over", "failed"] = "done"
    why: str = ""


Move = Go | Stay | Enter | Jump | Finish


class Palette(msgspec.Struct, frozen=True, kw_only=True):
    """How the builder shows a node type. Titles and summaries by language; `icon` is a Material icon name."""

    group: Literal["talk", "ask", "decide", "think", "do", "wait", "people", "shape"]
    icon: str
    title: dict[str, str]
    summary: dict[str, str]


class Example(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A documented use that runs as a test: a node's settings, the turns of a flow test and what follows.

    The harness puts the node into a flow in which every exit leads to an `end` node of that name.
    """

    name: str
    node: dict[str, Any]
    turns: list[dict[str, Any]]
    world: dict[str, Any] = {}
    vars: dict[str, Any] = {}
    at: str = "2026-11-20T10:00:00-03:00"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something the static check found. `fix` names a quick fix that the builder knows, if there is one; `about` are
    the names and figures that a sentence in the person's language needs (`exit`, `name`, `limit` …), by name."""

    code: str
    severity: Literal["error", "warning", "info"]
    node: str = ""
    path: str = ""
    detail: str = ""
    fix: str = ""
    about: tuple[tuple[str, str], ...] = ()


class Look(NamedTuple):
    """What the static check sees: the flow, the other flows (None: not to be had), the channels' limits by kind.
    `unreadable`: nodes of known types whose settings cannot be read, kept in the flow as unknown ones."""

    flow: Flow
    flows: Flows | None
    limits: Mapping[str, Limits]
    unreadable: frozenset[str] = frozenset()


class Node(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="type",
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """Base of every node type. `id` is unique in its flow; `label` is the author's own title for it."""

    palette: ClassVar[Palette]
    examples: ClassVar[Sequence[Example]] = ()
    starter: ClassVar[dict[str, Any]] = {}
    """The settings with which the builder puts it on the canvas; what is empty there is for its author to fill in."""
    waits: ClassVar[bool] = False
    """Whether entering may stop the turn: what the loop check asks."""

    id: str
    label: str = ""

    def exits(self) -> list[str]:
        """Names of the exits with these settings, in the order in which they are drawn."""
        return ["next"]

    def error_exits(self) -> frozenset[str]:
        """Those of `exits` that stand for a failure: left unconnected they lead to a person."""
        return frozenset()

    def optional_exits(self) -> frozenset[str]:
        """Those of `exits` that need not be connected, because something sensible happens without."""
        return self.error_exits()

    def writes(self) -> dict[str, str]:
        """Variables that this node sets: name -> type."""
        return {}

    def templates(self) -> Iterable[tuple[str, Words]]:
        """(JSON pointer, text) of each text with substitutions."""
        return ()

    def rules(self) -> Iterable[tuple[str, Any]]:
        """(JSON pointer, rule) of each JSON-Logic rule."""
        return ()

    def speaks(self) -> bool:
        """Whether it says something in free words, which a channel's closed window refuses."""
        return False

    def heard(self) -> frozenset[str]:
        """Exits that are taken because the contact wrote: the channel's window is open behind them."""
        return frozenset()

    def silence(self) -> dict[str, int]:
        """Exits that are taken after so many minutes without a word from the contact."""
        return {}

    def offers(self) -> Sequence[Option]:
        """The options that it offers, for the check against the channel's limits."""
        return ()

    def flows(self) -> Iterable[str]:
        """Ids of the flows that this node may start."""
        return ()

    def check(self, look: Look) -> Iterable[Problem]:
        """Problems of these settings that need more than their types."""
        return ()

    def enter(self, run: Run) -> Move:
        raise NotImplementedError

    def resume(self, run: Run, event: AnyEvent) -> Move | None:
        """What the event means to the waiting node; None when it means nothing (the wait goes on)."""
        return None

    def again(self, run: Run, wait: Wait) -> Move:
        """An interruption is over: by default the old wait goes on; a question is asked again."""
        return Stay(wait)


class UnknownNode(msgspec.Struct, frozen=True):
    """A node of a type that this installation does not have. It keeps its settings and refuses to run."""

    id: str
    kind: str
    raw: dict[str, Any]
