"""A turn: `step(flows, session, event, world)` gives the next session, the effects wanted and the trace.

Pure: the same arguments give the same result, always. Decides what an event may do at all:

- a person owns the conversation: the bot is silent, but for a flow that this person let run;
- the session ran under an older ownership (`epoch`): its timers and answers are late, a message starts afresh;
  one that was parked at a hand-over goes on when the people are done;
- a timer or an answer belongs to a wait that is over: nothing happens;
- a message while the session cannot listen is kept (`Session.backlog`) for the next question;
- a machine seems to be on the other side: silence, and a person;
- a global command or an interrupting trigger comes before the waiting node;
- with nothing running, a trigger chooses the flow.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from engine.core.effects import AnyEffect, ScheduleFlow, Send
from engine.core.errors import TramaError
from engine.core.events import AnyEvent, CallAnswered, EventOccurred, FlowCalled, MessageReceived, TimerFired
from engine.core.flow import Flows
from engine.core.guard import watch
from engine.core.logic import RuleError, truthy
from engine.core.machine import Machine
from engine.core.message import Text
from engine.core.run import Run
from engine.core.session import Frame, Session, Wait, copy
from engine.core.trace import Trace
from engine.core.triggers import Match, choose
from engine.core.words import folded
from engine.core.world import Command, World

BUSY_RETRY = timedelta(minutes=10)
"""After how long a flow is tried again that was called while another one ran."""


class Turn(NamedTuple):
    """`session` is None where there is none and the event started none."""

    session: Session | None
    effects: list[AnyEffect]
    trace: Trace


def step(flows: Flows, session: Session | None, event: AnyEvent, world: World) -> Turn:
    """See the module. Neither argument is changed."""
    run = Run(event, world)
    trace = Trace(event=event.id, kind=str(event.__struct_config__.tag))
    if world.owner == "person" and not isinstance(event, FlowCalled) and not _commanded(session, world):
        trace.outcome = "silent"
        return Turn(session, [], trace)
    live = None
    if session is not None and (session.epoch == world.epoch or _comes_back(session, event)):
        live = copy(session)
        live.epoch = world.epoch
    if live is None or live.state != "waiting" or live.wait is None:
        guard = live.guard if live is not None else None
        live = Session(id=f"s{event.id}", epoch=world.epoch, state="done")
        if guard is not None:
            live.guard = guard
        idle = True
    else:
        idle = False
    machine = Machine(flows, live, run, trace)
    try:
        changed = _idle(machine, event) if idle else _waiting(machine, event, live)
    except TramaError as error:
        trace.note = str(error)
        machine.hand_over(error.code, summary=error.detail)
        changed = True
    if not changed:
        return Turn(session, run.effects, trace)
    live.turn = (session.turn if session is not None else 0) + 1
    return Turn(live, run.effects, trace)


def _commanded(session: Session | None, world: World) -> bool:
    """Whether the session runs under this very ownership: then the owner let it run, every other one is older."""
    return session is not None and session.state == "waiting" and session.epoch == world.epoch


def _comes_back(session: Session, event: AnyEvent) -> bool:
    """Whether the session was parked while people had the conversation, and this is what it goes on after."""
    wait = session.wait
    return (
        session.state == "waiting"
        and wait is not None
        and isinstance(event, EventOccurred)
        and event.name in wait.parked
    )


def _waiting(machine: Machine, event: AnyEvent, session: Session) -> bool:
    wait = session.wait
    assert wait is not None
    if wait.parked and _comes_back(session, event):
        return machine.resume(event)
    if isinstance(event, MessageReceived):
        return _message(machine, event, session, wait)
    if _ends(machine, event, wait, session.frames[-1]):
        if machine.resume(event):
            return True
        machine.trace.outcome = "waiting"
        return bool(machine.run.effects)
    for frame in session.frames:
        if frame.held is not None and frame.missed is None and _ends(machine, event, frame.held, frame):
            frame.missed = event
            machine.trace.outcome = "held"
            return True
    if isinstance(event, TimerFired | CallAnswered):
        machine.trace.outcome = "stale"
        return False
    return _called_while_busy(machine, event)


def _message(machine: Machine, event: MessageReceived, session: Session, wait: Wait) -> bool:
    if _watched(machine, session):
        return True
    command = command_said(event, machine.run, machine.run.world.commands)
    if command is not None:
        _obey(machine, command)
        return True
    match, considered = choose(machine.flows.live(), event, machine.run.world, interrupting=True)
    machine.trace.considered = considered
    if match is not None:
        machine.interrupt(match.flow, match.arguments, f"trigger {match.number}")
        return True
    if wait.kind == "message" or wait.messages:
        if machine.resume(event):
            return True
        machine.trace.outcome = "waiting"
        return True
    session.backlog.extend(event.contents)
    machine.trace.outcome = "held"
    return True


def _idle(machine: Machine, event: AnyEvent) -> bool:
    session, run, trace = machine.session, machine.run, machine.trace
    match event:
        case TimerFired() | CallAnswered():
            trace.outcome = "stale"
            return False
        case FlowCalled(flow=ident, arguments=arguments, reason=reason):
            flow = machine.flows.get(ident)
            if flow is None:
                raise TramaError("flow:unknown", f"there is no live flow {ident!r}")
            machine.start(flow, arguments, reason or "called")
            return True
        case MessageReceived():
            if _watched(machine, session):
                return True
            command = command_said(event, run, run.world.commands)
            if command is not None:
                _obey(machine, command)
                return True
    found, trace.considered = choose(machine.flows.live(), event, run.world)
    if found is None:
        trace.outcome = "unmatched"
        return isinstance(event, MessageReceived)
    machine.start(found.flow, found.arguments, f"trigger {found.number}")
    return True


def _watched(machine: Machine, session: Session) -> bool:
    """Whether the loop breaker ended it."""
    run = machine.run
    session.guard, why = watch(session.guard, run.now, run.text_said(), run.world.guards)
    if why:
        machine.trace.note = why
        machine.hand_over(why)
    return bool(why)


def _ends(machine: Machine, event: AnyEvent, wait: Wait, frame: Frame) -> bool:
    """Whether the event is what this wait is for."""
    match event:
        case TimerFired(wait=token):
            return token == wait.id
        case CallAnswered(call=call):
            return wait.kind == "call" and call == wait.call
        case EventOccurred(name=name) if wait.kind == "event" and wait.event == name:
            return wait.match is None or _matches(machine, wait, frame)
    return False


def _matches(machine: Machine, wait: Wait, frame: Frame) -> bool:
    flow = machine.flows.get(frame.flow, frame.version)
    if flow is None:
        return False
    machine.run.point_at(flow, frame)
    try:
        return truthy(machine.run.rule(wait.match))
    except RuleError as error:
        machine.trace.note = str(error)
        return False


def _called_while_busy(machine: Machine, event: AnyEvent) -> bool:
    """An event that starts a flow while another one runs: at once if it may interrupt, otherwise a little later."""
    run, trace = machine.run, machine.trace
    found: Match | None = None
    if isinstance(event, EventOccurred):
        found, trace.considered = choose(machine.flows.live(), event, run.world, interrupting=True)
        if found is not None:
            machine.interrupt(found.flow, found.arguments, f"trigger {found.number}")
            return True
        found, trace.considered = choose(machine.flows.live(), event, run.world)
        later = None if found is None else (found.flow.id, found.arguments)
    elif isinstance(event, FlowCalled):
        later = (event.flow, event.arguments)
    else:
        later = None
    if later is None:
        trace.outcome = "unmatched"
        return False
    trace.outcome = "held"
    trace.note = "another flow runs: tried again later"
    run.emit(ScheduleFlow(id=run.id(), flow=later[0], due=run.now + BUSY_RETRY, arguments=later[1]))
    return False


def command_said(event: MessageReceived, run: Run, commands: list[Command]) -> Command | None:
    """The global command that the message is, if it is nothing but that. A pressed button counts by its id."""
    message = run.message()
    said = (message["folded"], folded(str(message["choice"])) if message["choice"] else "")
    for command in commands:
        for word in command.words:
            if folded(word) in said and folded(word):
                return command
    return None


def _obey(machine: Machine, command: Command) -> None:
    run = machine.run
    machine.trace.note = f"command {command.words[0]}"
    if command.text:
        run.emit(Send(id=run.id(), content=Text(command.text)))
    match command.action:
        case "hand_over":
            machine.hand_over("asked for a person", queue=command.queue)
            return
        case "end":
            machine.end("ended by the contact")
            return
    flow = machine.flows.get(command.flow)
    if flow is None:
        raise TramaError("flow:unknown", f"the command {command.words[0]!r} wants flow {command.flow!r}")
    if command.action == "over" and machine.session.frames:
        machine.interrupt(flow, {}, "command")
    else:
        machine.replace(flow, {}, "command")
