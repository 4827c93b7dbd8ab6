"""One million messages: the lists, pages and searches that people use all day take an index, not a walk."""

from __future__ import annotations

import asyncpg
import msgspec
import pytest

from engine.store import conversations
from engine.store.database import Database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CONVERSATIONS, EACH = 50_000, 20
_FILL = (
    "INSERT INTO tenant (id, slug, name) VALUES (1, 'a', 'A'), (2, 'b', 'B')",
    "INSERT INTO channel (id, tenant_id, kind, name) VALUES (1, 1, 'whatsapp_cloud', 'W')",
    "INSERT INTO channel (id, tenant_id, kind, name) VALUES (2, 2, 'whatsapp_cloud', 'W')",
    f"INSERT INTO contact (id, tenant_id, name, phone) SELECT n, 1 + n % 2, 'Contact ' || n, '55' || n "
    f"FROM generate_series(1, {CONVERSATIONS}) n",
    "INSERT INTO conversation (id, tenant_id, contact_id, channel_id, protocol, owner, last_message_at) "
    "SELECT n, 1 + n % 2, n, 1 + n % 2, n::text, (ARRAY['bot', 'person'])[1 + n % 5 / 4], "
    f"now() - n * interval '1 second' FROM generate_series(1, {CONVERSATIONS}) n",
    "INSERT INTO message (tenant_id, conversation_id, channel_id, direction, author, content, text, external_id) "
    'SELECT 1 + n % 2, n, 1 + n % 2, \'in\', \'contact\', \'{"type": "text", "text": ""}\', '
    "'mensagem ' || m || ' sobre fatura ' || n || CASE WHEN n % 1000 = 0 THEN ' negociação' ELSE '' END, "
    "'w' || n || '.' || m "
    f"FROM generate_series(1, {EACH}) m, generate_series(1, {CONVERSATIONS}) n",
    "ANALYZE",
)


def walks(node: dict) -> list[str]:  # type: ignore[type-arg]
    """Tables that the plan reads from end to end."""
    own = [node["Relation Name"]] if node["Node Type"] in ("Seq Scan", "Parallel Seq Scan") else []
    return own + [name for child in node.get("Plans", []) for name in walks(child)]


async def test_a_million_messages(database: Database) -> None:
    owner = await asyncpg.connect(database.dsn, timeout=30)
    for statement in _FILL:
        await owner.execute(statement)
    assert await owner.fetchval("SELECT count(*) FROM message") == CONVERSATIONS * EACH

    asked: list[tuple[str, tuple[object, ...]]] = []

    class Spy:
        """Notes the statements that the store sends, so that the plans are those of the real ones."""

        def __init__(self, c: object) -> None:
            self._c = c

        async def fetch(self, sql: str, *args: object) -> object:
            asked.append((sql, args))
            return await self._c.fetch(sql, *args)  # type: ignore[attr-defined]

    async with database.tenant(1) as c:
        spy = Spy(c)
        first = await conversations.page(spy, state=None, owner=None, after=None, limit=50)  # type: ignore[arg-type]
        assert len(first) == 50
        cursor = conversations.Cursor(first[-1].last_message_at, first[-1].id)
        second = await conversations.page(spy, state="open", owner="person", after=cursor, limit=50)  # type: ignore[arg-type]
        assert len(second) == 50
        shown = await conversations.messages(spy, 2, before=2**62, limit=50)  # type: ignore[arg-type]
        assert len(shown) == EACH
        found = await conversations.search(spy, "negociacao fatura", before=2**62, limit=20)  # type: ignore[arg-type]
        assert len(found) == 20
        for sql, args in asked:
            text = await c.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *args)
            explained = msgspec.json.decode(text)[0]
            assert set(walks(explained["Plan"])) <= {"channel", "tenant"}, sql
            assert explained["Execution Time"] < 500, sql

    # inside the search function the plan is not shown: its statement, as the owner, takes the text index
    await owner.execute("SET trama.tenant = '1'")
    text = await owner.fetchval(
        "EXPLAIN (FORMAT JSON) SELECT m.id FROM message m WHERE to_tsvector('simple', trama_fold(m.text)) "
        "@@ websearch_to_tsquery('simple', trama_fold('negociacao fatura')) AND m.tenant_id = trama_tenant() "
        "AND m.id < 9999999 ORDER BY m.id DESC LIMIT 20"
    )
    assert "message_search" in text
    await owner.close()
