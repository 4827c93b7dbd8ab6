"""Approved message templates: what may be said when the channel's window is closed."""

from __future__ import annotations

import re

import msgspec

from connectors.registry import channel as channel_type
from engine.core.errors import TramaError
from engine.core.message import Template, Text
from engine.core.template import template as compiled
from engine.services import canned, replying
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.store import audit, channels, conversations
from engine.store import templates as store
from engine.store.payloads import clean
from engine.store.templates import Category, Status, TemplateRow

_PLACE = re.compile(r"\{\{\s*(\d{1,2})\s*\}\}")
_NAME = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
MOST_PARAMETERS = 20


class TemplateDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A template as its author writes it. `parameters` name the places of header and body in their order; a name
    that is a substitution (`{{ contact.name | first }}`) fills the place beforehand."""

    channel: int
    name: str
    body: str
    language: str = "pt_BR"
    category: Category = "utility"
    status: Status = "approved"
    header: str = ""
    footer: str = ""
    buttons: list[str] = []
    parameters: list[str] = []


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer will read. `missing` are the numbers of places that are still empty (from 0)."""

    header: str
    body: str
    footer: str
    buttons: list[str]
    missing: list[int]


def places(row: TemplateRow | TemplateDraft) -> tuple[int, int]:
    """How many places header and body have."""
    return _places(row.header), _places(row.body)


def _places(text: str) -> int:
    return max((int(n) for n in _PLACE.findall(text)), default=0)


def filled(row: TemplateRow, given: list[str]) -> Filled:
    """The template with these values, the header's first. A missing one shows its name."""
    head, _ = places(row)
    total = sum(places(row))
    names = [*row.parameters, *(str(n + 1) for n in range(len(row.parameters), total))]

    def fill(text: str, start: int) -> str:
        def value(found: re.Match[str]) -> str:
            n = start + int(found.group(1)) - 1
            return given[n] if n < len(given) and given[n].strip() else f"[{names[n]}]"

        return _PLACE.sub(value, text)

    return Filled(
        header=fill(row.header, 0),
        body=fill(row.body, head),
        footer=row.footer,
        buttons=row.buttons,
        missing=[n for n in range(total) if n >= len(given) or not given[n].strip()],
    )


async def templates(
    rt: Runtime,
    tenant: int,
    *,
    channel: int | None = None,
    status: Status | None = "approved",
    before: int = 2**62,
    limit: int = 100,
) -> list[TemplateRow]:
    """Newest first; by default those that may be sent."""
    async with rt.db.tenant(tenant) as c:
        return await store.of_channel(c, channel, status=status, before=before, limit=max(1, min(limit, 200)))


async def template(rt: Runtime, tenant: int, ident: int) -> TemplateRow:
    """Raises `template:unknown`."""
    async with rt.db.tenant(tenant) as c:
        return await store.get(c, ident)


async def save(rt: Runtime, tenant: int, draft: TemplateDraft, *, person: int | None = None) -> TemplateRow:
    """Make it or bring it up to date (one of a channel, name and language). Raises `template:bad-name`,
    `template:empty`, `template:too-long`, `template:places`, `channel:unknown`, `template:no-templates`."""
    if not _NAME.fullmatch(draft.name) or not _LANGUAGE.fullmatch(draft.language):
        raise TramaError(
            "template:bad-name", "a name like lembrete_fatura and a language like pt_BR", path="/name"
        )
    if not draft.body.strip():
        raise TramaError("template:empty", "a template has a text", path="/body")
    if len(draft.body) > 1024 or len(draft.header) > 60 or len(draft.footer) > 60:
        raise TramaError("template:too-long", "body 1,024, header and footer 60 characters", path="/body")
    head, body = places(draft)
    if head > 1 or head + body > MOST_PARAMETERS or len(draft.parameters) > head + body:
        raise TramaError("template:places", "the header has one place at most, all together 20", path="/body")
    async with rt.db.tenant(tenant) as c:
        channel = await channels.get(c, draft.channel)
        if not channel_type(channel.kind).limits.templates:
            raise TramaError("template:no-templates", f"{channel.kind} has no templates", path="/channel")
        row = await store.save(
            c,
            draft.channel,
            draft.name,
            draft.language,
            category=draft.category,
            status=draft.status,
            header=draft.header,
            body=draft.body,
            footer=draft.footer,
            buttons=draft.buttons,
            parameters=draft.parameters,
        )
        await audit.note(
            c, "template_saved", f"template:{row.id}", person=person, name=row.name, status=row.status
        )
    return row


async def suggested(rt: Runtime, who: Principal, ident: int, conversation: int) -> list[str]:
    """Values to begin with, from the names of the places that are substitutions; "" where somebody must write."""
    async with rt.db.tenant(who.tenant) as c:
        row = await store.get(c, ident)
        data = await canned.facts(c, who, conversation)
    total = sum(places(row))
    values = [compiled(p).render(data) if "{{" in p else "" for p in row.parameters]
    return (values + [""] * total)[:total]


async def send(
    rt: Runtime, tenant: int, conversation: int, ident: int, given: list[str], *, person: int
) -> int:
    """Send it in this conversation; the message's id. Raises `template:unknown`, `template:not-approved`,
    `template:wrong-channel`, `template:parameters` when a place stays empty or holds what channels refuse (line breaks,
    tabs, more than four spaces), and what `replying.send` raises."""
    async with rt.db.tenant(tenant) as c:
        row = await store.get(c, ident)
        target = await conversations.get(c, conversation)
    if row.status != "approved":
        raise TramaError("template:not-approved", f"the template is {row.status}")
    if row.channel_id != target.channel_id:
        raise TramaError("template:wrong-channel", "the template belongs to another channel")
    head, body = places(row)
    values = [" ".join(clean(v).split()) for v in given]
    if len(values) != head + body or any(not v or len(v) > 1000 for v in values):
        raise TramaError("template:parameters", f"{head + body} values are wanted", path="/parameters")
    shown = filled(row, values)
    content = Template(
        name=row.name,
        language=row.language,
        header=Text(values[0]) if head else None,
        body=values[head:],
        preview="\n".join(part for part in (shown.header, shown.body, shown.footer) if part),
    )
    return await replying.send(rt, tenant, conversation, content, person=person)
