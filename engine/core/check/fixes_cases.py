"""Fixes of cases that do not fit together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.core.check.fix import Fix, together
from engine.core.check.fixes_graph import lead
from engine.core.check.gaps import judged
from engine.core.edit.commands import Disconnect, SetNode, Single
from engine.core.flow import Flow
from engine.core.node import Problem


def gap(flow: Flow, problem: Problem) -> Iterator[Fix]:
    """The exit for the rest leads somewhere."""
    yield from lead(flow, problem.node, ["else"])


def shadowed(flow: Flow, problem: Problem) -> Iterator[Fix]:
    """The case goes before those that take everything from it, where that lets all of them live; or it goes away."""
    raw = next((n for n in flow.document.nodes if n.get("id") == problem.node), {})
    _, where, number = problem.path.split("/")
    cases: Any = raw.get(where)
    if not isinstance(cases, list) or not number.isdigit() or int(number) >= len(cases):
        return
    at = int(number)
    for place in range(at):
        moved = [*cases[:place], cases[at], *cases[place:at], *cases[at + 1 :]]
        if not any(f.kind == "shadowed" for f in judged({**raw, where: moved})):
            yield Fix(
                name="move_case_up",
                command=SetNode(id=problem.node, path=f"/{where}", value=moved),
                about=(("n", str(place + 1)),),
            )
            break
    gone: list[Single] = [SetNode(id=problem.node, path=problem.path)]
    leaves = cases[at].get("exit") if isinstance(cases[at], dict) else None
    if isinstance(leaves, str) and (problem.node, leaves) in flow.targets:
        gone.append(Disconnect(source=problem.node, exit=leaves))
    if len(cases) > 1:
        yield Fix(name="remove_case", command=together(gone))
