"""From a node type's JSON Schema to the fields of its form: which there are, of what kind, in which order.

Nothing here draws. What a schema cannot say (which field matters first, which text holds substitutions, which field
only counts beside another's value) is said here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from engine.services.reference import node_schema


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """One field. `owner` is the node type or the name of the part (`option`, `mediapart`) that has it, `control` the
    kind of input, `schema` its own schema with references resolved one level deep."""

    owner: str
    name: str
    control: str
    schema: dict[str, Any]
    required: bool = False
    default: Any = None
    more: bool = False
    parts: dict[str, dict[str, Any]] = {}

    def limit(self, name: str) -> Any:
        """A bound of the schema (`maximum`, `maxLength` …), or None."""
        return self.schema.get(name)


CONTROLS: dict[str, str] = {
    "decide.cases": "cases", "menu.cases": "cases", "menu.options": "options", "ask.options": "options",
    "ask.valid": "rule", "wait.match": "rule", "decision_table.inputs": "none", "decision_table.rows": "table",
    "set_variable.set": "assignments", "random_split.shares": "shares", "run_flow.flow": "flow",
    "schedule_flow.flow": "flow", "jump.flow": "flow", "jump.node": "node", "run_flow.arguments": "arguments",
    "schedule_flow.arguments": "arguments", "jump.arguments": "arguments", "run_flow.results": "results",
    "hand_over.queue": "name:queues", "tag.add": "names:tags", "tag.remove": "names:tags",
    "emit_event.name": "name:events", "wait.event": "name:events", "erp_lookup.args": "erp_args",
    "http_request.headers": "mapping", "http_request.body": "json", "update_contact.fields": "contact_fields",
    "send_message.media": "media", "send_message.location": "location", "send_template.header": "attachment",
    "send_message.more": "bubbles", "send_template.body": "texts", "send_template.buttons": "texts",
    "send_payment.amount": "amount", "for_each.items": "list_path", "send_payment.code": "line",
    "end.results": "mapping", "emit_event.data": "mapping", "note.text": "area", "notify.text": "area",
    "hand_over.summary": "area",
}  # fmt: skip
"""Inputs that the shape alone does not tell; `name:x` is a word out of the list x, or a new one."""

PLAIN = frozenset(
    {
        "hand_over.agent", "hand_over.skill", "hand_over.reason", "close.reason", "end.outcome", "random_split.seed",
        "menu.button", "send_payment.txid", "option.title", "option.description", "mediapart.filename",
        "locationpart.name", "locationpart.address", "mediapart.stored",
    }
)  # fmt: skip
"""Texts in which no variable is filled in."""

MORE = frozenset(
    {
        "retry", "tries", "remind_minutes", "reminder", "timeout_minutes", "button", "seed", "timeout",
        "preview_url", "location", "txid", "parameters", "agent", "skill", "priority", "check_digits", "header",
        "comment", "boleto",
    }
)  # fmt: skip
"""Fields that can wait under "more options"."""
MORE_OF = frozenset(
    {
        "menu.cases",
        "menu.save_as",
        "send_template.buttons",
        "send_message.more",
        "csat.save_as",
        "close.reason",
    }
)
_DURATIONS = frozenset({"minutes", "remind_minutes", "timeout_minutes"})

WHEN: dict[str, tuple[str, tuple[Any, ...]]] = {
    "ask.options": ("answer", ("choice",)),
    "ask.check_digits": ("answer", ("cpf", "cnpj")),
    "ask.scale": ("answer", ("rating",)),
    "wait.minutes": ("until", ("time", "event")),
    "wait.at": ("until", ("date",)),
    "wait.event": ("until", ("event",)),
    "wait.match": ("until", ("event",)),
    "wait.save_as": ("until", ("event",)),
    "notify.subject": ("by", ("email",)),
    "http_request.body": ("method", ("POST", "PUT", "PATCH")),
}
"""Fields that only count where another field has one of these values."""


@lru_cache(maxsize=64)
def specs(kind: str) -> tuple[Spec, ...]:
    """The fields of a node type, in the order of its file. Raises KeyError for a type that there is not."""
    schema = node_schema(kind)
    parts = schema.get("$defs", {})
    own = parts.pop(schema["$ref"].rpartition("/")[2])
    required = set(own.get("required", ()))
    return tuple(
        _spec(kind, name, field, parts, required=name in required)
        for name, field in own["properties"].items()
        if name not in ("type", "id", "label")
    )


def inner(parts: Mapping[str, dict[str, Any]], ref: str) -> tuple[Spec, ...]:
    """The fields of a part such as `Option`."""
    own = parts[ref]
    required = set(own.get("required", ()))
    return tuple(
        _spec(ref.lower(), name, field, parts, required=name in required)
        for name, field in own["properties"].items()
    )


def _spec(owner: str, name: str, schema: dict[str, Any], parts: Mapping[str, Any], *, required: bool) -> Spec:
    whole = f"{owner}.{name}"
    return Spec(
        owner=owner,
        name=name,
        control=CONTROLS.get(whole) or _control(whole, name, schema),
        schema=schema,
        required=required,
        default=schema.get("default"),
        more=not required and (name in MORE or whole in MORE_OF),
        parts=dict(parts),
    )


def _control(whole: str, name: str, schema: dict[str, Any]) -> str:
    options = schema.get("anyOf", [])
    if any("additionalProperties" in o for o in options):
        return "words"
    if "enum" in schema:
        return "choice"
    match schema.get("type"):
        case "boolean":
            return "check"
        case "integer" | "number":
            return "duration" if name in _DURATIONS else "number"
        case "string" if "pattern" in schema or whole in PLAIN:
            return "word"
        case "string":
            return "area" if schema.get("maxLength", 0) >= 1000 and name != "url" else "line"
        case "array" if schema.get("items") == {"type": "string"}:
            return "names:"
        case "object":
            return "mapping"
    if any(o.get("type") in ("integer", "number") for o in options):
        return "number"
    return "json"
