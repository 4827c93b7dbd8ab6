"""Two companies in one database never see each other, whatever SQL the application runs."""

from __future__ import annotations

import asyncpg
import pytest

from engine.store.database import Database


async def two(database: Database) -> tuple[int, int]:
    async with database.system() as c:
        ids = [await c.fetchval("SELECT trama_create_tenant($1, $1)", slug) for slug in ("a", "b")]
    for tenant in ids:
        async with database.tenant(tenant) as c:
            await c.execute("INSERT INTO contact (name) VALUES ($1)", f"of {tenant}")
    return ids[0], ids[1]


async def test_a_tenant_sees_its_own_rows_only(database: Database) -> None:
    a, b = await two(database)
    async with database.tenant(a) as c:
        assert await c.fetchval("SELECT array_agg(name) FROM contact") == [f"of {a}"]
        assert await c.execute("UPDATE contact SET name = 'x' WHERE tenant_id = $1", b) == "UPDATE 0"
        assert await c.execute("DELETE FROM contact WHERE tenant_id <> $1", a) == "DELETE 0"
        assert await c.fetchval("SELECT count(*) FROM tenant") == 1
    async with database.system() as c:
        assert await c.fetchval("SELECT count(*) FROM contact") == 0


async def test_a_row_cannot_be_written_into_another_tenant(database: Database) -> None:
    a, b = await two(database)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.tenant(a) as c:
            await c.execute("INSERT INTO contact (tenant_id, name) VALUES ($1, 'x')", b)


async def test_the_application_is_nobody_special(database: Database) -> None:
    async with database.system() as c:
        role = await c.fetchrow("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert role is not None
        assert tuple(role.values()) == (False, False)
    for forbidden in (
        "DROP TABLE contact",
        "ALTER TABLE contact DISABLE ROW LEVEL SECURITY",
        "DELETE FROM audit",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.system() as c:
                await c.execute(forbidden)


async def test_the_tenant_of_a_transaction_does_not_outlive_it(database: Database) -> None:
    a, _ = await two(database)
    async with database.tenant(a):
        pass
    async with database.pool.acquire() as c:
        assert await c.fetchval("SELECT count(*) FROM contact") == 0
