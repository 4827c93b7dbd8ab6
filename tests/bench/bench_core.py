"""How fast the pure core is: node visits a second, and a turn of the negotiation flow. No I/O is measured.

Run: `python -m tests.bench.bench_core`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from engine.core.events import AnyEvent, CallAnswered, FlowCalled, MessageReceived
from engine.core.flow import Flow, Flows
from engine.core.message import Chosen, Text
from engine.core.session import Session
from engine.core.step import step
from engine.core.world import World
from engine.nodes import open_flow

FLOWS = Path(__file__).resolve().parents[2] / "flows"
AT = datetime(2026, 11, 20, 13, tzinfo=UTC)
VISITS = 200


def chain(length: int) -> Flow:
    """`length` nodes that compute and decide, then a question."""
    nodes: list[dict[str, object]] = []
    edges: list[dict[str, str]] = []
    for n in range(0, length, 2):
        nodes.append(
            {"type": "set_variable", "id": f"n{n}", "set": [{"name": "a", "rule": {"+": [{"var": "a"}, 1]}}]}
        )
        case = {"exit": "big", "when": {">": [{"var": "a"}, 100_000]}}
        nodes.append({"type": "decide", "id": f"n{n + 1}", "cases": [case]})
        edges.append({"from": f"n{n}", "exit": "next", "to": f"n{n + 1}"})
        edges.append({"from": f"n{n + 1}", "exit": "else", "to": f"n{n + 2}"})
    nodes.append(
        {"type": "ask", "id": f"n{length}", "text": "Quanto, {{ contact.name | first }}?", "save_as": "b"}
    )
    return open_flow(
        {"format": 1, "id": "chain", "name": "chain", "kind": "chatbot", "start": "n0", "nodes": nodes, "edges": edges,
         "triggers": [{"on": "message"}]}
    )  # fmt: skip


def best(run: Callable[[], object], times: int, rounds: int = 7) -> float:
    """Seconds for one run: the median of `rounds` rounds of `times` runs."""
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(times):
            run()
        spent.append((time.perf_counter() - start) / times)
    return statistics.median(spent)


def negotiation_turns() -> list[tuple[str, Flows, Session | None, AnyEvent, World]]:
    """The turns of a negotiation up to the Pix, each with the session before it."""
    flows = Flows.of(*(open_flow(p.read_bytes()) for p in FLOWS.glob("*.json")))
    world = World(contact={"id": "c1", "name": "João Santos"})
    agreement = {"id": "a1", "original": 33400, "discount": 5010, "total": 28390, "instalments": 1,
                 "instalment_amount": 28390, "first_due": "2026-11-23"}  # fmt: skip
    arguments = {"customer_id": "c", "invoice_ids": ["f1"], "total": 33400, "days": 72}
    told: list[tuple[str, Flows, Session | None, AnyEvent, World]] = []
    session: Session | None = None

    def take(name: str, event: AnyEvent) -> None:
        nonlocal session
        told.append((name, flows, session, event, world))
        session = step(flows, session, event, world).session

    take("offer", FlowCalled(id="e1", at=AT, flow="negotiation", arguments=arguments))
    take("choose", MessageReceived(id="e2", at=AT, contents=[Chosen("cash")], message_ids=["m"]))
    assert session is not None and session.wait is not None
    take("proposal", CallAnswered(id="e3", at=AT, call=session.wait.call, ok=True, value=agreement))
    take("approve", MessageReceived(id="e4", at=AT, contents=[Text("sim")], message_ids=["m"]))
    assert session is not None and session.wait is not None
    take("accepted", CallAnswered(id="e5", at=AT, call=session.wait.call, ok=True, value=agreement))
    return told


def main() -> None:
    flow = chain(VISITS)
    flows, world = Flows.of(flow), World(contact={"id": "1", "name": "Maria Silva"})
    event = MessageReceived(id="1", at=AT, contents=[Text("oi")], message_ids=["a"])
    took = best(lambda: step(flows, None, event, world), 100)
    print("| what | measured | aim |\n| --- | --- | --- |")
    print(f"| node visits per second, one core | {VISITS / took:,.0f} | 50,000 |")
    for name, book, session, happened, around in negotiation_turns():
        took = best(lambda b=book, s=session, e=happened, w=around: step(b, s, e, w), 500)  # type: ignore[misc]
        print(f"| negotiation turn: {name} | {took * 1e6:.0f} µs | 150 µs |")


if __name__ == "__main__":
    main()
