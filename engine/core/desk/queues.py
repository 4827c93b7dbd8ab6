"""What a queue is told: how it gives out tickets, what it promises, when it works and what it says."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from engine.core.desk.worktime import clock
from engine.core.errors import TramaError
from engine.core.logic import RuleError, compile_rule

Mode = Literal["round_robin", "least_busy", "rule"]
Words = Annotated[str, Meta(max_length=1000)]
Seconds = Annotated[int, Meta(ge=0, le=60 * 86_400)]
Priority = Annotated[int, Meta(ge=1, le=10)]
Key = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


class Distribution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two JSON-Logic rules over `agent`, `ticket` and `queue` (`docs/routing.md` lists their members). `eligible` says
    whether this agent may have this ticket, `order` gives values that are compared one after the other: the agent with
    the smallest gets it, and of equals the one who has been idle longest."""

    eligible: Any = True
    order: list[Any] = []


SKILLED: Any = {
    "or": [{"==": [{"var": "ticket.skill"}, ""]}, {"in": [{"var": "ticket.skill"}, {"var": "agent.skills"}]}]
}
READY_MADE: dict[str, Distribution] = {
    "round_robin": Distribution(eligible=SKILLED, order=[{"var": "agent.assigned"}]),
    "least_busy": Distribution(eligible=SKILLED, order=[{"var": "agent.load"}]),
}


class Sla(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Promises to tickets of `priority` and more, in seconds of working time; 0 promises nothing."""

    priority: Priority = 1
    first_reply: Seconds = 0
    resolution: Seconds = 0


class Escalation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What becomes of a ticket for which `when` is true (JSON-Logic over `ticket` and `queue`), once."""

    when: Any
    raise_to: Annotated[int, Meta(ge=0, le=10)] = 0
    queue: Annotated[str, Meta(max_length=63)] = ""
    notify: bool = True


MINUTE, HOUR = 60, 3600
PROMISES = [
    Sla(priority=1, first_reply=4 * HOUR, resolution=24 * HOUR),
    Sla(priority=4, first_reply=HOUR, resolution=4 * HOUR),
    Sla(priority=7, first_reply=15 * MINUTE, resolution=HOUR),
    Sla(priority=9, first_reply=5 * MINUTE, resolution=15 * MINUTE),
]
"""Low, medium, high and critical, with the support times that the requirements name."""
LATE = Escalation(
    when={"or": [{"var": "ticket.first_breached"}, {"var": "ticket.resolve_breached"}]}, raise_to=9
)


class QueueSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`most` tickets at once for an agent. `hours` None: the company's. Texts are templates with `position`, `agent`,
    `protocol` and `queue`; an empty one is not said. `warn_at` is the part of a promise after which it is warned."""

    mode: Mode = "round_robin"
    rule: Distribution | None = None
    most: Annotated[int, Meta(ge=1, le=200)] = 5
    priority: Priority = 5
    sla: Annotated[list[Sla], Meta(max_length=10)] = msgspec.field(default_factory=lambda: list(PROMISES))
    warn_at: Annotated[float, Meta(gt=0, lt=1)] = 0.8
    escalations: Annotated[list[Escalation], Meta(max_length=20)] = msgspec.field(
        default_factory=lambda: [LATE]
    )
    hours: dict[str, list[tuple[str, str]]] | None = None
    holidays: dict[date, str] = {}
    text_position: Words = "Você é o {{ position }}º da fila. Já vamos atender você."
    text_assigned: Words = "Olá! Aqui é {{ agent }}. Seu protocolo é {{ protocol }}."
    text_outside: Words = (
        "Estamos fechados agora. Sua mensagem ficou registrada e respondemos assim que abrirmos."
    )
    text_abandoned: Words = "Não conseguimos atender você a tempo. Quando quiser, é só escrever de novo."
    position_seconds: Seconds = 120
    abandon_seconds: Seconds = 600
    return_seconds: Seconds = 3600
    patience_seconds: Seconds = 120
    reasons: Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=50)] = []

    def distribution(self) -> Distribution:
        if self.mode == "rule":
            return self.rule or READY_MADE["round_robin"]
        return READY_MADE[self.mode]

    def promise(self, priority: int) -> Sla:
        """The promise to tickets of this priority: the one for the highest priority that it reaches."""
        fitting = [s for s in self.sla if s.priority <= priority]
        return max(fitting, key=lambda s: s.priority, default=Sla())


def checked(settings: QueueSettings) -> QueueSettings:
    """The settings if all rules compile and all hours are times. Raises `desk:…` or `rule:…` with the path."""
    rules: list[tuple[str, Any]] = []
    if settings.rule is not None:
        rules.append(("/rule/eligible", settings.rule.eligible))
        rules += [(f"/rule/order/{n}", rule) for n, rule in enumerate(settings.rule.order)]
    rules += [(f"/escalations/{n}/when", e.when) for n, e in enumerate(settings.escalations)]
    for path, rule in rules:
        try:
            compile_rule(rule)
        except RuleError as fault:
            raise TramaError(fault.code, fault.detail, path=f"{path}{fault.path}") from None
    for day, spans in (settings.hours or {}).items():
        for n, span in enumerate(spans):
            for written in span:
                try:
                    clock(written)
                except TramaError as fault:
                    raise TramaError(fault.code, fault.detail, path=f"/hours/{day}/{n}") from None
    return settings
