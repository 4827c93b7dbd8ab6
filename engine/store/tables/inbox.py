"""What the agents' inbox keeps: drafts, canned replies, mentions, message templates."""

from __future__ import annotations

from piccolo.columns import JSONB, BigInt, Integer, Text, Timestamptz
from piccolo.table import Table

from engine.store.tables.engine import NOWHERE


class Draft(Table, tablename="draft", db=NOWHERE):
    tenant_id = BigInt(null=False)
    person_id = BigInt(null=False)
    conversation_id = BigInt(null=False)
    kind = Text(null=False)
    text = Text(null=False)
    reply_to = Text(null=False)
    rev = BigInt(null=False)
    at = Timestamptz(null=False)


class Canned(Table, tablename="canned", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    person_id = BigInt(null=True)
    shortcut = Text(null=False)
    title = Text(null=False)
    text = Text(null=False)
    used = Integer(null=False)
    used_at = Timestamptz(null=True)
    rev = Integer(null=False)
    created_at = Timestamptz(null=False)
    updated_at = Timestamptz(null=False)


class Mention(Table, tablename="mention", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    note_id = BigInt(null=False)
    conversation_id = BigInt(null=False)
    person_id = BigInt(null=False)
    by_id = BigInt(null=True)
    at = Timestamptz(null=False)
    seen_at = Timestamptz(null=True)


class MessageTemplate(Table, tablename="template", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    channel_id = BigInt(null=False)
    name = Text(null=False)
    language = Text(null=False)
    category = Text(null=False)
    status = Text(null=False)
    header = Text(null=False)
    body = Text(null=False)
    footer = Text(null=False)
    buttons = JSONB(null=False)
    parameters = JSONB(null=False)
    updated_at = Timestamptz(null=False)
