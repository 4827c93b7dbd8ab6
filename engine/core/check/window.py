"""Free text that may be said after the channel's window has closed: it would be refused, only a template goes.

For every node the longest silence is found with which it can be entered, in minutes, up to the window's length
(a fixed point over the graph). What a contact's message starts begins with no silence; what an event, a date or
a schedule starts begins with an unknown one.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.check.paths import edges, known, reached
from engine.core.node import Look, Problem

_BY_MESSAGE = frozenset({"message", "button", "campaign"})


def find(look: Look) -> Iterable[Problem]:
    hours = max((limits.window_hours for limits in look.limits.values()), default=0)
    flow = look.flow
    if not hours or flow.start not in flow.nodes:
        return
    most = hours * 60
    spoken = not flow.triggers or all(t.on in _BY_MESSAGE for t in flow.triggers)
    silence = {flow.start: 0 if spoken else most}
    nodes = known(flow)
    ways = list(edges(flow))
    changed = True
    while changed:
        changed = False
        for source, name, target in ways:
            if source not in silence:
                continue
            node = nodes.get(source)
            after = silence[source]
            if node is not None and name in node.heard():
                after = 0
            elif node is not None:
                after = min(most, after + node.silence().get(name, 0))
            if after > silence.get(target, -1):
                silence[target] = after
                changed = True
    for ident in reached(flow, flow.start) & nodes.keys():
        node = nodes[ident]
        if silence.get(ident, 0) >= most and node.speaks():
            yield Problem(
                code="window:free-text", severity="warning", node=ident,
                detail=f"may be said after {hours} h of silence, when only a template is let through",
                fix="add_window_check",
            )  # fmt: skip
        remind = getattr(node, "remind_minutes", 0)
        if remind >= most and getattr(node, "reminder", ""):
            yield Problem(
                code="window:late-reminder", severity="warning", node=ident, path="/remind_minutes",
                detail=f"the reminder would come after {hours} h of silence",
            )  # fmt: skip
