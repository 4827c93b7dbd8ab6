"""The machine that moves a session through its nodes within one turn.

It knows moves (`engine.core.node.Move`), frames and the trace; it knows no node type. Which event reaches it, and
whether a session may run at all, is decided in `engine.core.step`.

Failures end well: an error leaves through the node's `error` exit when that is connected, otherwise the conversation
goes to a person with the error's code as reason. A run that visits too many nodes without waiting does likewise.
"""

from __future__ import annotations

from typing import Any

from engine.core.effects import HandOver
from engine.core.errors import TramaError
from engine.core.events import AnyEvent, MessageReceived, Returned
from engine.core.flow import Flow, Flows
from engine.core.node import Enter, Finish, Go, Jump, Move, Node, Stay, UnknownNode
from engine.core.run import Run
from engine.core.session import Frame, Session, Wait
from engine.core.trace import Step, Trace


class Machine:
    """One turn of one session, which it changes: hand it a copy."""

    def __init__(self, flows: Flows, session: Session, run: Run, trace: Trace) -> None:
        self.flows = flows
        self.session = session
        self.run = run
        self.trace = trace
        self._visits = 0

    # -- ways in ------------------------------------------------------------------------------------------------

    def start(self, flow: Flow, arguments: dict[str, Any], why: str) -> None:
        """Put `flow` on the stack and run it until it waits or ends."""
        self.session.state = "waiting"
        self._push(flow, arguments)
        self._go_on(None, why)

    def resume(self, event: AnyEvent) -> bool:
        """Give the event to the node that waits; False when it means nothing to it."""
        node, _ = self._current()
        if isinstance(node, UnknownNode):
            self._give_up("flow:unknown-node", node.id)
            return True
        try:
            move = node.resume(self.run, event)
        except TramaError as error:
            move = self._failed(node, error)
        if move is None:
            return False
        self.session.wait = None
        self._go_on(move, "")
        return True

    def interrupt(self, flow: Flow, arguments: dict[str, Any], why: str) -> None:
        """Run `flow` over what waits; the open question is asked again afterwards."""
        if self.session.frames:
            self.session.frames[-1].held = self.session.wait
        self.session.wait = None
        self.start(flow, arguments, why)

    def replace(self, flow: Flow, arguments: dict[str, Any], why: str) -> None:
        """Run `flow` in place of all that ran."""
        self.session.frames.clear()
        self.session.wait = None
        self.start(flow, arguments, why)

    def hand_over(self, reason: str, *, queue: str = "", summary: str = "") -> None:
        """Give the conversation to people and end the session."""
        self.run.emit(HandOver(id=self.run.id(), queue=queue, reason=reason, summary=summary))
        self._end("handed_over", reason)

    def end(self, reason: str) -> None:
        self._end("done", reason)

    # -- the loop -----------------------------------------------------------------------------------------------

    def _go_on(self, move: Move | None, why: str) -> None:
        """Apply moves and enter nodes until the session waits or ends. `move` None enters the current node."""
        while True:
            if move is None:
                self._visits += 1
                if self._visits > self.run.world.guards.visits:
                    self._give_up("flow:loop", self.session.frames[-1].node)
                    return
                node, _ = self._current()
                if isinstance(node, UnknownNode):
                    self._give_up("flow:unknown-node", node.id)
                    return
                try:
                    move = node.enter(self.run)
                except TramaError as error:
                    move = self._failed(node, error)
            match move:
                case Go(exit=name, why=reason):
                    if not self._leave(name, reason or why):
                        return
                    move = None
                case Stay(wait=wait, why=reason):
                    self._record("", reason or why)
                    self.session.wait = wait
                    move = self._early(wait)
                    if move is None:
                        self._done("waiting")
                        return
                case Enter(flow=ident, arguments=arguments, why=reason):
                    move = self._enter(ident, arguments, reason)
                case Jump():
                    move = self._jump(move)
                case Finish():
                    self._record("", move.why or "end")
                    move = self._finish(move)
                    if move is None:
                        return
            why = ""
            if not self.session.frames or self.session.state != "waiting":
                return

    def _current(self) -> tuple[Node | UnknownNode, Frame]:
        frame = self.session.frames[-1]
        flow = self.flows.get(frame.flow, frame.version)
        if flow is None:
            raise TramaError("flow:unknown", f"{frame.flow} version {frame.version} is not to be had")
        node = flow.nodes.get(frame.node)
        if node is None:
            raise TramaError("flow:unknown-target", f"{frame.flow} has no node {frame.node!r}")
        self.run.point_at(flow, frame)
        return node, frame

    def _leave(self, name: str, why: str) -> bool:
        """Follow an exit; False when the session ended there."""
        node, frame = self._current()
        self._record(name, why)
        if not getattr(node, "keeps_memory", False):
            frame.memory.pop(frame.node, None)
        target = self.run.flow.targets.get((frame.node, name))
        if target is not None:
            frame.node = target
            return True
        if isinstance(node, Node) and name in node.error_exits():
            error = frame.vars.get("error")
            self._give_up(str(error.get("code")) if isinstance(error, dict) else "flow:error", frame.node)
            return False
        move = self._finish(Finish(why="open exit"))
        if move is None:
            return False
        self._go_on(move, "")
        return False

    def _enter(self, ident: str, arguments: dict[str, Any], why: str) -> Move | None:
        node, _ = self._current()
        flow = self.flows.get(ident)
        if flow is None:
            return self._failed(node, TramaError("flow:unknown", f"there is no live flow {ident!r}"))
        if len(self.session.frames) >= self.run.world.guards.depth:
            return self._failed(
                node, TramaError("flow:too-deep", f"{len(self.session.frames)} flows call each other")
            )
        self._record("", why or f"calls {ident}")
        self._push(flow, arguments)
        return None

    def _jump(self, jump: Jump) -> Move | None:
        node, frame = self._current()
        if not jump.flow:
            if jump.node not in self.run.flow.nodes:
                return self._failed(
                    node, TramaError("flow:unknown-target", f"there is no node {jump.node!r}")
                )
            self._record("", jump.why or f"to {jump.node}")
            frame.memory.pop(frame.node, None)
            frame.node = jump.node
            return None
        flow = self.flows.get(jump.flow)
        if flow is None:
            return self._failed(node, TramaError("flow:unknown", f"there is no live flow {jump.flow!r}"))
        self._record("", jump.why or f"to {jump.flow}")
        self.session.frames.pop()
        self._push(flow, jump.arguments)
        return None

    def _push(self, flow: Flow, arguments: dict[str, Any]) -> None:
        self.session.frames.append(
            Frame(flow=flow.id, version=flow.version, node=flow.start, vars={**flow.defaults, **arguments})
        )

    def _finish(self, finish: Finish) -> Move | None:
        """Leave the innermost flow; the move of the flow below, or None when the session is over."""
        if finish.whole:
            self._end(finish.state, finish.why)
            return None
        self.session.frames.pop()
        if not self.session.frames:
            self._end(finish.state, finish.why)
            return None
        node, frame = self._current()
        if isinstance(node, UnknownNode):
            self._give_up("flow:unknown-node", node.id)
            return None
        try:
            if frame.held is not None:
                held, missed = frame.held, frame.missed
                frame.held = frame.missed = None
                move = node.resume(self.run, missed) if missed is not None else None
                return move or node.again(self.run, held)
            returned = Returned(
                id=self.run.event.id, at=self.run.now, results=finish.results, outcome=finish.state
            )
            return node.resume(self.run, returned) or Go("next")
        except TramaError as error:
            return self._failed(node, error)

    def _early(self, wait: Wait) -> Move | None:
        """Offer what was written while the session could not listen to the question that now listens."""
        session = self.session
        if not session.backlog or not (wait.kind == "message" or wait.messages):
            return None
        held, session.backlog = session.backlog, []
        early = MessageReceived(id=self.run.event.id, at=self.run.now, contents=held, early=True)
        node, _ = self._current()
        if isinstance(node, UnknownNode):
            return None
        self.run.hear(held)
        try:
            return node.resume(self.run, early)
        except TramaError as error:
            return self._failed(node, error)

    # -- endings ------------------------------------------------------------------------------------------------

    def _failed(self, node: Node | UnknownNode, error: TramaError) -> Move:
        """Where a failing node leads: its connected `error` exit, else a person."""
        self.run.set("error", {"code": error.code, "detail": error.detail, "node": node.id})
        if (
            isinstance(node, Node)
            and ("error" in node.exits())
            and (node.id, "error") in self.run.flow.targets
        ):
            return Go("error", error.code)
        self._record("", error.code, error=error.detail or error.code)
        self.run.emit(HandOver(id=self.run.id(), reason=error.code, summary=error.detail))
        return Finish(whole=True, state="handed_over", why=error.code)

    def _give_up(self, code: str, node: str) -> None:
        self._record("", code, error=code)
        self.hand_over(code, summary=node)

    def _end(self, state: Any, reason: str) -> None:
        session = self.session
        session.state = state
        session.wait = None
        session.frames = []
        session.reason = reason
        self._done(state)

    def _done(self, outcome: str) -> None:
        self.trace.outcome = outcome

    def _record(self, name: str, why: str, error: str = "") -> None:
        if not self.session.frames:
            return
        frame = self.session.frames[-1]
        reads, changed = self.run.taken()
        flow = self.flows.get(frame.flow, frame.version)
        node = flow.nodes.get(frame.node) if flow else None
        kind = node.kind if isinstance(node, UnknownNode) else str(node.__struct_config__.tag) if node else ""
        self.trace.steps.append(
            Step(
                flow=frame.flow, version=frame.version, node=frame.node, kind=kind,
                depth=len(self.session.frames) - 1, exit=name, why=why, reads=reads, changed=changed, error=error,
            )
        )  # fmt: skip
