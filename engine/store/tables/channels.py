"""Channels, services and secrets; secret parts are sealed bytes."""

from __future__ import annotations

from piccolo.columns import JSONB, BigInt, Bytea, Text, Timestamptz
from piccolo.table import Table

from engine.store.tables.engine import NOWHERE


class Channel(Table, tablename="channel", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    kind = Text(null=False)
    name = Text(null=False)
    settings = JSONB(null=False)
    secrets = Bytea(null=True)
    state = Text(null=False)
    reason = Text(null=False)
    rev = BigInt(null=False)
    created_at = Timestamptz(null=False)


class Service(Table, tablename="service", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    name = Text(null=False)
    kind = Text(null=False)
    settings = JSONB(null=False)
    secrets = Bytea(null=True)


class Secret(Table, tablename="secret", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    name = Text(null=False)
    value = Bytea(null=False)
    updated_at = Timestamptz(null=False)
