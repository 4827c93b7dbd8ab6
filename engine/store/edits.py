"""What was done to the drafts of flows, in order, with what takes it back."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from engine.core.errors import TramaError
from engine.store.database import Connection

Kind = Literal["do", "undo", "redo"]
State = Literal["done", "undone", "gone"]


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """A draft as it stands, locked until the end of the transaction."""

    rev: int
    archived: bool


class EditRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the history. `touched` as in `engine.core.edit.apply.Applied`."""

    rev: int
    person_id: int | None
    who: str
    editor: str
    words: str
    kind: Kind
    state: State
    touched: list[str]
    at: datetime


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """What undo or redo takes up."""

    rev: int
    words: str
    command: bytes
    inverse: bytes


async def lock(c: Connection, flow: str) -> Present:
    """Raises `flow:unknown`."""
    row = await c.fetchrow("SELECT draft_rev AS rev, archived FROM flow WHERE id = $1 FOR UPDATE", flow)
    if row is None:
        raise TramaError("flow:unknown", f"there is no flow {flow}", path="/flow")
    return Present(**dict(row))


async def seen(c: Connection, flow: str, editor: str, token: int) -> int | None:
    """The revision that this deed of this editor made already."""
    found: int | None = await c.fetchval(
        "SELECT rev FROM flow_edit WHERE flow_id = $1 AND editor = $2 AND token = $3", flow, editor, token
    )
    return found


async def record(
    c: Connection,
    flow: str,
    rev: int,
    *,
    command: bytes,
    inverse: bytes,
    touched: list[str],
    person: int | None,
    editor: str,
    token: int,
    words: str,
    kind: Kind,
) -> None:
    await c.execute(
        "INSERT INTO flow_edit (flow_id, rev, person_id, editor, token, words, kind, command, inverse, touched) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        flow, rev, person, editor, token, words, kind, command, inverse, touched,
    )  # fmt: skip


async def forget_undone(c: Connection, flow: str, person: int | None) -> None:
    """A new deed: what the person took back before it cannot be done again."""
    await c.execute(
        "UPDATE flow_edit SET state = 'gone' WHERE flow_id = $1 AND person_id IS NOT DISTINCT FROM $2 "
        "AND kind = 'do' AND state = 'undone'",
        flow,
        person,
    )


async def to_undo(c: Connection, flow: str, person: int | None) -> Deed | None:
    return await _deed(c, flow, person, "done", "DESC")


async def to_redo(c: Connection, flow: str, person: int | None) -> Deed | None:
    return await _deed(c, flow, person, "undone", "ASC")


async def _deed(c: Connection, flow: str, person: int | None, state: State, order: str) -> Deed | None:
    row = await c.fetchrow(
        "SELECT rev, words, command, inverse FROM flow_edit WHERE flow_id = $1 "  # noqa: S608  words of this module
        f"AND person_id IS NOT DISTINCT FROM $2 AND kind = 'do' AND state = $3 ORDER BY rev {order} LIMIT 1",
        flow,
        person,
        state,
    )
    return None if row is None else Deed(**dict(row))


async def latest(
    c: Connection, flow: str, rev: int, person: int | None, editor: str, seconds: float
) -> Deed | None:
    """The deed that led to revision `rev`, if this editor did it a moment ago."""
    row = await c.fetchrow(
        "SELECT rev, words, command, inverse FROM flow_edit WHERE flow_id = $1 AND rev = $2 "
        "AND person_id IS NOT DISTINCT FROM $3 AND editor = $4 AND editor <> '' AND kind = 'do' AND state = 'done' "
        "AND at > now() - make_interval(secs => $5)",
        flow,
        rev,
        person,
        editor,
        seconds,
    )
    return None if row is None else Deed(**dict(row))


async def close(c: Connection, flow: str, rev: int) -> None:
    """The deed is part of a later one."""
    await c.execute("UPDATE flow_edit SET state = 'gone' WHERE flow_id = $1 AND rev = $2", flow, rev)


async def turn(c: Connection, flow: str, rev: int, state: State, command: bytes, inverse: bytes) -> None:
    """A deed was undone or done again; its commands as they are now."""
    await c.execute(
        "UPDATE flow_edit SET state = $3, command = $4, inverse = $5 WHERE flow_id = $1 AND rev = $2",
        flow,
        rev,
        state,
        command,
        inverse,
    )


_LINE = (
    "SELECT e.rev, e.person_id, coalesce(p.name, '') AS who, e.editor, e.words, e.kind, e.state, e.touched, e.at "
    "FROM flow_edit e LEFT JOIN person p ON p.id = e.person_id WHERE e.flow_id = $1 "
)


async def since(c: Connection, flow: str, rev: int) -> list[EditRow]:
    """What came after a revision, in order."""
    rows = await c.fetch(_LINE + "AND e.rev > $2 ORDER BY e.rev", flow, rev)
    return [EditRow(**dict(r)) for r in rows]


async def history(c: Connection, flow: str, before: int, limit: int) -> list[EditRow]:
    """Newest first."""
    rows = await c.fetch(_LINE + "AND e.rev < $2 ORDER BY e.rev DESC LIMIT $3", flow, before, limit)
    return [EditRow(**dict(r)) for r in rows]
