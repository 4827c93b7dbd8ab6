"""Refresh tokens: a family begins at a login, each use makes the next, a second use ends the family."""

from __future__ import annotations

import msgspec

from engine.store.database import Connection, Database, rows_changed


class Refresh(msgspec.Struct, frozen=True, kw_only=True):
    """`valid`: neither over nor revoked. `used`: it was taken before."""

    person: int
    family: str
    client: str
    used: bool
    valid: bool


async def tenant_of_refresh(db: Database, token_hash: bytes) -> int | None:
    async with db.system() as c:
        found: int | None = await c.fetchval("SELECT trama_tenant_of_refresh($1)", token_hash)
        return found


async def add(c: Connection, person: int, token_hash: bytes, family: str, days: int, client: str) -> None:
    await c.execute("DELETE FROM refresh_token WHERE person_id = $1 AND expires_at < now()", person)
    await c.execute(
        "INSERT INTO refresh_token (token_hash, person_id, family, expires_at, client) "
        "VALUES ($1, $2, $3, now() + make_interval(days => $4), left($5, 200))",
        token_hash,
        person,
        family,
        days,
        client,
    )


async def take(c: Connection, token_hash: bytes) -> Refresh | None:
    """The token as it was, used from now on. Two who bring the same one wait for each other."""
    row = await c.fetchrow(
        "SELECT person_id AS person, family, client, used_at IS NOT NULL AS used, "
        "revoked_at IS NULL AND expires_at > now() AS valid FROM refresh_token WHERE token_hash = $1 FOR UPDATE",
        token_hash,
    )
    if row is None:
        return None
    await c.execute(
        "UPDATE refresh_token SET used_at = coalesce(used_at, now()) WHERE token_hash = $1", token_hash
    )
    return Refresh(**dict(row))


async def revoke_family(c: Connection, family: str) -> int:
    """How many tokens were valid until now."""
    return rows_changed(
        await c.execute(
            "UPDATE refresh_token SET revoked_at = now() WHERE family = $1 AND revoked_at IS NULL", family
        )
    )


async def revoke_all(c: Connection, person: int) -> int:
    return rows_changed(
        await c.execute(
            "UPDATE refresh_token SET revoked_at = now() WHERE person_id = $1 AND revoked_at IS NULL", person
        )
    )
