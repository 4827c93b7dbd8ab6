"""Start another flow for this contact later, whatever happens to this one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from engine.core.effects import ScheduleFlow as Schedule
from engine.core.node import Example, Go, Move, Node, Palette, Words
from engine.core.run import Run
from engine.core.waiting import moment_named


class ScheduleFlow(Node, tag="schedule_flow", frozen=True, kw_only=True):
    """After `minutes`, or `at` a date (nine in the morning) or moment."""

    palette: ClassVar[Palette] = Palette(
        group="do",
        icon="event",
        title={"pt-BR": "Agendar fluxo", "en": "Schedule flow"},
        summary={"pt-BR": "Inicia outro fluxo mais tarde.", "en": "Starts another flow later."},
    )
    starter: ClassVar[dict[str, Any]] = {"flow": ""}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="feedback two hours later",
            node={"type": "schedule_flow", "id": "later", "flow": "csat", "minutes": 120},
            turns=[{"text": "oi", "effects": ["schedule_flow"], "exits": ["later.next"]}],
        ),
    )

    flow: Annotated[str, Meta(title="Flow", pattern=r"^[a-z][a-z0-9_]*$")]
    minutes: Annotated[int, Meta(ge=0, le=525_600, title="After (minutes)")] = 60
    at: Annotated[str, Meta(title="Or at")] = ""
    arguments: Annotated[dict[str, Any], Meta(title="Arguments", max_length=50)] = {}

    def templates(self) -> Iterable[tuple[str, Words]]:
        yield "/at", self.at
        yield from ((f"/arguments/{k}", v) for k, v in self.arguments.items() if isinstance(v, str))

    def flows(self) -> Iterable[str]:
        return (self.flow,)

    def exits(self) -> list[str]:
        return ["next", "error"]

    def error_exits(self) -> frozenset[str]:
        return frozenset({"error"})

    def enter(self, run: Run) -> Move:
        due = run.now + timedelta(minutes=self.minutes)
        if self.at:
            due = moment_named(run, self.at, "schedule:bad-date")
        run.emit(Schedule(id=run.id(), flow=self.flow, due=due, arguments=run.fill(self.arguments)))
        return Go("next")
