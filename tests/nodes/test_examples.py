"""Every documented example of every node type runs and gives what its documentation says."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.flow import Flows
from engine.core.node import Example, Node
from engine.core.verdicts import run_tests
from engine.nodes import open_flow, registry

CASES = [
    pytest.param(cls, example, id=f"{kind}: {example.name}")
    for kind, cls in registry().items()
    for example in cls.examples
]


def in_a_flow(cls: type[Node], example: Example) -> dict[str, Any]:
    """The node in a flow that any message starts and whose exits all lead to an end of that name."""
    ident = example.node["id"]
    exits = open_flow_node(example).exits()
    return {
        "format": 1,
        "id": "example",
        "name": example.name,
        "kind": "chatbot",
        "start": ident,
        "triggers": [{"on": "message"}, {"on": "event", "event": "start"}],
        "variables": [{"name": name, "default": value} for name, value in example.vars.items()],
        "nodes": [example.node, *({"type": "end", "id": f"end_{e}"} for e in exits)],
        "edges": [{"from": ident, "exit": e, "to": f"end_{e}"} for e in exits],
        "tests": [
            {"name": example.name, "turns": list(example.turns), "at": example.at, "world": example.world}
        ],
    }


def open_flow_node(example: Example) -> Node:
    from engine.nodes import open_node

    node = open_node(dict(example.node))
    assert isinstance(node, Node)
    return node


@pytest.mark.parametrize(("cls", "example"), CASES)
def test_example(cls: type[Node], example: Example) -> None:
    flow = open_flow(in_a_flow(cls, example))
    for verdict in run_tests(flow, Flows.of(flow)):
        assert verdict.passed, verdict.failures


def test_every_node_type_has_an_example_for_its_behaviour() -> None:
    assert [kind for kind, cls in registry().items() if not cls.examples] == []


def test_every_node_type_of_the_palette_is_there() -> None:
    assert list(registry()) == sorted(
        """send_message send_template send_payment ask menu decide decision_table random_split business_hours
        window_state set_variable update_contact tag note http_request erp_lookup emit_event notify wait for_each
        run_flow jump schedule_flow opt_in_out hand_over csat close end""".split()
    )
