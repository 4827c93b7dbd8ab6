"""Who gets which ticket: waiting tickets and agents in, assignments out. The same input gives the same output.

Limits, states and membership hold whatever a rule says; the rule only chooses among those who may. Of agents that the
rule holds for equal the one gets the ticket who has been idle longest, then the one with the smallest id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from engine.core.desk.queues import QueueSettings
from engine.core.logic import Env, Rule, RuleError, compile_rule, truthy


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket in line. `prefer` is who should have it, if they can in time (0 nobody)."""

    id: int
    queue: str
    priority: int
    skill: str = ""
    since: datetime
    prefer: int = 0
    channel: str = ""
    contact: dict[str, Any] = {}


class Server(msgspec.Struct, kw_only=True):
    """Somebody online. `queues` None: serves every queue. `most` None: as many as the queue allows."""

    id: int
    serving: int
    queues: frozenset[str] | None = None
    skills: list[str] = []
    most: int | None = None
    assigned_at: datetime | None = None
    idle_since: datetime | None = None


class Given(NamedTuple):
    ticket: int
    agent: int


class Fault(NamedTuple):
    """A rule that failed; the queue went on without it, by who has been idle longest."""

    queue: str
    code: str
    path: str


def distribute(
    tickets: Iterable[Waiting], servers: Iterable[Server], queues: Mapping[str, QueueSettings], now: datetime
) -> tuple[list[Given], list[Fault]]:
    """Give out what can be given out: urgent first, then who has waited longest."""
    desk = _Desk(list(servers), queues, now)
    given = []
    for ticket in sorted(tickets, key=lambda t: _place(t, queues)):
        agent = desk.choose(ticket)
        if agent is not None:
            given.append(Given(ticket.id, agent))
    return given, desk.faults


def line(tickets: Iterable[Waiting], queues: Mapping[str, QueueSettings]) -> dict[int, int]:
    """The place of each ticket in the line of its queue, from 1."""
    places: dict[int, int] = {}
    lengths: dict[str, int] = {}
    for ticket in sorted(tickets, key=lambda t: _place(t, queues)):
        lengths[ticket.queue] = places[ticket.id] = lengths.get(ticket.queue, 0) + 1
    return places


def _place(ticket: Waiting, queues: Mapping[str, QueueSettings]) -> tuple[int, int, datetime, int]:
    settings = queues.get(ticket.queue)
    return -ticket.priority, -(settings.priority if settings else 5), ticket.since, ticket.id


class _Rules(NamedTuple):
    eligible: Rule
    order: list[Rule]


class _Desk:
    """The agents as tickets are given out."""

    def __init__(self, servers: list[Server], queues: Mapping[str, QueueSettings], now: datetime) -> None:
        self._servers = sorted(servers, key=lambda s: s.id)
        self._queues = queues
        self._env = Env(now=now)
        self._now = now
        self._rules: dict[str, _Rules] = {}
        self._facts = {s.id: _facts(s, now) for s in self._servers}
        self._given = 0
        self.faults: list[Fault] = []

    def choose(self, ticket: Waiting) -> int | None:
        settings = self._queues.get(ticket.queue) or QueueSettings()
        free = [s for s in self._servers if _may(s, ticket.queue, settings)]
        if ticket.prefer and (self._now - ticket.since).total_seconds() < settings.patience_seconds:
            free = [s for s in free if s.id == ticket.prefer]
        if not free:
            return None
        data: dict[str, Any] = {
            "ticket": _ticket(ticket, self._now),
            "queue": {"key": ticket.queue, "most": settings.most},
        }
        ranked = [(rank, s) for s in free if (rank := self._rank(ticket, settings, s, data)) is not None]
        if not ranked:
            return None
        chosen = min(ranked, key=lambda pair: pair[0])[1]
        self._given += 1
        chosen.serving += 1
        # one after the other, so that a round goes round also within one distribution
        chosen.assigned_at = chosen.idle_since = self._now + timedelta(microseconds=self._given)
        self._facts[chosen.id] = _facts(chosen, self._now)
        return chosen.id

    def _rank(
        self, ticket: Waiting, settings: QueueSettings, server: Server, data: dict[str, Any]
    ) -> tuple[Any, ...] | None:
        """What agents are compared by; None for who may not have the ticket."""
        tie = (server.idle_since.timestamp() if server.idle_since else 0.0, server.id)
        agent = data["agent"] = self._facts[server.id]
        most = settings.most if server.most is None else server.most
        agent |= {"most": most, "load": server.serving / most, "preferred": server.id == ticket.prefer}
        try:
            rules = self._rules.get(ticket.queue)
            if rules is None:
                rule = settings.distribution()
                rules = _Rules(compile_rule(rule.eligible), [compile_rule(each) for each in rule.order])
                self._rules[ticket.queue] = rules
            if not truthy(rules.eligible(data, self._env)):
                return None
            return (*(_comparable(rule(data, self._env)) for rule in rules.order), *tie)
        except RuleError as fault:
            self.faults.append(Fault(ticket.queue, fault.code, fault.path))
            self._rules[ticket.queue] = _Rules(compile_rule(True), [])
            return tie


def _may(server: Server, queue: str, settings: QueueSettings) -> bool:
    most = settings.most if server.most is None else server.most
    return server.serving < most and (server.queues is None or queue in server.queues)


def _comparable(value: Any) -> tuple[int, Any]:
    """Any JSON value with a place in one order: null, booleans and numbers, then texts; the rest is equal."""
    match value:
        case None:
            return 0, 0
        case bool() | int() | float():
            return 1, float(value)
        case str():
            return 2, value
        case _:
            return 3, 0


def _facts(server: Server, now: datetime) -> dict[str, Any]:
    """What rules see of an agent; `assigned` is when they last got a ticket (seconds, 0 never)."""
    return {
        "id": server.id,
        "serving": server.serving,
        "skills": server.skills,
        "idle_seconds": (now - server.idle_since).total_seconds() if server.idle_since else None,
        "assigned": server.assigned_at.timestamp() if server.assigned_at else 0.0,
    }


def _ticket(ticket: Waiting, now: datetime) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "queue": ticket.queue,
        "priority": ticket.priority,
        "skill": ticket.skill,
        "waited_seconds": (now - ticket.since).total_seconds(),
        "channel": ticket.channel,
        "contact": ticket.contact,
    }
