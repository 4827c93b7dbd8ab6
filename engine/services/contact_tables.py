"""Contacts and reports of imports as files for spreadsheets, in which nothing is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable

from engine.services import contact_search
from engine.services.contact_import import errors
from engine.services.contact_search import Filters
from engine.services.runtime import Runtime
from engine.store import audit
from engine.store import contact_fields as field_store
from engine.store import contacts as contact_store

AT_ONCE = 500


async def errors_csv(
    rt: Runtime, tenant: int, ident: int, words: Callable[[str, str], str]
) -> AsyncIterator[bytes]:
    """The same as a file for a spreadsheet; `words(code, detail)` says it for people."""
    yield "\ufeff".encode() + csv_line(["line", "column", "code", "value", "text"])
    after = 0
    while rows := await errors(rt, tenant, ident, after=after, limit=1000):
        yield b"".join(
            csv_line([str(r.line), r.field, r.code, r.value, words(r.code, r.value)]) for r in rows
        )
        after = rows[-1].id


async def contacts_csv(
    rt: Runtime, tenant: int, filters: Filters, *, person: int | None = None
) -> AsyncIterator[bytes]:
    """Those whom the filters let through, newest first, with the declared fields as columns."""
    async with rt.db.tenant(tenant) as c:
        fields = await field_store.fields(c)
        await audit.note(
            c, "contacts_exported", "contacts", person=person, filters=contact_search.compiled(filters)
        )
    plain = ("id", "name", "phone", "email", "cpf", "language")
    heads = [*plain, "tags", "opted_out", "created_at", "last_seen_at"]
    yield "\ufeff".encode() + csv_line([*heads, *(f.label for f in fields)])
    before = 2**62
    asked = contact_search.compiled(filters)
    while True:
        async with rt.db.tenant(tenant) as c:
            rows = await contact_store.page(c, asked, before=before, limit=AT_ONCE)
        if not rows:
            return
        yield b"".join(
            csv_line(
                [
                    *(str(getattr(r, name)) for name in plain),
                    ",".join(r.tags),
                    "true" if r.opted_out else "false",
                    r.created_at.isoformat(),
                    r.last_seen_at.isoformat() if r.last_seen_at else "",
                    *(str(r.fields.get(f.key, "")) for f in fields),
                ]
            )
            for r in rows
        )
        before = rows[-1].id


def csv_line(cells: list[str]) -> bytes:
    """A line for spreadsheets, in which nothing is a formula."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return out.getvalue().encode("utf-8", "replace")


def harmless(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%") else text
