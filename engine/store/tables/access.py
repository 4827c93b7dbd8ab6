"""What opens the door a second time: recovery codes, password resets, refresh tokens. Hashes only."""

from __future__ import annotations

from piccolo.columns import BigInt, Bytea, Text, Timestamptz
from piccolo.table import Table

from engine.store.tables.engine import NOWHERE


class RecoveryCode(Table, tablename="recovery_code", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    person_id = BigInt(null=False)
    hash = Bytea(null=False)
    used_at = Timestamptz(null=True)


class PasswordReset(Table, tablename="password_reset", db=NOWHERE):
    token_hash = Bytea(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    person_id = BigInt(null=False)
    created_at = Timestamptz(null=False)
    expires_at = Timestamptz(null=False)
    used_at = Timestamptz(null=True)


class RefreshToken(Table, tablename="refresh_token", db=NOWHERE):
    token_hash = Bytea(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    person_id = BigInt(null=False)
    family = Text(null=False)
    created_at = Timestamptz(null=False)
    expires_at = Timestamptz(null=False)
    used_at = Timestamptz(null=True)
    revoked_at = Timestamptz(null=True)
    client = Text(null=False)
