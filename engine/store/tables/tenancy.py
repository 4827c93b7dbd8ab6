"""Companies and what belongs to their operation: audit, limits, keys of repeated requests."""

from __future__ import annotations

from piccolo.columns import JSONB, BigInt, Bytea, DoublePrecision, Text, Timestamptz
from piccolo.table import Table

from engine.store.tables.engine import NOWHERE


class Tenant(Table, tablename="tenant", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    slug = Text(null=False)
    name = Text(null=False)
    settings = JSONB(null=False)
    clock_offset_seconds = DoublePrecision(null=False)
    rev = BigInt(null=False)
    flows_rev = BigInt(null=False)
    state = Text(null=False)
    created_at = Timestamptz(null=False)


class Audit(Table, tablename="audit", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    person_id = BigInt(null=True)
    action = Text(null=False)
    subject = Text(null=False)
    detail = JSONB(null=False)
    at = Timestamptz(null=False)
    key_id = BigInt(null=True)
    address = Text(null=False)
    company_at = Timestamptz(null=False)


class Rate(Table, tablename="rate", db=NOWHERE):
    tenant_id = BigInt(null=False)
    key = Text(null=False)
    tat = Timestamptz(null=False)


class Breaker(Table, tablename="breaker", db=NOWHERE):
    tenant_id = BigInt(null=False)
    key = Text(null=False)
    state = JSONB(null=False)
    updated_at = Timestamptz(null=False)


class Idempotency(Table, tablename="idempotency", db=NOWHERE):
    tenant_id = BigInt(null=False)
    scope = Text(null=False)
    key = Text(null=False)
    request_hash = Bytea(null=False)
    response = JSONB(null=True)
    at = Timestamptz(null=False)
