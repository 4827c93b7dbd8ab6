"""Showing options in the best form that the channel has: buttons, a list, or numbered text.

The same options come back as a pressed button or row (`Chosen.id`) or as typed text (`engine.core.matching.pick`).
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.core.matching import Option
from engine.core.message import Button, Buttons, Choices, Limits, Outbound, Row, Section, Text


def offer(text: str, options: Sequence[Option], limits: Limits, *, button: str = "Ver opções") -> Outbound:
    """One bubble with the options; numbered text where they do not fit the channel's limits."""
    if not options:
        return Text(text)
    short = len(text) <= limits.interactive_text
    titles = max(len(o.title) for o in options)
    if short and len(options) <= limits.buttons and titles <= limits.button_title and not _described(options):
        return Buttons(text, [Button(o.id, o.title) for o in options])
    if short and len(options) <= limits.rows and titles <= limits.row_title:
        rows = [Row(o.id, o.title, o.description[: limits.row_description]) for o in options]
        return Choices(text, button[: limits.list_button], [Section(rows)])
    lines = [
        f"*{n}* - {o.title}" + (f": {o.description}" if o.description else "")
        for n, o in enumerate(options, 1)
    ]
    return Text("\n".join([text, "", *lines]))


def _described(options: Sequence[Option]) -> bool:
    return any(o.description for o in options)
