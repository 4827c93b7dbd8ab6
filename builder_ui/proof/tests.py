"""The flow's own tests: run, compared turn by turn, accepted, renamed, removed; and which exits they take."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from builder_ui.editor.desk import Change, Desk
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import chip, empty
from builder_ui.proof.bench import Bench
from builder_ui.proof.compared import draw_turn
from builder_ui.proof.dialogs import ask_text
from builder_ui.proof.record import record_test
from builder_ui.proof.words import Names
from engine.core.edit.commands import SetFlow
from engine.core.flow import FlowTest
from engine.core.verdicts import Verdict, accepted
from engine.services.flow_checks import summary

PAUSE = 1.2
"""Seconds without a change before the tests run by themselves."""
Opener = Callable[[FlowTest, int], Awaitable[object]]


def tests_panel(desk: Desk, *, open_in_try: Opener | None = None, bench: Bench | None = None) -> Tests:
    """`open_in_try` gets a test and the number of a turn (from 1) to show it at (`TryPane.load`)."""
    return Tests(desk, open_in_try, bench or Bench(desk))


class Tests:
    """Into the slot where it is made. Verdicts belong to a test's content: a test that was changed has none."""

    __test__ = False

    def __init__(self, desk: Desk, open_in_try: Opener | None, bench: Bench) -> None:
        self._desk, self._t, self._open, self._bench = desk, desk.t, open_in_try, bench
        self._verdicts: dict[bytes, Verdict] = {}
        self._rev = -1
        self._unfolded: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        self._covering = False
        t = desk.t
        with node("section", "proof tests", aria_label=t("proof.tests.title")) as self._root:
            with node("div", "proof-head"):
                self._run = press(t("proof.tests.run_all"), self.run, "primary", icon="play_arrow")
                press("", self._record, "round small", icon="forum", label=t("proof.tests.from_conversation"))
                self._stop = press(t("proof.tests.stop"), self.stop, "ghost", icon="stop")
                self._stop.set_visibility(False)
                self._auto = ui.switch(t("proof.tests.auto"), value=True).props("dense")
            with node("div", "test-state"):
                self._state = word("p", "", "quiet", role="status")
                self._bar = node("progress", "test-bar", max=1, value=0, aria_label=t("proof.tests.title"))
                self._bar.set_visibility(False)
            self._list = node("div", "proof-scroll", tabindex=-1)
        desk.on_change(self._changed)
        ui.context.client.on_delete(self._closed)
        self._draw()

    # -- running ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """All of them."""
        self._begin(range(len(self._desk.document.tests)))

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._running(False)
            self._state.text = self._t("proof.tests.stopped")

    def _begin(self, numbers: Sequence[int], after: float = 0.0) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = background_tasks.create(self._work(list(numbers), after), name="tests of a flow")

    async def _work(self, numbers: list[int], after: float) -> None:
        if after:
            await asyncio.sleep(after)
            numbers = list(range(len(self._desk.document.tests)))
        checker = await self._bench.checker()
        document, rev = self._desk.document, self._desk.rev
        numbers = [n for n in numbers if n < len(document.tests)]
        self._running(True)
        self._bar.props["max"] = max(1, len(numbers))
        for done, (n, verdict) in enumerate(
            zip(numbers, checker.each_test(document, numbers), strict=True), 1
        ):
            self._verdicts[_key(document.tests[n])] = verdict
            self._state.text = self._t("proof.tests.running", n=done, all=len(numbers))
            self._bar.props["value"] = done
            # a test takes milliseconds: between two of them others may use the page, and this may be stopped
            await asyncio.sleep(0)
        self._rev = rev
        self._task = None
        self._running(False)
        self._draw()

    def _running(self, on: bool) -> None:
        self._stop.set_visibility(on)
        self._bar.set_visibility(on)

    def _changed(self, change: Change) -> None:
        if change.touched and all(name.startswith(("place:", "note:", "group:")) for name in change.touched):
            return
        if "flow:tests" in change.touched or not change.touched:
            self._draw()
        else:
            self._tell()
        if self._auto.value and self._desk.document.tests:
            self._begin((), after=PAUSE)

    def _closed(self) -> None:
        """The page is gone."""
        if self._task is not None:
            self._task.cancel()

    def _tell(self) -> None:
        """How many pass, and whether that is still true."""
        if self._task is not None:
            return
        tests = self._desk.document.tests
        known = [v for v in (self._verdicts.get(_key(test)) for test in tests) if v is not None]
        passed = sum(v.passed for v in known)
        said = self._t("proof.tests.passed", n=passed, all=len(tests)) if known else ""
        if known and self._rev != self._desk.rev:
            said += f" · {self._t('proof.tests.stale')}"
        self._state.text = said

    # -- drawing ------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        t, tests = self._t, self._desk.document.tests
        verdicts = [self._verdicts.get(_key(test)) for test in tests]
        known = [v for v in verdicts if v is not None]
        self._tell()
        self._list.clear()
        with self._list:
            if not tests:
                empty("science", t("proof.tests.none"), t("proof.tests.none_more"))
            with node("ul", "test-list"):
                for n, (test, verdict) in enumerate(zip(tests, verdicts, strict=True)):
                    self._line(n, test, verdict)
            if known and len(known) == len(tests):
                self._coverage(known)
            elif self._covering:
                self._cover(None)

    def _line(self, n: int, test: FlowTest, verdict: Verdict | None) -> None:
        """What is inside is drawn when it is unfolded."""
        t, open_ = self._t, test.name in self._unfolded
        with node("li", "test"), node("details", "test-more", open=open_) as more:
            with node("summary", "test-head"):
                if verdict is None:
                    chip(t("proof.tests.unknown"), "plain")
                elif verdict.passed:
                    chip(t("proof.tests.pass"), "good")
                else:
                    chip(t("proof.tests.fail"), "bad")
                word("span", test.name, "test-name")
            body = node("div", "test-body")

        def fold(event: GenericEventArguments) -> None:
            if not event.args:
                self._unfolded.discard(test.name)
                return
            self._unfolded.add(test.name)
            if not body.default_slot.children:
                with body:
                    self._body(n, test, verdict)

        more.on("toggle", fold, js_handler="(e) => emit(e.target.open)")
        if open_:
            with body:
                self._body(n, test, verdict)

    def _body(self, n: int, test: FlowTest, verdict: Verdict | None) -> None:
        t = self._t
        with node("div", "test-acts"):
            press(t("proof.tests.run"), lambda: self._begin([n]), "ghost small", icon="play_arrow")
            if self._open is not None:
                press(t("proof.tests.open"), lambda: self._open_at(test, verdict), "ghost small", icon="chat")
            if self._desk.editable:
                if verdict is not None and not verdict.passed:
                    text = t("proof.tests.accept")
                    press(text, lambda: self._accept(n, test, verdict), "ghost small", icon="check")
                text = t("proof.tests.rename")
                press("", lambda: self._rename(n, test), "round small", icon="edit", label=text)
                text = t("proof.tests.delete")
                press("", lambda: self._delete(n, test), "round small", icon="delete", label=text)
        if verdict is None:
            return
        for said in verdict.failures if not verdict.turns else ():
            word("div", said, "visit-error")
        with node("ol", "test-turns"):
            for played in verdict.turns:
                with node("li", "", tabindex=0) as item:
                    for event in ("mouseenter", "focus"):
                        item.on(event, lambda p=played: self._show(p.path), args=[])
                    draw_turn(played, t)

    def _show(self, path: list[tuple[str, str]]) -> None:
        """The turn's way on the canvas."""
        nodes: dict[str, int] = {}
        for ident, _ in path:
            nodes[ident] = nodes.get(ident, 0) + 1
        if path:
            edges = [[ident, leaves] for ident, leaves in path if leaves]
            self._desk.paint("path", {"nodes": nodes, "edges": edges, "now": path[-1][0]})

    def _coverage(self, verdicts: list[Verdict]) -> None:
        t = self._t
        run = summary(self._desk.document, verdicts)
        every = len(run.taken) + len(run.missed)
        percent = 100 * len(run.taken) // every if every else 100
        with node("div", "coverage"):
            with node("div", "coverage-head"):
                word("h3", t("proof.tests.coverage", percent=percent))
                node("meter", "coverage-bar", min=0, max=100, value=percent, aria_hidden="true")
                shown = ui.switch(
                    t("proof.tests.coverage_show"),
                    value=self._covering,
                    on_change=lambda e: self._cover(run.taken, run.missed) if e.value else self._cover(None),
                )
                shown.props("dense")
            if not run.missed:
                word("p", t("proof.tests.all_taken"), "quiet")
                return
            with node("details", "coverage-missed"):
                word("summary", t("proof.tests.missed", n=len(run.missed)))
                names = Names(self._desk.document, t)
                with node("ul", ""):
                    for dotted in run.missed:
                        ident = dotted.partition(".")[0]
                        with node("li", ""):
                            press(
                                names.dotted(dotted),
                                lambda i=ident: self._desk.select([i]),
                                "problem-go",
                            )
        if self._covering:
            self._cover(run.taken, run.missed)

    def _cover(self, taken: list[str] | None, missed: list[str] | None = None) -> None:
        self._covering = taken is not None
        if self._covering:
            # a way that was drawn would fade what coverage shows
            self._desk.paint("path", None)
        self._desk.paint("coverage", None if taken is None else {"taken": taken, "missed": missed or []})

    # -- changing -----------------------------------------------------------------------------------------------

    async def _open_at(self, test: FlowTest, verdict: Verdict | None) -> None:
        wrong = next((p.number for p in verdict.turns if p.differences), 0) if verdict is not None else 0
        if self._open is not None:
            await self._open(test, wrong or len(test.turns))

    async def _record(self) -> None:
        """A conversation of that number becomes a test."""
        t = self._t
        with self._root:
            typed = await ask_text(
                t,
                t("proof.tests.conversation_number"),
                yes=t("proof.tests.record"),
                more=t("proof.try.personal"),
            )
            number = (typed or "").strip().lstrip("#")
            if number.isdigit():
                await record_test(self._desk, int(number[:18]))

    async def _accept(self, n: int, test: FlowTest, verdict: Verdict) -> None:
        value = msgspec.to_builtins(accepted(test, verdict))
        words = self._t("proof.tests.accepted")
        command = SetFlow(path=f"/tests/{n}", value=value, was=[msgspec.to_builtins(test)])
        if await self._desk.do(command, words=words):
            self._say(words)

    async def _rename(self, n: int, test: FlowTest) -> None:
        with self._root:
            name = await ask_text(self._t, self._t("proof.try.test_name"), test.name)
        if name and name != test.name:
            command = SetFlow(path=f"/tests/{n}/name", value=name, was=[test.name])
            await self._desk.do(command, words=self._t("proof.tests.rename"))

    async def _delete(self, n: int, test: FlowTest) -> None:
        command = SetFlow(path=f"/tests/{n}", was=[msgspec.to_builtins(test)])
        if await self._desk.do(command, words=self._t("proof.tests.delete")):
            self._say(self._t("proof.tests.deleted"))

    def _say(self, text: str) -> None:
        # the button that was pressed is gone by now: the list was drawn anew
        with self._root:
            ui.notify(text)


def _key(test: FlowTest) -> bytes:
    return msgspec.json.encode(test)
