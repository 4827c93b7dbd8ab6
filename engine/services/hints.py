"""What an author may name while writing: variables with types and examples, and a company's flows and names.

Pickers, completion, the preview and the rule editor read the same list. A hint is a dotted path as rules and texts
use it; money is centavos, dates are ISO 8601, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any, Literal

import msgspec
from msgspec import inspect as shapes

from connectors.erp import OPERATIONS
from connectors.registry import channels
from engine.core.errors import TramaError
from engine.core.flow import Document
from engine.core.message import Limits
from engine.core.node import UnknownNode
from engine.nodes import open_node
from engine.services import flows as flow_service
from engine.services.runtime import Runtime
from engine.store import vocabulary

Group = Literal["flow", "erp", "contact", "conversation", "message", "event", "system"]
LISTS = frozenset({"invoices", "meter_readings", "agreements"})
"""Operations of the ERP whose answer is a list."""
_MONEY = frozenset(
    {
        "amount", "updated", "fine", "interest", "total", "open_total", "overdue_total", "instalment_amount",
        "discount", "original",
    }
)  # fmt: skip
_DATES = frozenset({"due_date", "first_due", "date", "paid_at", "expires_at", "opened_at"})
_DEEPEST = 3
_EXAMPLES: dict[str, Any] = {
    "text": "exemplo", "number": 12, "money": 15990, "date": "2026-11-25", "time": "14:30",
    "datetime": "2026-11-25T14:30:00-03:00", "cpf": "52998224725", "cnpj": "11222333000181",
    "email": "ana@exemplo.com.br", "phone": "5511987654321", "boolean": True, "list": ["um", "dois"],
    "object": {}, "any": "exemplo",
}  # fmt: skip
_NAMED: dict[str, Any] = {
    "name": "Ana Souza", "city": "São Paulo", "address": "Rua das Flores, 10", "status": "open",
    "days_overdue": 12, "oldest_overdue_days": 12, "instalments": 3, "number": "2026-0042", "kwh": 182,
    "cpf": "52998224725", "email": "ana@exemplo.com.br", "phone": "5511987654321", "document": "52998224725",
    "url": "https://exemplo.com.br/p/1", "pix": "00020126BR.GOV.BCB.PIX", "reference": "2026-10",
}  # fmt: skip
_WORLD: tuple[tuple[str, Group, str, Any], ...] = (
    ("contact.name", "contact", "text", "Ana Souza"),
    ("contact.phone", "contact", "phone", "5511987654321"),
    ("contact.email", "contact", "email", "ana@exemplo.com.br"),
    ("contact.cpf", "contact", "cpf", "52998224725"),
    ("contact.tags", "contact", "list", ["vip"]),
    ("contact.language", "contact", "text", "pt-BR"),
    ("contact.opted_out", "contact", "boolean", False),
    ("contact.created_at", "contact", "datetime", "2026-01-15T10:00:00-03:00"),
    ("contact.id", "contact", "text", "1"),
    ("conversation.protocol", "conversation", "text", "20261120-0042"),
    ("conversation.channel", "conversation", "text", "whatsapp_cloud"),
    ("conversation.messages", "conversation", "number", 4),
    ("conversation.last_inbound_at", "conversation", "datetime", "2026-11-20T10:00:00-03:00"),
    ("conversation.id", "conversation", "text", "1"),
    ("channel.kind", "conversation", "text", "whatsapp_cloud"),
    ("message.text", "message", "text", "quero a segunda via"),
    ("message.folded", "message", "text", "quero a segunda via"),
    ("message.kind", "message", "text", "text"),
    ("message.choice", "message", "text", ""),
    ("message.count", "message", "number", 1),
    ("event.name", "event", "text", "payment.received"),
    ("event.type", "event", "text", "message_received"),
    ("event.first", "event", "boolean", False),
    ("event.data", "event", "object", {}),
    ("event.referral", "event", "object", {}),
    ("company.name", "system", "text", "Empresa Exemplo"),
    ("error.code", "system", "text", "erp:unavailable"),
    ("error.detail", "system", "text", ""),
    ("flow.id", "system", "text", "cobranca"),
)
EVENTS = ("lead.created", "client.registered", "service.completed", "payment.received", "feedback.received")
"""Events that other systems send as a rule."""
_COLUMNS = frozenset({"name", "email", "cpf", "phone", "language"})


class Hint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`path` as rules and texts name it; `type` one of `engine.core.flow.VariableType`; `label` the author's own
    words for it, where there are any; `items` the fields of what a list holds."""

    path: str
    type: str
    group: Group
    label: str = ""
    example: Any = None
    items: dict[str, str] = {}


