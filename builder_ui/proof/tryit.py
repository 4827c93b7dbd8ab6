"""The chat pane beside the canvas: one talks to the draft, with the same engine and nobody at the other end.

The draft may change meanwhile; the trial stays on the one with which it began until it is played again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from nicegui import ui

from builder_ui.editor.desk import Change, Desk
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import pairs
from builder_ui.proof.bench import Bench
from builder_ui.proof.chat import Chat, Reins
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
from engine.core.tryout import Beat, Given, Recipe, Setup, Trial, as_test, drawn, steps
from engine.services import recording, tryout

MEDIA: dict[str, dict[str, Any]] = {
    "image": {"kind": "image", "url": "https://example.com/foto.jpg", "mime": "image/jpeg"},
    "audio": {"kind": "audio", "url": "https://example.com/audio.ogg", "mime": "audio/ogg", "voice": True},
    "document": {"kind": "document", "url": "https://example.com/conta.pdf", "filename": "conta.pdf"},
}
PLACE = {"latitude": -23.55052, "longitude": -46.63331}
_ONLY_PLACES = ("place:", "note:", "group:", "flow:tests", "flow:name", "flow:description")


def try_pane(desk: Desk, *, bench: Bench | None = None) -> TryPane:
    return TryPane(desk, bench or Bench(desk))


class TryPane:
    """Into the slot where it is made; call `await restore()` once the page is there. `load` shows a test."""

    def __init__(self, desk: Desk, bench: Bench) -> None:
        self._desk, self._t, self._bench = desk, desk.t, bench
        self._trial: Trial | None = None
        self._setup: Setup | None = None
        self._began = -1
        self._keep = Keep(desk.flow_id)
        t = desk.t
        with node("section", "proof try", aria_label=t("proof.try.title")) as self._root:
            with node("div", "try-top"):
                self._people = People(desk, self.restart)
                press("", self.restart, "round small", icon="restart_alt", label=t("proof.try.restart"))
                press("", self._save, "round small", icon="science", label=t("proof.try.to_test"))
            self._banner = node("div", "try-banner", role="status")
            with self._banner:
                word("span", t("proof.try.changed"))
                press(t("proof.try.replay"), self._replay, "ghost small", icon="replay")
            self._banner.set_visibility(False)
            self._lines = node("div", "try-lines", role="group", aria_label=t("proof.try.lines"))
            self._chat = Chat(
                t,
                desk.document.id,
                Reins(
                    press=self._press, back=self._back, go=self._go, point=self._point, flow_of=self._flow_of
                ),
            )
            self._card = ServiceCard(t, self._answer, self._live)
            self._variables = node("details", "more try-vars")
            self._bar()
            self._composer()
        desk.on_change(self._changed)
        self._tell_clock()

    # -- what the page asks of it -------------------------------------------------------------------------------

    async def restore(self) -> None:
        """What was tried at the last visit."""
        kept = self._keep.load()
        if kept is None or not kept.inputs:
            return
        self._people.take(kept.channel, kept.contact, kept.made_up)
        try:
            self._setup = await self._world(datetime.fromisoformat(kept.at))
            recipe = Recipe(setup=self._setup, inputs=kept.inputs, now=kept.now)
            await self._again(recipe)
        except TramaError:
            # the contact is gone, or the clock was never one: a new trial then
            self._keep.forget()

    async def load(self, test: FlowTest, turn: int) -> None:
        """Play a test up to one of its turns (from 1), and go on from there by hand."""
        inputs = [Given(id=n, after=n - 1, turn=_bare(one)) for n, one in enumerate(test.turns, 1)]
        setup = Setup(at=test.at, world=test.world)
        await self._again(Recipe(setup=setup, inputs=inputs, now=min(max(turn, 0), len(inputs))))

    async def restart(self) -> None:
        """A new conversation with whoever was chosen."""
        self._trial, self._setup = None, None
        self._keep.forget()
        try:
            await self._ready()
        except TramaError as fault:
            self._refused(fault)
        self._redraw()

    # -- playing ------------------------------------------------------------------------------------------------

    async def give(self, turn: TestTurn) -> None:
        """One more input."""
        try:
            trial = await self._ready()
            before = trial.player.now
            beat = trial.give(turn)
        except TramaError as fault:
            self._refused(fault)
            return
        self._chat.add(beat, before, self._zone)
        await self._settled()

    async def _ready(self) -> Trial:
        """The trial, begun anew while nothing was said and the draft changed."""
        if self._trial is None or (not self._trial.beats and self._began != self._desk.rev):
            checker = await self._bench.checker(fresh=self._trial is None)
            if self._setup is None:
                self._setup = await self._world(None)
            self._trial = tryout.begin(self._desk.document, checker, self._setup)
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
        checker = await self._bench.checker(fresh=True)
        self._trial, lost = tryout.again(recipe, self._desk.document, checker)
        self._setup, self._began = recipe.setup, self._desk.rev
        self._banner.set_visibility(False)
        self._redraw()
        await self._settled()
        if lost:
            self._say(self._t("proof.try.replay_lost", n=lost), "warning")

    async def _replay(self) -> None:
        if self._trial is not None:
            await self._again(self._trial.recipe())
            self._say(self._t("proof.try.replayed"), "positive")

    async def _press(self, ident: str) -> None:
        await self.give(TestTurn(button=ident))

    async def _answer(self, answer: dict[str, Any]) -> None:
        await self.give(TestTurn(answer=answer))

    async def _live(self, call: Call) -> None:
        t = self._t
        if (call.service, call.operation) not in tryout.READING:
            with self._root:
                if not await ask_yes(t, t("proof.try.live_warning"), t("proof.try.live_yes")):
                    return
        self._say(t("proof.try.asking"), "ongoing")
        found = await tryout.live(self._desk.rt, self._desk.principal.tenant, call)
        await self._answer(found.answer)

    async def _back(self, ident: int) -> None:
        if self._trial is not None:
            self._trial.stand(ident)
            self._redraw()
            await self._settled()

    async def _forth(self, ident: int) -> None:
        """Another line, to its end."""
        await self._back(ident)

    def _changed(self, change: Change) -> None:
        if change.touched and all(name.startswith(_ONLY_PLACES) for name in change.touched):
            return
        self._banner.set_visibility(self._trial is not None and bool(self._trial.beats))

    # -- showing ------------------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        self._chat.clear()
        if self._trial is not None and self._setup is not None:
            before = datetime.fromisoformat(self._setup.at)
            for beat in self._trial.line():
                self._chat.add(beat, before, self._zone)
                before = beat.at
        else:
            self._card.hide()
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
        if self._trial is None:
            self._time.text = ""
            return
        local = self._trial.player.now.astimezone(ZoneInfo(self._zone))
        self._time.text = local.strftime("%d/%m/%Y %H:%M")

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
                inputs=recipe.inputs,
                now=recipe.now,
            )
        )

    async def _save(self) -> None:
        """The line where one stands becomes a test of the flow."""
        t, trial = self._t, self._trial
        if trial is None or not trial.now:
            return
        real = self._people.contact is not None
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

    # -- how it is built ----------------------------------------------------------------------------------------

    def _bar(self) -> None:
        t = self._t
        with node("div", "try-bar"):
            ui.icon("schedule").props("aria-hidden=true")
            self._time = word("span", "", "try-time", aria_label=t("proof.try.clock"))
            press(t("proof.try.plus_hour"), self._leaper(timedelta(hours=1)), "ghost small")
            press(t("proof.try.plus_day"), self._leaper(timedelta(hours=25)), "ghost small")
            press(t("proof.try.tomorrow"), self._to_morning, "ghost small")
            with (
                press("", None, "round small", icon="more_horiz", label=t("proof.try.clock")),
                ui.menu(),
                node("div", "try-menu"),
            ):
                press(t("proof.try.next_timer"), self._to_timer, "menu-line", icon="alarm")
                self._minutes = ui.number(label=t("proof.try.custom"), value=30, min=1, max=525_600).props(
                    "dense outlined"
                )
                press(t("proof.try.travel"), self._custom, "primary small")

    def _composer(self) -> None:
        t = self._t
        with node("div", "composer try-composer"):
            with (
                press("", self._list_starts, "round", icon="play_circle", label=t("proof.try.start")),
                ui.menu(),
            ):
                self._starts = node("div", "try-menu")
            with (
                press("", None, "round", icon="add", label=t("proof.try.attach")),
                ui.menu(),
                node("div", "try-menu"),
            ):
                for kind in MEDIA:
                    press(t(f"proof.try.{kind}"), self._sender(kind), "menu-line")
                press(t("proof.try.location"), self._send_place, "menu-line")
            with node("div", "composer-field"):
                self._input = ui.input(placeholder=t("proof.try.write")).props("borderless dense")
                self._input.classes("composer-input").props["aria-label"] = t("proof.try.write")
                self._input.on("keydown.enter", self._send, args=[])
            press("", self._send, "round send", icon="send", label=t("proof.try.send"))

    async def _send(self) -> None:
        text, self._input.value = (self._input.value or "").strip(), ""
        if text:
            await self.give(TestTurn(text=text))

    def _sender(self, kind: str) -> Callable[[], Awaitable[None]]:
        async def send() -> None:
            caption, self._input.value = (self._input.value or "").strip(), ""
            media = MEDIA[kind] | ({"caption": caption} if caption and kind != "audio" else {})
            await self.give(TestTurn(media=media))

        return send

    async def _send_place(self) -> None:
        await self.give(TestTurn(location=PLACE))

    def _list_starts(self) -> None:
        """Triggers may have changed since the menu was last open."""
        self._starts.clear()
        with self._starts:
            word("div", self._t("proof.try.start"), "part")
            for start in starts(self._desk.document, self._t):
                press(start.title, self._starter(start), "menu-line")

    def _starter(self, start: Start) -> Callable[[], Awaitable[None]]:
        async def begin() -> None:
            turn = start.turn
            if start.event:
                data = msgspec.json.encode((turn.event or {}).get("data", {})).decode()
                with self._root:
                    typed = await ask_text(
                        self._t, start.title, data, more=self._t("proof.try.event_data"),
                        yes=self._t("proof.try.happens"),
                    )  # fmt: skip
                if typed is None:
                    return
                try:
                    found = msgspec.json.decode(typed.encode(), type=dict[str, Any])
                except msgspec.MsgspecError as fault:
                    self._say(self._t("proof.try.bad_json", detail=str(fault)), "warning")
                    return
                turn = TestTurn(event={"name": start.event, "data": found})
            await self.give(turn)

        return begin

    def _leaper(self, by: timedelta) -> Callable[[], Awaitable[None]]:
        async def leap() -> None:
            await self._pass(by)

        return leap

    async def _pass(self, by: timedelta) -> None:
        await self.give(TestTurn(advance=f"PT{max(1, int(by.total_seconds()))}S"))

    async def _to_morning(self) -> None:
        trial = await self._ready()
        now = trial.player.now.astimezone(ZoneInfo(self._zone))
        morning = datetime.combine(now.date() + timedelta(days=1), time(9), now.tzinfo)
        await self._pass(morning - now)

    async def _to_timer(self) -> None:
        trial = await self._ready()
        due = trial.player.next_timer
        if due is not None:
            await self._pass(due - trial.player.now)

    async def _custom(self) -> None:
        await self._pass(timedelta(minutes=float(self._minutes.value or 1)))


def _bare(turn: TestTurn) -> TestTurn:
    """The input without what was expected of it."""
    return msgspec.structs.replace(turn, expect=None, exits=None, vars=None, effects=None, state=None)


__all__ = ["Beat", "TryPane", "try_pane"]
