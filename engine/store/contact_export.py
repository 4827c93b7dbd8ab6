"""All that is kept of one contact, for handing it over: plain rows, table by table."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.store.database import Connection

_OF_CONTACT = {
    "identities": "SELECT id, channel_id, kind, value, evidence, created_at FROM contact_identity WHERE {} ORDER BY id",
    "consents": "SELECT id, channel_id, topic, granted, words, source, at FROM consent WHERE {} ORDER BY id",
}
_OF_CONVERSATIONS = {
    "tickets": "SELECT id, conversation_id, queue, priority, skill, reason, summary, state, created_at, taken_at, "
    "finished_at FROM ticket WHERE {} ORDER BY id",
    "notes": "SELECT id, conversation_id, text, at FROM note WHERE {} ORDER BY id",
    "ratings": "SELECT id, conversation_id, score, comment, at FROM rating WHERE {} ORDER BY id",
}
_CONVERSATIONS = (
    "SELECT v.id, ch.kind AS channel, v.protocol, v.state, v.tags, v.created_at, v.closed_at, v.close_reason, "
    "v.messages, v.session->'vars' AS variables FROM conversation v JOIN channel ch ON ch.id = v.channel_id "
    "WHERE v.contact_id = ANY($1::bigint[]) ORDER BY v.id"
)
_MESSAGES = (
    "SELECT id, conversation_id, direction, author, content, text, external_id, status, created_at, edited_at, "
    "revoked_at FROM message WHERE conversation_id = ANY($1::bigint[]) AND id > $2 ORDER BY id LIMIT $3"
)
_TRACES = (
    "SELECT id, conversation_id, kind, outcome, event, trace, at FROM trace "
    "WHERE conversation_id = ANY($1::bigint[]) AND id > $2 ORDER BY id LIMIT $3"
)
_MOST = 500


async def family(c: Connection, contact: int) -> list[int]:
    """The contact and those that were merged into it: one person's data."""
    rows = await c.fetch(
        "WITH RECURSIVE f AS (SELECT $1::bigint AS id UNION SELECT k.id FROM f JOIN contact k ON k.merged_into = f.id) "
        "SELECT id FROM f ORDER BY id",
        contact,
    )
    return [r["id"] for r in rows]


async def small(c: Connection, contacts: list[int]) -> dict[str, list[dict[str, Any]]]:
    """Everything but messages and traces."""
    found = {
        "contacts": await _rows(
            c,
            "SELECT id, name, phone, email, cpf, language, tags, fields, opted_out, state, created_at, updated_at "
            "FROM contact WHERE id = ANY($1::bigint[]) ORDER BY id",
            contacts,
        )
    }
    for name, sql in _OF_CONTACT.items():
        found[name] = await _rows(c, sql.format("contact_id = ANY($1::bigint[])"), contacts)
    found["conversations"] = await _rows(c, _CONVERSATIONS, contacts)
    conversations = [r["id"] for r in found["conversations"]]
    for name, sql in _OF_CONVERSATIONS.items():
        found[name] = await _rows(c, sql.format("conversation_id = ANY($1::bigint[])"), conversations)
    return found


async def messages(c: Connection, conversations: list[int], after: int) -> list[dict[str, Any]]:
    return await _rows(c, _MESSAGES, conversations, after, _MOST)


async def traces(c: Connection, conversations: list[int], after: int) -> list[dict[str, Any]]:
    """What the bot decided about them, and from what (LGPD, art. 20)."""
    return await _rows(c, _TRACES, conversations, after, _MOST)


async def _rows(c: Connection, sql: str, *args: object) -> list[dict[str, Any]]:
    return [
        {k: msgspec.json.decode(v) if isinstance(v, bytes) else v for k, v in r.items()}
        for r in await c.fetch(sql, *args)
    ]
