"""Brings a database to the newest schema: numbered SQL files, each run once in a transaction of its own, under an
advisory lock, noted in a ledger with its checksum. A file that was changed after it ran stops everything.
"""

from __future__ import annotations

import hashlib
import re
from importlib import resources
from typing import NamedTuple

import asyncpg

from engine.core.errors import TramaError
from engine.store.database import ROLE

_LOCK = 0x7452414D41
_NAME = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")
_LEDGER = """
CREATE TABLE IF NOT EXISTS trama_migration (
    number int PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, ran_at timestamptz NOT NULL DEFAULT now())
"""
_ROLE = f"""
DO $$ BEGIN
    CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


class Migration(NamedTuple):
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All migrations of this version, in order."""
    found = []
    for entry in resources.files("engine.store").joinpath("migrations").iterdir():
        match = _NAME.match(entry.name)
        if match:
            found.append(Migration(int(match[1]), entry.name, entry.read_text(encoding="utf-8")))
    return sorted(found)


async def ensure_database(dsn: str) -> None:
    """Create the database that `dsn` names, where the server lacks it (the embedded server starts empty)."""
    try:
        connection = await asyncpg.connect(dsn)
    except asyncpg.InvalidCatalogNameError:
        pass
    else:
        await connection.close()
        return
    admin = await asyncpg.connect(dsn, database="postgres")
    try:
        name = await admin.fetchval("SELECT quote_ident($1)", _database(dsn))
        await admin.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    except asyncpg.DuplicateDatabaseError:
        pass
    finally:
        await admin.close()


def _database(dsn: str) -> str:
    return dsn.partition("?")[0].rsplit("/", 1)[-1]


async def migrate(dsn: str) -> list[str]:
    """Run what has not run; the names of what ran. Raises `store:migration-changed`, `store:newer-database`,
    `store:unreachable`, `store:role-missing`."""
    try:
        connection = await asyncpg.connect(dsn, timeout=30)
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.InvalidCatalogNameError) as fault:
        raise TramaError("store:unreachable", f"the database does not answer: {fault}") from fault
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(_LEDGER)
        await _role(connection)
        done = {r["number"]: r for r in await connection.fetch("SELECT * FROM trama_migration")}
        known = migrations()
        if done and max(done) > max(m.number for m in known):
            raise TramaError(
                "store:newer-database",
                f"migration {max(done)} is unknown to this version; upgrade the program",
            )
        ran = []
        for one in known:
            if one.number in done:
                if done[one.number]["checksum"] != one.checksum:
                    raise TramaError("store:migration-changed", f"{one.name} is not what this database ran")
                continue
            async with connection.transaction():
                await connection.execute(one.sql)
                await connection.execute(
                    "INSERT INTO trama_migration (number, name, checksum) VALUES ($1, $2, $3)",
                    one.number,
                    one.name,
                    one.checksum,
                )
            ran.append(one.name)
        return ran
    finally:
        await connection.close()


async def _role(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    try:
        await connection.execute(_ROLE)
        await connection.execute(f"GRANT {ROLE} TO CURRENT_USER")
    except asyncpg.InsufficientPrivilegeError as fault:
        raise TramaError(
            "store:role-missing",
            f"ask the database's administrator for: CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO <this user>",
        ) from fault
