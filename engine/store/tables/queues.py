"""What waits to be worked on, and what channels told."""

from __future__ import annotations

from piccolo.columns import (
    JSONB,
    Array,
    BigInt,
    Boolean,
    Bytea,
    DoublePrecision,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
)
from piccolo.table import Table

from engine.store.tables.engine import NOWHERE


class Inbox(Table, tablename="inbox", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    channel_id = BigInt(null=False)
    key = Text(null=False)
    kind = Text(null=False)
    conversation_id = BigInt(null=True)
    payload = JSONB(null=False)
    state = Text(null=False)
    due_at = Timestamptz(null=False)
    occurred_at = Timestamptz(null=False)
    created_at = Timestamptz(null=False)
    done_at = Timestamptz(null=True)
    epoch = Integer(null=True)
    wait = Text(null=False)
    target = Text(null=False)
    attempts = Integer(null=False)
    error = Text(null=False)


class Outbox(Table, tablename="outbox", db=NOWHERE):
    id = Text(null=False, primary_key=True)
    seq = BigInt(null=False)
    tenant_id = BigInt(null=False)
    conversation_id = BigInt(null=False)
    contact_id = BigInt(null=False)
    channel_id = BigInt(null=False)
    kind = Text(null=False)
    content = JSONB(null=False)
    reply_to = Text(null=False)
    state = Text(null=False)
    due_at = Timestamptz(null=False)
    lease_until = Timestamptz(null=True)
    attempts = Integer(null=False)
    skip = Integer(null=False)
    external_ids = Array(base_column=Text(), null=False)
    code = Text(null=False)
    error = Text(null=False)
    created_at = Timestamptz(null=False)
    settled_at = Timestamptz(null=True)


class Call(Table, tablename="call", db=NOWHERE):
    id = Text(null=False, primary_key=True)
    seq = BigInt(null=False)
    tenant_id = BigInt(null=False)
    conversation_id = BigInt(null=True)
    epoch = Integer(null=True)
    service = Text(null=False)
    operation = Text(null=False)
    args = JSONB(null=False)
    answers = Boolean(null=False)
    state = Text(null=False)
    due_at = Timestamptz(null=False)
    deadline = Timestamptz(null=True)
    timeout_seconds = DoublePrecision(null=False)
    lease_until = Timestamptz(null=True)
    attempts = Integer(null=False)
    error = Text(null=False)
    created_at = Timestamptz(null=False)
    settled_at = Timestamptz(null=True)


class DeliveryStatus(Table, tablename="delivery_status", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    channel_id = BigInt(null=False)
    key = Text(null=False)
    external_id = Text(null=False)
    outbox_id = Text(null=False)
    status = Text(null=False)
    rank = SmallInt(null=False)
    raw_status = Text(null=False)
    code = Text(null=False)
    error = Text(null=False)
    pricing = JSONB(null=False)
    at = Timestamptz(null=False)
    applied = Boolean(null=False)


class Refused(Table, tablename="refused", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    channel_id = BigInt(null=False)
    code = Text(null=False)
    path = Text(null=False)
    detail = Text(null=False)
    raw_bytes = Bytea(null=False, db_column_name="raw")
    size = Integer(null=False)
    at = Timestamptz(null=False)
