"""The log of changes, for those who look into it: search, export, and the refusals that are noted there."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import AsyncIterator
from datetime import datetime

import msgspec

from engine.services.principal import Principal
from engine.services.runtime import Runtime
from engine.store import audit as store
from engine.store.audit import Asking, AuditRow

LAST = 2**63 - 1
REFUSED = "access_refused"
JOIN_SECONDS = 60
"""Refusals of one person or key on one route become at most one row in this time."""
_PAGE = 500
_HEADS = ("id", "at", "person", "key", "name", "address", "action", "subject", "detail")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_KEPT = 10_000
_joined: dict[tuple[int, int | None, int | None, str], tuple[float, int]] = {}


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for. `subject` is `person:7`, or `person:` for all of a kind; `until` is not included."""

    person: int | None = None
    key: int | None = None
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


def asked_by(principal: Principal | None, address: str) -> None:
    """From here on (in this task and those that it starts) changes are noted as made by them, from there."""
    who = Asking(address=address)
    if principal is not None:
        who = Asking(person=principal.person, key=principal.key, address=address)
    store.asking.set(who)


async def search(
    rt: Runtime, tenant: int, wanted: Wanted, *, before: int = LAST, limit: int = 50
) -> list[AuditRow]:
    """Newest first."""
    async with rt.db.tenant(tenant) as c:
        return await store.search(c, **msgspec.structs.asdict(wanted), before=before, limit=limit)


async def actions(rt: Runtime, tenant: int) -> list[str]:
    """What there are rows of, for a list to choose from."""
    async with rt.db.tenant(tenant) as c:
        return await store.actions(c)


async def export(
    rt: Runtime, tenant: int, wanted: Wanted, *, person: int | None = None
) -> AsyncIterator[bytes]:
    """A CSV file (UTF-8 with a mark, so that spreadsheets read it), newest first, a page at a time. No cell is a
    formula. The export itself is noted before it begins."""
    async with rt.db.tenant(tenant) as c:
        asked = {k: v for k, v in msgspec.structs.asdict(wanted).items() if v}
        await store.note(c, "audit_exported", "audit", person=person, wanted=asked)
    yield b"\xef\xbb\xbf" + _lines([_HEADS])
    before = LAST
    while rows := await search(rt, tenant, wanted, before=before, limit=_PAGE):
        yield _lines([_cells(row) for row in rows])
        before = rows[-1].id


async def refused(rt: Runtime, principal: Principal, route: str, status: int) -> None:
    """Note that somebody was refused. `route` is the template (`GET /api/v1/people/{person}`), never an id."""
    now = time.monotonic()
    name = (principal.tenant, principal.person, principal.key, route)
    since, more = _joined.get(name, (-1e9, 0))
    if now - since < JOIN_SECONDS:
        _joined[name] = (since, more + 1)
        return
    if len(_joined) >= _KEPT:
        _joined.clear()
    _joined[name] = (now, 0)
    async with rt.db.tenant(principal.tenant) as c:
        # another process may have noted it already
        if not await store.noted_lately(c, REFUSED, f"route:{route}", JOIN_SECONDS):
            await store.note(
                c, REFUSED, f"route:{route}", person=principal.person, status=status, joined=more
            )


def _cells(row: AuditRow) -> tuple[str, ...]:
    detail = msgspec.json.encode(row.detail).decode() if row.detail else ""
    plain = (
        str(row.id),
        row.at.isoformat(),
        "" if row.person is None else str(row.person),
        "" if row.key is None else str(row.key),
        row.name,
        row.address,
        row.action,
        row.subject,
        detail,
    )
    return tuple("'" + cell if cell.startswith(_FORMULA) else cell for cell in plain)


def _lines(rows: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_MINIMAL).writerows(rows)
    return out.getvalue().encode()
