"""People who work here, their sessions, and the keys of other systems."""

from __future__ import annotations

from piccolo.columns import Array, BigInt, Boolean, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from engine.store.tables.engine import NOWHERE


class Person(Table, tablename="person", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    email = Text(null=False)
    name = Text(null=False)
    password_hash = Text(null=False)
    roles = Array(base_column=Text(), null=False)
    language = Text(null=False)
    state = Text(null=False)
    failed_logins = Integer(null=False)
    locked_until = Timestamptz(null=True)
    last_login_at = Timestamptz(null=True)
    created_at = Timestamptz(null=False)
    totp_secret = Bytea(null=True)
    totp_since = Timestamptz(null=True)
    totp_step = BigInt(null=False)
    password_changed_at = Timestamptz(null=True)
    must_change = Boolean(null=False)


class LoginSession(Table, tablename="login_session", db=NOWHERE):
    token_hash = Bytea(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    person_id = BigInt(null=False)
    created_at = Timestamptz(null=False)
    seen_at = Timestamptz(null=False)
    expires_at = Timestamptz(null=False)
    client = Text(null=False)
    id = BigInt(null=False)
    address = Text(null=False)
    factor = Text(null=False)


class ApiKey(Table, tablename="api_key", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    name = Text(null=False)
    prefix = Text(null=False)
    key_hash = Bytea(null=False)
    scopes = Array(base_column=Text(), null=False)
    created_at = Timestamptz(null=False)
    used_at = Timestamptz(null=True)
    revoked_at = Timestamptz(null=True)
    expires_at = Timestamptz(null=True)
    created_by = BigInt(null=True)
    revoked_by = BigInt(null=True)
