"""The tables as Piccolo declares them, by area: names, types and what may be null.

The schema itself is made by the numbered SQL migrations (row-level security, partial and text indexes and functions
are not Piccolo's); a test holds the two together. Cold paths and tools may query with these; the hot path does not.
"""

from __future__ import annotations

from engine.store.tables.channels import Channel, Secret, Service
from engine.store.tables.contacts import Consent, Contact, ContactIdentity
from engine.store.tables.conversations import Conversation, Message, Note, Rating, Ticket, Trace
from engine.store.tables.desk import (
    Agent,
    AgentState,
    News,
    Protocol,
    Queue,
    QueueMember,
    QueueTeam,
    Team,
    TeamMember,
)
from engine.store.tables.flows import Flow, FlowEdit, FlowVersion
from engine.store.tables.people import ApiKey, LoginSession, Person
from engine.store.tables.queues import Call, DeliveryStatus, Inbox, Outbox, Refused
from engine.store.tables.tenancy import Audit, Breaker, Idempotency, Rate, Tenant

TABLES = (
    Tenant,
    Audit,
    Rate,
    Breaker,
    Idempotency,
    Person,
    LoginSession,
    ApiKey,
    Channel,
    Service,
    Secret,
    Contact,
    ContactIdentity,
    Consent,
    Conversation,
    Message,
    Ticket,
    Note,
    Rating,
    Trace,
    Inbox,
    Outbox,
    Call,
    DeliveryStatus,
    Refused,
    Flow,
    FlowEdit,
    FlowVersion,
    Team,
    TeamMember,
    Queue,
    QueueMember,
    QueueTeam,
    Agent,
    AgentState,
    Protocol,
    News,
)

__all__ = [
    "TABLES",
    "Agent",
    "AgentState",
    "ApiKey",
    "Audit",
    "Breaker",
    "Call",
    "Channel",
    "Consent",
    "Contact",
    "ContactIdentity",
    "Conversation",
    "DeliveryStatus",
    "Flow",
    "FlowEdit",
    "FlowVersion",
    "Idempotency",
    "Inbox",
    "LoginSession",
    "Message",
    "News",
    "Note",
    "Outbox",
    "Person",
    "Protocol",
    "Queue",
    "QueueMember",
    "QueueTeam",
    "Rate",
    "Rating",
    "Refused",
    "Secret",
    "Service",
    "Team",
    "TeamMember",
    "Tenant",
    "Ticket",
    "Trace",
]
