"""Delivery reports. A status is the highest that was ever told (order and repeats do not matter), failure only
overrules what is less than delivered, and a report that comes before its message is known is kept.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import asyncpg

from engine.core.inbound import StatusIn
from engine.store.database import Connection
from engine.store.payloads import clean, encode

RANK = {"queued": 0, "accepted": 10, "sent": 20, "failed": 25, "delivered": 30, "read": 40, "played": 50}
"""Of unknown and odd values (deleted …) the row is kept and nothing is changed."""


class Changed(NamedTuple):
    """A message whose status rose."""

    message: int
    conversation: int
    status: str


_ADD = """
INSERT INTO delivery_status (channel_id, key, external_id, outbox_id, status, rank, raw_status, code, error, pricing,
                             at)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::text[],
                     $8::text[], $9::text[], $10::jsonb[], $11::timestamptz[])
ON CONFLICT DO NOTHING RETURNING id
"""
_ONE_BUBBLE = """(o.content->>'type' IN ('location', 'reaction', 'template')
    OR o.content->>'type' = 'text' AND length(o.content->>'text') <= 1000)"""
"""What every channel sends in one piece."""
_OVER = f"({_ONE_BUBBLE} OR x.status = 'failed' AND o.state <> 'sending')"
_ALL_IDS = "(o.external_ids || ARRAY(SELECT i FROM unnest(x.ids) i WHERE i <> ALL(o.external_ids)))"
_TOLD = "SELECT DISTINCT outbox_id FROM delivery_status WHERE NOT applied AND outbox_id <> '' AND {which}"
LOCK = "SELECT 1 FROM outbox WHERE id = ANY($1::text[]) ORDER BY id FOR NO KEY UPDATE"
"""Whoever settles tries and whoever applies reports takes the rows in this order first, so that neither waits for the
other in a circle."""
_APPLY = """
WITH news AS (
    SELECT * FROM delivery_status WHERE NOT applied AND {which}
), hits AS (
    SELECT n.id AS news_id, m.id, n.status, n.rank, n.error, n.at, n.external_id
    FROM news n JOIN message m ON m.channel_id = n.channel_id AND m.external_id = n.external_id
    WHERE n.external_id <> ''
    UNION
    SELECT n.id, m.id, n.status, n.rank, n.error, n.at, n.external_id
    FROM news n JOIN message m ON m.outbox_id = n.outbox_id AND m.channel_id = n.channel_id
    WHERE n.outbox_id <> ''
), best AS (
    SELECT DISTINCT ON (id) * FROM hits WHERE rank > 0 ORDER BY id, rank DESC, at
), risen AS (
    UPDATE message m SET status = b.status, status_rank = b.rank,
        error = CASE b.status WHEN 'failed' THEN b.error ELSE '' END,
        external_id = CASE m.external_id WHEN '' THEN b.external_id ELSE m.external_id END
    FROM best b WHERE m.id = b.id AND b.rank > m.status_rank
    RETURNING m.id, m.conversation_id, m.status, m.outbox_id
), settled AS (
    -- A report settles a send whose outcome we did not know (or were about to try again). Of a content that may be
    -- several bubbles it tells of one: what is left is found by how many were told of, once the wait is over.
    UPDATE outbox o SET
        state = CASE WHEN {over} THEN CASE x.status WHEN 'failed' THEN 'failed' ELSE 'sent' END ELSE o.state END,
        settled_at = CASE WHEN {over} THEN now() END,
        lease_until = CASE WHEN {over} THEN NULL ELSE o.lease_until END,
        code = CASE WHEN {over} THEN x.code ELSE o.code END, error = CASE WHEN {over} THEN x.error ELSE o.error END,
        skip = CASE o.state WHEN 'sending' THEN o.skip ELSE greatest(o.skip, cardinality({all_ids})) END,
        external_ids = {all_ids}
    FROM (SELECT outbox_id, channel_id, array_agg(DISTINCT external_id) AS ids,
                 (array_agg(status ORDER BY rank DESC))[1] AS status, (array_agg(code ORDER BY rank DESC))[1] AS code,
                 (array_agg(error ORDER BY rank DESC))[1] AS error
          FROM news WHERE outbox_id <> '' AND rank > 0 GROUP BY 1, 2) x
    WHERE o.id = x.outbox_id AND o.channel_id = x.channel_id
      AND (o.state IN ('queued', 'sending', 'unknown') OR (o.state = 'sent' AND x.status = 'failed'))
), noted AS (
    UPDATE delivery_status d SET applied = true
    WHERE d.id IN (SELECT news_id FROM hits) OR d.id IN (SELECT id FROM news WHERE rank = 0)
)
SELECT id, conversation_id, status FROM risen
"""


async def add(c: Connection, statuses: list[tuple[int, StatusIn]]) -> list[int]:
    """Keep the reports that are new (by channel and key); their ids."""
    rows = await c.fetch(
        _ADD,
        [channel for channel, _ in statuses],
        [clean(s.key) for _, s in statuses],
        [clean(s.message) for _, s in statuses],
        [clean(s.outbox) for _, s in statuses],
        [s.status for _, s in statuses],
        [RANK.get(s.status, 0) for _, s in statuses],
        [clean(s.raw_status) for _, s in statuses],
        [str(s.errors[0].code) if s.errors else "" for _, s in statuses],
        [
            clean("; ".join(filter(None, (e.title + ": " + e.detail for e in s.errors))))[:500]
            for _, s in statuses
        ],
        [encode(s.pricing) for _, s in statuses],
        [s.at for _, s in statuses],
    )
    return [r["id"] for r in rows]


async def apply(c: Connection, ids: list[int]) -> list[Changed]:
    """Let these reports take effect as far as their messages are known; which messages changed."""
    return await _applied(c, "id = ANY($1::bigint[])", ids)


async def apply_early(c: Connection, external_ids: list[str]) -> list[Changed]:
    """Reports that came before these external ids were known. The caller holds the rows of their sends."""
    return await _apply(c, "external_id = ANY($1::text[])", external_ids)


async def apply_left_over(c: Connection) -> list[Changed]:
    """Reports of the last day whose message was not known (a report and our own commit that crossed)."""
    return await _applied(c, "at > now() - interval '1 day'")


async def _applied(c: Connection, which: str, *args: Any) -> list[Changed]:
    # A try that is being settled holds its outbox row and wants the message; we would come the other way round.
    told = await c.fetch(_TOLD.format(which=which), *args)
    if told:
        await c.execute(LOCK, [r["outbox_id"] for r in told])
    return await _apply(c, which, *args)


async def _apply(c: Connection, which: str, *args: Any) -> list[Changed]:
    return _changed(await c.fetch(_APPLY.format(which=which, over=_OVER, all_ids=_ALL_IDS), *args))


def _changed(rows: list[asyncpg.Record]) -> list[Changed]:
    return [Changed(*r) for r in rows]
