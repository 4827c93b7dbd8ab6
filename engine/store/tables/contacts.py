"""Contacts, the names under which channels know them, what they agreed to; imports, merges and erasures."""

from __future__ import annotations

from piccolo.columns import JSONB, Array, BigInt, Boolean, Bytea, Integer, Text, Timestamptz
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
    state = Text(null=False)
    merged_into = BigInt(null=True)
    rev = Integer(null=False)


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


class ContactField(Table, tablename="contact_field", db=NOWHERE):
    tenant_id = BigInt(null=False)
    key = Text(null=False)
    label = Text(null=False)
    kind = Text(null=False)
    options = Array(base_column=Text(), null=False)
    position = Integer(null=False)
    archived = Boolean(null=False)
    created_at = Timestamptz(null=False)


class Tag(Table, tablename="tag", db=NOWHERE):
    tenant_id = BigInt(null=False)
    name = Text(null=False)
    color = Text(null=False)
    created_at = Timestamptz(null=False)


class ContactMerge(Table, tablename="contact_merge", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    kept_id = BigInt(null=False)
    gone_id = BigInt(null=False)
    evidence = JSONB(null=False)
    moved = JSONB(null=False)
    before = JSONB(null=False)
    after = JSONB(null=False)
    person_id = BigInt(null=True)
    at = Timestamptz(null=False)
    undone_at = Timestamptz(null=True)
    undone_by = BigInt(null=True)


class ContactDistinct(Table, tablename="contact_distinct", db=NOWHERE):
    tenant_id = BigInt(null=False)
    low_id = BigInt(null=False)
    high_id = BigInt(null=False)
    person_id = BigInt(null=True)
    at = Timestamptz(null=False)


class ContactImport(Table, tablename="contact_import", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    filename = Text(null=False)
    format = Text(null=False)
    encoding = Text(null=False)
    delimiter = Text(null=False)
    headers = Array(base_column=Text(), null=False)
    mapping = Array(base_column=Text(), null=False)
    rule = Text(null=False)
    tags = Array(base_column=Text(), null=False)
    state = Text(null=False)
    lines = Integer(null=False)
    chunks = Integer(null=False)
    done = Integer(null=False)
    created = Integer(null=False)
    updated = Integer(null=False)
    unchanged = Integer(null=False)
    skipped = Integer(null=False)
    failed = Integer(null=False)
    code = Text(null=False)
    lease_until = Timestamptz(null=True)
    person_id = BigInt(null=True)
    created_at = Timestamptz(null=False)
    started_at = Timestamptz(null=True)
    finished_at = Timestamptz(null=True)


class ContactImportChunk(Table, tablename="contact_import_chunk", db=NOWHERE):
    tenant_id = BigInt(null=False)
    import_id = BigInt(null=False)
    n = Integer(null=False)
    lines = JSONB(null=False)


class ContactImportKey(Table, tablename="contact_import_key", db=NOWHERE):
    tenant_id = BigInt(null=False)
    import_id = BigInt(null=False)
    key = Bytea(null=False)
    line = Integer(null=False)


class ContactImportError(Table, tablename="contact_import_error", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    import_id = BigInt(null=False)
    line = Integer(null=False)
    field = Text(null=False)
    code = Text(null=False)
    value = Text(null=False)


class Erasure(Table, tablename="erasure", db=NOWHERE):
    id = BigInt(null=False, primary_key=True)
    tenant_id = BigInt(null=False)
    contact_id = BigInt(null=False)
    person_id = BigInt(null=True)
    at = Timestamptz(null=False)
    files = Array(base_column=Text(), null=False)


class ErasureHandle(Table, tablename="erasure_handle", db=NOWHERE):
    tenant_id = BigInt(null=False)
    hash = Bytea(null=False)
    erasure_id = BigInt(null=False)
