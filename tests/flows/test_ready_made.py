"""The ready-made flows: no errors, no warnings, every test passes, every exit is taken by a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.check import check
from engine.core.flow import Flow, Flows
from engine.core.verdicts import coverage, run_tests
from engine.nodes import open_flow
from engine.nodes.send_template import SendTemplate
from seeds.demo import TEMPLATES

FOLDER = Path(__file__).resolve().parents[2] / "flows"
FLOWS = {path.stem: open_flow(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))}
BOOK = Flows.of(*FLOWS.values())
WANTED = {
    "charge", "collection", "csat", "help", "invoice_query", "main_menu", "main_service", "meter_readings",
    "negotiation", "opt_out", "out_of_hours", "site_lead_welcome", "to_person",
}  # fmt: skip


def test_they_are_all_there_under_their_own_names() -> None:
    assert set(FLOWS) >= WANTED
    assert all(stem == flow.id for stem, flow in FLOWS.items())


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda f: f.id)
def test_the_static_check_finds_nothing_to_mend(flow: Flow) -> None:
    assert [p for p in check(flow, BOOK) if p.severity != "info"] == []


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda f: f.id)
def test_its_own_tests_pass_and_take_every_exit(flow: Flow) -> None:
    verdicts = run_tests(flow, BOOK)
    assert [f"{v.test}: {said}" for v in verdicts for said in v.failures] == []
    _, missed = coverage(flow, verdicts)
    assert missed == []


def test_the_demonstration_approves_the_templates_that_they_send() -> None:
    sent = {
        (node.name, node.language, len(node.body))
        for flow in FLOWS.values()
        for node in flow.nodes.values()
        if isinstance(node, SendTemplate)
    }
    assert sent <= set(TEMPLATES)
