"""Taking everything out of the rows that tells of a contact.

`BLANKED`, `DELETED` and `KEPT` name every column of every table that can hold a contact's words; a test walks the
schema and fails for one that is not named. What is kept are the company's own words (queues, reasons of flows) and
what happened when, without what was said.
"""

# ruff: noqa: S608  only constants of this module are put into statements

from __future__ import annotations

from engine.store import arrivals
from engine.store.database import Connection

ERASED = '{"type": "unsupported", "kind": "erased"}'
_EMPTY_TEXT = '{"type": "text", "text": ""}'

BLANKED: dict[str, dict[str, str]] = {
    "contact": {
        "name": "''", "phone": "''", "email": "''", "cpf": "''", "language": "''", "tags": "'{}'", "fields": "'{}'",
        "state": "'erased'", "merged_into": "NULL", "rev": "rev + 1", "updated_at": "now()",
    },
    "consent": {"words": "''", "source": "''"},
    "conversation": {
        "session": "NULL", "last_text": "''", "address": "''", "close_reason": "''", "tags": "'{}'", "node": "''",
        "state": "'closed'", "closed_at": "coalesce(closed_at, now())", "owner": "'bot'", "person_id": "NULL",
        "epoch": "epoch + 1", "waiting_until": "NULL", "unread": "0", "snoozed_until": "NULL",
        "return_person": "NULL", "return_queue": "''", "queue": "''",
    },
    "message": {
        "content": f"'{ERASED}'", "text": "''", "external_id": "''", "reply_to": "''", "error": "''",
        "revoked_at": "coalesce(revoked_at, now())",
    },
    "inbox": {
        "payload": "'{}'", "key": "'erased:' || id", "error": "''", "wait": "''", "target": "''",
        "state": "CASE state WHEN 'new' THEN 'done' ELSE state END", "done_at": "coalesce(done_at, now())",
    },
    "outbox": {
        "content": f"'{_EMPTY_TEXT}'", "reply_to": "''", "external_ids": "'{}'", "code": "''", "error": "''",
        "state": "CASE WHEN state IN ('sent', 'failed', 'dead') THEN state ELSE 'dropped' END",
        "settled_at": "coalesce(settled_at, now())", "lease_until": "NULL",
    },
    "call": {
        "args": "'{}'", "error": "''", "state": "CASE WHEN state IN ('queued', 'running') THEN 'failed' ELSE state END",
        "settled_at": "coalesce(settled_at, now())", "lease_until": "NULL",
    },
    "ticket": {
        "reason": "''", "summary": "''",
        "state": "CASE WHEN state IN ('waiting', 'serving') THEN 'finished' ELSE state END",
        "finished_at": "coalesce(finished_at, now())",
    },
    "note": {"text": "''"},
    "rating": {"comment": "''"},
}  # fmt: skip
DELETED = {
    "contact_identity": "contact_id = ANY($1::bigint[])",
    "contact_merge": "kept_id = ANY($1::bigint[]) OR gone_id = ANY($1::bigint[])",
    "contact_distinct": "low_id = ANY($1::bigint[]) OR high_id = ANY($1::bigint[])",
    "trace": "conversation_id = ANY($1::bigint[])",
    "draft": "conversation_id = ANY($1::bigint[])",
    "news": "conversation_id = ANY($1::bigint[])",
}
KEPT: dict[str, set[str]] = {
    "contact": {"state"},
    "consent": {"topic"},
    "conversation": {"protocol", "state", "owner", "flow", "return_queue", "queue"},
    "message": {"direction", "author", "outbox_id", "status"},
    "inbox": {"kind", "state"},
    "outbox": {"id", "kind", "state"},
    "call": {"id", "service", "operation", "state"},
    "ticket": {"queue", "skill", "agent", "state", "assigned_by", "alerts", "outcome"},
}
_BY_CONTACT = ("contact", "consent")


async def lock(c: Connection, contacts: list[int]) -> list[int]:
    """Nothing arrives and no turn runs until the transaction ends; the contacts' conversations."""
    await c.execute(arrivals.EXCLUSIVE)
    await c.execute("SELECT 1 FROM contact WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE", contacts)
    rows = await c.fetch(
        "SELECT id FROM conversation WHERE contact_id = ANY($1::bigint[]) ORDER BY id FOR UPDATE", contacts
    )
    return [r["id"] for r in rows]


