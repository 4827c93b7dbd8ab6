"""Huey's queue on PostgreSQL over pg8000.

Huey ships a storage for PostgreSQL that is written for another driver, whose licence does not go with ours. What it
asks of a connection is little, so it gets a small adapter and is otherwise used as it is.
"""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pg8000.dbapi
from huey import storage
from huey.api import Huey
from huey.storage import PostgresStorage

_SCHEMA_LOCK = 0x5472_616D_6142
_TROUBLE = (OSError, pg8000.dbapi.InterfaceError)


def address(dsn: str) -> dict[str, Any]:
    """What pg8000 wants to know, from the address that asyncpg reads (a folder as `host` is a socket's)."""
    parts = urlsplit(dsn)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    port = int(query.get("port", parts.port or 5432))
    host = query.get("host", parts.hostname or "127.0.0.1")
    found: dict[str, Any] = {
        "user": unquote(parts.username or query.get("user", "postgres")),
        "database": unquote(parts.path.lstrip("/")) or "postgres",
    }
    if parts.password:
        found["password"] = unquote(parts.password)
    if host.startswith("/"):
        found["unix_sock"] = f"{host}/.s.PGSQL.{port}"
    else:
        found |= {"host": host, "port": port}
        if query.get("sslmode") in ("require", "verify-ca", "verify-full"):
            found["ssl_context"] = True
    return found


class Connection:
    """A pg8000 connection with the manners that Huey's storage expects."""

    def __init__(self, dsn: str) -> None:
        self._connection = pg8000.dbapi.connect(application_name="trama bell", **address(dsn))
        self.closed = False
        self.broken = False

    @property
    def autocommit(self) -> bool:
        return bool(self._connection.autocommit)

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        self._connection.autocommit = value

    def cursor(self) -> _Cursor:
        return _Cursor(self, self._connection.cursor())

    def execute(self, sql: str, params: tuple[Any, ...] = ()) -> None:
        with_cursor = self.cursor()
        with_cursor.execute(sql, params)
        with_cursor.close()

    def commit(self) -> None:
        self._guarded(self._connection.commit)

    def rollback(self) -> None:
        self._guarded(self._connection.rollback)

    def close(self) -> None:
        self.closed = True
        self._connection.close()

    def notifies(self, *, timeout: float, stop_after: int) -> Iterator[tuple[int, str, str]]:
        """Notifications as they come, until `stop_after` of them or `timeout` seconds."""
        deadline = time.monotonic() + timeout
        told = 0
        while told < stop_after:
            if self._connection.notifications:
                told += 1
                yield self._connection.notifications.popleft()
                continue
            left = deadline - time.monotonic()
            if left <= 0:
                return
            readable, _, _ = select.select([self._connection._usock], [], [], left)
            if readable:
                # what lies in the socket is read by the way of any statement
                self.execute("SELECT 1")

    def _guarded(self, action: Any, *args: Any) -> Any:
        try:
            return action(*args)
        except _TROUBLE:
            self.broken = True
            raise


class _Cursor:
    def __init__(self, owner: Connection, cursor: Any) -> None:
        self._owner = owner
        self._cursor = cursor

    def execute(self, sql: str, params: tuple[Any, ...] = ()) -> None:
        self._owner._guarded(self._cursor.execute, sql, params)

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchall(self) -> Any:
        return self._cursor.fetchall()

    @property
    def rowcount(self) -> int:
        return int(self._cursor.rowcount)

    def close(self) -> None:
        self._cursor.close()


class Storage(PostgresStorage):  # type: ignore[misc]
    """Huey's tables `huey_*` in the database of `dsn`."""

    def __init__(self, name: str = "huey", *, dsn: str, **options: Any) -> None:
        # the base class refuses to start without its own driver, which it then never uses: connections are ours
        storage.psycopg = storage.psycopg or pg8000
        super().__init__(name, connection=lambda: Connection(dsn), **options)

    def initialize_schema(self) -> None:
        """One process at a time: two that start together would both find no tables, and the slower one would die of
        a duplicate name in the catalogue ("if not exists" does not guard against that)."""
        self.conn.execute("SELECT pg_advisory_lock(%s)", (_SCHEMA_LOCK,))
        try:
            super().initialize_schema()
        finally:
            self.conn.execute("SELECT pg_advisory_unlock(%s)", (_SCHEMA_LOCK,))


class PostgresHuey(Huey):  # type: ignore[misc]
    storage_class = Storage
