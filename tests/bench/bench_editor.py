"""The builder under load: saving of commands, twenty editors on one flow, the static check, and the real page.

    python -m tests.bench.bench_editor

Commands go through `engine.services.editing`, as the page's and the API's do, on a PostgreSQL with its default, durable
settings. The page is `/flows/{id}` of `trama demo`, in headless Chromium without a GPU: with palette, form, panels and
static check, not the bare canvas (`bench_canvas`).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import psutil  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, WebSocket, sync_playwright

from engine.core.edit import commands as cmd
from engine.core.edit.apply import apply
from engine.core.flow import Document
from engine.nodes import open_document
from engine.services import editing, flows, startup
from engine.services.editing import Author
from engine.services.runtime import Runtime
from engine.settings import Settings
from tests.bench.bench_canvas import FLAGS
from tests.bench.stage import KEY, Stage, free_port, stage

SIZES = (300, 1000)
EDITS = 300
EDITORS = 20
DEEDS = 25
CANVAS = "document.querySelector('.trama-canvas').trama"


def large(count: int, ident: str = "large") -> dict[str, Any]:
    """A flow as people build them: blocks of a greeting, a question, a rule, a computation and a menu, in rows of 25,
    each block leading to the next and every question's other ways to one person at the end."""
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, str]] = []
    names = [f"s{n}" for n in range(count - 1)] + ["person"]

    def lead(source: str, **exits: str) -> None:
        edges.extend({"from": source, "exit": e, "to": to} for e, to in exits.items())

    for n, name in enumerate(names[:-1]):
        following = names[n + 1]
        match n % 5:
            case 0:
                text = f"Parte {n // 5}: olá, {{{{ contact.name | first }}}}! Vamos ver juntos a sua fatura."
                nodes.append({"type": "send_message", "id": name, "text": text})
                lead(name, next=following)
            case 1:
                text = f"Há quantos dias venceu a fatura de número {n}?"
                nodes.append(
                    {"type": "ask", "id": name, "text": text, "answer": "number", "save_as": f"days_{n}"}
                )
                lead(name, answered=following, invalid="person", timeout="person")
            case 2:
                when = {"and": [{">": [{"var": f"days_{n - 1}"}, 5]}, {"<=": [{"var": f"days_{n - 1}"}, 90]}]}
                nodes.append({"type": "decide", "id": name, "cases": [{"exit": "late", "when": when}]})
                far = names[min(n + 5, count - 1)]
                lead(name, late=following, **{"else": far})
            case 3:
                rule = {"*": [{"var": f"days_{n - 2}"}, 2]}
                nodes.append(
                    {"type": "set_variable", "id": name, "set": [{"name": f"sum_{n}", "rule": rule}]}
                )
                lead(name, next=following)
            case _:
                options = [{"id": "pay", "title": "Quero pagar"}, {"id": "talk", "title": "Falar com alguém"}]
                nodes.append({"type": "menu", "id": name, "text": "E agora?", "options": options})
                lead(name, pay=following, talk="person", other="person", timeout="person")
    nodes.append({"type": "hand_over", "id": "person"})
    layout = {name: {"x": n % 25 * 300.0, "y": n // 25 * 260.0} for n, name in enumerate(names)}
    variables = [
        {"name": f"{kind}_{n}", "type": "number"}
        for n in range(count - 1)
        for kind, at in (("days", 1), ("sum", 3))
        if n % 5 == at
    ]
    return {
        "format": 1, "id": ident, "name": f"Fluxo de {count} passos", "kind": "chatbot", "start": names[0],
        "nodes": nodes, "edges": edges, "layout": layout, "variables": variables,
        "triggers": [{"on": "command"}],
    }  # fmt: skip


def quantiles(times: Sequence[float]) -> str:
    """p50, p95 and p99 in ms."""
    cut = statistics.quantiles(times, n=100)
    return " | ".join(f"{cut[i] * 1e3:.1f}" for i in (49, 94, 98))


def deed(random_: random.Random, document: Document) -> cmd.Single:
    """What one does in an editor: mostly moves and settings."""
    node = random_.choice(document.nodes)
    ident = str(node["id"])
    if random_.random() < 0.5 or "text" not in node:
        return cmd.Move(to={ident: (float(random_.randrange(9000)), float(random_.randrange(9000)))})
    return cmd.SetNode(id=ident, path="/text", value=f"Outro texto, de número {random_.randrange(10**6)}.")


async def saves(rt: Runtime, tenant: int, count: int) -> list[float]:
    await flows.create(rt, tenant, large(count, f"saves_{count}"))
    flow, random_, times = f"saves_{count}", random.Random(1), []
    document = (await editing.draft(rt, tenant, flow)).document
    for n in range(EDITS + 20):
        command = deed(random_, document)
        begun = time.perf_counter()
        document = (await editing.edit(rt, tenant, flow, command, Author(name="Ana", editor="a"))).document
        if n >= 20:
            times.append(time.perf_counter() - begun)
    return times


async def together(rt: Runtime, tenant: int, count: int) -> tuple[float, list[float]]:
    """Commands a second and their times. All editors replay what they heard, and must end with what is stored."""
    flow = f"together_{count}"
    await flows.create(rt, tenant, large(count, flow))
    begin = await editing.draft(rt, tenant, flow)
    times: list[float] = []
    done: dict[int, cmd.Command] = {}

    async def editor(number: int) -> Document:
        random_, author = random.Random(number), Author(name=f"Ana {number}", editor=f"e{number}")
        mine = begin.document
        for n in range(DEEDS):
            command = deed(random_, mine)
            begun = time.perf_counter()
            edited = await editing.edit(
                rt, tenant, flow, command, msgspec.structs.replace(author, token=n + 1)
            )
            times.append(time.perf_counter() - begun)
            done[edited.rev] = command
            mine = edited.document
        return (await editing.since(rt, tenant, flow, begin.rev)).document

    begun = time.perf_counter()
    await asyncio.gather(*(editor(n) for n in range(EDITORS)))
    spent = time.perf_counter() - begun
    stored = await editing.draft(rt, tenant, flow)
    ends = [(await editing.since(rt, tenant, flow, begin.rev)).document for _ in range(EDITORS)]
    again = begin.document
    for rev in sorted(done):
        again = apply(again, done[rev]).document
    if len(done) != EDITORS * DEEDS or any(end != stored.document for end in [*ends, again]):
        raise AssertionError("the editors ended with different documents")
    return EDITORS * DEEDS / spent, times


async def checks(rt: Runtime, tenant: int, count: int) -> list[float]:
    """The static check after a change, as the page runs it."""
    document = open_document(large(count))
    checker = await flows.checker(rt, tenant)
    checker.check(document)
    random_, times = random.Random(2), []
    for n in range(60):
        document = apply(document, cmd.SetNode(id=f"s{n * 5}", path="/text", value=f"Novo {n}")).document
        document = apply(document, deed(random_, document)).document
        begun = time.perf_counter()
        checker.check(document)
        times.append(time.perf_counter() - begun)
    return times


async def services() -> None:
    async with stage(free_port()) as made:
        settings = Settings(data_dir=made.folder, database_url=made.dsn, secret_key=KEY)
        async with startup.running(await startup.install(settings), listen=False) as rt:
            await measured(rt, made)


async def measured(rt: Runtime, made: Stage) -> None:
    print("| what | per second | p50 ms | p95 ms | p99 ms | aim |\n| --- | ---: | ---: | ---: | ---: | --- |")
    for count in SIZES:
        times = await saves(rt, made.tenant, count)
        print(f"| one command saved, {count:,} steps | | {quantiles(times)} | p95 < 50 ms |", flush=True)
    for count in SIZES:
        rate, times = await together(rt, made.tenant, count)
        print(
            f"| {EDITORS} editors at once, {count:,} steps | {rate:.0f} | {quantiles(times)} | all equal |",
            flush=True,
        )
    for count in SIZES:
        times = await checks(rt, made.tenant, count)
        aim = "< 200 ms" if count == 300 else ""
        print(f"| static check after a change, {count:,} steps | | {quantiles(times)} | {aim} |", flush=True)


@contextlib.contextmanager
def demonstration() -> Iterator[str]:
    folder, port = Path(tempfile.mkdtemp(prefix="trama-bench-")), free_port()
    folder.chmod(0o755)
    environment = {**os.environ, "TRAMA_DATA_DIR": str(folder / "data"), "TRAMA_PORT": str(port)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "trama"), "demo"], env=environment, stdout=log, stderr=log
        )
    base = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 90
        while True:
            try:
                with urllib.request.urlopen(f"{base}/demonstracao", timeout=5):
                    break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                if time.monotonic() > until or process.poll() is not None:
                    raise
                time.sleep(0.2)
        yield base
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def enter(page: Page, base: str) -> None:
    page.goto(f"{base}/login")
    page.get_by_label("E-mail").fill("demo@plataforma.com")
    page.get_by_label("Senha").fill("demo123")
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url("**/flows")