async def files(c: Connection, conversations: list[int]) -> list[str]:
    """Copies of attachments that only these conversations have: no other message, and no flow."""
    rows = await c.fetch(
        "SELECT DISTINCT content->>'stored' AS key FROM message WHERE conversation_id = ANY($1::bigint[]) "
        "AND content ? 'stored'",
        conversations,
    )
    keys = [r["key"] for r in rows if r["key"]]
    if not keys:
        return []
    shared = await c.fetch(
        "SELECT DISTINCT content->>'stored' AS key FROM message WHERE conversation_id <> ALL($1::bigint[]) "
        "AND content ? 'stored' AND content->>'stored' = ANY($2::text[]) UNION "
        "SELECT k FROM unnest($2::text[]) k WHERE EXISTS (SELECT 1 FROM flow "
        "WHERE position(split_part(k, '/', 3) IN draft::text) > 0) OR EXISTS (SELECT 1 FROM flow_version "
        "WHERE position(split_part(k, '/', 3) IN document::text) > 0)",
        conversations,
        keys,
    )
    return sorted(set(keys) - {r["key"] for r in shared})


async def blank(c: Connection, contacts: list[int], conversations: list[int], words: list[str]) -> None:
    """All of it. `words` are what they are known by (numbers, addresses, CPFs): where rows of the channel or of an
    import speak of them without saying whose they are, these are looked for."""
    names = await c.fetchrow(
        "SELECT coalesce(array_agg(external_id) FILTER (WHERE external_id <> ''), '{}') AS said, "
        "(SELECT coalesce(array_agg(id), '{}') FROM outbox WHERE conversation_id = ANY($1::bigint[])) AS sends "
        "FROM message WHERE conversation_id = ANY($1::bigint[])",
        conversations,
    )
    assert names is not None
    await c.execute(
        "DELETE FROM delivery_status WHERE external_id = ANY($1::text[]) OR outbox_id = ANY($2::text[])",
        names["said"],
        names["sends"],
    )
    await _loose(c, names["said"], words)
    await _imported(c, words)
    subjects = [f"contact:{i}" for i in contacts] + [f"conversation:{i}" for i in conversations]
    subjects += [
        f"ticket:{r['id']}"
        for r in await c.fetch(
            "SELECT id FROM ticket WHERE conversation_id = ANY($1::bigint[])", conversations
        )
    ]
    await c.execute("SELECT trama_forget_audit($1)", subjects)
    for table, columns in BLANKED.items():
        which = contacts if table in _BY_CONTACT else conversations
        key = {"contact": "id", "consent": "contact_id", "conversation": "id"}.get(table, "conversation_id")
        changes = ", ".join(f"{name} = {value}" for name, value in columns.items())
        await c.execute(f"UPDATE {table} SET {changes} WHERE {key} = ANY($1::bigint[])", which)
    for table, condition in DELETED.items():
        which = conversations if "conversation_id" in condition else contacts
        await c.execute(f"DELETE FROM {table} WHERE {condition}", which)


async def _loose(c: Connection, said: list[str], words: list[str]) -> None:
    """Corrections, withdrawals and new numbers stand in the inbox without a conversation; what could not be read
    stands there as it came."""
    blanks = ", ".join(f"{name} = {value}" for name, value in BLANKED["inbox"].items())
    patterns = [f"%{_escaped(w)}%" for w in words]
    await c.execute(
        f"UPDATE inbox SET {blanks} WHERE conversation_id IS NULL AND (target <> '' AND target = ANY($1::text[]) "
        "OR payload::text LIKE ANY($2::text[]) OR key LIKE ANY($2::text[]))",
        said,
        patterns,
    )
    await c.execute(
        "DELETE FROM refused WHERE EXISTS (SELECT 1 FROM unnest($1::text[]) w "
        "WHERE position(convert_to(w, 'UTF8') IN raw) > 0 OR position(w IN detail) > 0)",
        words,
    )


async def _imported(c: Connection, words: list[str]) -> None:
    """Lines of files that wait to be taken in become lines that say why they are not, and reports lose the value."""
    digits = [f"%{w[-8:]}%" for w in words if w.isdigit()]
    other = [f"%{_escaped(w.lower())}%" for w in words if not w.isdigit()]
    speaks = (
        "(lower({0}) LIKE ANY($1::text[]) OR regexp_replace({0}, '[^0-9]', '', 'g') LIKE ANY($2::text[]))"
    )
    await c.execute(
        "UPDATE contact_import_chunk k SET lines = (SELECT jsonb_agg(CASE WHEN "
        + speaks.format("(l->1)::text")
        + " THEN jsonb_build_array(l->0, '[]'::jsonb, 'import:erased') ELSE l END ORDER BY ord) "
        "FROM jsonb_array_elements(k.lines) WITH ORDINALITY x(l, ord)) WHERE " + speaks.format("lines::text"),
        other,
        digits,
    )
    await c.execute(
        "UPDATE contact_import_error SET value = '' WHERE value <> '' AND " + speaks.format("value"),
        other,
        digits,
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
