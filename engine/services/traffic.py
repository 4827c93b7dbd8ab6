"""Live figures of a flow: who came where, who left by which exit, who gave up, and who stands there now.

All of it is counted from what happened (traces and open conversations); nothing is estimated.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import msgspec

from engine.services.runtime import Runtime
from engine.store import tenants
from engine.store import traffic as store
from engine.store.traffic import Passer, Standing

LONGEST_DAYS = 90
MOST_PASSERS = 100


class NodeTraffic(msgspec.Struct, frozen=True, kw_only=True):
    """`came` are people (conversations) in the period; `here` stand there now; `gave_up` came, took no exit and do
    not wait there any more."""

    came: int
    here: int
    gave_up: int


class Traffic(msgspec.Struct, frozen=True, kw_only=True):
    """`exits` by `node.exit`."""

    people: int
    nodes: dict[str, NodeTraffic]
    exits: dict[str, int]
    standing: list[Standing]


async def figures(rt: Runtime, tenant: int, flow: str, *, days: int = 7, version: int = 0) -> Traffic:
    """The last `days`; `version` 0 counts all of them together."""
    async with rt.db.tenant(tenant) as c:
        until = rt.now() + (await tenants.get(c)).clock_offset + timedelta(minutes=1)
        since = until - timedelta(days=min(max(days, 1), LONGEST_DAYS))
        ways = await store.ways(c, flow, since, until, version)
        gave_up = await store.last_steps(c, flow, since, until, version)
        people = await store.conversations(c, flow, since, until, version)
        standing = await store.standing(c, flow)
    here: Counter[str] = Counter()
    for row in standing:
        if version in (0, row.version):
            here[row.node] += row.people
    came = {w.node: w.people for w in ways if not w.exit}
    return Traffic(
        people=people,
        nodes={
            node: NodeTraffic(came=came.get(node, 0), here=here[node], gave_up=gave_up.get(node, 0))
            for node in came.keys() | here.keys()
        },
        exits={f"{w.node}.{w.exit}": w.people for w in ways if w.exit},
        standing=standing,
    )


async def standing(rt: Runtime, tenant: int, flow: str) -> list[Standing]:
    """People inside the flow now, by version and node."""
    async with rt.db.tenant(tenant) as c:
        return await store.standing(c, flow)


async def passers(
    rt: Runtime, tenant: int, flow: str, node: str, exit_name: str | None, *, days: int = 7
) -> list[Passer]:
    """The last people who left a node by an exit; without one, who came to it."""
    async with rt.db.tenant(tenant) as c:
        until = rt.now() + (await tenants.get(c)).clock_offset + timedelta(minutes=1)
        since = until - timedelta(days=min(max(days, 1), LONGEST_DAYS))
        return await store.passers(c, flow, node, exit_name, since, until, MOST_PASSERS)
