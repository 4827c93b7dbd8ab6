"""The service desk under load: how fast waiting tickets are given out, and how long a customer's words take from the
webhook to the agent's screen, with two web processes.

Run: `python -m tests.bench.bench_desk [seconds]`.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import sys
import time
from collections import Counter, deque
from typing import Any

import msgspec
import uvloop
from playwright.async_api import Page, async_playwright
from websockets.asyncio.client import connect

from engine.core.desk.queues import QueueSettings
from engine.services import agents, logins, people, queues, routing, startup
from engine.services.queues import QueueDraft
from engine.services.runtime import Runtime
from engine.settings import Settings
from tests.bench.bench_turns import quantile
from tests.bench.phones import Graph, Lines, said, webhook
from tests.bench.stage import KEY, Stage, free_port, stage

AGENTS = 50
TICKETS = 1000
EACH = 10
"""Conversations that each agent has while messages come."""
A_SECOND = 50
PASSWORD = "uma-senha-comprida"
QUIET: dict[str, Any] = {"text_assigned": "", "text_position": "", "abandon_seconds": 0, "escalations": []}

_WAITING = """
WITH k AS (INSERT INTO contact (name, phone) SELECT 'Cliente ' || n, '55418' || lpad(n::text, 8, '0')
           FROM generate_series($1::int, $2::int) n RETURNING id, phone),
     i AS (INSERT INTO contact_identity (contact_id, channel_id, kind, value, evidence)
           SELECT id, $3, 'wa_id', phone, 'bench' FROM k),
     v AS (INSERT INTO conversation (contact_id, channel_id, owner, queue, protocol, last_inbound_at, epoch)
           SELECT id, $3, 'person', 'geral', 'b' || id, now(), 1 FROM k RETURNING id)
INSERT INTO ticket (conversation_id, queue, priority) SELECT id, 'geral', 1 + (id % 10)::smallint FROM v
"""


async def crowd(rt: Runtime, made: Stage, first: int, last: int) -> None:
    async with rt.db.tenant(made.tenant) as c:
        await c.execute(_WAITING, first, last, made.channel)


async def team(rt: Runtime, made: Stage, most: int) -> list[int]:
    draft = QueueDraft(name="Geral", settings=QueueSettings(most=most, **QUIET))
    await queues.add(rt, made.tenant, "geral", draft)
    ids = []
    for n in range(AGENTS):
        one = await people.save_person(rt, made.tenant, f"a{n}@bench.br", f"Agente {n}", PASSWORD, ["agent"])
        await agents.set_state(rt, made.tenant, one.id, "online")
        ids.append(one.id)
    return ids


async def give_out(rt: Runtime, made: Stage) -> None:
    took = []
    for mode in ("round_robin", "least_busy"):
        async with rt.db.tenant(made.tenant) as c:
            await c.execute("DELETE FROM contact")
            await c.execute(
                "UPDATE queue SET settings = settings || jsonb_build_object('mode', $1::text)", mode
            )
        await crowd(rt, made, 1, TICKETS)
        start = time.perf_counter()
        given = await routing.distribute(rt, made.tenant)
        took.append((mode, time.perf_counter() - start))
        loads = Counter(g.agent for g in given)
        assert len(given) == TICKETS, len(given)
        assert set(loads.values()) == {TICKETS // AGENTS}, loads
    print(f"| {TICKETS} waiting tickets to {AGENTS} agents | s | aim |")
    print("| --- | ---: | ---: |")
    for mode, seconds in took:
        print(f"| {mode} | {seconds:.2f} | 2 |", flush=True)


class Ears:
    """What agents' sockets hear. Messages of one conversation come in order, so each frame is the oldest one's."""

    def __init__(self) -> None:
        self.sent: dict[int, deque[float]] = {}
        self.took: list[float] = []

    def says(self, conversation: int) -> None:
        self.sent.setdefault(conversation, deque()).append(time.perf_counter())

    async def listen(self, port: int, token: str, ready: asyncio.Event) -> None:
        headers = {"cookie": f"sid={token}"}
        async with connect(f"ws://127.0.0.1:{port}/ws/agent", additional_headers=headers) as socket:
            async for raw in socket:
                frame = msgspec.json.decode(raw)
                if frame["type"] == "ready":
                    ready.set()
                if frame["type"] == "new_message" and frame.get("event") == "message_received":
                    waiting = self.sent.get(frame["conversation"])
                    if waiting:
                        self.took.append(time.perf_counter() - waiting.popleft())


_WATCH = """() => {
  window.seen = {};
  new MutationObserver(() => {
    for (const el of document.querySelectorAll('.ib-thread, .ib-line, .ib')) {
      for (const found of el.textContent.matchAll(/tick-(\\d+)-/g)) window.seen[found[1]] ??= Date.now();
    }
  }).observe(document.body, {childList: true, subtree: true, characterData: true});
}"""


async def screen(page: Page, port: int, token: str, conversation: int) -> None:
    """One agent's real browser on the inbox, with the conversation open."""
    await page.context.add_cookies(
        [{"name": "sid", "value": token, "url": f"http://127.0.0.1:{port}", "httpOnly": True}]
    )
    await page.goto(f"http://127.0.0.1:{port}/inbox/{conversation}")
    await page.wait_for_timeout(3000)
    await page.evaluate(_WATCH)


