"""Does the document hang together: start, edges, known node types, node settings, called flows, names."""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.check.paths import known
from engine.core.errors import pointer
from engine.core.node import Look, Problem
from engine.core.run import RESERVED


def find(look: Look) -> Iterable[Problem]:
    flow = look.flow
    if flow.start not in flow.nodes:
        yield Problem(
            code="flow:no-start",
            severity="error",
            path="/start",
            detail=f"there is no node {flow.start!r} to start at",
            fix="set_start",
            about=(("name", flow.start),),
        )
    for node in flow.unknown:
        if node.id in look.unreadable:
            continue
        yield Problem(
            code="flow:unknown-node", severity="error", node=node.id, path="/type",
            detail=f"this installation has no node type {node.kind!r}", fix="remove_node",
            about=(("kind", node.kind),),
        )  # fmt: skip
    yield from _edges(look)
    for n, variable in enumerate(flow.document.variables):
        if variable.name in RESERVED:
            yield Problem(
                code="flow:reserved-name", severity="error", path=pointer("variables", n, "name"),
                detail=f"{variable.name!r} is a name of the product", fix="rename_variable",
                about=(("name", variable.name),),
            )  # fmt: skip
    for ident, step in known(flow).items():
        yield from step.check(look)
        for name in step.writes():
            if name in RESERVED:
                yield Problem(
                    code="flow:reserved-name",
                    severity="error",
                    node=ident,
                    detail=f"{name!r} is a name of the product",
                    about=(("name", name),),
                )
        for called in step.flows():
            if look.flows is not None and called != flow.id and look.flows.get(called) is None:
                yield Problem(
                    code="flow:unknown-flow", severity="error", node=ident, path="/flow",
                    detail=f"there is no published flow {called!r}", about=(("flow", called),),
                )  # fmt: skip


def _edges(look: Look) -> Iterable[Problem]:
    flow = look.flow
    nodes = known(flow)
    seen: set[tuple[str, str]] = set()
    for n, edge in enumerate(flow.document.edges):
        path = pointer("edges", n)
        if edge.source not in flow.nodes:
            yield Problem(
                code="flow:edge-from-nowhere", severity="error", path=path, detail=f"no node {edge.source!r}",
                fix="remove_edge", about=(("name", edge.source),),
            )  # fmt: skip
            continue
        if edge.target not in flow.nodes:
            yield Problem(
                code="flow:edge-to-nowhere", severity="error", node=edge.source, path=path,
                detail=f"no node {edge.target!r}", fix="remove_edge",
                about=(("name", edge.target), ("exit", edge.exit)),
            )  # fmt: skip
        if edge.source in nodes and edge.exit not in nodes[edge.source].exits():
            yield Problem(
                code="flow:edge-unknown-exit", severity="error", node=edge.source, path=path,
                detail=f"it has no exit {edge.exit!r}", fix="remove_edge", about=(("exit", edge.exit),),
            )  # fmt: skip
        if (edge.source, edge.exit) in seen:
            yield Problem(
                code="flow:edge-twice", severity="error", node=edge.source, path=path,
                detail=f"the exit {edge.exit!r} leads to two places", fix="remove_edge", about=(("exit", edge.exit),),
            )  # fmt: skip
        seen.add((edge.source, edge.exit))
