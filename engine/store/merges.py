"""Two contacts become one, and two again.

Names, consents and conversations change hands; which ones is written down, so that taking the merge back moves just
those. The kept contact gets what it lacked, the other keeps its own values and points to it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from engine.core.errors import TramaError
from engine.store import arrivals
from engine.store.contacts import ContactRow, Values, change
from engine.store.database import Connection
from engine.store.payloads import encode

CLOSED_BY_MERGE = "merged"


class Evidence(msgspec.Struct, frozen=True):
    """Why two are taken for one: the kind (`cpf`, `phone`, `email`, `person`) and the value or the words."""

    kind: str
    value: str = ""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """Ids of what changed hands. `closed`: conversations that the merge ended; `added`: names made from the other's
    columns."""

    identities: list[int] = []
    consents: list[int] = []
    conversations: list[int] = []
    closed: list[int] = []
    added: list[int] = []


class MergeRow(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    kept_id: int
    gone_id: int
    gone_name: str
    evidence: list[Evidence]
    moved: Moved
    person_id: int | None
    at: datetime
    undone_at: datetime | None


class Served(msgspec.Struct, frozen=True):
    """An open conversation of one of two contacts. `ticket`: a person serves it or it waits for one."""

    id: int
    contact: int
    channel: int
    at: datetime
    ticket: bool


async def lock(c: Connection) -> None:
    """Nobody's messages arrive until the transaction ends: they would land with a contact that is just going."""
    await c.execute(arrivals.EXCLUSIVE)


async def open_conversations(c: Connection, kept: int, gone: int) -> list[Served]:
    """Locked, so that no turn runs in them."""
    rows = await c.fetch(
        "SELECT v.id, v.contact_id, v.channel_id, v.last_message_at, EXISTS (SELECT 1 FROM ticket t "
        "WHERE t.conversation_id = v.id AND t.state IN ('waiting', 'serving')) AS ticket FROM conversation v "
        "WHERE v.contact_id = ANY($1::bigint[]) AND v.state = 'open' ORDER BY v.id FOR NO KEY UPDATE OF v",
        [kept, gone],
    )
    return [Served(*r) for r in rows]


async def end(c: Connection, conversation: int) -> None:
    """Close one of two threads on a channel: the other goes on."""
    await c.execute(
        "UPDATE conversation SET state = 'closed', closed_at = now(), close_reason = $2, owner = 'bot', "
        "person_id = NULL, epoch = epoch + 1 WHERE id = $1",
        conversation,
        CLOSED_BY_MERGE,
    )


async def move(c: Connection, kept: int, gone: int, closed: list[int]) -> Moved:
    """Everything of `gone` becomes `kept`'s."""
    identities = await c.fetch(
        "UPDATE contact_identity SET contact_id = $1 WHERE contact_id = $2 RETURNING id", kept, gone
    )
    consents = await c.fetch(
        "UPDATE consent SET contact_id = $1 WHERE contact_id = $2 RETURNING id", kept, gone
    )
    conversations = [
        r["id"]
        for r in await c.fetch(
            "UPDATE conversation SET contact_id = $1 WHERE contact_id = $2 RETURNING id", kept, gone
        )
    ]
    await _hand_sends(c, conversations, kept)
    return Moved(
        identities=[r["id"] for r in identities],
        consents=[r["id"] for r in consents],
        conversations=conversations,
        closed=closed,
    )


async def pin_addresses(c: Connection, contacts: list[int]) -> None:
    """Conversations that do not say yet under which name they were written from: the one that the channel knows."""
    await c.execute(
        "UPDATE conversation v SET address = x.name FROM (SELECT DISTINCT ON (i.contact_id, i.channel_id) "
        "i.contact_id, i.channel_id, i.kind || ':' || i.value AS name FROM contact_identity i "
        "WHERE i.contact_id = ANY($1::bigint[]) AND i.channel_id <> 0 "
        "ORDER BY i.contact_id, i.channel_id, (i.evidence = 'confirmed by the channel') DESC, i.id) x "
        "WHERE v.contact_id = x.contact_id AND v.channel_id = x.channel_id AND v.address = '' AND v.state = 'open'",
        contacts,
    )


async def add_name(c: Connection, contact: int, kind: str, value: str, gone: int) -> int | None:
    """What only the other's columns said, as a name of the kept one."""
    found: int | None = await c.fetchval(
        "INSERT INTO contact_identity (contact_id, kind, value, evidence) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING RETURNING id",
        contact,
        kind,
        value,
        f"merged from contact {gone}",
    )
    return found


async def mark(c: Connection, gone: int, kept: int | None) -> None:
    await c.execute(
        "UPDATE contact SET state = CASE WHEN $2::bigint IS NULL THEN 'active' ELSE 'merged' END, merged_into = $2, "
        "rev = rev + 1, updated_at = now() WHERE id = $1",
        gone,
        kept,
    )


async def record(
    c: Connection,
    *,
    kept: int,
    gone: int,
    evidence: list[Evidence],
    moved: Moved,
    before: Values,
    after: Values,
    person: int | None,
) -> int:
    ident: int = await c.fetchval(
        "INSERT INTO contact_merge (kept_id, gone_id, evidence, moved, before, after, person_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        kept,
        gone,
        encode(evidence),
        encode(moved),
        encode(before),
        encode(after),
        person,
    )
    return ident


