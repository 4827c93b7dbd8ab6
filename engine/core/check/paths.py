"""The flow as a graph: the known nodes, their exits, and what is reached from where. Shared by the families."""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.flow import Flow
from engine.core.node import Node


def known(flow: Flow) -> dict[str, Node]:
    """The nodes that can be asked about themselves."""
    return {i: n for i, n in flow.nodes.items() if isinstance(n, Node)}


def edges(flow: Flow) -> Iterator[tuple[str, str, str]]:
    """(node, exit, target) of each edge whose ends and exit exist, and of jumps inside the flow (exit "")."""
    nodes = known(flow)
    exits = {i: set(n.exits()) for i, n in nodes.items()}
    for (source, name), target in flow.targets.items():
        if target in flow.nodes and source in flow.nodes and name in exits.get(source, {name}):
            yield source, name, target
    for ident, node in nodes.items():
        target = getattr(node, "node", "")
        if node.__struct_config__.tag == "jump" and target in flow.nodes:
            yield ident, "", target


def reached(flow: Flow, start: str) -> set[str]:
    """Nodes that can be reached from `start`, itself included."""
    after: dict[str, list[str]] = {}
    for source, _, target in edges(flow):
        after.setdefault(source, []).append(target)
    seen: set[str] = set()
    todo = [start] if start in flow.nodes else []
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo.extend(after.get(node, ()))
    return seen


def in_order(after: dict[str, list[str]], start: str) -> list[str]:
    """Nodes before those that they lead to, as far as circles allow (reverse post-order of a depth-first walk):
    the order in which a fixed point over the graph settles soonest."""
    seen = {start}
    done: list[str] = []
    work = [(start, iter(after.get(start, ())))]
    while work:
        node, targets = work[-1]
        for target in targets:
            if target not in seen:
                seen.add(target)
                work.append((target, iter(after.get(target, ()))))
                break
        else:
            done.append(node)
            work.pop()
    return done[::-1]
