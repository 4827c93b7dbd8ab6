"""A way to a person: people must be able to leave the bot (LGPD art. 20 asks for it where a bot denies something)."""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.check.paths import known, reached
from engine.core.flow import Flow, Flows
from engine.core.node import Look, Problem


def find(look: Look) -> Iterable[Problem]:
    flow = look.flow
    if flow.document.kind == "subflow" or not known(flow):
        return
    if not _leads_to_a_person(flow, look.flows, set()):
        yield Problem(
            code="flow:no-person",
            severity="warning",
            detail="no way through this flow leads to a person",
            fix="add_hand_over",
        )


def _leads_to_a_person(flow: Flow, flows: Flows | None, seen: set[str]) -> bool:
    seen.add(flow.id)
    nodes = known(flow)
    live = reached(flow, flow.start)
    if any(n.kind == "hand_over" for n in flow.unknown if n.id in live):
        return True
    for ident in live & nodes.keys():
        node = nodes[ident]
        if node.__struct_config__.tag == "hand_over":
            return True
        for called in node.flows():
            other = flows.get(called) if flows is not None else None
            if other is None:
                if flows is None:
                    return True
            elif called not in seen and _leads_to_a_person(other, flows, seen):
                return True
    return False
