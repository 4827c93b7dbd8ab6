"""The static check: what is wrong with a flow before anyone walks into it.

Each family of problems is one module with `find(look) -> Iterable[Problem]`. Codes are stable; `severity` "error"
blocks publishing, "warning" does not, "info" tells. A problem names its node, and the field as a JSON pointer
inside that node (or inside the document, where no node is concerned).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.core.check import blanks, gaps, graph, person, rules, shape, texts, variables, window
from engine.core.flow import Flow, Flows
from engine.core.message import Limits
from engine.core.node import Look, Problem

_ORDER = {"error": 0, "warning": 1, "info": 2}
FAMILIES = (shape, blanks, graph, variables, texts, rules, gaps, window, person)


def check(
    flow: Flow,
    flows: Flows | None = None,
    limits: Mapping[str, Limits] | None = None,
    unreadable: Iterable[Problem] = (),
) -> list[Problem]:
    """All problems, errors first, then by node in the document's order. `limits` by channel kind (default: those
    of WhatsApp); without `flows` nothing is said about flows that are called. `unreadable` are the problems of
    nodes whose settings cannot be read (they stand in the flow as unknown ones): they are told, the rest is judged."""
    broken = list(unreadable)
    look = Look(flow, flows, limits or {"whatsapp_cloud": Limits()}, frozenset(p.node for p in broken))
    found = {p for family in FAMILIES for p in family.find(look)} | set(broken)
    places = {ident: n for n, ident in enumerate(flow.nodes)}
    return sorted(found, key=lambda p: (_ORDER[p.severity], places.get(p.node, -1), p.code, p.path))


def errors(problems: list[Problem]) -> list[Problem]:
    """Those that block publishing."""
    return [p for p in problems if p.severity == "error"]
