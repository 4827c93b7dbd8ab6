"""A flow: one JSON document with triggers, variables, nodes, edges, layout, notes and its own tests.

`read` turns bytes or decoded JSON into a `Flow`, with path-precise errors; nodes of a type that this
installation does not know are kept whole (`UnknownNode`), so such a flow still opens and says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from engine.core.node import Node, UnknownNode

FORMAT = 1
Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Kind = Literal["chatbot", "triage", "collection", "campaign", "subflow"]
VariableType = Literal[
    "text", "number", "money", "date", "time", "datetime", "cpf", "cnpj", "email", "phone", "boolean",
    "list", "object", "any",
]  # fmt: skip


class Variable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`fields` describe an object's (or a list item's) members: name -> type, for editor and static check."""

    name: Slug
    type: VariableType = "any"
    default: Any = None
    description: str = ""
    argument: bool = False
    result: bool = False
    fields: dict[str, VariableType] = {}


class Trigger(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What starts a flow.

    `on`: `message` (any, or with `keywords`, `first` only, `channels`), `button` (a reply with one of
    `payloads`, also from a template), `event` (`event` name), `webhook` (its own address and secret),
    `schedule` (`cron`, five fields, in the tenant's zone), `date` (contact `field` plus `offset_days`),
    `closed` (conversation closed), `silence` (`minutes`), `command` (an agent starts it), `campaign` (a reply).
    `when` is a rule over contact, conversation, message and event. Of several that match the highest
    `priority` wins, then the more particular, then the flow's id. `interrupt` may break into a running flow.
    """

    on: Literal[
        "message",
        "button",
        "event",
        "webhook",
        "schedule",
        "date",
        "closed",
        "silence",
        "command",
        "campaign",
    ]
    keywords: list[str] = []
    match: Literal["equals", "starts", "contains"] = "equals"
    first: bool = False
    channels: list[str] = []
    payloads: list[str] = []
    event: str = ""
    cron: str = ""
    field: str = ""
    offset_days: int = 0
    minutes: int = 0
    when: Any = None
    priority: int = 0
    interrupt: bool = False


class Edge(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"source": "from", "target": "to"}
):
    source: str
    exit: str
    target: str


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    x: float
    y: float


class Sticky(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    id: str
    text: str
    x: float = 0
    y: float = 0
    width: float = 200
    height: float = 120
    color: str = "yellow"


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    id: str
    title: str
    nodes: list[str] = []
    folded: bool = False


class TestTurn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One input of a test and what must follow. Exactly one of the inputs is set.

    `answer` is the recorded answer of the open call: `{"value": …}` or `{"error": "erp:unavailable"}`.
    `advance` is an ISO 8601 duration (`PT25H`): the clock moves and due timers fire. `expect` lists the
    bubbles' words in order (a text that starts with `~` only has to be contained), `exits` the exits
    taken as `node.exit`, `vars` variables of the innermost flow afterwards, `effects` types that must be
    among the effects, `state` the session's state.
    """

    text: str | None = None
    button: str | None = None
    media: dict[str, Any] | None = None
    location: dict[str, Any] | None = None
    event: dict[str, Any] | None = None
    advance: str | None = None
    answer: dict[str, Any] | None = None
    call: dict[str, Any] | None = None
    expect: list[str] | None = None
    exits: list[str] | None = None
    vars: dict[str, Any] | None = None
    effects: list[str] | None = None
    state: str | None = None


class FlowTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """`at` is the clock at the start (ISO 8601 with zone), `world` overrides of contact, channel, hours …"""

    name: str
    turns: list[TestTurn]
    at: str = "2026-11-20T10:00:00-03:00"
    world: dict[str, Any] = {}
    arguments: dict[str, Any] = {}


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The document as it is stored and exchanged; nodes still as JSON. Members in the order people read them."""

    format: int
    id: Slug
    name: str
    kind: Kind
    start: str
    nodes: list[dict[str, Any]]
    edges: list[Edge] = []
    description: str = ""
    language: str = "pt-BR"
    triggers: list[Trigger] = []
    variables: list[Variable] = []
    layout: dict[str, Place] = {}
    notes: list[Sticky] = []
    groups: list[Group] = []
    tests: list[FlowTest] = []


class Flow:
    """A readable flow: the document, its nodes decoded, its edges indexed. Immutable by agreement."""

    def __init__(self, document: Document, nodes: Mapping[str, Node], version: int = 0) -> None:
        self.document = document
        self.id = document.id
        self.version = version
        self.start = document.start
        self.nodes = dict(nodes)
        self.targets = {(e.source, e.exit): e.target for e in document.edges}
        self.triggers = document.triggers
        self.defaults = {v.name: v.default for v in document.variables if v.default is not None}

    @cached_property
    def unknown(self) -> list[UnknownNode]:
        return [n for n in self.nodes.values() if isinstance(n, UnknownNode)]


class Flows:
    """The flows that a turn may reach, by id and version; version 0 asks for the live one.

    The service fills it before the turn; a sub-flow that is not in it is a `flow:unknown` failure.
    """

    def __init__(
        self, flows: Mapping[tuple[str, int], Flow], live: Mapping[str, int], listening: str = ""
    ) -> None:
        self._flows = flows
        self._live = live
        self._listening = listening

    @classmethod
    def of(cls, *flows: Flow) -> Flows:
        """A book of just these flows, each the live version of itself."""
        return cls({(f.id, f.version): f for f in flows}, {f.id: f.version for f in flows})

    def get(self, flow: str, version: int | None = None) -> Flow | None:
        """The pinned version, or the live one when `version` is None."""
        wanted = self._live.get(flow) if version is None else version
        return None if wanted is None else self._flows.get((flow, wanted))

    def listening_to(self, flow: Flow) -> Flows:
        """The same flows, with this one added, and only its triggers heard."""
        return Flows(
            {**self._flows, (flow.id, flow.version): flow}, {**self._live, flow.id: flow.version}, flow.id
        )

    def live(self) -> list[Flow]:
        """All live flows whose triggers are heard, ordered by id."""
        names = [self._listening] if self._listening else sorted(self._live)
        return [f for f in (self.get(i) for i in names) if f is not None]
