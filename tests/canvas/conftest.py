"""The canvas on a page of its own (`stand.py`), and a browser that works on it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from board import Board
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)
START_SECONDS = 40.0


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (tmp_path_factory.mktemp("stand") / "log").open("w+b")
    environment = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    command = [sys.executable, str(Path(__file__).with_name("stand.py")), str(port)]
    process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    base = f"http://127.0.0.1:{port}"
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{base}/?key=warm", timeout=5):
                break
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            if time.monotonic() > until or process.poll() is not None:
                log.seek(0)
                process.kill()
                pytest.fail(f"the stand did not start:\n{log.read()[-3000:].decode()}")
            time.sleep(0.1)
    yield base
    process.terminate()
    process.wait(10)
    log.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """One person for all tests of a file: what the page is made of is fetched once."""
    size = {"width": 1440, "height": 900}
    # views jump instead of gliding: nothing is in motion when the mouse comes
    context = browser.new_context(locale="pt-BR", viewport=size, reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    """A script error of the page fails the test."""
    opened = visitor.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda fault: faults.append(f"{fault}\n{fault.stack}"))
    yield opened
    opened.close()
    assert faults == []


@pytest.fixture
def board(page: Page, stand: str, request: pytest.FixtureRequest) -> Board:
    """A flow of six steps, opened."""
    made = Board(page, stand, request.node.name)
    made.open(nodes=6)
    return made
