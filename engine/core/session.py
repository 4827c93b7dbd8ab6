"""Where a conversation stands in its flows. A session is a value: `step` takes one and gives the next.

It is stored as JSON, so everything in it must survive a round trip through JSON unchanged.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from engine.core.events import AnyEvent
from engine.core.message import Inbound

WaitKind = Literal["message", "timer", "call", "event"]
State = Literal["waiting", "done", "handed_over", "failed"]


class Wait(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the session is waiting for. `id` is the fencing token of its timers and its call: an answer that
    carries another one is late and changes nothing. `deadline` ends every wait; none waits for ever."""

    id: str
    kind: WaitKind
    since: datetime
    deadline: datetime
    remind_at: datetime | None = None
    call: str = ""
    event: str = ""
    match: Any = None
    messages: bool = False
    """Whether a message also ends this wait (it is the node's business what it makes of it)."""
    parked: list[str] = []
    """Names of the events that end it under whatever ownership: people have the conversation meanwhile."""


class Frame(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One flow on the stack, pinned to its version. `memory` is what each node keeps between events (tries,
    position in a loop); `held` the wait that an interruption put aside, `missed` what ended it meanwhile."""

    flow: str
    version: int
    node: str
    vars: dict[str, Any] = {}
    memory: dict[str, dict[str, Any]] = {}
    held: Wait | None = None
    missed: AnyEvent | None = None


class Guard(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the loop breaker remembers: turns in the running minute, and how often the same text came in a row."""

    minute: int = 0
    turns: int = 0
    last: str = ""
    repeats: int = 0


class Session(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`epoch` is the ownership token of the conversation under which the session runs; `backlog` holds what
    the contact wrote while the session could not listen."""

    id: str
    epoch: int = 0
    state: State = "waiting"
    frames: list[Frame] = []
    wait: Wait | None = None
    backlog: list[Inbound] = []
    guard: Guard = Guard()
    turn: int = 0
    reason: str = ""


def copy(session: Session) -> Session:
    """A copy whose frames may be changed without touching the original (variables are replaced, not mutated)."""
    return Session(
        id=session.id,
        epoch=session.epoch,
        state=session.state,
        frames=[
            Frame(
                flow=f.flow,
                version=f.version,
                node=f.node,
                vars=dict(f.vars),
                memory={k: dict(v) for k, v in f.memory.items()} if f.memory else {},
                held=f.held,
                missed=f.missed,
            )
            for f in session.frames
        ],
        wait=session.wait,
        backlog=list(session.backlog),
        guard=session.guard,
        turn=session.turn,
        reason=session.reason,
    )


def waits(session: Session) -> list[Wait]:
    """The wait that is open and those that interruptions put aside: timers of any other wait are stale."""
    held = [f.held for f in session.frames if f.held is not None]
    return held if session.wait is None else [*held, session.wait]
