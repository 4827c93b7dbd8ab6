"""How people come in: passwords and their failures, second factors, recovery codes, sessions, resets.

Tokens are looked up by their SHA-256; what a stolen copy of the database holds opens nothing.
"""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.store.database import Connection, Database, rows_changed
from engine.store.people import COLUMNS, Person, made


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """`totp` is sealed, None without a second factor; `step` is the last time step whose code was taken."""

    person: Person
    password_hash: str
    totp: bytes | None
    step: int
    changed_at: datetime | None

    def __repr__(self) -> str:
        return f"Credentials({self.person.id})"


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that is logged in. `factor`: how the second factor was shown, "" where none was asked."""

    id: int
    person: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    client: str
    address: str
    factor: str


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds a token, and the roles that this company wants a second factor of."""

    person: Person
    session: int | None
    strict: list[str]


_SESSION = "id, person_id AS person, created_at, seen_at, expires_at, client, address, factor"
_STRICT = "coalesce(t.settings -> 'second_factor', '[]') AS strict"


async def credentials(
    c: Connection, *, email: str = "", person: int = 0, lock: bool = False
) -> Credentials | None:
    """By address or by id. `lock` holds the row, so that a code is judged by one at a time."""
    row = await c.fetchrow(
        f"SELECT {COLUMNS}, p.password_hash, p.totp_secret, p.totp_step, p.password_changed_at FROM person p "
        "WHERE p.email = lower($1) OR p.id = $2" + (" FOR UPDATE" if lock else ""),
        email,
        person,
    )
    if row is None:
        return None
    known = made(row)
    return Credentials(
        person=known,
        password_hash=row["password_hash"],
        totp=row["totp_secret"] if known.second_factor else None,
        step=row["totp_step"],
        changed_at=row["password_changed_at"],
    )


async def failed(c: Connection, person: int) -> bool:
    """From the fifth failure in a row on the person waits: 1, 2, 4 … at most 60 minutes. Whether they wait now."""
    locked: bool = await c.fetchval(
        "UPDATE person SET failed_logins = failed_logins + 1, locked_until = CASE WHEN failed_logins >= 4 "
        "THEN now() + make_interval(mins => least(60, 2 ^ least(failed_logins - 4, 6))::int) END WHERE id = $1 "
        "RETURNING locked_until IS NOT NULL",
        person,
    )
    return locked


async def unlock(c: Connection, person: int) -> None:
    await c.execute("UPDATE person SET failed_logins = 0, locked_until = NULL WHERE id = $1", person)


async def set_password(c: Connection, person: int, password_hash: str, *, must_change: bool = False) -> None:
    await c.execute(
        "UPDATE person SET password_hash = $2, must_change = $3, password_changed_at = now(), "
        "failed_logins = 0, locked_until = NULL WHERE id = $1",
        person,
        password_hash,
        must_change,
    )


# second factor


async def prepare_totp(c: Connection, person: int, sealed: bytes) -> None:
    """A secret that does not count yet."""
    await c.execute(
        "UPDATE person SET totp_secret = $2, totp_step = 0 WHERE id = $1 AND totp_since IS NULL",
        person,
        sealed,
    )


async def pending_totp(c: Connection, person: int) -> bytes | None:
    """The sealed secret that is being set up, the row locked."""
    found: bytes | None = await c.fetchval(
        "SELECT totp_secret FROM person WHERE id = $1 AND totp_since IS NULL FOR UPDATE", person
    )
    return found


async def enable_totp(c: Connection, person: int, step: int) -> None:
    await c.execute("UPDATE person SET totp_since = now(), totp_step = $2 WHERE id = $1", person, step)


async def take_step(c: Connection, person: int, step: int) -> None:
    await c.execute("UPDATE person SET totp_step = $2 WHERE id = $1", person, step)


async def disable_totp(c: Connection, person: int) -> bool:
    """Whether there was one."""
    await c.execute("DELETE FROM recovery_code WHERE person_id = $1", person)
    return bool(
        rows_changed(
            await c.execute(
                "UPDATE person SET totp_secret = NULL, totp_since = NULL, totp_step = 0 "
                "WHERE id = $1 AND totp_since IS NOT NULL",
                person,
            )
        )
    )


async def set_recovery_codes(c: Connection, person: int, hashes: list[bytes]) -> None:
    await c.execute("DELETE FROM recovery_code WHERE person_id = $1", person)
    await c.execute(
        "INSERT INTO recovery_code (person_id, hash) SELECT $1, h FROM unnest($2::bytea[]) h", person, hashes
    )


async def use_recovery_code(c: Connection, person: int, hashed: bytes) -> bool:
    return bool(
        rows_changed(
            await c.execute(
                "UPDATE recovery_code SET used_at = now() "
                "WHERE person_id = $1 AND hash = $2 AND used_at IS NULL",
                person,
                hashed,
            )
        )
    )


async def recovery_codes_left(c: Connection, person: int) -> int:
    left: int = await c.fetchval(
        "SELECT count(*) FROM recovery_code WHERE person_id = $1 AND used_at IS NULL", person
    )
    return left


# sessions


async def tenant_of_login(db: Database, token_hash: bytes) -> int | None:
    async with db.system() as c:
        found: int | None = await c.fetchval("SELECT trama_tenant_of_login($1)", token_hash)
        return found


