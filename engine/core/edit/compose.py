"""Commands that people mean as one deed, made of the small ones: delete and heal, insert between, copy, paste.

All are pure: they look at the document and give a batch, which the one path carries out (and one undo takes back).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from engine.core.edit import commands as cmd
from engine.core.errors import TramaError
from engine.core.flow import FORMAT, Document, Edge, Group, Place, Sticky

MOST_PASTED = 1_000


class Fragment(msgspec.Struct, frozen=True, kw_only=True):
    """What the clipboard holds: a part of a flow, member by member as in a document (so that a whole document, too,
    can be pasted). `trama` says what it is."""

    trama: str = "part"
    format: int = FORMAT
    nodes: list[dict[str, Any]] = []
    edges: list[Edge] = []
    layout: dict[str, Place] = {}
    notes: list[Sticky] = []
    groups: list[Group] = []


class Pasted(NamedTuple):
    """`ids` are the new nodes and notes, to be selected."""

    batch: cmd.Batch
    ids: list[str]


def fresh_id(kind: str, taken: Collection[str]) -> str:
    """`ask`, `ask_2`, `ask_3` …: the first that is free. An id that ends in a number counts on from its stem."""
    stem = re.sub(r"_\d+$", "", kind) or kind
    if kind not in taken:
        return kind
    number = 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def names(document: Document) -> set[str]:
    """All ids that nodes and notes have."""
    return {str(n.get("id")) for n in document.nodes} | {n.id for n in document.notes}


def insert(
    document: Document,
    node: dict[str, Any],
    exits: Sequence[str],
    at: cmd.XY,
    *,
    after: tuple[str, str] | None = None,
) -> cmd.Batch:
    """Put a new node on the canvas. With `after` (a node and its exit) it is connected there, and what that exit
    led to comes behind the new node's first exit. The first node of a flow is its start."""
    ident = node["id"]
    commands: list[cmd.Single] = [cmd.AddNode(node=node, at=at)]
    if after is not None:
        source, exit_name = after
        before = target_of(document, source, exit_name)
        commands.append(cmd.Connect(source=source, exit=exit_name, target=ident))
        if before is not None and exits:
            commands.append(cmd.Connect(source=ident, exit=exits[0], target=before))
    if not any(n.get("id") == document.start for n in document.nodes):
        commands.append(cmd.SetFlow(path="/start", value=ident))
    return cmd.Batch(commands=commands)


def target_of(document: Document, source: str, exit_name: str) -> str | None:
    return next((e.target for e in document.edges if (e.source, e.exit) == (source, exit_name)), None)


def delete(
    document: Document,
    ids: Iterable[str],
    edges: Iterable[tuple[str, str]] = (),
    *,
    main: Mapping[str, Sequence[str]] | None = None,
) -> cmd.Batch:
    """Remove nodes, notes and edges, and heal: what led into a removed node leads on to where that node's main way
    led. `main` gives each node's exits in order of importance (default: as the edges stand)."""
    gone = set(ids)
    commands: list[cmd.Single] = []
    notes = {n.id for n in document.notes}
    present = [str(n.get("id")) for n in document.nodes]
    onward = {i: _onward(document, i, gone, (main or {}).get(i)) for i in present if i in gone}
    commands += [cmd.RemoveNode(id=i) for i in present if i in gone]
    for edge in document.edges:
        if edge.source not in gone and edge.target in gone:
            target = onward.get(edge.target)
            if target is not None and target != edge.source:
                commands.append(cmd.Connect(source=edge.source, exit=edge.exit, target=target))
    if document.start in onward and onward[document.start] is not None:
        commands.append(cmd.SetFlow(path="/start", value=onward[document.start]))
    commands += [cmd.RemoveNote(id=i) for i in sorted(gone & notes)]
    lost = set(edges)
    commands += [
        cmd.Disconnect(source=e.source, exit=e.exit)
        for e in document.edges
        if (e.source, e.exit) in lost and e.source not in gone and e.target not in gone
    ]
    return cmd.Batch(commands=commands)


def _onward(document: Document, ident: str, gone: set[str], exits: Sequence[str] | None) -> str | None:
    """Where the main way out of a removed node ends among those that stay."""
    seen: set[str] = set()
    here: str | None = ident
    while here is not None and here in gone:
        if here in seen:
            return None
        seen.add(here)
        ways = [e for e in document.edges if e.source == here]
        if exits is not None and here == ident:
            ways.sort(key=lambda e: exits.index(e.exit) if e.exit in exits else len(exits))
        here = ways[0].target if ways else None
    return here


def fragment(document: Document, ids: Collection[str]) -> Fragment:
    """The selected nodes and notes, with the edges among them and the groups that are whole."""
    chosen = set(ids)
    return Fragment(
        nodes=[n for n in document.nodes if n.get("id") in chosen],
        edges=[e for e in document.edges if e.source in chosen and e.target in chosen],
        layout={i: p for i, p in document.layout.items() if i in chosen},
        notes=[n for n in document.notes if n.id in chosen],
        groups=[g for g in document.groups if g.nodes and chosen >= set(g.nodes)],
    )


