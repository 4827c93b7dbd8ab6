"""Who works at the demo company: queues as the ready-made flows name them and, in demo mode, people who serve them.

Loading it again leaves queues and people as somebody changed them.
"""

from __future__ import annotations

from engine.core.desk.queues import QueueSettings
from engine.services import agents, people, queues
from engine.services.permissions import Role
from engine.services.queues import QueueDraft
from engine.services.runtime import Runtime

REASONS = ["Resolvido", "Sem resposta do cliente", "Encaminhado", "Engano"]
QUEUES: tuple[tuple[str, str, str, QueueSettings], ...] = (
    ("geral", "Geral", "O que nenhuma outra fila recebe", QueueSettings(reasons=REASONS)),
    ("atendimento", "Atendimento", "Dúvidas, cadastro e segunda via", QueueSettings(reasons=REASONS)),
    (
        "financeiro",
        "Financeiro",
        "Cobranças, acordos e contestações",
        QueueSettings(
            mode="least_busy", priority=6, reasons=["Pago", "Acordo feito", "Contestação aceita", *REASONS]
        ),
    ),
    (
        "prioridade",
        "Prioridade",
        "Clientes insatisfeitos e casos urgentes",
        QueueSettings(mode="least_busy", priority=9, most=3, reasons=REASONS),
    ),
)
PEOPLE: tuple[tuple[str, str, Role, list[str]], ...] = (
    ("ana@plataforma.com", "Ana Ribeiro", "agent", ["faturas"]),
    ("bruno@plataforma.com", "Bruno Lima", "agent", ["faturas", "english"]),
    ("carla@plataforma.com", "Carla Mendes", "supervisor", []),
)


async def load(rt: Runtime, tenant: int, password: str) -> None:
    """The queues; and the people where there is a password for them, which is in demo mode only."""
    known = {queue.key for queue in await queues.queues(rt, tenant, archived=True) if queue.id}
    for key, name, description, settings in QUEUES:
        if key not in known:
            await queues.add(
                rt, tenant, key, QueueDraft(name=name, description=description, settings=settings)
            )
    if not password:
        return
    there = {person.email for person in await people.people(rt, tenant)}
    for email, name, role, skills in PEOPLE:
        if email not in there:
            made = await people.save_person(rt, tenant, email, name, password, [role])
            await agents.configure(rt, tenant, made.id, skills=skills, most=None)
