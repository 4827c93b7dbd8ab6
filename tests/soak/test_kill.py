"""`kill -9` of the web process, the worker and PostgreSQL, at random and at every commit point, under load.

Afterwards each message that was accepted is there once, was answered once and in order; nobody is stuck; and the Graph
API got each bubble once, but for sends whose outcome nobody could know in time. Long form: `make soak`
(`TRAMA_SOAK_SECONDS`, `TRAMA_SOAK_SEED`).
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import time
from collections import Counter, defaultdict

import pytest

from tests.bench.stage import Stage, free_port, stage
from tests.soak.patience import STATUS_WAIT
from tests.soak.war import Meta, Record, Supervisor

SECONDS = float(os.environ.get("TRAMA_SOAK_SECONDS", "15"))
SEED = int(os.environ.get("TRAMA_SOAK_SEED", "0")) or random.randrange(1, 10**6)
PEOPLE = 6
PLACES = {
    "api": ["intake:before", "intake:after", "turn:before", "turn:after"],
    "worker": ["claim:before", "claim:after", "sent:after", "settle:before", "settle:after"],
}


async def havoc(supervisor: Supervisor, rng: random.Random, until: float) -> None:
    """Every commit point, PostgreSQL once on the way; then anything at random, and in the long form all of it again."""
    while True:
        for part, places in PLACES.items():
            for place in rng.sample(places, len(places)):
                supervisor.order(part, f"{place}:{rng.randint(2, 60)}")
            supervisor.kill(part)
        await asyncio.sleep(rng.uniform(2, 6))
        await supervisor.kill_postgres()
        await supervisor.obeyed()
        for victim in rng.sample(["api", "worker", "postgres"], 3):
            await asyncio.sleep(rng.uniform(1.0, 5.0))
            if victim == "postgres":
                await supervisor.kill_postgres()
            else:
                supervisor.kill(victim)
        if time.monotonic() > until:
            return


async def nothing_due(made: Stage, seconds: float) -> None:
    """Until all that is due was done."""
    until = time.monotonic() + seconds
    while True:
        async with made.connected() as c:
            left = await c.fetchrow(
                "SELECT (SELECT count(*) FROM inbox WHERE state = 'new' AND kind = 'message') turns, "
                "(SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending') "
                " OR state = 'unknown' AND settled_at IS NULL) sends"
            )
        assert left is not None
        if left["turns"] == left["sends"] == 0:
            return
        assert time.monotonic() < until, f"stuck: {dict(left)}"
        await asyncio.sleep(0.1)


async def check(made: Stage, record: Record, supervisor: Supervisor) -> None:
    async with made.connected() as c:
        inbound = await c.fetch("SELECT external_id, text FROM message WHERE direction = 'in' ORDER BY id")
        happened = await c.fetch("SELECT key, state, error FROM inbox WHERE kind = 'message'")
        replies = await c.fetch(
            "SELECT k.phone, o.id, o.state, o.seq, o.content->>'text' AS text, o.code FROM outbox o "
            "JOIN contact k ON k.id = o.contact_id WHERE o.kind = 'send' ORDER BY o.seq"
        )
        waiting = await c.fetch(
            "SELECT k.phone, v.owner, coalesce(v.session->>'state', 'waiting') AS state, v.node FROM conversation v "
            "JOIN contact k ON k.id = v.contact_id"
        )
    accepted = {f"wamid.{text}" for texts in record.accepted.values() for text in texts}
    assert Counter(r["external_id"] for r in inbound) == Counter(accepted), (
        "each accepted message is kept once"
    )
    assert {(r["key"], r["state"]) for r in happened} == {(k, "done") for k in accepted}, "each had its turn"
    assert [(w["owner"], w["state"], w["node"]) for w in waiting] == [("bot", "waiting", "ask")] * PEOPLE

    said: dict[str, list[str]] = defaultdict(list)
    for r in replies:
        said[r["phone"]].append(r["text"])
    for phone, texts in record.accepted.items():
        numbers = [int(text.partition(":")[0]) for text in said[phone]]
        assert numbers == list(range(1, len(numbers) + 1)), f"{phone}: a turn is missing or was had twice"
        # each message is found in one answer; the first starts the flow and answers nothing
        heard = re.findall(rf"{phone}-\d+", "\n".join(said[phone]))
        assert heard == texts[1:], f"{phone}: answered once each, in order"

    states = Counter(r["state"] for r in replies)
    assert set(states) == {"sent"}, f"each send ended, or is shown: {states}"
    times: dict[str, list[float]] = defaultdict(list)
    order: dict[str, list[str]] = defaultdict(list)
    for taken in record.taken:
        if not times[taken.outbox]:
            order[taken.to].append(taken.text)
        times[taken.outbox].append(taken.at)
    assert order == said, "the Graph API took every bubble, each person's in order"
    for ident, at in times.items():
        known = record.told.get(ident)
        for again in at[1:]:
            assert known is None or again < known, f"{ident} was sent again although a report had told of it"
            assert again - at[0] >= STATUS_WAIT, f"{ident} was sent again before a report could tell"
    died_at = {death.partition(" ")[2].rpartition(":")[0] for death in supervisor.deaths}
    assert {place for places in PLACES.values() for place in places} <= died_at, (
        "every commit point was tried"
    )
    doubled = sum(len(at) - 1 for at in times.values())
    deaths = Counter(re.sub(r":\d+$", "", death) for death in supervisor.deaths)
    print(
        f"\nseed {SEED}: {len(accepted)} messages accepted, {record.webhooks} webhooks "
        f"({record.refused} without 200, {record.repeats} repeated), {len(replies)} answers, {doubled} sent twice, "
        f"deaths: {dict(deaths)}"
    )


@pytest.mark.slow
@pytest.mark.timeout(int(SECONDS) + 150)
async def test_nothing_is_lost_or_done_twice_when_processes_are_killed() -> None:
    rng = random.Random(SEED)
    record, port = Record(), free_port()
    meta = Meta(port, rng, record)
    async with stage(await meta.graph.open()) as made:
        meta.channel = made.channel
        supervisor = Supervisor(made, port, rng)
        keeping = asyncio.create_task(supervisor.run())
        await made.answers(port)
        until = time.monotonic() + SECONDS
        raging = asyncio.create_task(havoc(supervisor, rng, until))
        await asyncio.gather(
            *(meta.person(f"5541{n:08d}", raging, patient=n % 2 == 0) for n in range(PEOPLE))
        )
        await raging
        await meta.quiet()
        await nothing_due(made, 40)
        await meta.quiet()
        await supervisor.stop()
        await keeping
        await check(made, record, supervisor)
    await meta.graph.aclose()
