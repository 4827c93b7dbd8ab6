"""Teams of the company."""

from __future__ import annotations

from engine.core.errors import TramaError
from engine.services.runtime import Runtime
from engine.store import audit
from engine.store import teams as store
from engine.store.database import Connection
from engine.store.teams import TeamRow


async def teams(rt: Runtime, tenant: int) -> list[TeamRow]:
    async with rt.db.tenant(tenant) as c:
        return await store.everything(c)


async def team(rt: Runtime, tenant: int, ident: int) -> TeamRow:
    """Raises `teams:unknown`."""
    async with rt.db.tenant(tenant) as c:
        return await _known(c, ident)


async def create(rt: Runtime, tenant: int, name: str, members: list[int], *, person: int | None) -> TeamRow:
    """Raises `teams:name-taken`, `teams:unknown-member`, `teams:nameless`."""
    async with rt.db.tenant(tenant) as c:
        ident = await store.add(c, _name(name))
        await _put(c, ident, members)
        made = await _known(c, ident)
        await audit.note(c, "team_created", f"team:{ident}", person=person, after=_told(made))
    return made


async def change(
    rt: Runtime,
    tenant: int,
    ident: int,
    *,
    name: str | None = None,
    members: list[int] | None = None,
    person: int | None,
) -> TeamRow:
    """Raises `teams:unknown`, `teams:name-taken`, `teams:unknown-member`, `teams:nameless`."""
    async with rt.db.tenant(tenant) as c:
        before = await _known(c, ident, lock=True)
        if name is not None:
            await store.rename(c, ident, _name(name))
        if members is not None:
            await _put(c, ident, members)
        after = await _known(c, ident)
        if after != before:
            await audit.note(
                c, "team_changed", f"team:{ident}", person=person, before=_told(before), after=_told(after)
            )
    return after


async def remove(rt: Runtime, tenant: int, ident: int, *, person: int | None) -> TeamRow:
    """The team as it was, so that it can be made again. Raises `teams:unknown`."""
    async with rt.db.tenant(tenant) as c:
        before = await _known(c, ident, lock=True)
        await store.remove(c, ident)
        await audit.note(c, "team_removed", f"team:{ident}", person=person, before=_told(before))
    return before


async def _known(c: Connection, ident: int, *, lock: bool = False) -> TeamRow:
    found = await store.one(c, ident, lock=lock)
    if found is None:
        raise TramaError("teams:unknown", f"there is no team {ident}")
    return found


async def _put(c: Connection, ident: int, members: list[int]) -> None:
    wanted = sorted(set(members))
    if await store.set_members(c, ident, wanted) != len(wanted):
        raise TramaError("teams:unknown-member", "somebody in the list does not work here", path="/members")


def _name(name: str) -> str:
    if not name.strip():
        raise TramaError("teams:nameless", "a team has a name", path="/name")
    return name.strip()


def _told(row: TeamRow) -> dict[str, object]:
    return {"name": row.name, "members": row.members}
