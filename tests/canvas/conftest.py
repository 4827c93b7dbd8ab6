"""The canvas on a page of its own (`stand.py`), and a browser that works on it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from board import Board
from chromium import browser, opened, served  # noqa: F401
from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = str(Path(__file__).with_name("stand.py"))
    with served(
        lambda port: [sys.executable, script, str(port)], tmp_path_factory.mktemp("stand"), "/?key=warm"
    ) as base:
        yield base


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[BrowserContext]:  # noqa: F811
    """One person for all tests of a file: what the page is made of is fetched once."""
    size = {"width": 1440, "height": 900}
    # views jump instead of gliding: nothing is in motion when the mouse comes
    context = browser.new_context(locale="pt-BR", viewport=size, reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    with opened(visitor) as page:
        yield page


@pytest.fixture
def board(page: Page, stand: str, request: pytest.FixtureRequest) -> Board:
    """A flow of six steps, opened."""
    made = Board(page, stand, request.node.name)
    made.open(nodes=6)
    return made