async def open_session(
    c: Connection, person: int, token_hash: bytes, hours: int, *, client: str, address: str, factor: str
) -> int:
    """The new session's id. The failures before it are forgotten."""
    await c.execute(
        "UPDATE person SET failed_logins = 0, locked_until = NULL, last_login_at = now() WHERE id = $1",
        person,
    )
    await c.execute("DELETE FROM login_session WHERE person_id = $1 AND expires_at < now()", person)
    ident: int = await c.fetchval(
        "INSERT INTO login_session (token_hash, person_id, expires_at, client, address, factor) "
        "VALUES ($1, $2, now() + make_interval(hours => $3), left($4, 200), left($5, 64), $6) RETURNING id",
        token_hash,
        person,
        hours,
        client,
        address,
        factor,
    )
    return ident


async def session_person(c: Connection, token_hash: bytes) -> Seen | None:
    """Who holds the session; that it was used is noted once a minute at most."""
    row = await c.fetchrow(
        f"SELECT {COLUMNS}, s.id AS session, s.seen_at < now() - interval '1 minute' AS stale, {_STRICT} "
        "FROM login_session s JOIN person p ON p.id = s.person_id JOIN tenant t ON t.id = s.tenant_id "
        "WHERE s.token_hash = $1 AND s.expires_at > now() AND p.state = 'active'",
        token_hash,
    )
    if row is None:
        return None
    if row["stale"]:
        await c.execute("UPDATE login_session SET seen_at = now() WHERE id = $1", row["session"])
    return Seen(person=made(row), session=row["session"], strict=_roles(row["strict"]))


async def family_person(c: Connection, person: int, family: str) -> Seen | None:
    """Who holds an access token of this family, as long as the family is not revoked."""
    row = await c.fetchrow(
        f"SELECT {COLUMNS}, {_STRICT} FROM person p JOIN tenant t ON t.id = p.tenant_id "
        "WHERE p.id = $1 AND p.state = 'active' AND t.state = 'active' AND EXISTS (SELECT 1 FROM refresh_token r "
        "WHERE r.tenant_id = p.tenant_id AND r.family = $2 AND r.person_id = p.id AND r.revoked_at IS NULL)",
        person,
        family,
    )
    return None if row is None else Seen(person=made(row), session=None, strict=_roles(row["strict"]))


async def strict_roles(c: Connection) -> list[str]:
    """The roles that must have a second factor here."""
    return _roles(await c.fetchval(f"SELECT {_STRICT} FROM tenant t"))


async def holding(c: Connection, sessions: list[int]) -> dict[int, list[str]]:
    """Which of these sessions still hold, with the roles of who holds them."""
    rows = await c.fetch(
        "SELECT s.id, p.roles FROM login_session s JOIN person p ON p.id = s.person_id "
        "WHERE s.id = ANY($1::bigint[]) AND s.expires_at > now() AND p.state = 'active'",
        sessions,
    )
    return {r["id"]: r["roles"] for r in rows}


async def sessions(c: Connection, person: int) -> list[SessionRow]:
    """Those that still hold, the latest used first."""
    rows = await c.fetch(
        f"SELECT {_SESSION} FROM login_session WHERE person_id = $1 AND expires_at > now() "
        "ORDER BY seen_at DESC, id DESC LIMIT 200",
        person,
    )
    return [SessionRow(**dict(r)) for r in rows]


async def close_session(c: Connection, token_hash: bytes) -> int | None:
    """Whose it was."""
    person: int | None = await c.fetchval(
        "DELETE FROM login_session WHERE token_hash = $1 RETURNING person_id", token_hash
    )
    return person


async def end_session(c: Connection, person: int, ident: int) -> bool:
    return bool(
        rows_changed(
            await c.execute("DELETE FROM login_session WHERE person_id = $1 AND id = $2", person, ident)
        )
    )


async def end_sessions(c: Connection, person: int, *, but: int | None = None) -> int:
    """How many were ended."""
    return rows_changed(
        await c.execute(
            "DELETE FROM login_session WHERE person_id = $1 AND id IS DISTINCT FROM $2", person, but
        )
    )


# resets


async def add_reset(c: Connection, person: int, token_hash: bytes, minutes: int, most: int) -> bool:
    """False when there were `most` within the last hour. A newer one ends the older ones."""
    await c.execute("SELECT 1 FROM person WHERE id = $1 FOR UPDATE", person)
    recent: int = await c.fetchval(
        "SELECT count(*) FROM password_reset WHERE person_id = $1 AND created_at > now() - interval '1 hour'",
        person,
    )
    if recent >= most:
        return False
    await c.execute(
        "UPDATE password_reset SET used_at = now() WHERE person_id = $1 AND used_at IS NULL", person
    )
    await c.execute(
        "DELETE FROM password_reset WHERE person_id = $1 AND created_at < now() - interval '1 day'", person
    )
    await c.execute(
        "INSERT INTO password_reset (token_hash, person_id, expires_at) "
        "VALUES ($1, $2, now() + make_interval(mins => $3))",
        token_hash,
        person,
        minutes,
    )
    return True


async def tenant_of_reset(db: Database, token_hash: bytes) -> int | None:
    async with db.system() as c:
        found: int | None = await c.fetchval("SELECT trama_tenant_of_reset($1)", token_hash)
        return found


async def reset_person(c: Connection, token_hash: bytes, *, use: bool = False) -> int | None:
    """Whose valid reset this is; with `use` it is none from now on."""
    valid = "token_hash = $1 AND used_at IS NULL AND expires_at > now()"
    person: int | None = await c.fetchval(
        f"UPDATE password_reset SET used_at = now() WHERE {valid} RETURNING person_id"
        if use
        else f"SELECT person_id FROM password_reset WHERE {valid}",
        token_hash,
    )
    return person


def _roles(stored: bytes) -> list[str]:
    return msgspec.json.decode(stored, type=list[str])
