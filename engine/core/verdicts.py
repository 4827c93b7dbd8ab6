"""What the tests of a flow say: each turn as it went beside what was expected, and which exits were taken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from engine.core.errors import TramaError
from engine.core.flow import Flow, Flows, FlowTest, TestTurn
from engine.core.node import Node
from engine.core.replay import INPUTS, Answer, Player, world_of


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
