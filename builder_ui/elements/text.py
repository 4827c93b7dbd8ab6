"""Words on the screen: always text, never markup. `formatted` shows the stars and underscores of chat apps."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

Style = Literal["", "strong", "em", "s", "code"]
_MARKS: dict[str, Style] = {"*": "strong", "_": "em", "~": "s"}
_SPAN = re.compile(r"```(.+?)```|(?<!\w)([*_~])(?=\S)([^\n]+?)(?<=\S)\2(?!\w)", re.DOTALL)


class Run(NamedTuple):
    text: str
    style: Style


def runs(text: str) -> list[Run]:
    """The text in pieces of one style, as WhatsApp reads `*bold*`, `_italic_`, `~struck~` and ```` ```code``` ````."""
    found: list[Run] = []
    at = 0
    for match in _SPAN.finditer(text):
        if match.start() > at:
            found.append(Run(text[at : match.start()], ""))
        code, mark, words = match.groups()
        found.append(Run(code, "code") if code is not None else Run(words, _MARKS[mark]))
        at = match.end()
    if at < len(text):
        found.append(Run(text[at:], ""))
    return found


def say(text: str, classes: str = "", tag: str = "div") -> TextElement:
    """An element with this text."""
    element = TextElement(tag=tag, text=text)
    if classes:
        element.classes(classes)
    return element


def formatted(text: str, classes: str = "") -> None:
    """A text as a chat app shows it, line breaks kept."""
    with ui.element("div").classes(f"said {classes}"):
        for run in runs(text):
            say(run.text, tag=run.style or "span")