def read_fragment(text: str | bytes) -> Fragment:
    """From the clipboard: a fragment, a whole flow document, one node, or a list of nodes. Raises
    `edit:not-a-fragment`, `edit:too-many-nodes`."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise TramaError("edit:not-a-fragment", f"the clipboard holds no JSON: {error}") from None
    if isinstance(value, list):
        value = {"nodes": value}
    if isinstance(value, dict) and "nodes" not in value and "type" in value:
        value = {"nodes": [value]}
    if isinstance(value, dict):
        value = {"nodes": [], **{k: v for k, v in value.items() if k in Fragment.__struct_fields__}}
    try:
        read = msgspec.convert(value, Fragment)
    except msgspec.ValidationError as error:
        raise TramaError("edit:not-a-fragment", f"the clipboard holds no part of a flow: {error}") from None
    if len(read.nodes) > MOST_PASTED:
        raise TramaError("edit:too-many-nodes", f"at most {MOST_PASTED} steps are pasted at once")
    for n, node in enumerate(read.nodes):
        if not isinstance(node.get("id"), str) or not isinstance(node.get("type"), str):
            raise TramaError("edit:not-a-fragment", "a step wants an id and a type", path=f"/nodes/{n}")
    if not read.nodes and not read.notes:
        raise TramaError("edit:not-a-fragment", "the clipboard holds no steps")
    return read


def paste(document: Document, part: Fragment, at: cmd.XY) -> Pasted:
    """The fragment at a place (its top left corner), with fresh ids where they are taken already."""
    taken = names(document)
    new: dict[str, str] = {}
    for ident in [*(str(n["id"]) for n in part.nodes), *(n.id for n in part.notes)]:
        if ident not in new:
            new[ident] = fresh_id(ident, taken)
            taken.add(new[ident])
    left, top = corner(part)
    shift = (at[0] - left, at[1] - top)
    commands: list[cmd.Single] = []
    done: set[str] = set()
    for count, node in enumerate(part.nodes):
        ident = str(node["id"])
        if ident in done:
            continue
        done.add(ident)
        copy = {**node, "id": new[ident]}
        if node.get("type") == "jump" and not node.get("flow") and node.get("node") in new:
            copy["node"] = new[str(node["node"])]
        place = part.layout.get(ident) or Place(x=count % 5 * 300.0, y=count // 5 * 320.0)
        commands.append(cmd.AddNode(node=copy, at=(place.x + shift[0], place.y + shift[1])))
    leads: set[tuple[str, str]] = set()
    for edge in part.edges:
        if edge.source in done and edge.target in done and (edge.source, edge.exit) not in leads:
            leads.add((edge.source, edge.exit))
            commands.append(cmd.Connect(source=new[edge.source], exit=edge.exit, target=new[edge.target]))
    for note in part.notes:
        moved = msgspec.structs.replace(note, id=new[note.id], x=note.x + shift[0], y=note.y + shift[1])
        commands.append(cmd.PutNote(note=moved))
    groups = {g.id for g in document.groups}
    for group in part.groups:
        ident = fresh_id(group.id, groups)
        groups.add(ident)
        members = [new[i] for i in group.nodes if i in done]
        commands.append(cmd.PutGroup(group=msgspec.structs.replace(group, id=ident, nodes=members)))
    if document.start not in taken - set(new.values()) and part.nodes:
        commands.append(cmd.SetFlow(path="/start", value=new[str(part.nodes[0]["id"])]))
    return Pasted(cmd.Batch(commands=commands), list(dict.fromkeys(new.values())))


def corner(part: Fragment) -> cmd.XY:
    """The top left of what has a place."""
    spots = [*((p.x, p.y) for p in part.layout.values()), *((n.x, n.y) for n in part.notes)] or [(0.0, 0.0)]
    return min(x for x, _ in spots), min(y for _, y in spots)


def group(document: Document, ids: Sequence[str], title: str) -> cmd.Batch:
    """A frame around nodes; they leave the groups in which they were."""
    chosen = [i for i in ids if any(n.get("id") == i for n in document.nodes)]
    commands: list[cmd.Single] = []
    for present in document.groups:
        rest = [i for i in present.nodes if i not in chosen]
        if len(rest) != len(present.nodes):
            commands.append(
                cmd.PutGroup(group=msgspec.structs.replace(present, nodes=rest))
                if rest
                else cmd.RemoveGroup(id=present.id)
            )
    ident = fresh_id("group", {g.id for g in document.groups})
    commands.append(cmd.PutGroup(group=Group(id=ident, title=title, nodes=chosen)))
    return cmd.Batch(commands=commands)
