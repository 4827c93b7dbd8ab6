"""Queues, who serves them, and the news that clients catch up on."""

from __future__ import annotations

from piccolo.columns import JSONB, Array, BigInt, SmallInt, Text, Timestamptz
from piccolo.table import Table

from engine.store.tables.engine import NOWHERE


class Team(Table, tablename="team", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    name = Text(null=False)
    created_at = Timestamptz(null=False)


class TeamMember(Table, tablename="team_member", db=NOWHERE):
    tenant_id = BigInt(null=False)
    team_id = BigInt(null=False)
    person_id = BigInt(null=False)


class Queue(Table, tablename="queue", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    key = Text(null=False)
    name = Text(null=False)
    description = Text(null=False)
    settings = JSONB(null=False)
    state = Text(null=False)
    rev = BigInt(null=False)
    created_at = Timestamptz(null=False)


class QueueMember(Table, tablename="queue_member", db=NOWHERE):
    tenant_id = BigInt(null=False)
    queue_id = BigInt(null=False)
    person_id = BigInt(null=False)


class QueueTeam(Table, tablename="queue_team", db=NOWHERE):
    tenant_id = BigInt(null=False)
    queue_id = BigInt(null=False)
    team_id = BigInt(null=False)


class Agent(Table, tablename="agent", db=NOWHERE):
    person_id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    state = Text(null=False)
    reason = Text(null=False)
    since = Timestamptz(null=False)
    seen_at = Timestamptz(null=False)
    skills = Array(base_column=Text(), null=False)
    most = SmallInt(null=True)
    idle_since = Timestamptz(null=True)
    assigned_at = Timestamptz(null=True)


class AgentState(Table, tablename="agent_state", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    person_id = BigInt(null=False)
    state = Text(null=False)
    reason = Text(null=False)
    at = Timestamptz(null=False)


class News(Table, tablename="news", db=NOWHERE):
    tenant_id = BigInt(null=False)
    seq = BigInt(null=False)
    kind = Text(null=False)
    conversation_id = BigInt(null=False)
    person_id = BigInt(null=True)
    queue = Text(null=False)
    data = JSONB(null=False)
    at = Timestamptz(null=False)
