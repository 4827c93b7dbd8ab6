"""Fixes of ways through the flow: open exits, lost edges, steps that nobody reaches, the way to a person."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from engine.core.check.fix import Fix, together
from engine.core.check.paths import known, reached
from engine.core.edit.commands import (
    XY,
    AddNode,
    Connect,
    Disconnect,
    RemoveNode,
    SetFlow,
    SetNode,
    Single,
)
from engine.core.flow import Edge, Flow
from engine.core.node import Problem

_ASIDE = 320.0
_BELOW = 160.0
_PREFERRED = ("other", "invalid", "else", "error", "timeout", "not_found")
"""Exits that people would expect to lead to a person."""


def unreachable(flow: Flow, problem: Problem) -> Iterator[Fix]:
    yield from remove(flow, problem)
    lost = _lost(flow)
    if len(lost) > 1:
        yield Fix(
            name="remove_lost",
            command=together([RemoveNode(id=i) for i in lost]),
            about=(("n", str(len(lost))),),
        )


@lru_cache(maxsize=4)
def _lost(flow: Flow) -> tuple[str, ...]:
    """One answer for all the steps of a flow that are told of."""
    there = reached(flow, flow.start)
    return tuple(i for i in flow.nodes if i not in there)


def remove(flow: Flow, problem: Problem) -> Iterator[Fix]:
    yield Fix(name="remove_node", command=RemoveNode(id=problem.node))


def dead_end(flow: Flow, problem: Problem) -> Iterator[Fix]:
    node = known(flow).get(problem.node)
    if node is not None:
        wanted = [e for e in node.exits() if e not in node.optional_exits()] or node.exits()
        yield from lead(flow, problem.node, wanted)


def open_exit(flow: Flow, problem: Problem) -> Iterator[Fix]:
    yield from lead(flow, problem.node, [dict(problem.about).get("exit", "")])


def lead(flow: Flow, source: str, exits: list[str]) -> Iterator[Fix]:
    """Exits of a step lead to what is there already (a person, an end), else to a new one."""
    for kind in ("hand_over", "end"):
        there = _first(flow, kind)
        if there and there != source:
            yield Fix(
                name=f"connect_{kind}",
                command=together([Connect(source=source, exit=e, target=there) for e in exits]),
                about=(("to", _title(flow, there)),),
            )
            continue
        made, add = _new(flow, kind, source)
        yield Fix(
            name=f"add_{kind}",
            command=together([add, *(Connect(source=source, exit=e, target=made) for e in exits)]),
        )


def unknown_exit(flow: Flow, problem: Problem) -> Iterator[Fix]:
    gone = dict(problem.about).get("exit", "")
    edge = next((e for e in flow.document.edges if (e.source, e.exit) == (problem.node, gone)), None)
    node = known(flow).get(problem.node)
    if edge is None or node is None:
        return
    away = Disconnect(source=problem.node, exit=gone)
    free = [e for e in node.exits() if (problem.node, e) not in flow.targets]
    for name in [e for e in free if e not in node.optional_exits()][:2]:
        yield Fix(
            name="move_edge",
            command=together([away, Connect(source=problem.node, exit=name, target=edge.target)]),
            about=(("exit", name),),
        )
    yield Fix(name="remove_edge", command=away)


def twice(flow: Flow, problem: Problem) -> Iterator[Fix]:
    """What runs is the last of them, so that one stays."""
    name = dict(problem.about).get("exit", "")
    same = [e for e in flow.document.edges if (e.source, e.exit) == (problem.node, name)]
    if len(same) > 1:
        gone: list[Single] = [Disconnect(source=problem.node, exit=name)] * (len(same) - 1)
        yield Fix(
            name="keep_last_edge", command=together(gone), about=(("to", _title(flow, same[-1].target)),)
        )


def to_nowhere(flow: Flow, problem: Problem) -> Iterator[Fix]:
    edge = _edge(flow, problem)
    if edge is None:
        return
    yield Fix(name="remove_edge", command=Disconnect(source=edge.source, exit=edge.exit))
    person = _first(flow, "hand_over")
    if person:
        yield Fix(
            name="connect_hand_over",
            command=Connect(source=edge.source, exit=edge.exit, target=person),
            about=(("to", _title(flow, person)),),
        )


def from_nowhere(flow: Flow, problem: Problem) -> Iterator[Fix]:
    edge = _edge(flow, problem)
    if edge is not None:
        yield Fix(name="remove_edge", command=Disconnect(source=edge.source, exit=edge.exit))


def no_start(flow: Flow, problem: Problem) -> Iterator[Fix]:
    """A step that no other leads to, else the first."""
    led = {e.target for e in flow.document.edges}
    names = [i for i in flow.nodes if i not in led] or list(flow.nodes)
    for ident in names[:2]:
        yield Fix(
            name="set_start",
            command=SetFlow(path="/start", value=ident),
            about=(("to", _title(flow, ident)),),
        )


def unknown_target(flow: Flow, problem: Problem) -> Iterator[Fix]:
    if flow.start in flow.nodes and flow.start != problem.node:
        yield Fix(
            name="jump_to_start",
            command=SetNode(id=problem.node, path="/node", value=flow.start),
            about=(("to", _title(flow, flow.start)),),
        )
    yield from remove(flow, problem)


def no_person(flow: Flow, problem: Problem) -> Iterator[Fix]:
    """From an exit that leads nowhere yet, else as one more option of a menu."""
    nodes = known(flow)
    live = [i for i in flow.nodes if i in reached(flow, flow.start) and i in nodes]
    free = [(i, e) for i in live for e in nodes[i].exits() if (i, e) not in flow.targets]
    free.sort(key=lambda at: _PREFERRED.index(at[1]) if at[1] in _PREFERRED else len(_PREFERRED))
    there = _first(flow, "hand_over")
    for source, name in [at for at in free if nodes[at[0]].__struct_config__.tag != "jump"][:1]:
        made, add = (there, []) if there else _person(flow, source)
        yield Fix(
            name="person_from_exit",
            command=together([*add, Connect(source=source, exit=name, target=made)]),
            about=(("node", _title(flow, source)), ("exit", name)),
        )
    menu = next((i for i in live if nodes[i].__struct_config__.tag == "menu"), None)
    if menu is None:
        return
    made, add = (there, []) if there else _person(flow, menu)
    option = _free("person", set(nodes[menu].exits()))
    title = "Falar com uma pessoa" if flow.document.language.startswith("pt") else "Talk to a person"
    yield Fix(
        name="person_as_option",
        command=together(
            [
                *add,
                SetNode(id=menu, path="/options/-", value={"id": option, "title": title}),
                Connect(source=menu, exit=option, target=made),
            ]
        ),
        about=(("node", _title(flow, menu)),),
    )


def _person(flow: Flow, beside: str) -> tuple[str, list[Single]]:
    made, add = _new(flow, "hand_over", beside)
    return made, [add]


def _new(flow: Flow, kind: str, beside: str) -> tuple[str, AddNode]:
    taken = {*flow.nodes, *(n.id for n in flow.document.notes)}
    ident = _free("person" if kind == "hand_over" else kind, taken)
    return ident, AddNode(node={"type": kind, "id": ident}, at=_place(flow, beside))


def _place(flow: Flow, beside: str) -> XY | None:
    place = flow.document.layout.get(beside)
    return None if place is None else (place.x + _ASIDE, place.y + _BELOW)


def _free(wanted: str, taken: set[str]) -> str:
    return next(n for n in (wanted, *(f"{wanted}_{k}" for k in range(2, 10_000))) if n not in taken)


def _first(flow: Flow, kind: str) -> str:
    return next((i for i, n in known(flow).items() if n.__struct_config__.tag == kind), "")


def _edge(flow: Flow, problem: Problem) -> Edge | None:
    number = problem.path.rpartition("/")[2]
    edges = flow.document.edges
    return edges[int(number)] if number.isdigit() and int(number) < len(edges) else None


def _title(flow: Flow, ident: str) -> str:
    return getattr(flow.nodes.get(ident), "label", "") or ident
