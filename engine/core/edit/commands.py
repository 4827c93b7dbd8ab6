"""What can be done to a flow document. Mouse, keyboard, outline, paste, undo, other editors and the API all say
it in these words, so a change is small on the wire whatever the size of the flow.

On the wire a command is an object whose `do` names it: `{"do": "connect", "from": "ask", "exit": "yes", "to": "end"}`.
A path is a JSON pointer. `was`, where a command has it, is what its author saw there: `[]` for nothing, `[value]` for
a value. When something else is there by now the command is refused (`edit:conflict`), never silently laid over it.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from engine.core.errors import TramaError
from engine.core.flow import Group, Sticky

XY = tuple[float, float]
Ident = Annotated[str, Meta(min_length=1, max_length=100)]
MOST_COMMANDS = 20_000


class _Command(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="do"
):
    pass


class AddNode(_Command, frozen=True, kw_only=True, tag="add_node"):
    """`node` is the node's JSON with `id` and `type`; `index` its place in the list, at the end without."""

    node: dict[str, Any]
    at: XY | None = None
    index: int | None = None


class RemoveNode(_Command, frozen=True, kw_only=True, tag="remove_node"):
    """With its edges, its place, its seat in groups (with the group that has no other), and the start if it was
    that."""

    id: Ident


class RenameNode(_Command, frozen=True, kw_only=True, tag="rename_node"):
    """Gives a node another id, wherever the document names it: edges, jumps, groups, tests."""

    id: Ident
    to: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class SetNode(_Command, frozen=True, kw_only=True, tag="set_node"):
    """Writes one setting. Without `value` the member is taken away; a list grows by a path that ends in `/-`."""

    id: Ident
    path: str
    value: Any | UnsetType = UNSET
    was: list[Any] | UnsetType = UNSET


class SetFlow(_Command, frozen=True, kw_only=True, tag="set_flow"):
    """The same for what belongs to the whole flow: name, description, language, kind, start, triggers, variables,
    tests."""

    path: str
    value: Any | UnsetType = UNSET
    was: list[Any] | UnsetType = UNSET


class Move(_Command, frozen=True, kw_only=True, tag="move"):
    """New places of nodes and notes; `null` forgets the place of a node."""

    to: dict[str, XY | None]


class Connect(_Command, frozen=True, kw_only=True, tag="connect", rename={"source": "from", "target": "to"}):
    """Leads an exit to a node. An exit has one edge: what was there before is replaced."""

    source: Ident
    exit: Ident
    target: Ident
    index: int | None = None


class Disconnect(_Command, frozen=True, kw_only=True, tag="disconnect", rename={"source": "from"}):
    source: Ident
    exit: Ident


class PutNote(_Command, frozen=True, kw_only=True, tag="put_note"):
    """Adds a sticky note, or replaces the one of that id."""

    note: Sticky
    index: int | None = None


class RemoveNote(_Command, frozen=True, kw_only=True, tag="remove_note"):
    id: Ident


class PutGroup(_Command, frozen=True, kw_only=True, tag="put_group"):
    """Adds a group, or replaces the one of that id."""

    group: Group
    index: int | None = None


class RemoveGroup(_Command, frozen=True, kw_only=True, tag="remove_group"):
    """Takes the frame away; the nodes stay."""

    id: Ident


Single = (
    AddNode
    | RemoveNode
    | RenameNode
    | SetNode
    | SetFlow
    | Move
    | Connect
    | Disconnect
    | PutNote
    | RemoveNote
    | PutGroup
    | RemoveGroup
)


class Batch(_Command, frozen=True, kw_only=True, tag="batch"):
    """Several as one: all happen or none, and one undo takes all of them back."""

    commands: Annotated[list[Single], Meta(max_length=MOST_COMMANDS)]


Command = Single | Batch


def read(raw: bytes | dict[str, Any]) -> Command:
    """A command from the wire. Raises `edit:bad-command` with the path of what is wrong."""
    try:
        if isinstance(raw, dict):
            command: Command = msgspec.convert(raw, Command)
        else:
            command = msgspec.json.decode(raw, type=Command)
    except msgspec.MsgspecError as error:
        raise TramaError("edit:bad-command", str(error)) from None
    return command
