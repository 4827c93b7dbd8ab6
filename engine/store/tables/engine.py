"""Piccolo wants every table to know its engine; ours know none of their own, because a query runs in a transaction of
one tenant, on a connection that `Database` hands out: `await c.fetch(*compiled(Contact.select()))`.
"""

from __future__ import annotations

from typing import Any

from piccolo.engine.postgres import PostgresEngine
from piccolo.query.base import Query


class Nowhere(PostgresEngine):
    """An engine that only knows the dialect: it connects to nothing, also not when it is made."""

    async def check_version(self) -> None:
        return None

    async def prep_database(self) -> None:
        return None


NOWHERE = Nowhere(config={"database": "trama"})


def compiled(query: Query[Any, Any]) -> tuple[Any, ...]:
    """Statement and arguments of a Piccolo query, as asyncpg takes them."""
    (querystring,) = query.default_querystrings
    statement, arguments = querystring.compile_string()
    return statement, *arguments
