"""The builder when things go badly: a hostile flow, a connection that goes away, a server that
is started again while somebody types."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bench_top import Workbench
from chromium import answers
from playwright.sync_api import Page, expect
from scene import SOON

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
IMG = '<img src=x onerror="window.hacked=1">'
ODD = ("__proto__", "constructor", "toString", "\u202eRTL", "a\u200bb", "x.y", "a/b~c", IMG)
KINDS = ("send_message", "ask", "decide", "menu", "hand_over", "set_variable", IMG, "decision_table")


def hostile(count: int) -> dict[str, Any]:
    """Script in every text, settings of the wrong shape, unknown types, names of the browser's own, and cycles."""
    ids = [*ODD, *(f"n{n}" for n in range(len(ODD), count))]
    nodes: list[dict[str, Any]] = []
    for n, ident in enumerate(ids):
        node: dict[str, Any] = {"type": KINDS[n % len(KINDS)], "id": ident, "label": IMG, "text": IMG}
        if n % 3:
            node |= {"cases": [{"exit": IMG, "when": {"==": [IMG, IMG]}, "label": IMG}], "save_as": IMG}
        nodes.append(node)
    edges = [{"from": i, "exit": IMG, "to": ids[(n * 7 + 1) % count]} for n, i in enumerate(ids)]
    edges += [{"from": i, "exit": "__proto__", "to": ids[(n + 1) % count]} for n, i in enumerate(ids)]
    return {
        "format": 1, "id": "hostile", "name": IMG, "description": IMG, "kind": "chatbot", "start": "__proto__",
        "nodes": nodes, "edges": edges, "variables": [{"name": f"v{n}", "description": IMG} for n in range(500)],
        "notes": [{"id": f"note{n}", "text": IMG, "x": n * 210, "y": -200, "color": IMG} for n in range(20)],
        "groups": [{"id": "__proto__", "title": IMG, "nodes": ids[20:30]}],
        "tests": [{"name": IMG, "turns": [{"text": IMG, "expect": [IMG]}]}],
    }  # fmt: skip


def entered(page: Page, address: str) -> Workbench:
    made = Workbench(page, address)
    made.enter()
    return made


def texts(bench: Workbench, flow: str) -> dict[str, Any]:
    return {n["id"]: n.get("text") for n in bench.document(flow)["nodes"]}


def test_a_hostile_flow_is_opened_and_worked_on(page: Page, address: str) -> None:
    bench = entered(page, address)
    made = page.evaluate(
        """async body => (await fetch('/api/v1/flows/import', {method: 'POST', body,
        headers: {'content-type': 'application/json'}})).status""",
        json.dumps(hostile(600)),
    )
    assert made == 201
    bench.open("hostile")
    expect(page.locator("#tab-problems .panel-count")).not_to_be_empty(timeout=SOON)
    page.locator("#left-outline").click()
    row = page.locator(".outline-row").first
    expect(row).to_contain_text(IMG, timeout=SOON)
    row.click()
    form = page.locator("#panel-step")
    field = form.locator("[data-path='/text'] textarea").first
    expect(field).to_have_value(IMG, timeout=2 * SOON)
    field.fill("dito com calma")
    field.blur()
    bench.saved()
    assert texts(bench, "hostile")["__proto__"] == "dito com calma"
    for name in ("problems", "tests", "versions", "live", "try"):
        bench.panel(name)
    bench.root.focus()
    bench.press("Control+z", "f")
    page.wait_for_timeout(500)
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x]").count() == 0
    assert page.evaluate("Object.keys({}).length + [].concat([{}.polluted]).filter(Boolean).length") == 0
    page.goto(f"{address}/flows")
    expect(page.get_by_text(IMG).first).to_be_visible(timeout=SOON)
    assert page.evaluate("window.hacked") is None


def test_what_is_typed_without_a_connection_goes_out_once_it_is_back(page: Page, address: str) -> None:
    bench = entered(page, address)
    flow = bench.start("Sem rede")
    step = bench.drop("send_message", 0.3, 0.3)
    field = page.locator("#panel-step").get_by_label("Texto").first
    field.fill("antes")
    bench.saved()
    before = bench.api("GET", f"/flows/{flow}")["flow"]["draft_rev"]
    page.context.set_offline(True)
    expect(page.get_by_text("Sem conexão.")).to_be_visible(timeout=SOON)
    expect(page.locator("#popup")).to_be_hidden()
    field.press("End")
    field.press_sequentially(" e durante")
    field.blur()
    page.wait_for_timeout(1_500)
    page.context.set_offline(False)
    expect(page.get_by_text("Sem conexão.")).to_be_hidden(timeout=SOON)
    bench.saved()
    expect(field).to_have_value("antes e durante")
    page.wait_for_timeout(500)
    after = bench.api("GET", f"/flows/{flow}")
    assert {n["id"]: n["text"] for n in after["document"]["nodes"]} == {step: "antes e durante"}
    assert after["flow"]["draft_rev"] == before + 1


class Machine:
    """A demonstration that is started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {
            **os.environ, "TRAMA_DATA_DIR": str(self._folder / "data"), "TRAMA_PORT": str(self._port)
        }  # fmt: skip
        environment.pop("PYTEST_CURRENT_TEST", None)
        with (self._folder / "log").open("ab") as log:
            command = [str(Path(sys.executable).parent / "trama"), "demo"]
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        answers(self.address, self._process, self._folder / "log")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()


@pytest.fixture
def machine() -> Iterator[Machine]:
    folder = Path(tempfile.mkdtemp(prefix="trama-e2e-"))
    folder.chmod(0o755)
    made = Machine(folder)
    made.start()
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


def test_nothing_typed_is_lost_when_the_server_starts_again(page: Page, machine: Machine) -> None:
    bench = entered(page, machine.address)
    bench.open("csat")
    form = bench.choose("happy")
    field = form.get_by_label("Texto").first
    expect(field).to_have_value("Que bom! Obrigado pela nota. 💚", timeout=SOON)
    field.press("End")
    field.press_sequentially(" Até", delay=20)
    machine.stop()
    field.press_sequentially(" logo!", delay=20)
    expect(page.get_by_text("Sem conexão.")).to_be_visible(timeout=SOON)
    machine.start()
    whole = "Que bom! Obrigado pela nota. 💚 Até logo!"
    again = page.locator("#panel-step").get_by_label("Texto").first
    page.wait_for_event("framenavigated", timeout=60_000)
    bench.ready()
    expect(again).to_have_value(whole, timeout=SOON)
    for _ in range(50):
        if texts(bench, "csat")["happy"] == whole:
            break
        page.wait_for_timeout(200)
    assert texts(bench, "csat")["happy"] == whole
