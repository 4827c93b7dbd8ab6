"""Connections, and the one way to reach a tenant's rows.

Every connection works under the role `trama_app`, which row-level security binds. `tenant(id)` opens a
transaction that sees one tenant; `system()` one that sees no tenant's rows and may only call the functions of
`migrations/0002_passages.sql`. JSON columns travel as UTF-8 bytes, so callers decode straight into their structs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

import asyncpg

from engine.core.errors import TramaError

if TYPE_CHECKING:
    Connection: TypeAlias = (
        asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    )
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool

ROLE = "trama_app"
AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a database throws that refuses, went away, or came back in the middle of a statement."""


def _to_jsonb(value: bytes | str) -> bytes:
    return b"\x01" + (value.encode() if isinstance(value, str) else value)


def _from_jsonb(value: bytes) -> bytes:
    return bytes(value[1:])


async def prepare(connection: Connection) -> None:
    """Make a connection speak JSON as bytes (the binary form of jsonb is a version byte and the text)."""
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_to_jsonb, decoder=_from_jsonb, format="binary"
    )


async def _keep(connection: Connection) -> None:
    """Nothing to reset: settings are only ever SET LOCAL, and open transactions are closed by us."""


class Database:
    """A pool of connections to one database. `open` before use, `close` after."""

    def __init__(self, dsn: str, *, size: int = 8, role: str = ROLE) -> None:
        self.dsn = dsn
        self._size = size
        self._role = role
        self._pool: Pool | None = None

    async def open(self) -> Database:
        """Raises `store:unreachable` when the server does not answer, `store:not-migrated` without our role."""
        try:
            self._pool = await asyncpg.create_pool(
                self.dsn,
                min_size=1,
                max_size=self._size,
                init=prepare,
                reset=_keep,
                command_timeout=60,
                max_inactive_connection_lifetime=120,
                # jit costs more than our statements take; the role is what row-level security binds
                server_settings={"role": self._role, "jit": "off", "application_name": "trama"},
            )
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.InvalidCatalogNameError) as fault:
            raise TramaError("store:unreachable", f"the database does not answer: {fault}") from fault
        except (asyncpg.InvalidParameterValueError, asyncpg.UndefinedObjectError) as fault:
            raise TramaError("store:not-migrated", "run `trama migrate` first") from fault
        return self

    async def close(self) -> None:
        if self._pool is not None:
            pool, self._pool = self._pool, None
            try:
                await asyncio.wait_for(pool.close(), 10)
            except TimeoutError:
                pool.terminate()

    @property
    def pool(self) -> Pool:
        if self._pool is None:
            raise TramaError("store:closed", "the database is not open")
        return self._pool

    @asynccontextmanager
    async def tenant(self, tenant: int) -> AsyncIterator[Connection]:
        """A transaction that sees and writes only this tenant's rows; committed unless the block raises."""
        # One simple query instead of two round trips; int() is what makes the formatting safe.
        async with self._transaction(f"BEGIN; SET LOCAL trama.tenant = '{int(tenant)}'") as connection:
            yield connection

    @asynccontextmanager
    async def system(self) -> AsyncIterator[Connection]:
        """A transaction without a tenant: it sees no rows and may call the cross-tenant functions."""
        async with self._transaction("BEGIN; SET LOCAL trama.tenant = ''") as connection:
            yield connection

    async def across(self, sql: str, *args: object) -> list[asyncpg.Record]:
        """One statement outside any tenant: a call of a cross-tenant function. One round trip."""
        return list(await self.pool.fetch(sql, *args))

    @asynccontextmanager
    async def _transaction(self, begin: str) -> AsyncIterator[Connection]:
        async with self.pool.acquire() as connection:
            try:
                await connection.execute(begin)
                yield connection
            except BaseException:
                if not connection.is_closed():
                    await connection.execute("ROLLBACK")
                raise
            await connection.execute("COMMIT")


def rows_changed(status: str) -> int:
    """How many rows a command changed, from its status (`UPDATE 3` is 3)."""
    return int(status.rsplit(" ", 1)[-1])
