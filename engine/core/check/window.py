"""Free text that may be said after the channel's window has closed: it would be refused, only a template goes.

For every node the longest silence is found with which it can be entered, in minutes, up to the window's length
(a fixed point over the graph). What a contact's message starts begins with no silence; what an event, a date or
a schedule starts begins with an unknown one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from engine.core.check.paths import edges, in_order, known, reached
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
    after: dict[str, list[tuple[str, str]]] = {}
    for source, name, target in edges(flow):
        after.setdefault(source, []).append((name, target))
    todo = deque(in_order({s: [t for _, t in ways] for s, ways in after.items()}, flow.start))
    waiting = set(todo)
    while todo:
        source = todo.popleft()
        waiting.discard(source)
        node = nodes.get(source)
        heard, quiet = (node.heard(), node.silence()) if node is not None else (frozenset[str](), {})
        for name, target in after.get(source, ()):
            longest = 0 if name in heard else min(most, silence.get(source, 0) + quiet.get(name, 0))
            if longest > silence.get(target, -1):
                silence[target] = longest
                if target not in waiting:
                    waiting.add(target)
                    todo.append(target)
    for ident in reached(flow, flow.start) & nodes.keys():
        node = nodes[ident]
        if silence.get(ident, 0) >= most and node.speaks():
            yield Problem(
                code="window:free-text", severity="warning", node=ident,
                detail=f"may be said after {hours} h of silence, when only a template is let through",
                about=(("hours", str(hours)),),
            )  # fmt: skip
        remind = getattr(node, "remind_minutes", 0)
        if remind >= most and getattr(node, "reminder", ""):
            yield Problem(
                code="window:late-reminder", severity="warning", node=ident, path="/remind_minutes",
                detail=f"the reminder would come after {hours} h of silence", fix="shorten_reminder",
                about=(("hours", str(hours)),),
            )  # fmt: skip
