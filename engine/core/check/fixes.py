"""Quick fixes: for a problem, the commands that make it go away. Pure; each kind is proved by carrying it out and
checking again. A fix never guesses what the flow should say: it connects, removes, declares, guards or shortens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from engine.core.check import fixes_cases, fixes_graph, fixes_words
from engine.core.check.fix import Fix
from engine.core.edit.apply import apply
from engine.core.edit.commands import Batch
from engine.core.errors import TramaError
from engine.core.flow import Flow
from engine.core.node import Problem

_Maker = Callable[[Flow, Problem], Iterator[Fix]]
MAKERS: Mapping[str, _Maker] = {
    "flow:unreachable": fixes_graph.unreachable,
    "flow:dead-end": fixes_graph.dead_end,
    "flow:missing-exit": fixes_graph.open_exit,
    "flow:missing-error-exit": fixes_graph.open_exit,
    "flow:edge-unknown-exit": fixes_graph.unknown_exit,
    "flow:edge-twice": fixes_graph.twice,
    "flow:edge-to-nowhere": fixes_graph.to_nowhere,
    "flow:edge-from-nowhere": fixes_graph.from_nowhere,
    "flow:no-start": fixes_graph.no_start,
    "flow:unknown-node": fixes_graph.remove,
    "flow:unknown-target": fixes_graph.unknown_target,
    "flow:no-person": fixes_graph.no_person,
    "flow:unset-variable": fixes_words.unset,
    "flow:maybe-unset": fixes_words.maybe_unset,
    "flow:unknown-field": fixes_words.unknown_field,
    "flow:reserved-name": fixes_words.reserved,
    "rule:absent-field": fixes_words.guard,
    "rule:gap": fixes_cases.gap,
    "rule:shadowed": fixes_cases.shadowed,
    "text:button-too-long": fixes_words.shorten,
    "text:description-too-long": fixes_words.shorten,
    "window:late-reminder": fixes_words.earlier,
    "menu:same-exit": fixes_words.same_exit,
    "table:cells": fixes_words.cells,
}


def fixes(flow: Flow, problem: Problem) -> list[Fix]:
    """The quick fixes for a problem of this flow, the one that changes least first; [] where there is none."""
    maker = MAKERS.get(problem.code)
    if maker is None:
        return []
    return [fix for fix in maker(flow, problem) if _fits(flow, fix)]


_MANY = 20


def _fits(flow: Flow, fix: Fix) -> bool:
    """A problem may be older than the document: a fix that does not fit any more is none. One of very many commands
    is made of what is there now, and would take long to try."""
    if isinstance(fix.command, Batch) and len(fix.command.commands) > _MANY:
        return True
    try:
        apply(flow.document, fix.command)
    except TramaError:
        return False
    return True


__all__ = ["MAKERS", "Fix", "fixes"]
