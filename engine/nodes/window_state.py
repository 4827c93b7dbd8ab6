"""Branch by the channel's service window: inside it anything may be said, outside only templates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from engine.core.events import MessageReceived
from engine.core.node import Example, Go, Move, Node, Palette
from engine.core.run import Run


class WindowState(Node, tag="window_state", frozen=True, kw_only=True):
    """The window counts from the contact's last message. A channel without a window is always open."""

    palette: ClassVar[Palette] = Palette(
        group="decide",
        icon="timelapse",
        title={"pt-BR": "Janela de 24 horas", "en": "24-hour window"},
        summary={
            "pt-BR": "Separa janela aberta (texto livre) e fechada (só modelo).",
            "en": "Tells open window (free text) and closed (template only) apart.",
        },
    )
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="just wrote",
            node={"type": "window_state", "id": "window"},
            turns=[{"text": "oi", "exits": ["window.open"]}],
        ),
        Example(
            name="wrote two days ago",
            node={"type": "window_state", "id": "window"},
            world={"conversation": {"last_inbound_at": "2026-11-18T10:00:00-03:00"}},
            turns=[{"call": {}, "exits": ["window.closed"]}],
        ),
    )

    def exits(self) -> list[str]:
        return ["open", "closed"]

    def heard(self) -> frozenset[str]:
        return frozenset({"open"})

    def silence(self) -> dict[str, int]:
        return {"closed": 525_600}

    def enter(self, run: Run) -> Move:
        hours = run.limits.window_hours
        if not hours or isinstance(run.event, MessageReceived):
            return Go("open")
        last = run.world.conversation.get("last_inbound_at")
        if not isinstance(last, str):
            return Go("closed", "never wrote")
        age = run.now - datetime.fromisoformat(last)
        return Go(
            "open" if age < timedelta(hours=hours) else "closed",
            f"wrote {int(age.total_seconds() // 3600)} h ago",
        )