class FlowName(msgspec.Struct, frozen=True, kw_only=True):
    """A flow to be chosen by name, with the arguments that it takes (name -> type) and the results it gives."""

    id: str
    name: str
    kind: str
    arguments: dict[str, str]
    results: dict[str, str]


class Directory(msgspec.Struct, frozen=True, kw_only=True):
    """Names that a company has: what pickers offer. Never values of secrets."""

    flows: list[FlowName] = []
    secrets: list[str] = []
    queues: list[str] = []
    tags: list[str] = []
    events: list[str] = []
    fields: list[str] = []
    """Custom fields of contacts."""


@lru_cache(maxsize=1)
def limits() -> Mapping[str, Limits]:
    """What each channel can show, by kind."""
    return {kind: one.limits for kind, one in channels().items()}


async def directory(rt: Runtime, tenant: int, document: Document) -> Directory:
    """The names that this company already uses, and those of the other flows."""
    documents = [document]
    for row in await flow_service.flows(rt, tenant):
        if row.id != document.id:
            documents.append((await flow_service.flow(rt, tenant, row.id)).document)
    async with rt.db.tenant(tenant) as c:
        secrets = await vocabulary.secrets(c)
        queues, tags = await vocabulary.queues(c), await vocabulary.tags(c)
        fields = await vocabulary.fields(c)
    said = [said_in(d) for d in documents]
    return Directory(
        flows=sorted((named(d) for d in documents), key=_by_name),
        secrets=secrets,
        queues=_sorted(queues, *(s.queues for s in said)),
        tags=_sorted(tags, *(s.tags for s in said)),
        events=_sorted(EVENTS, *(s.events for s in said)),
        fields=fields,
    )


def said_in(document: Document) -> Directory:
    """The queues, tags and events that a flow names in its own nodes and triggers."""
    queues: list[str] = []
    tags: list[str] = []
    events = [t.event for t in document.triggers]
    for raw in document.nodes:
        match raw:
            case {"type": "hand_over", "queue": str(queue)}:
                queues.append(queue)
            case {"type": "tag", **rest}:
                tags += [t for key in ("add", "remove") for t in _texts(rest.get(key))]
            case {"type": "wait", "event": str(name)} | {"type": "emit_event", "name": str(name)}:
                events.append(name)
    return Directory(queues=_sorted(queues), tags=_sorted(tags), events=_sorted(events))


def _texts(value: Any) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def _sorted(*names: Iterable[str]) -> list[str]:
    return sorted({n for several in names for n in several if n and "{{" not in n}, key=str.casefold)


def _by_name(flow: FlowName) -> str:
    return flow.name.casefold()


def named(document: Document) -> FlowName:
    """How other flows see this one."""
    return FlowName(
        id=document.id,
        name=document.name,
        kind=document.kind,
        arguments={v.name: v.type for v in document.variables if v.argument},
        results={v.name: v.type for v in document.variables if v.result},
    )


def hints(document: Document, fields: tuple[str, ...] | list[str] = ()) -> list[Hint]:
    """Everything that a text or rule of this flow can name, the flow's own first. `fields` are custom fields of
    contacts. A path is named once: what is declared wins over what a node writes."""
    found: dict[str, Hint] = {}
    for hint in (*_declared(document), *_written(document), *_custom(document, fields), *_world()):
        found.setdefault(hint.path, hint)
    return list(found.values())


def _declared(document: Document) -> Iterator[Hint]:
    for variable in document.variables:
        label = variable.description if len(variable.description) <= 60 else ""
        listed = variable.type == "list"
        yield Hint(
            path=variable.name,
            type=variable.type,
            group="flow",
            label=label,
            example=variable.default
            if variable.default is not None
            else example(variable.name, variable.type),
            items=dict(variable.fields) if listed else {},
        )
        if not listed:
            for name, kind in variable.fields.items():
                path = f"{variable.name}.{name}"
                yield Hint(path=path, type=kind, group="flow", example=example(name, kind))


