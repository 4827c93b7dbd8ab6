"""The chat pane beside the canvas: one talks to the draft, with the same engine and nobody at the other end.

The draft may change meanwhile; the trial stays on the one with which it began until it is played again.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from nicegui import ui

from builder_ui.editor.desk import Change, Desk
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import pairs
from builder_ui.proof.bench import Bench
from builder_ui.proof.chat import Chat, Reins
from builder_ui.proof.controls import Controls, Standing
from builder_ui.proof.dialogs import ask_text, ask_yes
from builder_ui.proof.keep import Keep, Kept
from builder_ui.proof.people import People
from builder_ui.proof.service import ServiceCard
from builder_ui.proof.starts import Start, starts
from builder_ui.simulator.reasons import value
from engine.core.edit.commands import SetFlow
from engine.core.effects import Call
from engine.core.errors import TramaError
from engine.core.flow import Flow, FlowTest, TestTurn
from engine.core.trace import Step
from engine.core.tryout import Given, Recipe, Setup, Trial, as_test, drawn, steps
from engine.core.verdicts import called
from engine.services import recording, tryout
from engine.services.flow_checks import opened

_ONLY_PLACES = ("place:", "note:", "group:", "flow:tests", "flow:name", "flow:description")


def try_pane(desk: Desk, *, bench: Bench | None = None) -> TryPane:
    pane = TryPane(desk, bench or Bench(desk))
    ui.timer(0, pane.restore, once=True)
    return pane


class TryPane:
    """Into the slot where it is made. `restore` brings back what was tried at the last visit, `load` shows a test."""

    def __init__(self, desk: Desk, bench: Bench) -> None:
        self._desk, self._t, self._bench = desk, desk.t, bench
        self._trial: Trial | None = None
        self._setup: Setup | None = None
        self._of_test = False
        self._one = asyncio.Lock()
        """One input after the other, whatever is waited for meanwhile."""
        self._began = -1
        self._keep = Keep(desk.flow_id)
        t = desk.t
        with node("section", "proof try", aria_label=t("proof.try.title")) as self._root:
            with node("div", "try-top"):
                self._people = People(desk, self.restart)
                self._detail = press(
                    "",
                    self._toggle,
                    "round small",
                    icon="segment",
                    label=t("proof.try.details"),
                    aria_pressed="false",
                )
                press("", self.restart, "round small", icon="restart_alt", label=t("proof.try.restart"))
                press("", self._save, "round small", icon="science", label=t("proof.try.to_test"))
            self._banner = node("div", "try-banner", role="status")
            with self._banner:
                word("span", t("proof.try.changed"))
                press(t("proof.try.replay"), self._replay, "ghost small", icon="replay")
            self._banner.set_visibility(False)
            self._invalid = word("div", t("proof.try.invalid_steps"), "try-banner")
            self._invalid.set_visibility(False)
            self._lines = node("div", "try-lines", role="group", aria_label=t("proof.try.lines"))
            self._lines.set_visibility(False)
            self._chat = Chat(
                t,
                desk.document.id,
                Reins(
                    press=self._press,
                    back=self._back,
                    go=self._go,
                    point=self._point,
                    flow_of=self._flow_of,
                    starts=self._starts,
                    start=self._start,
                ),
            )
            self._card = ServiceCard(t, self._answer, self._live if desk.editable else None)
            self._variables = node("details", "more try-vars")
            self._variables.set_visibility(False)
            self._controls = Controls(desk, self.give, self._stands)
        desk.on_change(self._changed)
        self._tell_clock()

    # -- what the page asks of it -------------------------------------------------------------------------------

    async def restore(self) -> None:
        """What was tried at the last visit, unless something was tried already."""
        async with self._one:
            kept = self._keep.load() if self._trial is None else None
            if kept is not None and kept.inputs:
                await self._restore(kept)
            elif self._trial is None:
                await self._restart()

    async def load(self, test: FlowTest, turn: int) -> None:
        """Play a test up to one of its turns (from 1), and go on from there by hand."""
        flow = self._desk.document.id
        turns = [_bare(called(flow, test, one)) for one in test.turns]
        inputs = [Given(id=n, after=n - 1, turn=one) for n, one in enumerate(turns, 1)]
        recipe = Recipe(
            setup=Setup(at=test.at, world=test.world), inputs=inputs, now=min(max(turn, 0), len(inputs))
        )
        async with self._one:
            self._of_test = True
            self._people.named(str(test.world.get("contact", {}).get("name", "")))
            try:
                await self._again(recipe)
            except TramaError as fault:
                self._refused(fault)

    async def restart(self) -> None:
        """A new conversation with whoever was chosen."""
        async with self._one:
            await self._restart()

    def shown(self, on: bool) -> None:
        """Somebody opened or left the pane: only while it is seen its way lies over the canvas."""
        if on:
            self._point("")
        else:
            self._desk.paint("path", None)

    # -- playing ------------------------------------------------------------------------------------------------

    async def give(self, turn: TestTurn) -> None:
        """One more input."""
        async with self._one:
            await self._give(turn)

    async def _give(self, turn: TestTurn) -> None:
        try:
            trial = await self._ready()
            before = trial.player.now
            beat = trial.give(turn)
        except TramaError as fault:
            self._refused(fault)
            return
        self._chat.add(beat, before, self._zone)
        await self._settled()

    async def _restart(self) -> None:
        self._trial, self._setup, self._of_test = None, None, False
        self._keep.forget()
        try:
            await self._ready()
        except TramaError as fault:
            self._refused(fault)
        self._redraw()

    async def _restore(self, kept: Kept) -> None:
        self._people.take(kept.channel, kept.contact, kept.made_up)
        try:
            if kept.world is not None:
                self._of_test, self._setup = True, Setup(at=kept.at, world=kept.world)
            else:
                self._setup = await self._world(datetime.fromisoformat(kept.at))
            await self._again(Recipe(setup=self._setup, inputs=kept.inputs, now=kept.now))
        except (TramaError, ValueError):
            # the contact is gone, or the clock was never one: a new trial then
            self._people.take(kept.channel, None, {"name": "Ana Lima"})
            await self._restart()

    async def _ready(self) -> Trial:
        """The trial, begun anew while nothing was said and the draft changed."""
        if self._trial is None or (not self._trial.beats and self._began != self._desk.rev):
            checker = await self._bench.checker()
            if self._setup is None:
                self._setup = await self._world(None)
            self._trial = tryout.begin(self._desk.document, checker, self._setup)
            self._tell_invalid()
            self._began = self._desk.rev
        return self._trial

    async def _world(self, at: datetime | None) -> Setup:
        desk, people = self._desk, self._people
        made = await tryout.setup(
            desk.rt,
            desk.principal.tenant,
            people.channel,
            contact=people.contact,
            made_up=people.made_up if people.contact is None else None,
            at=at,
        )
        people.named(str(made.world["contact"].get("name", "")))
        return made

    async def _again(self, recipe: Recipe) -> None:
        checker = await self._bench.checker()
        self._tell_invalid()
        self._trial, lost = tryout.again(recipe, self._desk.document, checker)
        self._setup, self._began = recipe.setup, self._desk.rev
        self._banner.set_visibility(False)
        self._redraw()
        await self._settled()
        if lost:
            self._say(self._t("proof.try.replay_lost", n=lost), "warning")

    async def _replay(self) -> None:
        if self._trial is not None:
            async with self._one:
                await self._again(self._trial.recipe())
            self._say(self._t("proof.try.replayed"), "positive")

    async def _stands(self) -> Standing:
        """Where the clock stands, for those who want to move it."""
        player = (await self._ready()).player
        due = player.next_timer
        return Standing(player.now.astimezone(ZoneInfo(self._zone)), due)

    def _starts(self) -> list[Start]:
        return starts(self._desk.document, self._t)

    async def _start(self, start: Start) -> None:
        await self._controls.start(start)

    async def _press(self, ident: str) -> None:
        await self.give(TestTurn(button=ident))

    async def _answer(self, call: Call, answer: dict[str, Any]) -> None:
        """Of two clicks on one card the second is not meant for the call that is open by then."""
        async with self._one:
            now = self._trial.open_call if self._trial is not None else None
            if now is not None and now.id == call.id:
                await self._give(TestTurn(answer=answer))

    async def _live(self, call: Call) -> None:
        t = self._t
        if (call.service, call.operation) not in tryout.READING:
            with self._root:
                if not await ask_yes(t, t("proof.try.live_warning"), t("proof.try.live_yes")):
                    return
        with self._root:
            waiting = ui.notification(t("proof.try.asking"), spinner=True, timeout=None)
        try:
            found = await tryout.live(self._desk.rt, self._desk.principal.tenant, call)
        finally:
            waiting.dismiss()
        await self._answer(call, found.answer)

    async def _back(self, ident: int) -> None:
        if self._trial is not None:
            self._trial.stand(ident)
            self._redraw()
            await self._settled()

    async def _forth(self, ident: int) -> None:
        """Another line, to its end."""
        await self._back(ident)

    def _tell_invalid(self) -> None:
        self._invalid.set_visibility(bool(opened(self._desk.document).unreadable))

    def _toggle(self) -> None:
        """Whether the steps of each turn unfold by themselves."""
        self._chat.unfold = not self._chat.unfold
        self._detail.props["aria-pressed"] = "true" if self._chat.unfold else "false"
        self._redraw()

    def _changed(self, change: Change) -> None:
        if change.touched and all(name.startswith(_ONLY_PLACES) for name in change.touched):
            return
        stale = self._trial is not None and bool(self._trial.beats)
        self._banner.set_visibility(stale)
        if stale:
            # the way that was drawn is one of the flow before
            self._desk.paint("path", None)

    # -- showing ------------------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        self._chat.clear()
        if self._trial is not None and self._setup is not None:
            before = datetime.fromisoformat(self._setup.at)
            for beat in self._trial.line():
                self._chat.add(beat, before, self._zone)
                before = beat.at
        if self._trial is None or not self._trial.beats:
            self._card.hide()
            self._lines.set_visibility(False)
            self._variables.set_visibility(False)
            self._banner.set_visibility(False)
            self._desk.paint("path", None)
        self._tell_clock()

    async def _settled(self) -> None:
        """Everything beside the chat, after an input or a leap."""
        trial = self._trial
        assert trial is not None
        self._point("")
        self._tell_clock()
        self._draw_lines(trial)
        self._draw_variables(trial)
        self._save_inputs(trial)
        call = trial.open_call
        if call is None:
            self._card.hide()
            return
        checker = await self._bench.checker()
        desk = self._desk
        samples = await tryout.answers(
            desk.rt, desk.principal.tenant, desk.document, checker, call, trial.player.now
        )
        if trial.open_call is call and self._trial is trial:
            self._card.show(call, samples)

    def _point(self, ident: str) -> None:
        """The way so far on the canvas; `ident` is the step that is being looked at."""
        if self._trial is None:
            return
        path = drawn(steps(self._trial.line()), self._trial.flow.id)
        if ident:
            path["now"] = ident
        self._desk.paint("path", path if path["nodes"] else None)

    def _go(self, ident: str) -> None:
        self._desk.select([ident])

    def _flow_of(self, step: Step) -> Flow | None:
        trial = self._trial
        return trial.player.flows.get(step.flow, step.version) if trial is not None else None

    def _draw_lines(self, trial: Trial) -> None:
        ends = trial.ends()
        self._lines.clear()
        self._lines.set_visibility(len(ends) > 1 or (bool(ends) and trial.now not in ends))
        with self._lines:
            for n, end in enumerate(ends, 1):
                line = press(self._t("proof.try.line", n=n), lambda i=end: self._forth(i), "try-line")
                line.props["aria-pressed"] = "true" if end == trial.now else "false"

    def _draw_variables(self, trial: Trial) -> None:
        found = trial.player.variables
        self._variables.clear()
        self._variables.set_visibility(bool(found))
        with self._variables:
            word("summary", f"{self._t('proof.try.variables')} · {len(found)}")
            pairs([(name, value(v)) for name, v in found.items()], "vars")

    def _tell_clock(self) -> None:
        self._controls.tell(self._trial.player.now.astimezone(ZoneInfo(self._zone)) if self._trial else None)

    @property
    def _zone(self) -> str:
        return str(self._setup.world.get("zone", "America/Sao_Paulo")) if self._setup else "America/Sao_Paulo"

    def _say(self, text: str, kind: Any) -> None:
        with self._root:
            ui.notify(text, type=kind)

    def _refused(self, fault: TramaError) -> None:
        self._say(self._t("proof.try.refused", detail=fault.detail or fault.code), "warning")

    # -- keeping ------------------------------------------------------------------------------------------------

    def _save_inputs(self, trial: Trial) -> None:
        recipe, people = trial.recipe(), self._people
        self._keep.save(
            Kept(
                channel=people.channel,
                at=recipe.setup.at,
                contact=people.contact,
                made_up=people.made_up,
                world=recipe.setup.world if self._of_test else None,
                inputs=recipe.inputs,
                now=recipe.now,
            )
        )

    async def _save(self) -> None:
        """The line where one stands becomes a test of the flow."""
        t, trial = self._t, self._trial
        if trial is None or not trial.now:
            return
        real = self._people.contact is not None and not self._of_test
        with self._root:
            local = trial.player.now.astimezone(ZoneInfo(self._zone)).strftime("%d/%m %H:%M")
            more = t("proof.try.personal") if real else ""
            name = await ask_text(
                t, t("proof.try.test_name"), t("proof.try.default_name", date=local), more=more
            )
        if name is None:
            return
        test = recording.lean(as_test(trial, name))
        if real:
            test = recording.disguised(test).test
        command = SetFlow(path="/tests/-", value=msgspec.to_builtins(test))
        if await self._desk.do(command, words=t("proof.try.to_test")):
            self._say(t("proof.try.test_saved", name=name), "positive")


def _bare(turn: TestTurn) -> TestTurn:
    """The input without what was expected of it."""
    return msgspec.structs.replace(turn, expect=None, exits=None, vars=None, effects=None, state=None)
