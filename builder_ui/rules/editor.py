"""The editor of one rule."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from builder_ui.editor.desk import Desk
from builder_ui.form.elements import Writer
from builder_ui.form.raw import understood, written
from engine.services.hints import Hint

Changed = Callable[[Any], Awaitable[None]]


def rule_editor(
    desk: Desk,
    rule: Any,
    hints: list[Hint],
    on_change: Changed,
    *,
    wants: Literal["boolean", "value"] = "boolean",
) -> None:
    """Draws into the current slot."""

    async def told(text: Any) -> None:
        value, wrong = understood(str(text))
        if not wrong:
            await on_change(value)

    Writer("" if rule is None else written(rule), told, multiline=True, mono=True, label="JSON")
