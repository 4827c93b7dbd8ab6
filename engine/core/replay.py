"""Running a flow without a world: its own tests, node examples, `trama flow run` and the try-it pane all use this.

A `Player` holds what the pipeline would hold: session, clock, due timers, the open call, and the little of the
world that effects change (contact, tags, ownership). It never reads a clock; time moves by `advance` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from engine.core import effects as fx
from engine.core.errors import TramaError
from engine.core.events import AnyEvent, CallAnswered, EventOccurred, FlowCalled, MessageReceived, TimerFired
from engine.core.flow import Flow, Flows, FlowTest, TestTurn
from engine.core.message import Chosen, Inbound, Limits, Location, Media, Outbound, Text, plain
from engine.core.node import Node
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


class Difference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that a turn should have led to and did not. `kind` is messages, exits, effects, state, vars (`name`
    tells which) or input (the turn could not be given at all: `got` is the error's code)."""

    kind: str
    name: str = ""
    expected: Any = None
    got: Any = None


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A service that is being waited for."""

    service: str
    operation: str
    args: dict[str, Any] = {}


class Played(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A turn of a test as it went. `path` are the steps in the tested flow, as (node, exit); an exit is "" where it
    waits. `vars` the values of the variables that the turn names."""

    number: int
    turn: TestTurn
    at: datetime
    said: list[str] = []
    exits: list[str] = []
    effects: list[str] = []
    vars: dict[str, Any] = {}
    state: str = ""
    error: str = ""
    path: list[tuple[str, str]] = []
    asked: Asked | None = None
    differences: list[Difference] = []


class Verdict(msgspec.Struct, kw_only=True):
    """A test's outcome: `failures` say turn, what was expected and what came; `exits` are all that were taken;
    `turns` tell the same turn by turn, up to the one that could not be given."""

    flow: str
    test: str
    failures: list[str] = []
    exits: set[str] = set()
    turns: list[Played] = []

    @property
    def passed(self) -> bool:
        return not self.failures


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
            return EventOccurred(
                id=ident, at=self.now, name=turn.event.get("name", ""), data=turn.event.get("data", {})
            )
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


def run_test(flow: Flow, test: FlowTest, flows: Flows) -> Verdict:
    """Play a flow's test. `flows` must hold the flow itself and those that it calls; only its own triggers listen."""
    verdict = Verdict(flow=flow.id, test=test.name, failures=[], exits=set(), turns=[])
    player = stage(flow, test, flows)
    for number, turn in enumerate(test.turns, 1):
        try:
            answer = player.play(called(flow.id, test, turn))
        except TramaError as error:
            verdict.failures.append(f"turn {number}: {error}")
            wrong = Difference(kind="input", expected=_input(turn), got=error.code)
            verdict.turns.append(Played(number=number, turn=turn, at=player.now, differences=[wrong]))
            break
        verdict.exits.update(own_exits(answer, flow.id))
        wrongs = list(_differences(turn, answer, player))
        because = f" ({answer.error})" if answer.error else ""
        verdict.failures.extend(f"turn {number}: {_sentence(wrong, because)}" for wrong in wrongs)
        verdict.turns.append(_played(number, turn, answer, player, flow.id, wrongs))
    return verdict


def stage(flow: Flow, test: FlowTest, flows: Flows) -> Player:
    """A player that stands before the first turn of a test. Raises `test:bad-world`, `test:bad-time`."""
    try:
        at = datetime.fromisoformat(test.at)
    except ValueError as error:
        raise TramaError("test:bad-time", str(error), path="/at") from error
    if at.tzinfo is None:
        raise TramaError("test:bad-time", f"{test.at!r} has no zone", path="/at")
    return Player(flows.listening_to(flow), at=at, world=world_of(test.world))


def called(flow: str, test: FlowTest, turn: TestTurn) -> TestTurn:
    """A turn that calls a flow calls this one, with the test's arguments, unless it says otherwise."""
    if turn.call is None:
        return turn
    return msgspec.structs.replace(turn, call={"flow": flow, "arguments": test.arguments, **turn.call})


