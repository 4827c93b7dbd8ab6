"""Conversations and everything that was said or noted in them."""

from __future__ import annotations

from piccolo.columns import JSONB, Array, BigInt, DoublePrecision, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from engine.store.tables.engine import NOWHERE


class Conversation(Table, tablename="conversation", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    contact_id = BigInt(null=False)
    channel_id = BigInt(null=False)
    protocol = Text(null=False)
    state = Text(null=False)
    owner = Text(null=False)
    person_id = BigInt(null=True)
    epoch = Integer(null=False)
    session = JSONB(null=True)
    flow = Text(null=False)
    flow_version = Integer(null=False)
    node = Text(null=False)
    waiting_until = Timestamptz(null=True)
    messages = Integer(null=False)
    unread = Integer(null=False)
    last_text = Text(null=False)
    last_inbound_at = Timestamptz(null=True)
    last_message_at = Timestamptz(null=False)
    created_at = Timestamptz(null=False)
    closed_at = Timestamptz(null=True)
    close_reason = Text(null=False)
    queue = Text(null=False)
    priority = SmallInt(null=False)
    snoozed_until = Timestamptz(null=True)
    snoozed_by = BigInt(null=True)
    tags = Array(base_column=Text(), null=False)
    return_person = BigInt(null=True)
    return_queue = Text(null=False)
    return_until = Timestamptz(null=True)
    address = Text(null=False)


class Message(Table, tablename="message", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    conversation_id = BigInt(null=False)
    channel_id = BigInt(null=False)
    direction = Text(null=False)
    author = Text(null=False)
    person_id = BigInt(null=True)
    content = JSONB(null=False)
    text = Text(null=False)
    external_id = Text(null=False)
    outbox_id = Text(null=True)
    reply_to = Text(null=False)
    status = Text(null=False)
    status_rank = SmallInt(null=False)
    error = Text(null=False)
    created_at = Timestamptz(null=False)
    edited_at = Timestamptz(null=True)
    revoked_at = Timestamptz(null=True)


class Ticket(Table, tablename="ticket", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    conversation_id = BigInt(null=False)
    queue = Text(null=False)
    priority = SmallInt(null=False)
    skill = Text(null=False)
    agent = Text(null=False)
    reason = Text(null=False)
    summary = Text(null=False)
    state = Text(null=False)
    person_id = BigInt(null=True)
    created_at = Timestamptz(null=False)
    taken_at = Timestamptz(null=True)
    finished_at = Timestamptz(null=True)
    waiting_since = Timestamptz(null=False)
    assigned_at = Timestamptz(null=True)
    assigned_by = Text(null=False)
    first_reply_at = Timestamptz(null=True)
    first_due = Timestamptz(null=True)
    resolve_due = Timestamptz(null=True)
    held_at = Timestamptz(null=True)
    held_left = DoublePrecision(null=True)
    alerts = Array(base_column=Text(), null=False)
    position_told = Integer(null=False)
    told_at = Timestamptz(null=True)
    previous_id = BigInt(null=True)
    outcome = Text(null=False)
    return_until = Timestamptz(null=True)
    rev = Integer(null=False)


class Note(Table, tablename="note", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    conversation_id = BigInt(null=False)
    person_id = BigInt(null=True)
    text = Text(null=False)
    at = Timestamptz(null=False)


class Rating(Table, tablename="rating", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    conversation_id = BigInt(null=False)
    score = SmallInt(null=False)
    comment = Text(null=False)
    at = Timestamptz(null=False)


class Trace(Table, tablename="trace", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    conversation_id = BigInt(null=False)
    event_id = Text(null=False)
    kind = Text(null=False)
    outcome = Text(null=False)
    event = JSONB(null=False)
    trace = JSONB(null=False)
    at = Timestamptz(null=False)
