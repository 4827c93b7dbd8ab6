"""Flow documents and their versions."""

from __future__ import annotations

from piccolo.columns import JSONB, Array, BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.table import Table

from engine.store.tables.engine import NOWHERE


class Flow(Table, tablename="flow", db=NOWHERE):
    tenant_id = BigInt(null=False)
    id = Text(null=False)
    name = Text(null=False)
    kind = Text(null=False)
    draft = JSONB(null=False)
    draft_rev = Integer(null=False)
    live_version = Integer(null=True)
    archived = Boolean(null=False)
    updated_by = BigInt(null=True)
    created_at = Timestamptz(null=False)
    updated_at = Timestamptz(null=False)
    tags = Array(base_column=Text(), null=False)


class FlowVersion(Table, tablename="flow_version", db=NOWHERE):
    tenant_id = BigInt(null=False)
    flow_id = Text(null=False)
    version = Integer(null=False)
    document = JSONB(null=False)
    checksum = Text(null=False)
    note = Text(null=False)
    published_by = BigInt(null=True)
    published_at = Timestamptz(null=False)


class FlowEdit(Table, tablename="flow_edit", db=NOWHERE):
    tenant_id = BigInt(null=False)
    flow_id = Text(null=False)
    rev = Integer(null=False)
    person_id = BigInt(null=True)
    editor = Text(null=False)
    token = BigInt(null=False)
    words = Text(null=False)
    kind = Text(null=False)
    state = Text(null=False)
    command = JSONB(null=False)
    inverse = JSONB(null=False)
    touched = Array(base_column=Text(), null=False)
    at = Timestamptz(null=False)
