"""Queues as administrators and supervisors set them up. What flows name and nobody has set up works all the same, with
the ready-made settings."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Literal

import msgspec

from engine.core.desk.queues import QueueSettings, checked
from engine.core.errors import TramaError
from engine.services.desk import desk_of
from engine.services.runtime import Runtime
from engine.store import audit, desk_figures
from engine.store import queues as store
from engine.store.desk_figures import QueueFigures
from engine.store.payloads import clean
from engine.store.queues import QueueRow

_KEY = re.compile(r"^[a-z0-9][a-z0-9_-]{0,62}$")


class QueueDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a queue is to be. `members` and `teams` empty: every agent serves it."""

    name: str
    description: str = ""
    settings: QueueSettings = QueueSettings()
    members: list[int] = []
    teams: list[int] = []


async def queues(rt: Runtime, tenant: int, *, archived: bool = False) -> list[QueueRow]:
    async with rt.db.tenant(tenant) as c:
        return await store.everything(c, archived=archived)


async def queue(rt: Runtime, tenant: int, ident: int) -> QueueRow:
    """Raises `queue:unknown`."""
    async with rt.db.tenant(tenant) as c:
        return await store.get(c, ident)


async def add(
    rt: Runtime, tenant: int, key: str, draft: QueueDraft, *, person: int | None = None
) -> QueueRow:
    """Raises `queue:bad-key`, `queue:exists`, and what `checked` raises."""
    if not _KEY.match(key):
        raise TramaError(
            "queue:bad-key", "small letters, digits, dashes and underscores, at most 63", path="/key"
        )
    draft = _clean(draft)
    async with rt.db.tenant(tenant) as c:
        ident = await store.add(c, key, draft.name, draft.description, draft.settings)
        await store.serve(c, ident, draft.members, draft.teams)
        await store.touch(c)
        made = await store.get(c, ident)
        await audit.note(c, "queue_added", f"queue:{ident}", person=person, after=_shown(made))
    rt.nudge(tenant)
    return made


async def change(
    rt: Runtime,
    tenant: int,
    ident: int,
    draft: QueueDraft,
    *,
    expect: int | None = None,
    person: int | None = None,
) -> QueueRow:
    """Raises `queue:unknown`, `queue:changed-meanwhile` (its revision is not `expect`), and what `checked` raises."""
    draft = _clean(draft)
    async with rt.db.tenant(tenant) as c:
        before = await store.get(c, ident)
        await store.change(
            c,
            ident,
            name=draft.name,
            description=draft.description,
            told=draft.settings,
            state=before.state,
            expect=expect,
        )
        await store.serve(c, ident, draft.members, draft.teams)
        await store.touch(c)
        after = await store.get(c, ident)
        await audit.note(
            c, "queue_changed", f"queue:{ident}", person=person, before=_shown(before), after=_shown(after)
        )
    rt.nudge(tenant)
    return after


async def set_state(
    rt: Runtime, tenant: int, ident: int, state: Literal["active", "archived"], *, person: int | None = None
) -> QueueRow:
    """Archive a queue, or have it back. Raises `queue:in-use` while tickets are in it."""
    async with rt.db.tenant(tenant) as c:
        before = await store.get(c, ident)
        if state == "archived" and before.waiting + before.serving:
            raise TramaError(
                "queue:in-use", f"{before.waiting + before.serving} tickets are in this queue; move them"
            )
        await store.change(
            c,
            ident,
            name=before.name,
            description=before.description,
            told=before.settings,
            state=state,
            expect=None,
        )
        await store.touch(c)
        await audit.note(
            c, f"queue_{'archived' if state == 'archived' else 'restored'}", f"queue:{ident}", person=person
        )
        return await store.get(c, ident)


async def figures(rt: Runtime, tenant: int, key: str, *, since: datetime | None = None) -> QueueFigures:
    """What was measured in this queue since then (the company's midnight, unless given)."""
    async with rt.db.tenant(tenant) as c:
        desk = await desk_of(rt, c)
        return await desk_figures.of_queue(
            c, key, since or desk_figures.midnight(desk.at, desk.tenant.settings.zone), desk.at
        )


async def all_figures(
    rt: Runtime, tenant: int, keys: list[str], *, since: datetime | None = None
) -> dict[str, QueueFigures]:
    """The figures of several queues at one moment."""
    async with rt.db.tenant(tenant) as c:
        desk = await desk_of(rt, c)
        start = since or desk_figures.midnight(desk.at, desk.tenant.settings.zone)
        return {key: await desk_figures.of_queue(c, key, start, desk.at) for key in keys}


def _clean(draft: QueueDraft) -> QueueDraft:
    name = clean(draft.name).strip()
    if not name:
        raise TramaError("queue:no-name", "a queue has a name", path="/name")
    checked(draft.settings)
    return msgspec.structs.replace(
        draft, name=name[:100], description=clean(draft.description)[:500], members=draft.members[:1000]
    )


def _shown(row: QueueRow) -> dict[str, Any]:
    """What the audit keeps of a queue."""
    kept = msgspec.to_builtins(row)
    return {k: kept[k] for k in ("key", "name", "description", "settings", "members", "teams", "state")}
