"""What the channels can show: lengths of texts and buttons, numbers of buttons and rows.

What does not fit as buttons is offered as a list, and what does not fit there as numbered text: so these are
warnings, the contact still gets every option. A text longer than a bubble is split and only told.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.check.paths import known
from engine.core.check.variables import words
from engine.core.message import Limits
from engine.core.node import Look, Node, Problem


def find(look: Look) -> Iterable[Problem]:
    for ident, node in known(look.flow).items():
        for channel, limits in look.limits.items():
            yield from _options(ident, node, channel, limits)
            for path, text in node.templates():
                for variant in words(text):
                    if isinstance(variant, str) and node.speaks() and len(variant) > limits.text > 0:
                        yield Problem(
                            code="text:too-long", severity="info", node=ident, path=path,
                            detail=f"{len(variant)} characters; {channel} takes {limits.text}: it will be split",
                            about=_figures(channel, len(variant), limits.text),
                        )  # fmt: skip


def _options(ident: str, node: Node, channel: str, limits: Limits) -> Iterable[Problem]:
    options = node.offers()
    if not options or not limits.buttons:
        return
    many = len(options) > limits.buttons
    if len(options) > limits.rows:
        yield Problem(
            code="text:too-many-rows", severity="warning", node=ident, path="/options",
            detail=f"{len(options)} options; a list of {channel} takes {limits.rows}: they will be numbered text",
            about=_figures(channel, len(options), limits.rows),
        )  # fmt: skip
    elif many:
        yield Problem(
            code="text:too-many-buttons", severity="info", node=ident, path="/options",
            detail=f"{len(options)} options; {channel} takes {limits.buttons} buttons: they will be a list",
            about=_figures(channel, len(options), limits.buttons),
        )  # fmt: skip
    longest = limits.row_title if many else limits.button_title
    for n, option in enumerate(options):
        if len(option.title) > longest:
            yield Problem(
                code="text:button-too-long", severity="warning", node=ident, path=f"/options/{n}/title",
                detail=f"{len(option.title)} characters; {channel} takes {longest} here", fix="shorten",
                about=_figures(channel, len(option.title), longest),
            )  # fmt: skip
        if len(option.description) > limits.row_description:
            yield Problem(
                code="text:description-too-long", severity="warning", node=ident, path=f"/options/{n}/description",
                detail=f"{len(option.description)} characters; {channel} takes {limits.row_description}: cut",
                fix="shorten", about=_figures(channel, len(option.description), limits.row_description),
            )  # fmt: skip


def _figures(channel: str, have: int, limit: int) -> tuple[tuple[str, str], ...]:
    return (("channel", channel), ("have", str(have)), ("limit", str(limit)))
