"""Trying a flow by hand: inputs given one by one, each on top of what stood before it, so that one can go back to any
of them and go another way. Nothing that was tried is lost by that: it stays as another line.

A trial is its inputs: from the setup and the inputs alone everything else comes again, on this flow or on a changed
one. That is what is kept between visits, and what becomes a test.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from engine.core.effects import Call
from engine.core.errors import TramaError
from engine.core.flow import Flow, Flows, FlowTest, TestTurn
from engine.core.replay import Answer, Player
from engine.core.trace import Step
from engine.core.verdicts import called, stage

MOST_INPUTS = 500


class Setup(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands before the first input: clock (ISO 8601 with zone) and world, as in a test."""

    at: str
    world: dict[str, Any] = {}


class Given(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An input and the one that it came after (0: the beginning)."""

    id: int
    after: int
    turn: TestTurn


class Recipe(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A trial as it is kept: `now` is the input after which one stands."""

    setup: Setup
    inputs: list[Given] = []
    now: int = 0


@dataclass(frozen=True)
class Beat:
    """An input and what it led to. `at` is the clock afterwards; `variables` those of the innermost flow then; `waits`
    what is waited for (message, timer, call, event, "" for nothing)."""

    id: int
    after: int
    turn: TestTurn
    answer: Answer
    at: datetime
    variables: dict[str, Any]
    waits: str = ""


class Trial:
    """One flow being tried. `flows` hold it and those that it calls; only its own triggers listen."""

    def __init__(self, flow: Flow, flows: Flows, setup: Setup) -> None:
        self.flow, self.setup = flow, setup
        self.beats: dict[int, Beat] = {}
        self.now = 0
        self._test = FlowTest(name="", turns=[], at=setup.at, world=setup.world)
        self._players: dict[int, Player] = {0: stage(flow, self._test, flows)}
        self._next = 1

    @property
    def player(self) -> Player:
        """Who stands where one stands now. Not to be played: `give` does that."""
        return self._players[self.now]

    @property
    def open_call(self) -> Call | None:
        return self.player.open_call

    def give(self, turn: TestTurn) -> Beat:
        """One more input after where one stands. Raises what the input itself is refused with (`test:…`), and
        `try:too-long`; nothing has happened then."""
        if len(self.beats) >= MOST_INPUTS:
            raise TramaError("try:too-long", f"a trial has at most {MOST_INPUTS} inputs")
        player = self.player.fork()
        answer = player.play(called(self.flow.id, self._test, turn))
        wait = player.session.wait if player.session is not None else None
        waits = wait.kind if wait is not None and answer.state == "waiting" else ""
        beat = Beat(self._next, self.now, turn, answer, player.now, player.variables, waits)
        self._players[beat.id] = player
        self.beats[beat.id] = beat
        self.now, self._next = beat.id, beat.id + 1
        return beat

    def stand(self, ident: int) -> None:
        """Go to after an input (0: the beginning). Raises `try:unknown-input`."""
        if ident not in self._players:
            raise TramaError("try:unknown-input", f"there is no input {ident}")
        self.now = ident

    def line(self, ident: int | None = None) -> list[Beat]:
        """From the beginning to an input (the one where one stands)."""
        found: list[Beat] = []
        at = self.now if ident is None else ident
        while at:
            found.append(self.beats[at])
            at = self.beats[at].after
        return found[::-1]

    def ends(self) -> list[int]:
        """The last input of each line, oldest line first."""
        inner = {b.after for b in self.beats.values()}
        return [i for i in self.beats if i not in inner]

    def end_of(self, ident: int) -> int:
        """The last input of the newest line through this one."""
        after: dict[int, int] = {b.after: b.id for b in self.beats.values()}
        while ident in after:
            ident = after[ident]
        return ident

    def recipe(self) -> Recipe:
        inputs = [Given(id=b.id, after=b.after, turn=b.turn) for b in self.beats.values()]
        return Recipe(setup=self.setup, inputs=inputs, now=self.now)


def repeat(recipe: Recipe, flow: Flow, flows: Flows) -> tuple[Trial, int]:
    """The same inputs again, perhaps on a changed flow; and how many could not be given any more (with what came
    after them). Raises what the setup is refused with."""
    trial = Trial(flow, flows, recipe.setup)
    became = {0: 0}
    lost = 0
    for given in recipe.inputs[:MOST_INPUTS]:
        if given.after not in became:
            lost += 1
            continue
        trial.stand(became[given.after])
        try:
            became[given.id] = trial.give(given.turn).id
        except TramaError:
            lost += 1
    trial.stand(became.get(recipe.now, trial.now))
    return trial, lost


def as_test(trial: Trial, name: str) -> FlowTest:
    """The line where one stands as a test that expects what came: bubbles, exits, and the state at the end."""
    turns = []
    line = trial.line()
    for beat in line:
        expected: dict[str, Any] = {"expect": beat.answer.texts()}
        if beat.answer.exits:
            expected["exits"] = beat.answer.exits
        if beat is line[-1]:
            expected["state"] = beat.answer.state
        turns.append(msgspec.structs.replace(beat.turn, **expected))
    return FlowTest(name=name, turns=turns, at=trial.setup.at, world=trial.setup.world)


def drawn(steps: Iterable[Step], flow: str, version: int | None = None) -> dict[str, Any]:
    """The way through one flow as the canvas draws it: visits by node, exits that were taken, and the last node."""
    nodes: dict[str, int] = {}
    taken: list[list[str]] = []
    now = ""
    for step in steps:
        if step.flow != flow or (version is not None and step.version != version):
            continue
        nodes[step.node] = nodes.get(step.node, 0) + 1
        now = step.node
        if step.exit and [step.node, step.exit] not in taken:
            taken.append([step.node, step.exit])
    return {"nodes": nodes, "edges": taken, "now": now}


def steps(line: Iterable[Beat]) -> list[Step]:
    return [s for beat in line for trace in beat.answer.traces for s in trace.steps]
