"""Ways through the flow: what nobody reaches, exits that lead nowhere, loops that never wait."""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.check.paths import edges, known, reached
from engine.core.node import Look, Problem


def find(look: Look) -> Iterable[Problem]:
    flow = look.flow
    nodes = known(flow)
    live = reached(flow, flow.start)
    for ident in flow.nodes:
        if ident not in live and flow.start in flow.nodes:
            yield Problem(
                code="flow:unreachable",
                severity="warning",
                node=ident,
                detail="no way leads here",
                fix="remove_node",
            )
    for ident in live & nodes.keys():
        exits = nodes[ident].exits()
        open_exits = [e for e in exits if (ident, e) not in flow.targets]
        failing = nodes[ident].error_exits()
        # a node all of whose exits are optional may be the end
        wanted = set(exits) - nodes[ident].optional_exits()
        if wanted and len(open_exits) == len(exits) and nodes[ident].__struct_config__.tag != "jump":
            yield Problem(
                code="flow:dead-end", severity="warning", node=ident,
                detail="nothing follows: the flow ends here without saying so", fix="add_end",
            )  # fmt: skip
            continue
        for name in open_exits:
            if name in failing and nodes[ident].waits:
                yield Problem(
                    code="flow:missing-error-exit", severity="info", node=ident, path=f"/exits/{name}",
                    detail=f"when {name!r} happens the conversation goes to a person", fix="connect",
                    about=(("exit", name),),
                )  # fmt: skip
            elif name not in nodes[ident].optional_exits() | failing:
                yield Problem(
                    code="flow:missing-exit", severity="warning", node=ident, path=f"/exits/{name}",
                    detail=f"the exit {name!r} leads nowhere: the flow ends there", fix="add_end",
                    about=(("exit", name),),
                )  # fmt: skip
    yield from _loops(look)


def _loops(look: Look) -> Iterable[Problem]:
    """Circles in which no node waits. Going round a list is bounded by the list and allowed."""
    nodes = known(look.flow)
    after: dict[str, list[str]] = {}
    for source, name, target in edges(look.flow):
        node = nodes.get(source)
        if node is None or node.waits or (node.__struct_config__.tag == "for_each" and name == "each"):
            continue
        after.setdefault(source, []).append(target)
    for circle in _circles(after):
        if len(circle) > 1 or circle[0] in after.get(circle[0], ()):
            yield Problem(
                code="flow:loop-without-wait", severity="error", node=min(circle, key=list(look.flow.nodes).index),
                detail="goes round without ever waiting: " + " → ".join(sorted(circle)),
                about=(("way", " → ".join(sorted(circle))),),
            )  # fmt: skip


def _circles(after: dict[str, list[str]]) -> list[list[str]]:
    """Strongly connected components (Tarjan), without recursion: flows may have thousands of nodes."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    inside: set[str] = set()
    found: list[list[str]] = []
    for root in after:
        if root in index:
            continue
        work = [(root, iter(after.get(root, ())))]
        index[root] = low[root] = len(index)
        stack.append(root)
        inside.add(root)
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    inside.add(target)
                    work.append((target, iter(after.get(target, ()))))
                    break
                if target in inside:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    circle: list[str] = []
                    while not circle or circle[-1] != node:
                        circle.append(stack.pop())
                        inside.discard(circle[-1])
                    found.append(circle)
    return found
