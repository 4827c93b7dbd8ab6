"""A node's view of the running turn: what it may read, and the only ways in which it may act.

One `Run` serves one turn; the machine (`engine.core.step`) points it at the frame and node that run. Effects get
ids made from the event's id and their number, so that the same turn run twice asks for the same things.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from engine.core.effects import AnyEffect, Call, MarkRead, Send, StartTimer
from engine.core.errors import TramaError
from engine.core.events import AnyEvent, MessageReceived
from engine.core.flow import Flow
from engine.core.logic import Env, compile_rule
from engine.core.message import Chosen, Inbound, Limits, Outbound, plain
from engine.core.node import Stay, Words
from engine.core.session import Frame, Wait, WaitKind
from engine.core.template import fill, look_up, template
from engine.core.words import fold
from engine.core.world import World

RESERVED = ("contact", "conversation", "channel", "company", "message", "event", "flow")
"""Names that flows cannot give to variables: rules and texts read the world under them."""
LONGEST_WAIT = timedelta(days=365)


class Run:
    """See the module. Attributes are for reading: `event`, `world`, `frame`, `flow`, `node_id`, `now`."""

    __slots__ = (
        "_changed", "_count", "_data", "_env", "_reads", "contents", "effects", "event", "flow", "frame", "node_id",
        "now", "world",
    )  # fmt: skip

    def __init__(self, event: AnyEvent, world: World) -> None:
        self.event = event
        self.world = world
        self.now: datetime = event.at
        self.effects: list[AnyEffect] = []
        self.contents: list[Inbound] = list(event.contents) if isinstance(event, MessageReceived) else []
        self.frame: Frame
        self.flow: Flow
        self.node_id = ""
        self._count = 0
        self._env: Env | None = None
        self._data: dict[str, Any] | None = None
        self._reads: dict[str, Any] = {}
        self._changed: dict[str, Any] = {}

    # -- the machine's side -------------------------------------------------------------------------------------

    def point_at(self, flow: Flow, frame: Frame) -> None:
        """Serve this frame's current node from now on."""
        if flow is not getattr(self, "flow", None) or frame is not self.frame:
            self._data = None
        self.flow = flow
        self.frame = frame
        self.node_id = frame.node

    def taken(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What was read and changed since the last call: for the trace."""
        reads, changed = self._reads, self._changed
        if reads:
            self._reads = {}
        if changed:
            self._changed = {}
        return reads, changed

    def hear(self, contents: list[Inbound]) -> None:
        """Answer these bubbles from now on (kept ones, given to a question that now listens)."""
        self.contents = contents
        self._data = None

    # -- reading ------------------------------------------------------------------------------------------------

    @property
    def limits(self) -> Limits:
        return self.world.limits

    @property
    def local(self) -> datetime:
        """The event's moment on the company's clocks."""
        return self.now.astimezone(ZoneInfo(self.world.zone))

    @property
    def env(self) -> Env:
        """What rules may know besides data: the event's time, the zone, hours and holidays."""
        if self._env is None:
            world = self.world
            self._env = Env(
                now=self.now,
                zone=world.zone,
                hours=world.hours,
                holidays=world.holidays,
                sticky=str(world.contact.get("id", "")),
            )
        return self._env

    @property
    def data(self) -> dict[str, Any]:
        """Variables of the running flow and, under reserved names, the world."""
        if self._data is None:
            world = self.world
            self._data = {
                **self.frame.vars,
                "contact": world.contact,
                "conversation": world.conversation,
                "channel": {"kind": world.channel},
                "company": world.company,
                "message": self.message(),
                "event": self.event_data(),
                "flow": {"id": self.frame.flow, "version": self.frame.version},
            }
        return self._data

    def message(self) -> dict[str, Any]:
        """The burst that is being answered: `text`, `folded` (for keywords), `kind`, `choice` (id), `count`."""
        contents = self.contents
        if not contents:
            return {"text": "", "folded": "", "kind": "", "choice": "", "count": 0}
        last = contents[-1]
        text = self.text_said()
        return {
            "text": text,
            "folded": fold(text),
            "kind": last.__struct_config__.tag,
            "choice": last.id if isinstance(last, Chosen) else "",
            "count": len(contents),
        }

    def text_said(self) -> str:
        """The words of the whole burst, a line for each bubble, cut at what the guards allow."""
        if len(self.contents) == 1:
            return plain(self.contents[0])[: self.world.guards.texts]
        return "\n".join(filter(None, (plain(c) for c in self.contents)))[: self.world.guards.texts]

    def event_data(self) -> dict[str, Any]:
        event = self.event
        return {
            "type": event.__struct_config__.tag,
            "name": getattr(event, "name", ""),
            "data": getattr(event, "data", {}),
            "first": getattr(event, "first", False),
            "referral": getattr(event, "referral", {}),
        }

    def get(self, path: str) -> Any:
        """The value at a dotted path; None where it is absent."""
        return look_up(path.split("."), self.data)

    def text(self, words: Words) -> str:
        """A text for this contact: the variant for channel and language, with its substitutions made."""
        chosen = words if isinstance(words, str) else self._variant(words)
        if "{{" not in chosen:
            return chosen
        return template(chosen).render(self.data, self.world.zone)

    def _variant(self, words: dict[str, str]) -> str:
        channel = self.world.channel
        language = str(self.world.contact.get("language") or self.world.language)
        for key in (f"{channel}:{language}", channel, language, "default"):
            if key in words:
                return words[key]
        return next(iter(words.values()), "")

    def fill(self, value: Any) -> Any:
        """JSON with the texts in it substituted; a text that is one substitution keeps its value's type."""
        return fill(value, self.data, self.world.zone)

    def rule(self, rule: Any) -> Any:
        """The value of a rule over `data`; what it read goes into the trace."""
        if not isinstance(rule, dict | list):
            return rule
        compiled = compile_rule(rule)
        data = self.data
        for path in compiled.paths:
            if path and path not in self._reads:
                self._reads[path] = look_up(path.split("."), data)
        return compiled(data, self.env)

    def rule_with(self, rule: Any, extra: dict[str, Any]) -> Any:
        """The value of a rule that also sees `extra`."""
        if not isinstance(rule, dict | list):
            return rule
        for name, value in extra.items():
            self._reads[name] = value
        return compile_rule(rule)({**self.data, **extra}, self.env)

    def rule_at(self, rule: Any, at: datetime) -> Any:
        """The value of a rule as it will be at another moment; nothing of it goes into the trace."""
        return compile_rule(rule)(self.data, msgspec.structs.replace(self.env, now=at))

    @property
    def memory(self) -> dict[str, Any]:
        """What this node keeps between events, until it is left."""
        return self.frame.memory.setdefault(self.node_id, {})

    # -- acting -------------------------------------------------------------------------------------------------

    def set(self, name: str, value: Any) -> None:
        """Give a variable (or, with dots, a member of one) a value. Structures are replaced, never mutated."""
        head, _, rest = name.partition(".")
        if head in RESERVED:
            raise TramaError("flow:reserved-name", f"{head!r} is not a variable of the flow")
        variables = self.frame.vars
        variables[head] = value if not rest else _with(variables.get(head), rest.split("."), value)
        self._changed[head] = variables[head]
        if self._data is not None:
            self._data[head] = variables[head]

    def id(self) -> str:
        """A new id, the same in every repetition of this turn."""
        self._count += 1
        return f"{self.event.id}.{self._count}"

    def emit(self, effect: AnyEffect) -> None:
        self.effects.append(effect)

    def send(self, content: Outbound, reply_to: str = "") -> None:
        self.effects.append(Send(id=self.id(), content=content, reply_to=reply_to))

    def typing(self) -> None:
        """Show that an answer is on its way, where the event was a message."""
        if isinstance(self.event, MessageReceived) and self.event.message_ids:
            self.effects.append(MarkRead(id=self.id(), message=self.event.message_ids[-1]))

    def wait(
        self,
        kind: WaitKind,
        until: timedelta | datetime,
        *,
        remind: timedelta | None = None,
        event: str = "",
        match: Any = None,
        messages: bool = False,
        why: str = "",
    ) -> Stay:
        """Stop until something of `kind` happens, at the latest `until`; `remind` after so long meanwhile."""
        deadline = until if isinstance(until, datetime) else self.now + min(until, LONGEST_WAIT)
        deadline = min(deadline, self.now + LONGEST_WAIT)
        remind_at = None if remind is None or self.now + remind >= deadline else self.now + remind
        wait = Wait(
            id=self.id(), kind=kind, since=self.now, deadline=deadline, remind_at=remind_at, event=event,
            match=match, messages=messages,
        )  # fmt: skip
        self.start_timers(wait)
        return Stay(wait, why)

    def start_timers(self, wait: Wait) -> None:
        """Ask for the timers of a wait (again, when it is taken up after an interruption)."""
        ends: Any = "until" if wait.kind == "timer" else "timeout"
        self.emit(StartTimer(id=self.id(), due=wait.deadline, wait=wait.id, kind=ends))
        if wait.remind_at is not None and wait.remind_at > self.now:
            self.emit(StartTimer(id=self.id(), due=wait.remind_at, wait=wait.id, kind="reminder"))

    def call(self, service: str, operation: str, args: dict[str, Any], *, timeout: float = 15.0) -> Stay:
        """Ask a service and wait for its answer. The wait outlives the call's own time limit by a minute, in
        case that the answer is lost together with the process that fetched it."""
        effect = Call(id=self.id(), service=service, operation=operation, args=args, timeout=timeout)
        self.typing()
        self.emit(effect)
        stay = self.wait("call", timedelta(seconds=timeout + 60), why=f"{service}.{operation}")
        return Stay(
            Wait(
                id=stay.wait.id, kind="call", since=stay.wait.since, deadline=stay.wait.deadline, call=effect.id
            ),
            stay.why,
        )  # fmt: skip


def _with(whole: Any, path: list[str], value: Any) -> dict[str, Any]:
    base = dict(whole) if isinstance(whole, dict) else {}
    base[path[0]] = value if len(path) == 1 else _with(base.get(path[0]), path[1:], value)
    return base
