"""Running a flow without a world: its own tests, node examples, `trama flow run` and the try-it pane all use this.

A `Player` holds what the pipeline would hold: session, clock, due timers, the open call, and the little of the
world that effects change (contact, tags, ownership). It never reads a clock; time moves by `advance` alone.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from engine.core import effects as fx
from engine.core.errors import TramaError
from engine.core.events import AnyEvent, CallAnswered, EventOccurred, FlowCalled, MessageReceived, TimerFired
from engine.core.flow import Flows, TestTurn
from engine.core.message import Chosen, Inbound, Limits, Location, Media, Outbound, Text, plain
from engine.core.session import Session, waits
from engine.core.step import step
from engine.core.trace import Trace
from engine.core.world import Command, World

INPUTS = ("text", "button", "media", "location", "event", "advance", "answer", "call")
"""Members of a turn that are its input; exactly one is set."""
_DURATION = re.compile(r"^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")


def duration(text: str) -> timedelta:
    """An ISO 8601 duration in weeks, days, hours, minutes and seconds: `P1D`, `PT25H`, `PT90M`."""
    found = _DURATION.match(text)
    if found is None or not any(found.groups()):
        raise TramaError("test:bad-duration", f"{text!r} is not a duration such as PT25H or P2D")
    weeks, days, hours, minutes, seconds = (int(g or 0) for g in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


class Answer(msgspec.Struct, kw_only=True):
    """What one input led to. `exits` as `node.exit`, in order; `changed` the last value of each variable."""

    messages: list[Outbound] = []
    exits: list[str] = []
    changed: dict[str, Any] = {}
    effects: list[fx.AnyEffect] = []
    traces: list[Trace] = []
    state: str = ""
    error: str = ""

    def texts(self) -> list[str]:
        return [plain(m) for m in self.messages]


AFTER_PEOPLE = ("conversation.closed", "ticket.abandoned")
"""Events that tell that people are done with the conversation: the bot has it again."""


class Player:
    """A conversation with flows, input by input. See `TestTurn` for the inputs."""

    def __init__(self, flows: Flows, *, at: datetime, world: World | None = None) -> None:
        self.flows = flows
        self.now = at
        self.world = world or World()
        self.session: Session | None = None
        self._timers: list[tuple[datetime, AnyEvent]] = []
        self._calls: list[fx.Call] = []
        self._events = 0
        self._said = 0

    @property
    def open_call(self) -> fx.Call | None:
        """The service that is being waited for."""
        if self.session is None or self.session.wait is None or self.session.wait.kind != "call":
            return None
        wanted = self.session.wait.call
        return next((c for c in reversed(self._calls) if c.id == wanted), None)

    def fork(self) -> Player:
        """Another player that stands where this one does; neither sees what the other does."""
        twin = Player(self.flows, at=self.now, world=self.world)
        # sessions and worlds are replaced, never changed
        twin.session = self.session
        twin._timers, twin._calls = list(self._timers), list(self._calls)
        twin._events, twin._said = self._events, self._said
        return twin

    @property
    def variables(self) -> dict[str, Any]:
        """Those of the innermost flow."""
        frames = self.session.frames if self.session is not None else []
        return dict(frames[-1].vars) if frames else {}

    @property
    def next_timer(self) -> datetime | None:
        """When something happens by itself, if nothing else does."""
        current = {w.id for w in waits(self.session)} if self.session is not None else set()
        return min((due for due, event in self._timers if _current(event, current)), default=None)

    def play(self, turn: TestTurn) -> Answer:
        """Give one input and what time brings with it."""
        answer = Answer(messages=[], exits=[], changed={}, effects=[], traces=[])
        if turn.advance is not None:
            self._advance(duration(turn.advance), answer)
        else:
            self._take(self._event(turn), answer)
        answer.state = self.session.state if self.session is not None else "idle"
        return answer

    def _event(self, turn: TestTurn) -> AnyEvent:
        ident = self._next_id()
        content = _content(turn)
        if content is not None:
            self._said += 1
            event = MessageReceived(
                id=ident,
                at=self.now,
                contents=[content],
                message_ids=[f"in{self._said}"],
                first=self._said == 1,
            )
            conversation = {**self.world.conversation, "last_inbound_at": self.now.isoformat()}
            self.world = msgspec.structs.replace(self.world, conversation=conversation)
            return event
        if turn.event is not None:
            name = turn.event.get("name", "")
            if name in AFTER_PEOPLE:
                self.world = msgspec.structs.replace(self.world, owner="bot", epoch=self.world.epoch + 1)
            return EventOccurred(id=ident, at=self.now, name=name, data=turn.event.get("data", {}))
        if turn.call is not None:
            return FlowCalled(
                id=ident,
                at=self.now,
                flow=turn.call.get("flow", ""),
                arguments=turn.call.get("arguments", {}),
            )
        if turn.answer is not None:
            call = self.open_call
            if call is None:
                raise TramaError("test:no-open-call", "no service is being waited for at this turn")
            error = str(turn.answer.get("error", ""))
            return CallAnswered(
                id=ident, at=self.now, call=call.id, ok=not error, value=turn.answer.get("value"), error=error
            )
        raise TramaError(
            "test:no-input", "a turn wants one of text, button, media, location, event, call, advance, answer"
        )

    def _advance(self, by: timedelta, answer: Answer) -> None:
        until = self.now + by
        for _ in range(10_000):
            current = {w.id for w in waits(self.session)} if self.session is not None else set()
            due = sorted(
                (t for t in self._timers if t[0] <= until and _current(t[1], current)),
                key=lambda t: (t[0], t[1].id),
            )
            if not due:
                break
            self._timers.remove(due[0])
            self.now = max(self.now, due[0][0])
            self._take(msgspec.structs.replace(due[0][1], at=self.now), answer)
        self.now = until

    def _take(self, event: AnyEvent, answer: Answer) -> None:
        turn = step(self.flows, self.session, event, self.world)
        self.session = turn.session
        answer.traces.append(turn.trace)
        answer.effects.extend(turn.effects)
        for at in turn.trace.steps:
            answer.changed.update(at.changed)
            if at.exit:
                answer.exits.append(f"{at.node}.{at.exit}")
            if at.error:
                answer.error = at.error
        for effect in turn.effects:
            self._carry_out(effect, answer)

    def _carry_out(self, effect: fx.AnyEffect, answer: Answer) -> None:
        match effect:
            case fx.Send(content=content):
                answer.messages.append(content)
            case fx.Call():
                self._calls.append(effect)
            case fx.StartTimer(due=due, wait=wait, kind=kind):
                self._timers.append((due, TimerFired(id=self._next_id(), at=due, wait=wait, kind=kind)))
            case fx.ScheduleFlow(flow=flow, due=due, arguments=arguments):
                called = FlowCalled(
                    id=self._next_id(), at=due, flow=flow, arguments=arguments, reason="scheduled"
                )
                self._timers.append((due, called))
            case fx.UpdateContact(fields=fields):
                self._contact(fields)
            case fx.TagContact(add=add, remove=remove):
                tags = [t for t in self.world.contact.get("tags", []) if t not in remove]
                self._contact({"tags": [*tags, *(t for t in add if t not in tags)]})
            case fx.SetConsent(granted=granted):
                self._contact({"opted_out": not granted})
            case fx.HandOver():
                self.world = msgspec.structs.replace(self.world, owner="person", epoch=self.world.epoch + 1)

    def _contact(self, fields: dict[str, Any]) -> None:
        self.world = msgspec.structs.replace(self.world, contact={**self.world.contact, **fields})

    def _next_id(self) -> str:
        self._events += 1
        return f"e{self._events}"


def _current(event: AnyEvent, current: set[str]) -> bool:
    return not isinstance(event, TimerFired) or event.wait in current


def _content(turn: TestTurn) -> Inbound | None:
    if turn.text is not None:
        return Text(turn.text)
    if turn.button is not None:
        return Chosen(turn.button)
    if turn.media is not None:
        return msgspec.convert(turn.media, Media)
    if turn.location is not None:
        return msgspec.convert(turn.location, Location)
    return None


def world_of(overrides: dict[str, Any]) -> World:
    """A world for tests: the given parts, everything else as by default."""
    known = dict(overrides)
    limits = msgspec.convert(known.pop("limits", {}), Limits)
    commands = msgspec.convert(known.pop("commands", []), list[Command])
    holidays = {date.fromisoformat(day): name for day, name in known.pop("holidays", {}).items()}
    hours = {day: [(a, b) for a, b in spans] for day, spans in known.pop("hours", {}).items()}
    known["contact"] = {"id": "contact-1", **known.get("contact", {})}
    try:
        return World(limits=limits, commands=commands, holidays=holidays, hours=hours, **known)
    except TypeError as error:
        raise TramaError("test:bad-world", str(error), path="/world") from error