def accepted(test: FlowTest, verdict: Verdict) -> FlowTest:
    """The test with what came in place of what it expected, in the turns that differ."""
    turns = list(test.turns)
    for played in verdict.turns:
        changes: dict[str, Any] = {}
        for wrong in played.differences:
            match wrong.kind:
                case "messages":
                    changes["expect"] = played.said
                case "exits":
                    changes["exits"] = played.exits
                case "state":
                    changes["state"] = played.state
                case "effects":
                    changes["effects"] = [e for e in wrong.expected if e in played.effects] or None
                case "vars":
                    changes["vars"] = played.vars
        if played.number <= len(turns):
            turns[played.number - 1] = msgspec.structs.replace(turns[played.number - 1], **changes)
    return msgspec.structs.replace(test, turns=turns)


def _played(
    number: int, turn: TestTurn, answer: Answer, player: Player, flow: str, wrongs: list[Difference]
) -> Played:
    seen = {**answer.changed, **player.variables}
    call = player.open_call
    return Played(
        number=number,
        turn=turn,
        at=player.now,
        said=answer.texts(),
        exits=answer.exits,
        effects=_kinds(answer),
        vars={name: seen.get(name) for name in turn.vars or {}},
        state=answer.state,
        error=answer.error,
        path=[(s.node, s.exit) for t in answer.traces for s in t.steps if s.flow == flow],
        asked=Asked(service=call.service, operation=call.operation, args=call.args) if call else None,
        differences=wrongs,
    )


def run_tests(flow: Flow, flows: Flows) -> list[Verdict]:
    """All tests inside the flow's document."""
    return [run_test(flow, test, flows) for test in flow.document.tests]


def coverage(flow: Flow, verdicts: Iterable[Verdict]) -> tuple[list[str], list[str]]:
    """Exits of the flow that the tests took, and those that none took. An optional exit that is not connected does
    not count."""
    taken: set[str] = set().union(*(v.exits for v in verdicts))
    every = [
        f"{n.id}.{e}"
        for n in flow.nodes.values()
        if isinstance(n, Node)
        for e in n.exits()
        if e not in n.optional_exits() or (n.id, e) in flow.targets
    ]
    return [e for e in every if e in taken], [e for e in every if e not in taken]


def own_exits(answer: Answer, flow: str) -> list[str]:
    """Those of the flow itself, without the flows that it called."""
    return [f"{s.node}.{s.exit}" for t in answer.traces for s in t.steps if s.flow == flow and s.exit]


def _kinds(answer: Answer) -> list[str]:
    return [str(e.__struct_config__.tag) for e in answer.effects]


def _input(turn: TestTurn) -> dict[str, Any]:
    given: dict[str, Any] = msgspec.to_builtins(turn)
    return {k: v for k, v in given.items() if k in INPUTS}


def _sentence(wrong: Difference, because: str) -> str:
    if wrong.kind == "vars":
        return f"expected {wrong.name} = {wrong.expected!r}, got {wrong.got!r}"
    because = "" if wrong.kind == "effects" else because
    return f"expected {wrong.kind} {wrong.expected!r}, got {wrong.got!r}{because}"


def _differences(turn: TestTurn, answer: Answer, player: Player) -> Iterable[Difference]:
    if turn.expect is not None:
        said = answer.texts()
        same = len(said) == len(turn.expect) and all(
            _reads(w, s) for w, s in zip(turn.expect, said, strict=True)
        )
        if not same:
            yield Difference(kind="messages", expected=turn.expect, got=said)
    if turn.exits is not None and turn.exits != answer.exits:
        yield Difference(kind="exits", expected=turn.exits, got=answer.exits)
    if turn.effects is not None:
        kinds = _kinds(answer)
        if any(e not in kinds for e in turn.effects):
            yield Difference(kind="effects", expected=turn.effects, got=kinds)
    if turn.state is not None and turn.state != answer.state:
        yield Difference(kind="state", expected=turn.state, got=answer.state)
    seen = {**answer.changed, **player.variables}
    for name, value in (turn.vars or {}).items():
        if seen.get(name) != value:
            yield Difference(kind="vars", name=name, expected=value, got=seen.get(name))


def _reads(wanted: str, said: str) -> bool:
    return wanted[1:] in said if wanted.startswith("~") else wanted == said
