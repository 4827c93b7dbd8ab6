"""The pictures of the guides: each state opens, and with `--update` is drawn anew into `docs/pictures/builder`."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser
from states import STATES, Screens

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
FOLDER = Path(__file__).parents[2] / "docs" / "pictures" / "builder"
MOST = 200_000
"""Bytes of a picture: the guides are read over slow lines too."""


class Picture(NamedTuple):
    state: str
    theme: str = "light"
    language: str = "pt-BR"
    width: int = 1280
    height: int = 800

    @property
    def name(self) -> str:
        marks = [self.theme] if self.theme != "light" else []
        marks += [self.language] if self.language != "pt-BR" else []
        marks += ["phone"] if self.width < 500 else []
        return "-".join([self.state, *marks]) + ".png"


PICTURES = (
    Picture("flows"),
    Picture("flows-new"),
    Picture("gallery-run"),
    Picture("empty"),
    Picture("form-ask"),
    Picture("form-decide"),
    Picture("rule"),
    Picture("panel-problems"),
    Picture("tried"),
    Picture("tested"),
    Picture("publish"),
    Picture("compared"),
    Picture("outline"),
    Picture("two-people"),
    Picture("help", language="en"),
    Picture("form-menu", theme="dark"),
    Picture("outline", width=390, height=844),
)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda p: p.name)
def test_a_picture_of_the_guide(
    browser: Browser, address: str, picture: Picture, request: pytest.FixtureRequest
) -> None:
    viewport = {"width": picture.width, "height": picture.height}
    context = browser.new_context(viewport=viewport, reduced_motion="reduce")
    try:
        screens = Screens(context.new_page(), address)
        screens.look(theme=picture.theme, language=picture.language)
        screens.sign_in()
        STATES[picture.state](screens)
        drawn = screens.page.screenshot()
    finally:
        context.close()
    assert len(drawn) < MOST
    path = FOLDER / picture.name
    if request.config.getoption("--update"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(drawn)
    assert path.exists(), "run with --update and look at what it drew"
