"""People who work here: their card, roles and state. How they come in is `engine.store.logins`."""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from datetime import datetime

import asyncpg
import msgspec

from engine.core.errors import TramaError
from engine.store.database import Connection, Database


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """`second_factor` is in force; `must_change`: the password was given by somebody else."""

    id: int
    email: str
    name: str
    roles: list[str]
    language: str = "pt-BR"
    state: str = "active"
    second_factor: bool = False
    must_change: bool = False
    locked_until: datetime | None = None
    last_login_at: datetime | None = None
    created_at: datetime | None = None


COLUMNS = (
    "p.id, p.email, p.name, p.roles, p.language, p.state, p.totp_since IS NOT NULL AS second_factor, "
    "p.must_change, p.locked_until, p.last_login_at, p.created_at"
)
FIELDS = Person.__struct_fields__


async def tenant_of_email(db: Database, email: str) -> int | None:
    async with db.system() as c:
        found: int | None = await c.fetchval("SELECT trama_tenant_of_email($1)", email)
        return found


async def save(
    c: Connection, email: str, name: str, password_hash: str, roles: list[str], language: str
) -> Person:
    """Create the person, or bring an existing one up to date. Raises `people:email-taken` (another company)."""
    try:
        row = await c.fetchrow(
            "INSERT INTO person AS p (email, name, password_hash, roles, language) "
            "VALUES (lower($1), $2, $3, $4, $5) "
            "ON CONFLICT (email) DO UPDATE SET name = excluded.name, password_hash = excluded.password_hash, "
            f"roles = excluded.roles, language = excluded.language RETURNING {COLUMNS}",
            email,
            name,
            password_hash,
            roles,
            language,
        )
    except asyncpg.InsufficientPrivilegeError:
        raise TramaError(
            "people:email-taken", "this address belongs to another company", path="/email"
        ) from None
    assert row is not None
    return made(row)


async def add(
    c: Connection, email: str, name: str, password_hash: str, roles: list[str], language: str
) -> Person | None:
    """A new person, who changes the given password at once; None when the address is taken, wherever."""
    row = await c.fetchrow(
        "INSERT INTO person AS p (email, name, password_hash, roles, language, must_change) "
        f"VALUES (lower($1), $2, $3, $4, $5, true) ON CONFLICT (email) DO NOTHING RETURNING {COLUMNS}",
        email,
        name,
        password_hash,
        roles,
        language,
    )
    return None if row is None else made(row)


async def everyone(
    c: Connection,
    *,
    words: str = "",
    state: str = "",
    after: tuple[str, int] | None = None,
    limit: int = 1000,
) -> list[Person]:
    """By name. `words`: a part of the name or address, whatever its case and accents."""
    name, ident = after if after is not None else ("", 0)
    rows = await c.fetch(
        f"SELECT {COLUMNS} FROM person p WHERE ($1 = '' OR p.state = $1) "
        "AND ($2 = '' OR strpos(trama_fold(p.name || ' ' || p.email), trama_fold($2)) > 0) "
        "AND ($5 OR (lower(p.name), p.id) > (lower($3), $4)) ORDER BY lower(p.name), p.id LIMIT $6",
        state,
        words,
        name,
        ident,
        after is None,
        limit,
    )
    return [made(r) for r in rows]


async def one(c: Connection, person: int, *, lock: bool = False) -> Person | None:
    row = await c.fetchrow(
        f"SELECT {COLUMNS} FROM person p WHERE p.id = $1" + (" FOR UPDATE" if lock else ""), person
    )
    return None if row is None else made(row)


async def change(
    c: Connection, person: int, *, name: str, roles: list[str], language: str, state: str
) -> Person:
    row = await c.fetchrow(
        "UPDATE person p SET name = $2, roles = $3, language = $4, state = $5 WHERE p.id = $1 "
        f"RETURNING {COLUMNS}",
        person,
        name,
        roles,
        language,
        state,
    )
    assert row is not None
    return made(row)


async def lock_administrators(c: Connection) -> list[int]:
    """Those who are active administrators; two who take the role from each other wait for one another here."""
    rows = await c.fetch(
        "SELECT id FROM person WHERE state = 'active' AND 'administrator' = ANY(roles) ORDER BY id FOR UPDATE"
    )
    return [r["id"] for r in rows]


def made(row: asyncpg.Record) -> Person:
    return Person(**{name: row[name] for name in FIELDS})
