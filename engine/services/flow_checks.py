"""The one thin place between the services and the static check and test runner of the core.

A `Checker` keeps the other flows open, so that an editor can ask after every change: what it costs is the draft
alone (measured: 300 nodes 7 ms, 1,000 nodes 22 ms; the first time 0.4 s, when every rule and text is compiled).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from connectors.registry import channels
from engine.core import check as static
from engine.core import verdicts as proving
from engine.core.check import fixes as quick
from engine.core.check.fixes import Fix
from engine.core.errors import TramaError, pointer
from engine.core.flow import Document, Flow, Flows
from engine.core.message import Limits
from engine.core.node import Node, Problem, UnknownNode
from engine.core.verdicts import Verdict
from engine.nodes import MOST_NODES, open_flow, open_node


class TestRun(msgspec.Struct, frozen=True, kw_only=True):
    """`failed` holds one sentence for each failing test; `taken` and `missed` are exits as `node.exit`; `verdicts`
    tell each test turn by turn, in the document's order."""

    __test__ = False

    ran: int
    failed: list[str]
    taken: list[str]
    missed: list[str]
    verdicts: list[Verdict] = []


class Opened(NamedTuple):
    """A draft as far as it can be read: `unreadable` nodes stand in the flow as unknown ones."""

    flow: Flow
    unreadable: list[Problem]


def opened(document: Document) -> Opened:
    """Never fails: what cannot be read is named. Of nodes of one id the first counts."""
    nodes: dict[str, Node | UnknownNode] = {}
    broken: list[Problem] = []
    for n, raw in enumerate(document.nodes[:MOST_NODES]):
        ident = raw.get("id")
        try:
            node = open_node(raw)
        except TramaError as fault:
            broken.append(_problem(fault.code, str(ident or ""), fault.path, fault.detail))
            if not isinstance(ident, str) or not ident:
                continue
            node = UnknownNode(ident, str(raw.get("type", "")), raw)
        if node.id in nodes:
            path = pointer("nodes", n, "id")
            broken.append(_problem("flow:same-id", node.id, path, f"two nodes are called {node.id!r}"))
            continue
        nodes[node.id] = node
    if len(document.nodes) > MOST_NODES:
        broken.append(_problem("flow:too-large", "", "/nodes", f"a flow has at most {MOST_NODES} nodes"))
    return Opened(Flow(document, nodes), broken)  # type: ignore[arg-type]  # Flow keeps unknown nodes among its own


def _problem(code: str, node: str, path: str, detail: str) -> Problem:
    return Problem(code=code, severity="error", node=node, path=path, detail=detail)


class Checker:
    """Check and tests of one flow among the others of its company. One that cannot be opened is left out."""

    def __init__(self, others: Sequence[Document]) -> None:
        self._others: list[Flow] = []
        for other in others:
            try:
                self._others.append(open_flow(other))
            except TramaError:
                # a live flow that this program cannot read: calls of it are told as unknown
                continue
        self._limits: dict[str, Limits] = {kind: one.limits for kind, one in channels().items()}

    def book(self, flow: Flow) -> Flows:
        """The flows that a turn of this one may reach."""
        return Flows.of(flow, *(o for o in self._others if o.id != flow.id))

    def check(self, document: Document) -> list[Problem]:
        """What is wrong with a draft."""
        flow, unreadable = opened(document)
        return static.check(flow, self.book(flow), self._limits, unreadable)

    def fixes(self, document: Document, problem: Problem) -> list[Fix]:
        """What would make the problem go away."""
        return quick.fixes(opened(document).flow, problem)

    def each_test(self, document: Document, numbers: Sequence[int] | None = None) -> Iterator[Verdict]:
        """The verdicts one by one, as they come; `numbers` chooses tests by their place. Raises what `stage` raises
        only inside a verdict: a test that cannot begin fails."""
        flow = opened(document).flow
        book = self.book(flow)
        for n in range(len(document.tests)) if numbers is None else numbers:
            test = document.tests[n]
            try:
                yield proving.run_test(flow, test, book)
            except TramaError as fault:
                yield Verdict(flow=flow.id, test=test.name, failures=[str(fault)], exits=set(), turns=[])

    def run_tests(self, document: Document) -> TestRun:
        return summary(document, list(self.each_test(document)))


def summary(document: Document, verdicts: Sequence[Verdict]) -> TestRun:
    """The verdicts of all tests, as one answer."""
    taken, missed = proving.coverage(opened(document).flow, verdicts)
    failed = [f"{v.test}: {v.failures[0]}" for v in verdicts if v.failures]
    return TestRun(ran=len(verdicts), failed=failed, taken=taken, missed=missed, verdicts=list(verdicts))


def check(document: Document, others: Sequence[Document]) -> list[Problem]:
    """What is wrong with a draft. Nodes that cannot be read are named, and the rest is judged."""
    return Checker(others).check(document)


def fixes(document: Document, problem: Problem) -> list[Fix]:
    """What would make a problem of the draft go away."""
    return quick.fixes(opened(document).flow, problem)


def run_tests(document: Document, others: Sequence[Document]) -> TestRun:
    return Checker(others).run_tests(document)
