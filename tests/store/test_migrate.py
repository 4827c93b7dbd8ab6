"""Migrations run once, in order, and notice a file that was changed afterwards."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from postgres import TestServer

from engine.core.errors import TramaError
from engine.store import migrate as migrations
from engine.store.database import Database


async def test_a_migrated_database_needs_nothing_more(database: Database) -> None:
    assert await migrations.migrate(database.dsn) == []


async def test_a_changed_file_stops_everything(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = [m._replace(sql=m.sql + "-- later thought") for m in migrations.migrations()]
    monkeypatch.setattr(migrations, "migrations", lambda: changed)
    with pytest.raises(TramaError, match="store:migration-changed"):
        await migrations.migrate(database.dsn)


async def test_an_older_program_refuses_a_newer_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrations.migrations()[:-1]
    monkeypatch.setattr(migrations, "migrations", lambda: known)
    with pytest.raises(TramaError, match="store:newer-database"):
        await migrations.migrate(database.dsn)


async def test_two_starts_at_once_migrate_once(server: TestServer) -> None:
    dsn = server.dsn("twice")
    await migrations.ensure_database(dsn)
    ran = await asyncio.gather(migrations.migrate(dsn), migrations.migrate(dsn))
    assert sorted(len(r) for r in ran) == [0, len(migrations.migrations())]
    await server.drop("twice")


async def test_every_table_is_kept_apart_by_tenant(database: Database) -> None:
    owner = await asyncpg.connect(database.dsn)
    open_tables = await owner.fetch(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname <> 'trama_migration' "
        "AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    )
    await owner.close()
    assert open_tables == []
