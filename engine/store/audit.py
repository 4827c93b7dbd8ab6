"""Who changed what. Never message bodies, never secrets.

Rows are only ever added: the application's role may not change or remove them. Who asks (their key and address) is
told once per request by `asking`, so that whoever notes a change need not carry it along.
"""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from typing import Any

import msgspec

from engine.store.database import Connection
from engine.store.payloads import encode


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    person: int | None = None
    key: int | None = None
    address: str = ""


class AuditRow(msgspec.Struct, frozen=True, kw_only=True):
    """`detail` often holds `before` and `after`. `name` is the person's, or the key's."""

    id: int
    at: datetime
    action: str
    subject: str
    person: int | None
    key: int | None
    name: str
    address: str
    detail: dict[str, Any]


_NOBODY = Asking()
asking: ContextVar[Asking] = ContextVar("asking", default=_NOBODY)


async def note(c: Connection, action: str, subject: str, *, person: int | None = None, **detail: Any) -> None:
    """`action` is a past participle (`flow_published`), `subject` what it happened to (`flow:main`)."""
    who = asking.get()
    await c.execute(
        "INSERT INTO audit (person_id, key_id, address, action, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)",
        who.person if person is None else person,
        who.key,
        who.address[:64],
        action,
        subject,
        encode(detail),
    )


async def note_many(c: Connection, action: str, rows: list[tuple[str, dict[str, Any]]]) -> None:
    """The same deed of the product itself to many: (subject, detail) of each."""
    await c.execute(
        "INSERT INTO audit (action, subject, detail) SELECT $1, s, d FROM unnest($2::text[], $3::jsonb[]) w(s, d)",
        action,
        [subject for subject, _ in rows],
        [encode(detail) for _, detail in rows],
    )


async def noted_lately(c: Connection, action: str, subject: str, seconds: int) -> bool:
    """Whether who asks has a row of this within the last seconds."""
    who = asking.get()
    found: bool = await c.fetchval(
        "SELECT EXISTS (SELECT 1 FROM audit WHERE action = $1 AND subject = $2 AND person_id IS NOT DISTINCT FROM $3 "
        "AND key_id IS NOT DISTINCT FROM $4 AND at > now() - make_interval(secs => $5))",
        action,
        subject,
        who.person,
        who.key,
        seconds,
    )
    return found


async def search(
    c: Connection,
    *,
    person: int | None = None,
    key: int | None = None,
    action: str = "",
    subject: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int,
    limit: int,
) -> list[AuditRow]:
    """Newest first. A `subject` that ends in a colon finds all of that kind (`person:`)."""
    # only what is asked for is a condition, so that the planner takes the index that fits it; names are joined to the
    # page and not to all rows
    asked: list[tuple[str, object]] = [("a.id <", before)]
    if person is not None:
        asked.append(("a.person_id =", person))
    if key is not None:
        asked.append(("a.key_id =", key))
    if action:
        asked.append(("a.action =", action))
    if subject.endswith(":"):
        asked += [("a.subject >=", subject), ("a.subject <", subject[:-1] + ";")]
    elif subject:
        asked.append(("a.subject =", subject))
    if since is not None:
        asked.append(("a.at >=", since))
    if until is not None:
        asked.append(("a.at <", until))
    where = " AND ".join(f"{test} ${n}" for n, (test, _) in enumerate(asked, 1))
    rows = await c.fetch(
        "SELECT a.id, a.at, a.action, a.subject, a.person_id AS person, a.key_id AS key, a.address, a.detail, "
        f"coalesce(k.name, p.name, '') AS name FROM (SELECT * FROM audit a WHERE {where} "
        f"ORDER BY a.tenant_id, a.id DESC LIMIT {int(limit)}) a LEFT JOIN person p ON p.id = a.person_id "
        "LEFT JOIN api_key k ON k.id = a.key_id ORDER BY a.id DESC",
        *(value for _, value in asked),
    )
    return [AuditRow(**{**dict(r), "detail": msgspec.json.decode(r["detail"])}) for r in rows]


async def actions(c: Connection) -> list[str]:
    """The actions that there are rows of, by skipping from one to the next in the index."""
    rows = await c.fetch(
        "WITH RECURSIVE a AS ((SELECT action FROM audit ORDER BY action LIMIT 1) UNION ALL "
        "SELECT (SELECT x.action FROM audit x WHERE x.action > a.action ORDER BY x.action LIMIT 1) FROM a "
        "WHERE a.action IS NOT NULL) SELECT action FROM a WHERE action IS NOT NULL"
    )
    return [r["action"] for r in rows]
