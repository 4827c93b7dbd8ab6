"""The one thin place between the services and the static check and test runner of the core."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from connectors.registry import channels
from engine.core import check as static
from engine.core import replay
from engine.core.errors import TramaError
from engine.core.flow import Document, Flow, Flows
from engine.core.node import Problem
from engine.nodes import open_flow, open_node


class TestRun(msgspec.Struct, frozen=True, kw_only=True):
    """`failed` holds one sentence for each failing test; `taken` and `missed` are exits as `node.exit`."""

    __test__ = False

    ran: int
    failed: list[str]
    taken: list[str]
    missed: list[str]


def check(document: Document, others: Sequence[Document]) -> list[Problem]:
    """What is wrong with a draft. Nodes that cannot be read are all named; the rest is judged once they can."""
    broken = unreadable(document)
    if broken:
        return broken
    flow, book = _book(document, others)
    return static.check(flow, book, {kind: one.limits for kind, one in channels().items()})


def unreadable(document: Document) -> list[Problem]:
    found = []
    for raw in document.nodes:
        try:
            open_node(raw)
        except TramaError as fault:
            ident = str(raw.get("id", ""))
            found.append(
                Problem(code=fault.code, severity="error", node=ident, path=fault.path, detail=fault.detail)
            )
    return found


def run_tests(document: Document, others: Sequence[Document]) -> TestRun:
    flow, book = _book(document, others)
    verdicts = replay.run_tests(flow, book)
    taken, missed = replay.coverage(flow, verdicts)
    failed = [f"{v.test}: {v.failures[0]}" for v in verdicts if v.failures]
    return TestRun(ran=len(verdicts), failed=failed, taken=taken, missed=missed)


def _book(document: Document, others: Sequence[Document]) -> tuple[Flow, Flows]:
    flow = open_flow(document)
    return flow, Flows.of(flow, *(open_flow(o) for o in others))
