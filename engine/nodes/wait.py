"""Wait for a time, until a moment, or for a named event with a time limit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from engine.core.errors import TramaError
from engine.core.events import AnyEvent, EventOccurred, MessageReceived, TimerFired
from engine.core.logic import truthy
from engine.core.node import Example, Go, Look, Move, Node, Palette, Problem, Words
from engine.core.run import Run
from engine.core.waiting import moment_named


class Wait(Node, tag="wait", frozen=True, kw_only=True):
    """`for`: `minutes` · `until`: a date or moment (`at`, may be a substitution), or the next opening of business
    hours (`business_hours`) · `event`: `event`, at most `minutes`; `match` is a rule that sees the event.

    Exits: `done`; for an event `happened` and `timeout`; `message` where `messages` lets the contact break in.
    The event's data are kept in `save_as`.
    """

    palette: ClassVar[Palette] = Palette(
        group="wait",
        icon="hourglass_empty",
        title={"pt-BR": "Esperar", "en": "Wait"},
        summary={
            "pt-BR": "Espera um tempo, uma data, a abertura ou um evento.",
            "en": "Waits for a time, a date, opening hours or an event.",
        },
    )
    waits: ClassVar[bool] = True
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="two hours",
            node={"type": "wait", "id": "pause", "until": "time", "minutes": 120},
            turns=[{"text": "oi", "state": "waiting"}, {"advance": "PT2H", "exits": ["pause.done"]}],
        ),
        Example(
            name="a payment arrives",
            node={
                "type": "wait",
                "id": "paid",
                "until": "event",
                "event": "payment.received",
                "minutes": 60,
                "match": {"==": [{"var": "event.data.link"}, {"var": "link"}]},
                "save_as": "payment",
            },
            vars={"link": "pl_1"},
            turns=[
                {"text": "oi"},
                {"event": {"name": "payment.received", "data": {"link": "pl_2"}}, "exits": []},
                {
                    "event": {"name": "payment.received", "data": {"link": "pl_1"}},
                    "exits": ["paid.happened"],
                    "vars": {"payment": {"link": "pl_1"}},
                },
            ],
        ),
        Example(
            name="it does not arrive",
            node={"type": "wait", "id": "paid", "until": "event", "event": "payment.received", "minutes": 60},
            turns=[{"text": "oi"}, {"advance": "PT61M", "exits": ["paid.timeout"]}],
        ),
        Example(
            name="the person breaks in",
            node={"type": "wait", "id": "pause", "until": "time", "minutes": 60, "messages": True},
            turns=[{"text": "oi"}, {"text": "já paguei", "exits": ["pause.message"]}],
        ),
    )

    until: Annotated[Literal["time", "date", "business_hours", "event"], Meta(title="Until")] = "time"
    minutes: Annotated[
        int, Meta(ge=1, le=525_600, title="Minutes", description="Time, or limit for an event.")
    ] = 60
    at: Annotated[str, Meta(title="Date or moment")] = ""
    event: Annotated[str, Meta(title="Event", max_length=100)] = ""
    match: Annotated[Any, Meta(title="Which event", description="A rule; sees event.data and variables.")] = (
        None
    )
    save_as: Annotated[str, Meta(title="Save the event's data as", pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    messages: Annotated[bool, Meta(title="A message ends the wait")] = False

    def exits(self) -> list[str]:
        ends = ["happened", "timeout"] if self.until == "event" else ["done"]
        return [*ends, "message"] if self.messages else ends

    def writes(self) -> dict[str, str]:
        return {self.save_as: "object"} if self.save_as else {}

    def templates(self) -> Iterable[tuple[str, Words]]:
        return (("/at", self.at),)

    def rules(self) -> Iterable[tuple[str, Any]]:
        return () if self.match is None else (("/match", self.match),)

    def heard(self) -> frozenset[str]:
        return frozenset({"message"})

    def silence(self) -> dict[str, int]:
        if self.until == "event":
            return {"happened": self.minutes, "timeout": self.minutes}
        return {"done": self.minutes if self.until == "time" else 525_600}

    def check(self, look: Look) -> Iterable[Problem]:
        if self.until == "event" and not self.event:
            yield Problem(
                code="wait:no-event", severity="error", node=self.id, path="/event", detail="name the event"
            )
        if self.until == "date" and not self.at:
            yield Problem(
                code="wait:bad-date", severity="error", node=self.id, path="/at", detail="give a date"
            )

    def enter(self, run: Run) -> Move:
        match self.until:
            case "time":
                return run.wait("timer", timedelta(minutes=self.minutes), messages=self.messages)
            case "event":
                if not self.event:
                    raise TramaError("wait:no-event", "the event has no name", path="/event")
                return run.wait(
                    "event",
                    timedelta(minutes=self.minutes),
                    event=self.event,
                    match=self.match,
                    messages=self.messages,
                )
            case "date":
                due = moment_named(run, self.at, "wait:bad-date")
            case "business_hours":
                due = _next_opening(run)
        if due <= run.now:
            return Go("done", "already past")
        return run.wait("timer", due, messages=self.messages)

    def resume(self, run: Run, event: AnyEvent) -> Move | None:
        match event:
            case TimerFired(kind="timeout"):
                return Go("timeout")
            case TimerFired():
                return Go("done")
            case EventOccurred(data=data):
                if self.save_as:
                    run.set(self.save_as, data)
                return Go("happened", self.event)
            case MessageReceived() if self.messages:
                return Go("message")
        return None


def _next_opening(run: Run) -> datetime:
    """The first quarter of an hour from now on at which the company is open; a week at most."""
    start = run.now - timedelta(
        minutes=run.now.minute % 15, seconds=run.now.second, microseconds=run.now.microsecond
    )
    for quarter in range(1, 7 * 96 + 1):
        at = start + timedelta(minutes=15 * quarter)
        if truthy(run.rule_at({"is_business_hours": []}, at)):
            return at
    raise TramaError("wait:never-open", "the company has no opening hours within a week")
