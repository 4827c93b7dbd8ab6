"""A real demonstration in a process of its own, and a browser that looks at it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from chromium import browser, opened, served  # noqa: F401
from playwright.sync_api import Browser, Page
from scene import Stage


@contextmanager
def demonstration() -> Iterator[str]:
    """`trama demo` on a free port with a data folder that is thrown away; its address once it answers."""
    folder = Path(tempfile.mkdtemp(prefix="trama-e2e-"))
    # the embedded server may run as another user
    folder.chmod(0o755)
    command = [str(Path(sys.executable).parent / "trama"), "demo"]
    environment = {"TRAMA_DATA_DIR": str(folder / "data"), "TRAMA_PORT": "{port}"}
    with served(lambda port: command, folder, "/demonstracao", environment) as base:
        yield base
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The demonstration that the tests of the screens share."""
    with demonstration() as base:
        yield base


@pytest.fixture(scope="module")
def ruined() -> Iterator[str]:
    """A demonstration for tests that leave nothing as it was."""
    with demonstration() as base:
        yield base


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:  # noqa: F811
    """A window of somebody new, in Portuguese."""
    context = browser.new_context(locale="en-US", viewport={"width": 1440, "height": 900})
    with opened(context) as page:
        yield page
    context.close()


@pytest.fixture
def stage(page: Page, address: str) -> Stage:
    """The demonstration as on its first day, in a conversation that nobody has begun."""
    made = Stage(page, address)
    made.open()
    made.reset()
    return made
