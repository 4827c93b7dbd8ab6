"""How people went through a flow: read from the traces of a period, and where they stand now."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.store.database import Connection


class WayRow(msgspec.Struct, frozen=True, kw_only=True):
    """`people` are conversations that came to the node and left by the exit; `exit` is "" for those that came."""

    node: str
    exit: str
    people: int


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    node: str
    people: int


class Passer(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that went a way, and when it did so last."""

    conversation: int
    name: str
    at: datetime
    version: int


_STEPS = (
    "FROM trace t, jsonb_array_elements(t.trace->'steps') WITH ORDINALITY AS s(step, n) "
    "WHERE t.at >= $2 AND t.at < $3 AND s.step->>'flow' = $1 AND ($4 = 0 OR (s.step->>'version')::int = $4) "
)


async def ways(c: Connection, flow: str, since: datetime, until: datetime, version: int) -> list[WayRow]:
    """`version` 0 is all of them."""
    rows = await c.fetch(
        "SELECT node, exit, count(DISTINCT conversation_id) AS people FROM ("  # noqa: S608  words of this module
        "SELECT t.conversation_id, s.step->>'node' AS node, e.exit " + _STEPS.replace(
            "WHERE", "CROSS JOIN LATERAL (SELECT '' AS exit UNION SELECT coalesce(s.step->>'exit', '')) e WHERE"
        ) + ") x GROUP BY node, exit",
        flow, since, until, version,
    )  # fmt: skip
    return [WayRow(**dict(r)) for r in rows]


async def last_steps(
    c: Connection, flow: str, since: datetime, until: datetime, version: int
) -> dict[str, int]:
    """Node -> conversations whose last step in the flow it was, which took no exit, and which do not wait there."""
    rows = await c.fetch(
        "SELECT x.node, count(*) AS people FROM ("  # noqa: S608  words of this module
        "SELECT DISTINCT ON (t.conversation_id) t.conversation_id, s.step->>'node' AS node, "
        "coalesce(s.step->>'exit', '') AS exit " + _STEPS + "ORDER BY t.conversation_id, t.id DESC, s.n DESC) x "
        "JOIN conversation v ON v.id = x.conversation_id "
        "WHERE x.exit = '' AND NOT (v.flow = $1 AND v.node = x.node AND v.state = 'open') GROUP BY x.node",
        flow, since, until, version,
    )  # fmt: skip
    return {r["node"]: r["people"] for r in rows}


async def conversations(c: Connection, flow: str, since: datetime, until: datetime, version: int) -> int:
    """How many went through the flow at all."""
    found: int = await c.fetchval(
        "SELECT count(DISTINCT t.conversation_id) " + _STEPS, flow, since, until, version
    )
    return found


async def standing(c: Connection, flow: str) -> list[Standing]:
    """Who stands inside the flow now, by version and node."""
    rows = await c.fetch(
        "SELECT flow_version AS version, node, count(*) AS people FROM conversation "
        "WHERE flow = $1 AND state = 'open' GROUP BY 1, 2 ORDER BY 1 DESC, 2",
        flow,
    )
    return [Standing(**dict(r)) for r in rows]


async def passers(
    c: Connection, flow: str, node: str, exit_name: str | None, since: datetime, until: datetime, limit: int
) -> list[Passer]:
    """The last conversations that left a node by an exit, or (None) came to it."""
    rows = await c.fetch(
        "SELECT x.conversation, x.at, x.version, k.name FROM ("  # noqa: S608  words of this module
        "SELECT t.conversation_id AS conversation, max(t.at) AS at, max((s.step->>'version')::int) AS version "
        + _STEPS + "AND s.step->>'node' = $5 AND ($6::text IS NULL OR coalesce(s.step->>'exit', '') = $6) "
        "GROUP BY 1 ORDER BY 2 DESC LIMIT $7) x JOIN conversation v ON v.id = x.conversation "
        "JOIN contact k ON k.id = v.contact_id ORDER BY x.at DESC",
        flow, since, until, 0, node, exit_name, limit,
    )  # fmt: skip
    return [Passer(**dict(r)) for r in rows]