async def reach(rt: Runtime, made: Stage, ids: list[int], seconds: float) -> None:
    """Webhooks at one process; half of the agents are connected to each."""
    async with rt.db.tenant(made.tenant) as c:
        await c.execute("DELETE FROM contact")
    await crowd(rt, made, 1, AGENTS * EACH)
    await routing.distribute(rt, made.tenant)
    async with rt.db.tenant(made.tenant) as c:
        rows = await c.fetch(
            "SELECT v.id, v.person_id, k.phone FROM conversation v JOIN contact k ON k.id = v.contact_id "
            "WHERE v.state = 'open'"
        )
    phones = {r["id"]: r["phone"] for r in rows}
    owner = {r["id"]: r["person_id"] for r in rows}
    tokens = {n: (await logins.login(rt, f"a{k}@bench.br", PASSWORD)).token for k, n in enumerate(ids)}
    ports = (free_port(), free_port())
    made.start("api,worker,ui", ports[0])
    made.start("api,ui", ports[1])
    for port in ports:
        await made.answers(port)
    ears, lines = Ears(), Lines(ports[0])
    watched = ids[0]
    opened = next(v for v, p in owner.items() if p == watched)
    ready = [asyncio.Event() for _ in ids]
    tasks = [asyncio.create_task(ears.listen(ports[n % 2], tokens[i], ready[n])) for n, i in enumerate(ids)]
    await asyncio.gather(*(r.wait() for r in ready))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page()
        await screen(page, ports[1], tokens[watched], opened)
        sent: dict[str, float] = {}
        dice = random.Random(7)

        async def one(n: int) -> None:
            # every tenth message is for the open screen, the others for anybody
            conversation = opened if n % 10 == 0 else dice.choice(list(phones))
            ears.says(conversation)
            if conversation == opened:
                sent[str(n)] = time.time() * 1000
            request = webhook(made.channel, said(phones[conversation], f"tick-{n}-"))
            assert await lines.post(request) in (200, 201)

        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for n in range(int(A_SECOND * seconds)):
                await asyncio.sleep(max(0.0, start + n / A_SECOND - time.perf_counter()))
                group.create_task(one(n))
        await asyncio.sleep(2)
        seen = json.loads(await page.evaluate("JSON.stringify(window.seen)"))
        await browser.close()
    for task in tasks:
        task.cancel()
    on_screen = [(seen[n] - at) / 1000 for n, at in sent.items() if n in seen]
    print(
        f"\n| webhook to agent, {A_SECOND} a second, {AGENTS} agents | n | p50 ms | p95 ms | longest ms | aim p95 |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    told = (
        (f"sockets ({len(ids)} agents)", ears.took, int(A_SECOND * seconds)),
        ("a screen", on_screen, len(sent)),
    )
    for name, took, count in told:
        p50, p95 = quantile(took, 0.5) * 1e3, quantile(took, 0.95) * 1e3
        print(
            f"| {name} | {len(took)} of {count} | {p50:.0f} | {p95:.0f} | {max(took) * 1e3:.0f} | 150 |",
            flush=True,
        )


async def run(seconds: float) -> None:
    graph = Graph(lambda _: None)
    async with stage(await graph.open()) as made:
        settings = Settings(data_dir=made.folder, database_url=made.dsn, secret_key=KEY)
        async with startup.running(await startup.install(settings), listen=False) as rt:
            ids = await team(rt, made, TICKETS // AGENTS)
            await give_out(rt, made)
            await reach(rt, made, ids, seconds)
    await graph.aclose()


def main(seconds: float = 20.0) -> None:
    uvloop.run(run(seconds))


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
