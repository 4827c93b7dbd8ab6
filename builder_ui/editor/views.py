"""A document as the canvas draws it: the whole graph once, and after that only what a change touched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import msgspec

from builder_ui.editor.faces import as_json, face
from builder_ui.editor.space import spot
from builder_ui.texts import Texts
from engine.core.flow import Document


def graph(document: Document, rev: int, t: Texts) -> dict[str, Any]:
    """The whole graph; its shape is the canvas's contract (`builder_ui.canvas`)."""
    exits = _connected(document)
    return {
        "rev": rev,
        "start": document.start,
        "nodes": [_node(document, raw, n, exits, t) for n, raw in enumerate(document.nodes)],
        "edges": [[e.source, e.exit, e.target] for e in document.edges],
        "notes": [msgspec.to_builtins(n) for n in document.notes],
        "groups": [msgspec.to_builtins(g) for g in document.groups],
    }


def operations(document: Document, touched: Collection[str], t: Texts) -> list[list[Any]]:
    """What to tell a canvas that shows the document before: absolute states of what was touched. A node that lost
    or gained an edge is told anew, since its exits may be others."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    for name in touched:
        kind, _, ident = name.partition(":")
        by_kind[kind].add(ident)
    nodes = {str(n.get("id")): (i, n) for i, n in enumerate(document.nodes)}
    exits = _connected(document)
    ops: list[list[Any]] = []
    for ident in sorted(by_kind["node"] | by_kind["edges"]):
        if ident in nodes:
            index, raw = nodes[ident]
            ops.append(["node", _node(document, raw, index, exits, t)])
        elif ident in by_kind["node"]:
            ops.append(["gone", ident])
    for source in sorted(by_kind["edges"] | by_kind["node"]):
        if source in nodes:
            ops.append(["edges", source, [[e.exit, e.target] for e in document.edges if e.source == source]])
    places = {}
    for ident in by_kind["place"] - by_kind["node"]:
        if ident in nodes:
            places[ident] = spot(document, ident, nodes[ident][0])
    if places:
        ops.append(["places", places])
    notes = {n.id: n for n in document.notes}
    for ident in sorted(by_kind["note"]):
        ops.append(["note", msgspec.to_builtins(notes[ident])] if ident in notes else ["nonote", ident])
    groups = {g.id: g for g in document.groups}
    for ident in sorted(by_kind["group"]):
        ops.append(["group", msgspec.to_builtins(groups[ident])] if ident in groups else ["nogroup", ident])
    if "start" in by_kind["flow"]:
        ops.append(["start", document.start])
    return ops


def _connected(document: Document) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for edge in document.edges:
        found[edge.source].append(edge.exit)
    return found


def _node(
    document: Document, raw: dict[str, Any], index: int, exits: dict[str, list[str]], t: Texts
) -> dict[str, Any]:
    ident = str(raw.get("id"))
    x, y = spot(document, ident, index)
    return as_json(face(raw, t, exits.get(ident, ())), raw, x, y)
