"""What Piccolo is told of the tables is what the migrations made."""

from __future__ import annotations

import asyncpg

from engine.store.database import Database
from engine.store.tables import TABLES, Contact
from engine.store.tables.engine import compiled

TYPES = {
    "BigInt": "bigint",
    "Integer": "integer",
    "SmallInt": "smallint",
    "Text": "text",
    "JSONB": "jsonb",
    "Timestamptz": "timestamp with time zone",
    "DoublePrecision": "double precision",
    "Boolean": "boolean",
    "Bytea": "bytea",
    "Array": "ARRAY",
}


async def test_tables_and_migrations_agree(database: Database) -> None:
    owner = await asyncpg.connect(database.dsn)
    made = await owner.fetch(
        "SELECT table_name, column_name, data_type, is_nullable = 'YES' FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name <> 'trama_migration'"
    )
    await owner.close()
    declared = {
        (t._meta.tablename, c._meta.db_column_name, TYPES[type(c).__name__], c._meta.null)
        for t in TABLES
        for c in t._meta.columns
        if type(c).__name__ != "Serial"  # what Piccolo makes up for a key of several columns
    }
    assert {tuple(r) for r in made} == declared


async def test_a_query_runs_inside_the_tenants_transaction(database: Database) -> None:
    async with database.system() as c:
        tenant = await c.fetchval("SELECT trama_create_tenant('a', 'A')")
    async with database.tenant(tenant) as c:
        await c.execute("INSERT INTO contact (name) VALUES ('Ana')")
        rows = await c.fetch(*compiled(Contact.select(Contact.name).where(Contact.name == "Ana")))
    assert [r["name"] for r in rows] == ["Ana"]