async def merges(c: Connection, contact: int) -> list[MergeRow]:
    """In which the contact was kept or went, latest first."""
    rows = await c.fetch(
        "SELECT m.id, kept_id, gone_id, k.name AS gone_name, evidence, moved, person_id, at, undone_at "
        "FROM contact_merge m JOIN contact k ON k.id = m.gone_id WHERE kept_id = $1 OR gone_id = $1 "
        "ORDER BY m.id DESC LIMIT 100",
        contact,
    )
    return [_row(dict(r)) for r in rows]


async def get(c: Connection, ident: int) -> tuple[MergeRow, Values, Values]:
    """The merge with what the kept one was before and after. Raises `merge:unknown`."""
    row = await c.fetchrow(
        "SELECT m.id, kept_id, gone_id, k.name AS gone_name, evidence, moved, person_id, at, undone_at, before, after "
        "FROM contact_merge m JOIN contact k ON k.id = m.gone_id WHERE m.id = $1 FOR UPDATE OF m",
        ident,
    )
    if row is None:
        raise TramaError("merge:unknown", f"there is no merge {ident}")
    values = dict(row)
    before = msgspec.json.decode(values.pop("before"), type=Values)
    after = msgspec.json.decode(values.pop("after"), type=Values)
    return _row(values), before, after


async def later(c: Connection, row: MergeRow) -> int | None:
    """A merge after this one that must be taken back first: it moved what this one moved."""
    found: int | None = await c.fetchval(
        "SELECT id FROM contact_merge WHERE id > $1 AND undone_at IS NULL AND (gone_id = $2 OR kept_id = $3) "
        "ORDER BY id DESC LIMIT 1",
        row.id,
        row.kept_id,
        row.gone_id,
    )
    return found


async def move_back(c: Connection, row: MergeRow) -> list[int]:
    """Give back what changed hands and is still there; conversations that the merge had closed and that could be
    opened again."""
    moved = row.moved
    await c.execute(
        "DELETE FROM contact_identity WHERE id = ANY($1::bigint[]) AND contact_id = $2",
        moved.added,
        row.kept_id,
    )
    for table, idents in (("contact_identity", moved.identities), ("consent", moved.consents)):
        await c.execute(
            f"UPDATE {table} SET contact_id = $1 WHERE id = ANY($2::bigint[]) AND contact_id = $3",  # noqa: S608
            row.gone_id,
            idents,
            row.kept_id,
        )
    # threads that began since on a name that goes back go back with it
    back = await c.fetch(
        "UPDATE conversation v SET contact_id = $1 WHERE v.contact_id = $3 AND (v.id = ANY($2::bigint[]) "
        "OR v.id > ALL($2::bigint[]) AND v.created_at > $4 AND EXISTS (SELECT 1 FROM contact_identity i "
        "WHERE i.contact_id = $1 AND i.channel_id = v.channel_id AND i.kind || ':' || i.value = v.address)) "
        "RETURNING id",
        row.gone_id,
        moved.conversations,
        row.kept_id,
        row.at,
    )
    await _hand_sends(c, [r["id"] for r in back], row.gone_id)
    opened = await c.fetch(
        "UPDATE conversation v SET state = 'open', closed_at = NULL, close_reason = '' "
        "WHERE v.id = ANY($1::bigint[]) AND v.state = 'closed' AND v.close_reason = $2 AND NOT EXISTS ("
        "SELECT 1 FROM conversation o WHERE o.contact_id = v.contact_id AND o.channel_id = v.channel_id "
        "AND o.state = 'open') RETURNING id",
        moved.closed,
        CLOSED_BY_MERGE,
    )
    return [r["id"] for r in opened]


async def undone(c: Connection, ident: int, person: int | None) -> None:
    await c.execute("UPDATE contact_merge SET undone_at = now(), undone_by = $2 WHERE id = $1", ident, person)


async def keep_values(c: Connection, ident: int, values: Values) -> None:
    await change(c, ident, values)


async def are_two(c: Connection, one: int, other: int, person: int | None) -> None:
    """A person looked and says that they are two."""
    await c.execute(
        "INSERT INTO contact_distinct (low_id, high_id, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        min(one, other),
        max(one, other),
        person,
    )


async def known_as_two(c: Connection, contact: int) -> set[int]:
    rows = await c.fetch(
        "SELECT low_id + high_id - $1 FROM contact_distinct WHERE low_id = $1 OR high_id = $1", contact
    )
    return {r[0] for r in rows}


async def pairs(c: Connection, *, before: int, limit: int) -> list[tuple[int, int, list[str]]]:
    """(older, newer, kinds of what they share) over all contacts; the newest of the newer first."""
    rows = await c.fetch("SELECT low_id, high_id, kinds FROM trama_duplicates($1, $2)", before, limit)
    return [(r[0], r[1], r[2]) for r in rows]


async def _hand_sends(c: Connection, conversations: list[int], contact: int) -> None:
    await c.execute(
        "UPDATE outbox SET contact_id = $2 WHERE conversation_id = ANY($1::bigint[]) "
        "AND state IN ('queued', 'sending', 'unknown')",
        conversations,
        contact,
    )


def _row(values: dict[str, Any]) -> MergeRow:
    values["evidence"] = msgspec.json.decode(values["evidence"], type=list[Evidence])
    values["moved"] = msgspec.json.decode(values["moved"], type=Moved)
    return MergeRow(**values)


__all__ = ["ContactRow", "Evidence", "MergeRow", "Moved", "Served"]
