"""What the demo company's agents have at hand: canned replies for everyone and the templates that the channel approved.

Loading it again brings the templates to what is written here and leaves canned replies as people changed them.
"""

from __future__ import annotations

from engine.core.errors import TramaError
from engine.services import canned, channels, templates
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.templates import TemplateDraft, places

_FIRST = "{{ contact.name | first | default('cliente') }}"

CANNED: tuple[tuple[str, str, str], ...] = (
    ("ola", "Saudação", f"Olá, {_FIRST}! Aqui é {{{{ agent.name }}}}, da Energia Clara. Como posso ajudar?"),
    ("aguarde", "Pedir um momento", "Só um momento, por favor. Estou verificando para você."),
    ("cpf", "Pedir o CPF", "Para localizar seu cadastro, pode me informar o CPF do titular?"),
    (
        "segundavia",
        "Segunda via da fatura",
        f"{_FIRST}, a segunda via está a caminho. O protocolo deste atendimento é {{{{ conversation.protocol }}}}.",
    ),
    (
        "prazo",
        "Prazo de religação",
        "A religação é feita em até 24 horas depois da confirmação do pagamento.",
    ),
    (
        "horario",
        "Horário de atendimento",
        "Atendemos de segunda a sexta, das 8h às 18h, e aos sábados até as 12h.",
    ),
    ("obrigado", "Despedida", f"Obrigado pelo contato, {_FIRST}! Se precisar, é só chamar."),
)

TEMPLATES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    (
        "retomar_atendimento",
        "Olá, {{1}}! Seu atendimento {{2}} continua aberto. Podemos seguir por aqui?",
        (_FIRST, "{{ conversation.protocol }}"),
        "utility",
    ),
    (
        "segunda_via",
        "Olá, {{1}}! A segunda via que você pediu está pronta: {{2}}. Vencimento: {{3}}.",
        (_FIRST, "fatura", "vencimento"),
        "utility",
    ),
    (
        "boas_vindas_lead",
        "Olá, {{1}}! Recebemos seu interesse em {{2}}. Posso tirar suas dúvidas?",
        (_FIRST, "assunto"),
        "marketing",
    ),
)
"""Name, body, what its places are called, category; all in Brazilian Portuguese."""

APPROVED: tuple[tuple[str, str, int], ...] = tuple(
    (name, "pt_BR", places(TemplateDraft(channel=0, name=name, body=body))[1])
    for name, body, _, _ in TEMPLATES
)
"""The same as the stand-in of the channel wants it: name, language, number of places."""


async def load(rt: Runtime, tenant: int) -> None:
    """Canned replies and templates of the company; the latter on each channel that has templates."""
    everyone = Principal(tenant=tenant, name="Energia Clara", scopes=["canned:write"])
    known = {row.shortcut for row in await canned.canned(rt, tenant, None)}
    for shortcut, title, text in CANNED:
        if shortcut not in known:
            await canned.save(rt, everyone, shortcut, text, title=title)
    for channel in await channels.channels(rt, tenant):
        for name, body, names, category in TEMPLATES:
            draft = TemplateDraft(
                channel=channel.id,
                name=name,
                body=body,
                parameters=list(names),
                category="marketing" if category == "marketing" else "utility",
            )
            try:
                await templates.save(rt, tenant, draft)
            except TramaError as fault:
                if fault.code != "template:no-templates":
                    raise
