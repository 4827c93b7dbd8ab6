"""Carrying a command out: a document and a command in, the new document and the command that takes it back out.

Documents are never changed in place. Laws (tested with random documents): the inverse brings back an equal document,
its inverse brings the change back, and a refused command changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, get_type_hints

import msgspec
from msgspec import UNSET, UnsetType

from engine.core.edit import commands as cmd
from engine.core.edit.bounds import MOST, near
from engine.core.edit.places import ABSENT, read, split, written
from engine.core.errors import TramaError, pointer
from engine.core.flow import Document, Edge, FlowTest, Group, Place, Sticky

_Item = TypeVar("_Item")
SETTABLE = frozenset(
    ("name", "description", "language", "kind", "start", "triggers", "variables", "tests")
)  # fmt: skip


class Applied(NamedTuple):
    """`touched` names what is different: `node:<id>`, `edges:<source>`, `place:<id>`, `note:<id>`, `group:<id>`,
    `flow:<field>`."""

    document: Document
    inverse: cmd.Command
    touched: frozenset[str]


class _Done(NamedTuple):
    document: Document
    inverse: list[cmd.Single]
    touched: set[str]


def apply(document: Document, command: cmd.Command) -> Applied:
    """Raises `edit:unknown-node`, `edit:unknown-note`, `edit:unknown-group`, `edit:same-id`, `edit:conflict`,
    `edit:invalid`, `edit:no-such-place`, `edit:bad-path`, `edit:fixed-member`, `edit:too-many-nodes`."""
    if not isinstance(command, cmd.Batch):
        done = _one(document, command)
        inverse: cmd.Command = done.inverse[0] if len(done.inverse) == 1 else cmd.Batch(commands=done.inverse)
        return Applied(done.document, inverse, frozenset(done.touched))
    back: list[cmd.Single] = []
    touched: set[str] = set()
    for n, single in enumerate(command.commands):
        try:
            done = _one(document, single)
        except TramaError as fault:
            raise fault.under(f"/commands/{n}") from None
        document = done.document
        back[:0] = done.inverse
        touched |= done.touched
    return Applied(document, cmd.Batch(commands=back), frozenset(touched))


def _one(document: Document, command: cmd.Single) -> _Done:
    handler: Callable[[Document, Any], _Done] = _HANDLERS[type(command)]
    return handler(document, command)


def _with(document: Document, **changes: Any) -> Document:
    return msgspec.structs.replace(document, **changes)


def _position(document: Document, ident: str) -> int:
    for n, node in enumerate(document.nodes):
        if node.get("id") == ident:
            return n
    raise TramaError("edit:unknown-node", f"there is no step {ident!r} any more", path="/id")


def _has(document: Document, ident: str) -> bool:
    return any(node.get("id") == ident for node in document.nodes)


def _xy(place: Place | None) -> cmd.XY | None:
    return None if place is None else (place.x, place.y)


def _placed(at: cmd.XY, path: str) -> Place:
    near(*at, path=path, code="edit:invalid")
    return Place(x=float(at[0]), y=float(at[1]))


def _inserted(items: list[_Item], item: _Item, index: int | None) -> list[_Item]:
    at = len(items) if index is None else min(max(index, 0), len(items))
    return [*items[:at], item, *items[at:]]


def _add_node(document: Document, c: cmd.AddNode) -> _Done:
    ident = c.node.get("id")
    if not isinstance(ident, str) or not ident or not isinstance(c.node.get("type"), str):
        raise TramaError("edit:invalid", "a step wants an id and a type", path="/node")
    if _has(document, ident) or any(note.id == ident for note in document.notes):
        raise TramaError("edit:same-id", f"there is a step {ident!r} already", path="/node/id")
    if len(document.nodes) >= MOST["nodes"]:
        raise TramaError("edit:too-many-nodes", f"a flow has at most {MOST['nodes']} steps")
    changed = _with(document, nodes=_inserted(document.nodes, c.node, c.index))
    if c.at is not None:
        changed = _with(changed, layout={**document.layout, ident: _placed(c.at, "/at")})
    return _Done(changed, [cmd.RemoveNode(id=ident)], {f"node:{ident}"})


def _remove_node(document: Document, c: cmd.RemoveNode) -> _Done:
    index = _position(document, c.id)
    back: list[cmd.Single] = [
        cmd.AddNode(node=document.nodes[index], at=_xy(document.layout.get(c.id)), index=index)
    ]
    touched = {f"node:{c.id}"}
    edges = []
    for n, edge in enumerate(document.edges):
        if c.id in (edge.source, edge.target):
            back.append(cmd.Connect(source=edge.source, exit=edge.exit, target=edge.target, index=n))
            touched.add(f"edges:{edge.source}")
        else:
            edges.append(edge)
    groups = []
    for n, group in enumerate(document.groups):
        if c.id in group.nodes:
            back.append(cmd.PutGroup(group=group, index=n))
            touched.add(f"group:{group.id}")
            group = msgspec.structs.replace(group, nodes=[i for i in group.nodes if i != c.id])
            if not group.nodes:
                # a frame around nothing would be seen by nobody
                continue
        groups.append(group)
    if document.start == c.id:
        back.append(cmd.SetFlow(path="/start", value=c.id))
        touched.add("flow:start")
    changed = _with(
        document,
        nodes=[*document.nodes[:index], *document.nodes[index + 1 :]],
        edges=edges,
        groups=groups,
        layout={k: v for k, v in document.layout.items() if k != c.id},
        start="" if document.start == c.id else document.start,
    )
    return _Done(changed, back, touched)


def _rename_node(document: Document, c: cmd.RenameNode) -> _Done:
    index = _position(document, c.id)
    if c.to == c.id:
        return _Done(document, [], set())
    if _has(document, c.to) or c.to in {n.id for n in document.notes}:
        raise TramaError("edit:same-id", f"there is a step {c.to!r} already", path="/to")

    def name(ident: str) -> str:
        return c.to if ident == c.id else ident

    nodes = []
    touched = {f"node:{c.id}", f"node:{c.to}"}
    for n, node in enumerate(document.nodes):
        if n == index:
            node = {**node, "id": c.to}
        if node.get("type") == "jump" and node.get("node") == c.id and not node.get("flow"):
            node = {**node, "node": c.to}
            touched.add(f"node:{node['id']}")
        nodes.append(node)
    for edge in document.edges:
        if c.id in (edge.source, edge.target):
            touched.add(f"edges:{name(edge.source)}")
    changed = _with(
        document,
        nodes=nodes,
        edges=[Edge(name(e.source), e.exit, name(e.target)) for e in document.edges],
        groups=[msgspec.structs.replace(g, nodes=[name(i) for i in g.nodes]) for g in document.groups],
        layout={name(k): v for k, v in document.layout.items()},
        start=name(document.start),
        tests=[_renamed_test(test, c.id, c.to) for test in document.tests],
    )
    touched |= {f"group:{g.id}" for g in changed.groups if c.to in g.nodes}
    if changed.start == c.to:
        touched.add("flow:start")
    return _Done(changed, [cmd.RenameNode(id=c.to, to=c.id)], touched)


def _renamed_test(test: FlowTest, old: str, new: str) -> FlowTest:
    turns = []
    for turn in test.turns:
        if turn.exits is not None:
            exits = [new + e[len(old) :] if e.startswith(old + ".") else e for e in turn.exits]
            turn = msgspec.structs.replace(turn, exits=exits)
        turns.append(turn)
    return msgspec.structs.replace(test, turns=turns)


def _agree(was: list[Any] | UnsetType, present: Any, path: str) -> None:
    """What the author of a change saw must still be there."""
    if was is UNSET:
        return
    assert not isinstance(was, UnsetType)
    seen = was[0] if was else ABSENT
    if seen is not present and (seen is ABSENT or present is ABSENT or seen != present):
        raise TramaError("edit:conflict", "it was changed meanwhile", path=path)


def _undoing(path: str, parts: list[str], before: Any, after: Any) -> tuple[str, Any, Any]:
    """Path and value that bring `before` back, and what must be there. What a list gained or lost is put back
    with the whole list, because its items have no names."""
    holder = read(before, parts[:-1])
    if isinstance(holder, list) and len(holder) != len(read(after, parts[:-1])):
        return path.rpartition("/")[0], holder, read(after, parts[:-1])
    return path, read(before, parts), read(after, parts)


def _member(value: Any) -> Any:
    return UNSET if value is ABSENT else value


def _seen(value: Any) -> list[Any]:
    return [] if value is ABSENT else [value]


def _set_node(document: Document, c: cmd.SetNode) -> _Done:
    index = _position(document, c.id)
    node = document.nodes[index]
    parts = split(c.path)
    if c.path in ("/id", "/type"):
        raise TramaError(
            "edit:fixed-member", "a step keeps its type; its id is changed by renaming", path=c.path
        )
    _agree(c.was, read(node, parts), c.path)
    changed = written(node, parts, ABSENT if c.value is UNSET else c.value, c.path)
    path, old, new = _undoing(c.path, parts, node, changed)
    back = cmd.SetNode(id=c.id, path=path, value=_member(old), was=_seen(new))
    nodes = [*document.nodes[:index], changed, *document.nodes[index + 1 :]]
    return _Done(_with(document, nodes=nodes), [back], {f"node:{c.id}"})


def _set_flow(document: Document, c: cmd.SetFlow) -> _Done:
    parts = split(c.path)
    field = parts[0]
    if field not in SETTABLE:
        raise TramaError("edit:fixed-member", f"{field!r} is not set this way", path=c.path)
    whole = {field: msgspec.to_builtins(getattr(document, field))}
    _agree(c.was, read(whole, parts), c.path)
    if c.value is UNSET and len(parts) == 1:
        raise TramaError("edit:invalid", f"a flow has its {field}", path=c.path)
    changed = written(whole, parts, ABSENT if c.value is UNSET else c.value, c.path)
    try:
        value = msgspec.convert(changed[field], _hints()[field])
    except msgspec.ValidationError as error:
        raise TramaError("edit:invalid", str(error), path=c.path) from None
    kept = {field: msgspec.to_builtins(value)}
    path, old, new = _undoing(c.path, parts, whole, kept)
    back = cmd.SetFlow(path=path, value=_member(old), was=_seen(new))
    return _Done(_with(document, **{field: value}), [back], {f"flow:{field}"})


@lru_cache(maxsize=1)
def _hints() -> dict[str, Any]:
    return get_type_hints(Document, include_extras=True)


def _move(document: Document, c: cmd.Move) -> _Done:
    notes = {note.id: n for n, note in enumerate(document.notes)}
    layout, stickies = dict(document.layout), list(document.notes)
    back: dict[str, cmd.XY | None] = {}
    touched = set()
    for ident, at in c.to.items():
        if ident in notes and at is not None:
            note, place = stickies[notes[ident]], _placed(at, pointer("to", ident))
            back[ident] = (note.x, note.y)
            stickies[notes[ident]] = msgspec.structs.replace(note, x=place.x, y=place.y)
            touched.add(f"note:{ident}")
            continue
        back[ident] = _xy(layout.get(ident))
        if at is None:
            layout.pop(ident, None)
        else:
            layout[ident] = _placed(at, pointer("to", ident))
        touched.add(f"place:{ident}")
    strangers = c.to.keys() - notes.keys() - {str(n.get("id")) for n in document.nodes}
    if strangers:
        raise TramaError("edit:unknown-node", f"there is no step {min(strangers)!r} any more", path="/to")
    return _Done(_with(document, layout=layout, notes=stickies), [cmd.Move(to=back)], touched)


def _connect(document: Document, c: cmd.Connect) -> _Done:
    for ident in (c.source, c.target):
        _position(document, ident)
    edge = Edge(c.source, c.exit, c.target)
    edges = list(document.edges)
    touched = {f"edges:{c.source}"}
    for n, present in enumerate(edges):
        if (present.source, present.exit) == (c.source, c.exit):
            edges[n] = edge
            back: cmd.Single = cmd.Connect(source=c.source, exit=c.exit, target=present.target)
            return _Done(_with(document, edges=edges), [back], touched)
    back = cmd.Disconnect(source=c.source, exit=c.exit)
    return _Done(_with(document, edges=_inserted(edges, edge, c.index)), [back], touched)


def _disconnect(document: Document, c: cmd.Disconnect) -> _Done:
    for n, edge in enumerate(document.edges):
        if (edge.source, edge.exit) == (c.source, c.exit):
            back = cmd.Connect(source=c.source, exit=c.exit, target=edge.target, index=n)
            edges = [*document.edges[:n], *document.edges[n + 1 :]]
            return _Done(_with(document, edges=edges), [back], {f"edges:{c.source}"})
    raise TramaError("edit:unknown-edge", f"{c.source}.{c.exit} leads nowhere already", path="/exit")


def _put_note(document: Document, c: cmd.PutNote) -> _Done:
    near(c.note.x, c.note.y, c.note.width, c.note.height, path="/note", code="edit:invalid")
    notes: list[Sticky] = list(document.notes)
    for n, present in enumerate(notes):
        if present.id == c.note.id:
            notes[n] = c.note
            return _Done(_with(document, notes=notes), [cmd.PutNote(note=present)], {f"note:{c.note.id}"})
    if _has(document, c.note.id):
        raise TramaError("edit:same-id", f"there is a step {c.note.id!r}", path="/note/id")
    notes = _inserted(notes, c.note, c.index)
    return _Done(_with(document, notes=notes), [cmd.RemoveNote(id=c.note.id)], {f"note:{c.note.id}"})


def _remove_note(document: Document, c: cmd.RemoveNote) -> _Done:
    for n, note in enumerate(document.notes):
        if note.id == c.id:
            notes = [*document.notes[:n], *document.notes[n + 1 :]]
            return _Done(_with(document, notes=notes), [cmd.PutNote(note=note, index=n)], {f"note:{c.id}"})
    raise TramaError("edit:unknown-note", f"there is no note {c.id!r} any more", path="/id")


def _put_group(document: Document, c: cmd.PutGroup) -> _Done:
    groups: list[Group] = list(document.groups)
    for n, present in enumerate(groups):
        if present.id == c.group.id:
            groups[n] = c.group
            return _Done(
                _with(document, groups=groups), [cmd.PutGroup(group=present)], {f"group:{present.id}"}
            )
    groups = _inserted(groups, c.group, c.index)
    return _Done(_with(document, groups=groups), [cmd.RemoveGroup(id=c.group.id)], {f"group:{c.group.id}"})


def _remove_group(document: Document, c: cmd.RemoveGroup) -> _Done:
    for n, group in enumerate(document.groups):
        if group.id == c.id:
            groups = [*document.groups[:n], *document.groups[n + 1 :]]
            back = cmd.PutGroup(group=group, index=n)
            return _Done(_with(document, groups=groups), [back], {f"group:{c.id}"})
    raise TramaError("edit:unknown-group", f"there is no group {c.id!r} any more", path="/id")


_HANDLERS: dict[type, Callable[[Document, Any], _Done]] = {
    cmd.AddNode: _add_node,
    cmd.RemoveNode: _remove_node,
    cmd.RenameNode: _rename_node,
    cmd.SetNode: _set_node,
    cmd.SetFlow: _set_flow,
    cmd.Move: _move,
    cmd.Connect: _connect,
    cmd.Disconnect: _disconnect,
    cmd.PutNote: _put_note,
    cmd.RemoveNote: _remove_note,
    cmd.PutGroup: _put_group,
    cmd.RemoveGroup: _remove_group,
}