def _written(document: Document) -> Iterator[Hint]:
    for raw in document.nodes:
        try:
            node = open_node(raw)
        except TramaError:
            continue
        if isinstance(node, UnknownNode):
            continue
        operation = raw.get("operation")
        if raw.get("type") == "erp_lookup" and operation in OPERATIONS:
            yield from _answered(str(raw.get("save_as")), str(operation))
            continue
        for name, kind in node.writes().items():
            yield Hint(path=name, type=kind, group="flow", example=example(name, kind))


def _answered(name: str, operation: str) -> Iterator[Hint]:
    shape = answer_fields(operation)
    if operation in LISTS:
        items = {path: kind for path, kind in shape.items() if "." not in path}
        sample = [{path: example(path, kind) for path, kind in items.items()}]
        yield Hint(path=name, type="list", group="erp", example=sample, items=items)
        return
    yield Hint(path=name, type="object", group="erp", example={})
    for path, kind in shape.items():
        yield Hint(
            path=f"{name}.{path}", type=kind, group="erp", example=example(path.rpartition(".")[2], kind)
        )


@lru_cache(maxsize=64)
def answer_fields(operation: str) -> Mapping[str, str]:
    """Fields of the ERP's answer to an operation (of one item, where it is a list): dotted path -> type."""
    info = shapes.type_info(OPERATIONS[operation].shape)
    assert isinstance(info, shapes.StructType)
    if operation in LISTS:
        held = _bare(info.fields[0].type)
        assert isinstance(held, shapes.ListType)
        inner = _bare(held.item_type)
        assert isinstance(inner, shapes.StructType)
        info = inner
    return dict(_members(info, "", 0))


def _members(info: shapes.StructType, prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    for field in info.fields:
        path, kind = prefix + field.encode_name, _bare(field.type)
        if isinstance(kind, shapes.StructType):
            yield path, "object"
            if depth < _DEEPEST:
                yield from _members(kind, f"{path}.", depth + 1)
            continue
        yield path, _type_of(field.encode_name, kind)


def _bare(kind: shapes.Type) -> shapes.Type:
    """Without annotations, and without the null of an optional one."""
    while isinstance(kind, shapes.Metadata):
        kind = kind.type
    if isinstance(kind, shapes.UnionType):
        return _bare(next(t for t in kind.types if not isinstance(t, shapes.NoneType)))
    return kind


_TYPES: tuple[tuple[type[shapes.Type], str], ...] = (
    (shapes.BoolType, "boolean"),
    (shapes.IntType, "number"),
    (shapes.FloatType, "number"),
    (shapes.ListType, "list"),
    (shapes.StrType, "text"),
)


def _type_of(name: str, kind: shapes.Type) -> str:
    if name in _DATES:
        return "date"
    if name in _MONEY:
        return "money"
    return next((said for cls, said in _TYPES if isinstance(kind, cls)), "any")


def _custom(document: Document, fields: tuple[str, ...] | list[str]) -> Iterator[Hint]:
    named_here = (
        name
        for raw in document.nodes
        if raw.get("type") == "update_contact" and isinstance(raw.get("fields"), dict)
        for name in raw["fields"]
    )
    for name in dict.fromkeys([*fields, *named_here]):
        if name not in _COLUMNS and isinstance(name, str) and name.replace("_", "").isalnum():
            yield Hint(path=f"contact.fields.{name}", type="any", group="contact", example="exemplo")


def _world() -> Iterator[Hint]:
    for path, group, kind, sample in _WORLD:
        yield Hint(path=path, type=kind, group=group, example=sample)


def example(name: str, kind: str) -> Any:
    """A value such as this field could have: what previews show."""
    return _NAMED.get(name, _EXAMPLES.get(kind, "exemplo"))


def sample(found: list[Hint]) -> dict[str, Any]:
    """One object in which every hint has its example: the data of a preview."""
    data: dict[str, Any] = {}
    for hint in found:
        *above, last = hint.path.split(".")
        at = data
        for part in above:
            held = at.setdefault(part, {})
            if not isinstance(held, dict):
                held = at[part] = {}
            at = held
        if not (isinstance(at.get(last), dict) and hint.example in ({}, None)):
            at[last] = deepcopy(hint.example)
    return data