def painted(page: Page, base: str, flow: str) -> float:
    """Seconds until the canvas shows its first step."""
    begun = time.monotonic()
    page.goto(f"{base}/flows/{flow}")
    page.wait_for_selector("[data-node=s0]")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return time.monotonic() - begun


def moved(page: Page, step: str) -> float:
    """Move a step with the mouse; ms from letting go until the server's answer has settled it."""
    x, y = page.evaluate(
        f"""id => {{ const s = {CANVAS}, b = s.boxOf(id), v = s.viewport(),
        r = document.querySelector('.trama-canvas').getBoundingClientRect();
        return [r.left + v.x + (b[0] + 120) * v.zoom, r.top + v.y + (b[1] + 20) * v.zoom]; }}""",
        step,
    )
    page.mouse.move(x, y)
    page.mouse.down()
    for n in range(1, 6):
        page.mouse.move(x + n * 8, y + n * 6)
    page.evaluate(
        f"""() => {{ window.__let = 0; window.__saved = new Promise(done => {{
        addEventListener('pointerup', () => {{ window.__let = performance.now();
          const look = () => {CANVAS}.shared.ledger.entries.length ? setTimeout(look, 1)
            : done(performance.now() - window.__let);
          setTimeout(look, 0); }}, {{once: true, capture: true}}); }}); }}"""
    )
    page.mouse.up()
    return float(page.evaluate("window.__saved"))


