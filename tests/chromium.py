"""A browser for the tests of the screens, and processes that serve what it looks at.

The browser is module-scoped: one that lives longer would keep its event loop running under other tests.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

START_SECONDS = 90.0
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium of the system where there is one, else the one that Playwright brought."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        started = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()


@contextmanager
def opened(context: BrowserContext) -> Iterator[Page]:
    """A page of somebody. A script error of the page fails the test."""
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(f"{fault}\n{fault.stack}"))
    yield page
    page.close()
    assert faults == []


@contextmanager
def served(
    command: Callable[[int], list[str]], folder: Path, ready: str, environment: dict[str, str] | None = None
) -> Iterator[str]:
    """A process on a free port, from when it answers `ready` until the end; its address. Fails with its log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # NiceGUI looks at this and would run for its own test tools
    clean = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    clean["NICEGUI_STORAGE_PATH"] = str(folder / "screens")
    own = {name: value.format(port=port) for name, value in (environment or {}).items()}
    with (folder / "log").open("w+b") as log:
        process = subprocess.Popen(command(port), stdout=log, stderr=log, env=clean | own)
        try:
            answers(f"http://127.0.0.1:{port}{ready}", process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    process.kill()
    pytest.fail(f"the server did not start:\n{log.read_text()[-3000:]}")
