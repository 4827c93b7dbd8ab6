"""The canvas beside Node-RED's editor, in headless Chromium without a GPU: opening, dragging, panning, memory, bytes.

    python -m tests.bench.bench_canvas

Both get the same flow: 500 nodes of the same shape at the same places. Times of frames are what a page's own
`requestAnimationFrame` sees while the mouse works; 16.7 ms is sixty a second, the most there is. Memory is the
JavaScript heap after a collection, and what the page's process holds for itself alone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psutil  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench import nodered
from tests.bench.stage import ROOT, free_port

sys.path.insert(0, str(ROOT / "tests" / "canvas"))

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--enable-precise-memory-info",
)
SIZES = (500, 1000)
STEPS = 90
OPENINGS = 3
GOALS = "goals at 1,000 nodes: open < 2 s, frames 16.7 ms, < 150 MB, move < 300 bytes"
WATCH = """() => { const f = window.__frames = []; let last = performance.now();
  (function each(now) { f.push(now - last); last = now; requestAnimationFrame(each); })(last); }"""


@dataclass
class Result:
    name: str
    nodes: int
    opened: list[float] = field(default_factory=list)
    frames: dict[str, tuple[float, float]] = field(default_factory=dict)
    heap: float = 0.0
    own: float = 0.0
    elements: int = 0
    move: int | None = None

    def row(self) -> str:
        opened = sorted(self.opened)[len(self.opened) // 2]
        cells = [
            f"{p50:.1f} / {p95:.1f}"
            for p50, p95 in (self.frames.get(n, (0.0, 0.0)) for n in ("drag", "pan", "far"))
        ]
        told = "-" if self.move is None else str(self.move)
        return (
            f"{self.name:<22} {self.nodes:>5} {opened:>8.2f} {cells[0]:>13} {cells[1]:>13} {cells[2]:>13}"
            f" {self.elements:>8} {self.heap:>7.1f} {self.own:>8.0f} {told:>6}"
        )


HEAD = (
    f"{'editor':<22} {'nodes':>5} {'open s':>8} {'drag ms':>13} {'pan ms':>13} {'all in view':>13}"
    f" {'elements':>8} {'heap MB':>7} {'proc. MB':>8} {'move B':>6}"
)


def frames(page: Page, work: Callable[[], None]) -> tuple[float, float]:
    """Median and 95th percentile of the frames while `work` goes on, in ms."""
    page.evaluate("window.__frames.length = 0")
    work()
    seen = sorted(page.evaluate("window.__frames"))
    return seen[len(seen) // 2], seen[int(len(seen) * 0.95)]


def drag(page: Page, x: float, y: float) -> None:
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(STEPS):
        page.mouse.move(x + i * 3, y + i * 2)
    page.mouse.up()


def roll(page: Page) -> None:
    page.mouse.move(900, 640)
    for _ in range(STEPS):
        page.mouse.wheel(12, 8)


def memory(page: Page, result: Result, before: set[int]) -> None:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    result.heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    pages = [p for p in _renderers() if p.pid not in before]
    result.own = max((p.memory_full_info().uss for p in pages), default=0) / 1e6


def elements(page: Page) -> int:
    return int(page.evaluate("document.getElementsByTagName('*').length"))


def _renderers() -> list[psutil.Process]:
    found = []
    for process in psutil.Process().children(recursive=True):
        # one that ends while one looks at it is none of ours
        with contextlib.suppress(psutil.NoSuchProcess):
            if "--type=renderer" in process.cmdline():
                found.append(process)
    return found


@contextlib.contextmanager
def window(browser: Browser) -> Iterator[tuple[Page, set[int]]]:
    before = {p.pid for p in _renderers()}
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        yield context.new_page(), before
    finally:
        context.close()


def ours(browser: Browser, base: str, nodes: int) -> Result:
    result = Result("Trama", nodes)
    for turn in range(OPENINGS):
        with window(browser) as (page, before):
            sent: list[str] = []
            page.on(
                "websocket", lambda ws, sent=sent: ws.on("framesent", lambda data: sent.append(str(data)))
            )
            started = time.monotonic()
            page.goto(f"{base}/?key=bench-{nodes}-{turn}&nodes={nodes}")
            page.wait_for_selector("[data-node=n0]")
            page.evaluate(
                "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
            result.opened.append(time.monotonic() - started)
            if turn < OPENINGS - 1:
                continue
            page.wait_for_timeout(500)
            result.elements = elements(page)
            page.evaluate(WATCH)
            box = page.locator("[data-node=n2]").bounding_box()
            assert box is not None
            result.frames["drag"] = frames(page, partial(drag, page, box["x"] + 120, box["y"] + 20))
            page.wait_for_timeout(300)
            result.move = next(len(one) for one in sent if "move" in one)
            result.frames["pan"] = frames(page, partial(roll, page))
            page.keyboard.press("Escape")
            page.keyboard.press("f")
            page.wait_for_timeout(600)
            result.frames["far"] = frames(page, partial(roll, page))
            memory(page, result, before)
    return result


def theirs(browser: Browser, base: str, nodes: int) -> Result:
    result = Result("Node-RED", nodes)
    for turn in range(OPENINGS):
        with window(browser) as (page, before):
            started = time.monotonic()
            page.goto(base)
            page.wait_for_function(
                f"document.querySelectorAll('.red-ui-flow-node-group').length >= {nodes}", timeout=60_000
            )
            page.wait_for_function("!document.querySelector('#red-ui-loading-progress')?.offsetParent")
            page.evaluate(
                "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
            result.opened.append(time.monotonic() - started)
            if turn < OPENINGS - 1:
                continue
            page.wait_for_timeout(1000)
            result.elements = elements(page)
            page.evaluate(WATCH)
            box = page.locator(".red-ui-flow-node-group >> nth=2").bounding_box()
            assert box is not None
            result.frames["drag"] = frames(page, partial(drag, page, box["x"] + 60, box["y"] + 15))
            page.wait_for_timeout(300)
            result.frames["pan"] = frames(page, partial(roll, page))
            for _ in range(12):  # its own zoom goes no farther than this
                page.locator("#red-ui-view-zoom-out").click()
            page.wait_for_timeout(600)
            result.frames["far"] = frames(page, partial(roll, page))
            memory(page, result, before)
    return result


@contextlib.contextmanager
def stand() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, str(ROOT / "tests" / "canvas" / "stand.py"), str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ))
    base = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 40
        while True:
            try:
                with urllib.request.urlopen(f"{base}/?key=warm", timeout=5):
                    break
            except (urllib.error.URLError, ConnectionError):
                if time.monotonic() > until or process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait(10)


def main() -> None:
    from stand import flow  # type: ignore[import-not-found]  # beside the tests of the canvas

    print(f"canvas, {os.cpu_count()} cores, headless Chromium without GPU, window 1440 x 900")
    print(GOALS)
    print(HEAD)
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        with stand() as base:
            for nodes in SIZES:
                print(ours(browser, base, nodes).row(), flush=True)
        try:
            same: dict[str, Any] = flow(SIZES[0])
            with nodered.running(same) as base:
                print(theirs(browser, base, SIZES[0]).row(), flush=True)
        except nodered.Missing as why:
            print(f"Node-RED was left out: {why}")
        browser.close()


if __name__ == "__main__":
    main()