def heap(page: Page) -> tuple[float, float]:
    """JavaScript heap after a collection and what the page's process holds for itself, in MB."""
    page.context.new_cdp_session(page).send("HeapProfiler.collectGarbage")
    used = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    own = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "--type=renderer" in process.cmdline():
                own = max(own, process.memory_full_info().uss / 1e6)
    return used, own


def opened(browser: Browser, base: str, count: int, *, outline: bool) -> None:
    flow = f"large_{count}"
    context = browser.new_context(locale="pt-BR", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    wire: list[tuple[str, int]] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda data: wire.append(("out", len(data))))
        socket.on("framereceived", lambda data: wire.append(("in", len(data))))

    page.on("websocket", listen)
    enter(page, base)
    if page.request.get(f"{base}/api/v1/flows/{flow}").status == 404:
        # as the page does it: the session's cookie and origin
        page.evaluate(
            """async body => { const got = await fetch('/api/v1/flows/import', {method: 'POST', body,
            headers: {'content-type': 'application/json'}}); if (!got.ok) throw new Error(await got.text()); }""",
            json.dumps(large(count, flow)),
        )
    times = sorted(painted(page, base, flow) for _ in range(3))
    page.wait_for_timeout(2500)
    if outline:
        page.locator("#left-outline").click()
        page.locator("[role=treeitem]").first.wait_for()
        page.wait_for_timeout(1000)
    saved, sizes = [], []
    for _ in range(12):
        wire.clear()
        saved.append(moved(page, "s0"))
        page.wait_for_timeout(1200)
        sizes.append((sum(s for way, s in wire if way == "out"), sum(s for way, s in wire if way == "in")))
    # without the first, which selects the step and opens its form; the quiet ones, since presence and the heartbeat
    # of the connection share the wire
    out, back = min(s for s, _ in sizes[1:]), min(s for _, s in sizes[1:])
    used, own = heap(page)
    what = f"{count:,} steps{', outline open' if outline else ''}"
    print(
        f"| {what} | {times[1]:.2f} | {used:.0f} | {own:.0f} | {out} | {back} | {statistics.median(saved):.0f} |"
        f" {max(saved):.0f} |",
        flush=True,
    )
    context.close()


def pages() -> None:
    print("| page | painted s | heap MB | process MB | move out B | back B | drop to saved ms | longest |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with demonstration() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        opened(browser, base, 300, outline=False)
        opened(browser, base, 1000, outline=False)
        opened(browser, base, 1000, outline=True)
        browser.close()


def main() -> None:
    print(f"builder, {os.cpu_count()} cores, headless Chromium without GPU, window 1440 x 900\n")
    asyncio.run(services())
    print()
    pages()


if __name__ == "__main__":
    main()
