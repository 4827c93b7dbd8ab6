"""Contacts, the names under which channels know them, and what they agreed to."""

from __future__ import annotations

from piccolo.columns import JSONB, Array, BigInt, Boolean, Text, Timestamptz
from piccolo.table import Table

from engine.store.tables.engine import NOWHERE


class Contact(Table, tablename="contact", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    name = Text(null=False)
    phone = Text(null=False)
    email = Text(null=False)
    cpf = Text(null=False)
    language = Text(null=False)
    tags = Array(base_column=Text(), null=False)
    fields = JSONB(null=False)
    opted_out = Boolean(null=False)
    created_at = Timestamptz(null=False)
    updated_at = Timestamptz(null=False)


class ContactIdentity(Table, tablename="contact_identity", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    contact_id = BigInt(null=False)
    channel_id = BigInt(null=False)
    kind = Text(null=False)
    value = Text(null=False)
    evidence = Text(null=False)
    created_at = Timestamptz(null=False)


class Consent(Table, tablename="consent", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    contact_id = BigInt(null=False)
    channel_id = BigInt(null=False)
    topic = Text(null=False)
    granted = Boolean(null=False)
    words = Text(null=False)
    source = Text(null=False)
    at = Timestamptz(null=False)
