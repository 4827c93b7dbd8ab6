"""What a supervisor looks at: queues, agents and open tickets at one moment, and what they chose of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from nicegui import ui
from nicegui.element import Element

from builder_ui.elements.native import word
from builder_ui.texts import Texts
from engine.services import agents, clock, queues, tickets
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import AgentFigures, AgentRow, QueueFigures, QueueRow, TicketRow


@dataclass
class Floor:
    """`chosen` are the ids of tickets that are ticked; `queue`, `agent` and `state` narrow the list of tickets."""

    rt: Runtime
    t: Texts
    by: Principal
    may_act: bool
    now: datetime = field(init=False)
    queues: list[QueueRow] = field(default_factory=list)
    figures: dict[str, QueueFigures] = field(default_factory=dict)
    agents: list[AgentRow] = field(default_factory=list)
    deeds: dict[int, AgentFigures] = field(default_factory=dict)
    tickets: list[TicketRow] = field(default_factory=list)
    chosen: set[int] = field(default_factory=set)
    queue: str = ""
    agent: int = 0
    state: str = ""
    menus: int = 0
    """How many menus are open: lines are not drawn anew under the hand that is about to choose."""

    @property
    def tenant(self) -> int:
        return self.by.tenant

    async def load(self) -> None:
        """Bring it up to date. Figures of queues are counted from the company's midnight."""
        rt, tenant = self.rt, self.tenant
        self.now = await clock.now(rt, tenant)
        self.queues = await queues.queues(rt, tenant)
        self.agents = await agents.agents(rt, tenant)
        self.tickets = await tickets.board(rt, tenant)
        self.figures = await queues.all_figures(rt, tenant, [q.key for q in self.queues])
        self.deeds = await agents.figures(rt, tenant)
        self.chosen &= {ticket.id for ticket in self.tickets}

    def menu(self) -> ui.menu:
        made = ui.menu()
        made.on_value_change(lambda e: self._counted(bool(e.value)))
        return made

    def _counted(self, is_open: bool) -> None:
        self.menus = max(0, self.menus + (1 if is_open else -1))

    def names(self) -> dict[int, str]:
        return {agent.person_id: agent.name for agent in self.agents}

    def queue_name(self, key: str) -> str:
        return next((q.name for q in self.queues if q.key == key), key)

    def shown(self) -> list[TicketRow]:
        """The tickets that the filters leave, late ones first, then as they stand in line."""
        found = [
            t
            for t in self.tickets
            if (not self.queue or t.queue == self.queue)
            and (not self.agent or t.person_id == self.agent)
            and (not self.state or t.state == self.state or (self.state == "late" and late(t)))
        ]
        return sorted(found, key=lambda t: (not late(t), -t.priority, t.waiting_since, t.id))


def late(ticket: TicketRow) -> bool:
    """Whether a promise is broken at this moment; one that was kept late is no alarm any more."""
    first = "first_breached" in ticket.alerts and ticket.first_reply_at is None
    return first or "resolve_breached" in ticket.alerts


def ago(moment: datetime) -> Element:
    """How long ago that was; the browser counts on."""
    return word("span", "", data_ago=f"{moment.timestamp():.0f}")


def span(seconds: float | None, t: Texts) -> str:
    """How long, as short as it can be said; a dash where nothing was measured."""
    if seconds is None:
        return "–"
    minutes = int(seconds // 60)
    if minutes < 1:
        return t("desk.seconds", n=int(seconds))
    if minutes < 120:
        return t("desk.minutes", n=minutes)
    if minutes < 48 * 60:
        return t("desk.hours", n=minutes // 60)
    return t("desk.days", n=minutes // (24 * 60))


def share(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.0f}%"
