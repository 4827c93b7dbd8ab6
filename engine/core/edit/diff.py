"""From one document to another: as commands (so that whole-document saves, roll-backs and restored versions take the
same path as any other change), and as differences that people can read."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.core.edit import commands as cmd
from engine.core.edit.apply import SETTABLE
from engine.core.flow import Document

_FIELDS = sorted(SETTABLE)


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """One setting of a node or of the flow: a JSON pointer, before and after; `[]` is nothing, `[value]` a value."""

    path: str
    before: list[Any]
    after: list[Any]


class NodeChange(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    settings: list[Changed] = []


class Differences(msgspec.Struct, frozen=True, kw_only=True):
    """`nodes` that were added (no before), removed (no after) or changed; edges as (source, exit, target); `flow`
    settings; `moved` nodes changed only their place."""

    nodes: list[NodeChange]
    edges_added: list[tuple[str, str, str]]
    edges_removed: list[tuple[str, str, str]]
    flow: list[Changed]
    moved: list[str]

    @property
    def nothing(self) -> bool:
        return not (self.nodes or self.edges_added or self.edges_removed or self.flow)


def differences(old: Document, new: Document) -> Differences:
    """What is different in meaning; the order of nodes and the colour of notes are not."""
    before, after = _nodes(old), _nodes(new)
    changes = []
    for ident in [*before, *(i for i in after if i not in before)]:
        a, b = before.get(ident), after.get(ident)
        if a != b:
            changes.append(NodeChange(id=ident, before=a, after=b, settings=_settings(a, b)))
    left = {(e.source, e.exit, e.target) for e in old.edges}
    right = {(e.source, e.exit, e.target) for e in new.edges}
    fields = []
    for field in _FIELDS:
        a, b = (msgspec.to_builtins(getattr(d, field)) for d in (old, new))
        if a != b:
            fields.append(Changed(path=f"/{field}", before=[a], after=[b]))
    return Differences(
        nodes=changes,
        edges_added=sorted(right - left),
        edges_removed=sorted(left - right),
        flow=fields,
        moved=[i for i in after if i in before and old.layout.get(i) != new.layout.get(i)],
    )


def commands(old: Document, new: Document) -> cmd.Batch:
    """What turns `old` into `new`, apart from the order in which nodes and edges are listed."""
    before, after = _nodes(old), _nodes(new)
    out: list[cmd.Single] = []
    groups, notes = {g.id for g in new.groups}, {n.id for n in new.notes}
    out += [cmd.RemoveGroup(id=g.id) for g in old.groups if g.id not in groups]
    out += [cmd.RemoveNote(id=n.id) for n in old.notes if n.id not in notes]
    # a node of another type is another node: the type of one that stays is not a setting
    fresh = [i for i in after if i not in before or before[i].get("type") != after[i].get("type")]
    out += [cmd.RemoveNode(id=i) for i in before if i not in after or i in fresh]
    out += [cmd.AddNode(node=after[i], index=n) for n, i in enumerate(after) if i in fresh]
    for ident, node in after.items():
        if ident not in fresh:
            for change in _settings(before[ident], node):
                value = change.after[0] if change.after else msgspec.UNSET
                out.append(cmd.SetNode(id=ident, path=change.path, value=value))
    lost = _lost(before, after, fresh)
    left = {(e.source, e.exit): e.target for e in old.edges if not {e.source, e.target} & lost}
    right = {(e.source, e.exit): e.target for e in new.edges if e.source in after and e.target in after}
    out += [cmd.Disconnect(source=s, exit=x) for s, x in left if (s, x) not in right]
    out += [cmd.Connect(source=s, exit=x, target=t) for (s, x), t in right.items() if left.get((s, x)) != t]
    places: dict[str, cmd.XY | None] = {}
    for ident in after:
        old_place = None if ident in fresh else old.layout.get(ident)
        new_place = new.layout.get(ident)
        if old_place != new_place:
            places[ident] = None if new_place is None else (new_place.x, new_place.y)
    if places:
        out.append(cmd.Move(to=places))
    kept = {n.id: n for n in old.notes}
    out += [cmd.PutNote(note=n) for n in new.notes if kept.get(n.id) != n]
    frames = {}
    for group in old.groups:
        left_in = [i for i in group.nodes if i not in lost]
        if left_in or not group.nodes:
            frames[group.id] = msgspec.structs.replace(group, nodes=left_in)
    out += [cmd.PutGroup(group=g) for g in new.groups if frames.get(g.id) != g]
    for field in _FIELDS:
        value = msgspec.to_builtins(getattr(new, field))
        start_lost = field == "start" and old.start in lost
        if start_lost or value != msgspec.to_builtins(getattr(old, field)):
            out.append(cmd.SetFlow(path=f"/{field}", value=value))
    return cmd.Batch(commands=out)


def _nodes(document: Document) -> dict[str, dict[str, Any]]:
    return {str(n.get("id")): n for n in document.nodes}


def _lost(before: dict[str, Any], after: dict[str, Any], fresh: list[str]) -> set[str]:
    return {i for i in before if i not in after} | set(fresh)


def _settings(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[Changed]:
    if before is None or after is None:
        return []
    found = []
    for key in [*before, *(k for k in after if k not in before)]:
        a, b = ([source[key]] if key in source else [] for source in (before, after))
        if a != b and key not in ("id", "type"):
            escaped = key.replace("~", "~0").replace("/", "~1")
            found.append(Changed(path=f"/{escaped}", before=a, after=b))
    return found
