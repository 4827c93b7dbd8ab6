"""Branch by the company's opening hours and holidays, at the event's time on the company's clocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from engine.core.logic import truthy
from engine.core.node import Example, Go, Move, Node, Palette
from engine.core.run import Run

_OFFICE = {d: [["08:00", "18:00"]] for d in ("mon", "tue", "wed", "thu", "fri")}


class BusinessHours(Node, tag="business_hours", frozen=True, kw_only=True):
    """Exits: `open`, `closed`, `holiday` (a holiday counts as closed when that exit is not connected)."""

    palette: ClassVar[Palette] = Palette(
        group="decide",
        icon="schedule",
        title={"pt-BR": "Horário de atendimento", "en": "Business hours"},
        summary={
            "pt-BR": "Separa aberto, fechado e feriado.",
            "en": "Tells open, closed and holiday apart.",
        },
    )
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="Friday morning",
            node={"type": "business_hours", "id": "hours"},
            world={"hours": _OFFICE},
            turns=[{"text": "oi", "exits": ["hours.open"]}],
        ),
        Example(
            name="Sunday",
            node={"type": "business_hours", "id": "hours"},
            world={"hours": _OFFICE},
            at="2026-11-22T10:00:00-03:00",
            turns=[{"text": "oi", "exits": ["hours.closed"]}],
        ),
        Example(
            name="Christmas",
            node={"type": "business_hours", "id": "hours"},
            world={"hours": _OFFICE, "holidays": {"2026-12-25": "Natal"}},
            at="2026-12-25T10:00:00-03:00",
            turns=[{"text": "oi", "exits": ["hours.holiday"]}],
        ),
    )

    def exits(self) -> list[str]:
        return ["open", "closed", "holiday"]

    def optional_exits(self) -> frozenset[str]:
        return frozenset({"holiday"})

    def enter(self, run: Run) -> Move:
        holiday = run.world.holidays.get(run.local.date())
        if holiday is not None and (self.id, "holiday") in run.flow.targets:
            return Go("holiday", holiday)
        if holiday is None and truthy(run.rule({"is_business_hours": []})):
            return Go("open")
        return Go("closed", holiday or "")
