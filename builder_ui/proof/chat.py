"""The conversation of a trial, input by input: bubbles as the channel draws them, and below each turn its steps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from nicegui import ui
from nicegui.element import Element

from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import TONES, chip, empty
from builder_ui.proof.compared import input_words
from builder_ui.proof.said import heard, offered, spoken
from builder_ui.proof.starts import Start
from builder_ui.proof.steps import draw_steps
from builder_ui.proof.words import Names
from builder_ui.simulator import bubbles
from builder_ui.simulator.bubbles import Hands, list_row
from builder_ui.simulator.transcript import Bubble, Option
from builder_ui.texts import Texts
from engine.core.effects import Call, HandOver, MarkRead, Send, StartTimer
from engine.core.flow import Flow, TestTurn
from engine.core.trace import Step
from engine.core.tryout import Beat

_QUIET = (Send, StartTimer, MarkRead, Call, HandOver)
_ICONS = {"event": "bolt", "call": "account_tree", "advance": "schedule", "answer": "sync_alt"}


@dataclass(frozen=True)
class Reins:
    """What the chat asks of the pane."""

    press: Callable[[str], Awaitable[object]]
    """A button's or row's id."""
    back: Callable[[int], object]
    """To after this input (0: the beginning)."""
    go: Callable[[str], object]
    point: Callable[[str], object]
    flow_of: Callable[[Step], Flow | None]
    starts: Callable[[], list[Start]]
    start: Callable[[Start], Awaitable[object]]


class Chat:
    def __init__(self, t: Texts, flow: str, reins: Reins) -> None:
        self._t, self._flow, self._reins = t, flow, reins
        self._titles: dict[str, str] = {}
        self._last: Element | None = None
        self.unfold = False
        self._hands = Hands(choose=self._choose, open=self._open, quote=_nothing, react=_nothing)
        with node("div", "try-chat-place"):
            with node(
                "div",
                "chat try-chat",
                tabindex=0,
                role="log",
                aria_live="polite",
                aria_label=t("proof.try.title"),
            ):
                self._list = node("div", "chat-inner")
            self._sheet = node("div", "sheet")
            self._sheet.on("keydown.escape", self._close, args=[])
            self._sheet.set_visibility(False)
        self.clear()

    def clear(self) -> None:
        self._titles, self._last = {}, None
        self._close()
        self._list.clear()
        with self._list:
            self._hint = node("div", "try-hint")
            with self._hint:
                empty("forum", self._t("proof.try.empty"), self._t("proof.try.empty_more"))
                with node("div", "try-starts", role="group", aria_label=self._t("proof.try.start")):
                    for start in self._reins.starts():
                        self._start(start)

    def add(self, beat: Beat, before: datetime, zone: str) -> None:
        """One more input and what it led to."""
        t = self._t
        self._hint.set_visibility(False)
        if self._last is not None:
            self._last.props.pop("open", None)
            self._last.update()
        with self._list, node("div", "beat", data_beat=beat.id):
            self._input(beat, before, zone)
            for n, content in enumerate(beat.answer.messages):
                bubble = spoken(content, f"{beat.id}-{n}", beat.at)
                with node("div", "line theirs"):
                    bubbles.draw(bubble, None, self._hands, t)
            self._titles |= offered(beat.answer.messages)
            self._notes(beat)
            self._why(beat)

    def _start(self, start: Start) -> None:
        press(start.title, lambda: self._reins.start(start), "fix", icon="play_arrow")

    def _input(self, beat: Beat, before: datetime, zone: str) -> None:
        t, turn = self._t, beat.turn
        bubble = heard(turn, f"{beat.id}", beat.at, self._titles, t)
        with node("div", "beat-input"):
            label = t("proof.try.back")
            press("", lambda: self._reins.back(beat.after), "tiny back", icon="undo", label=label)
            if bubble is not None:
                with node("div", "line mine"):
                    bubbles.draw(bubble, None, self._hands, t)
            else:
                icon = next((i for name, i in _ICONS.items() if getattr(turn, name) is not None), "bolt")
                with node("div", "beat-event"):
                    ui.icon(icon).props("aria-hidden=true")
                    word("span", event_words(turn, before, beat.at, zone, t))

    def _notes(self, beat: Beat) -> None:
        t, answer = self._t, beat.answer
        for effect in answer.effects:
            if isinstance(effect, HandOver):
                queue = t("proof.try.queue", name=effect.queue) if effect.queue else ""
                word("div", t("proof.try.person", queue=queue), "beat-note")
        if answer.error:
            word("div", error_words(answer.error, t), "beat-note bad")
        if answer.traces and answer.traces[-1].outcome == "unmatched":
            with node("div", "beat-note"):
                word("div", t("proof.try.unmatched"))
                self._start(self._reins.starts()[-1])

    def _why(self, beat: Beat) -> None:
        t, answer = self._t, beat.answer
        steps = [s for trace in answer.traces for s in trace.steps]
        if not steps:
            return
        others = [e for e in answer.effects if not isinstance(e, _QUIET)]
        self._last = node("details", "more beat-why", open=self.unfold)
        with self._last:
            with node("summary", "beat-why-head"):
                word("span", " → ".join(self._trail(steps)), "beat-trail")
                state = f"waits.{beat.waits}" if beat.waits else answer.state
                chip(t(f"proof.try.state.{state}"), TONES.get(answer.state, "plain"))
            draw_steps(
                steps, self._reins.flow_of, t, here=self._flow, go=self._reins.go, point=self._reins.point
            )
            if others:
                names = ", ".join(t.known("proof.effect", str(e.__struct_config__.tag)) for e in others)
                word("div", f"{t('proof.try.effects')}: {names}", "why")

    def _trail(self, steps: list[Step]) -> list[str]:
        """Titles of the steps of the flow on the canvas; of a called flow its name, once."""
        found: list[str] = []
        for step in steps:
            flow = self._reins.flow_of(step)
            if flow is None:
                title = step.node
            elif step.flow == self._flow:
                title = Names(flow.document, self._t).step(step.node)
            else:
                title = flow.document.name
            if not found or found[-1] != title:
                found.append(title)
        return found

    async def _choose(self, bubble: Bubble, option: Option, from_list: bool) -> None:
        self._close()
        await self._reins.press(option.id)

    def _open(self, bubble: Bubble) -> None:
        """The list of choices, from below."""
        self._sheet.clear()
        with self._sheet, node("div", "sheet-card", role="dialog", aria_label=bubble.opens):
            with node("div", "sheet-head"):
                press("", self._close, "round", icon="close", label=self._t("chat.close"))
                word("div", bubble.opens, "sheet-title")
            for title, rows in bubble.sections:
                if title:
                    word("div", title, "sheet-section")
                for row in rows:
                    list_row(row, partial(self._choose, bubble, row, True))
        self._sheet.set_visibility(True)

    def _close(self) -> None:
        self._sheet.set_visibility(False)


def error_words(error: str, t: Texts) -> str:
    """A failure of a step: its code in words where it has some, else as the engine says it."""
    code = error.split(" ", 1)[0].rstrip(":")
    said = t.known("proof.error", code)
    return error if said == code else said


def event_words(turn: TestTurn, before: datetime, after: datetime, zone: str, t: Texts) -> str:
    """What happened that is no message, in words."""
    if turn.advance is not None:
        seconds = int((after - before).total_seconds())
        clock = after.astimezone(ZoneInfo(zone)).strftime("%d/%m %H:%M")
        return f"{t('proof.try.passed', time=span(seconds))} · {clock}"
    if turn.event is not None:
        return t("proof.try.said_event", name=turn.event.get("name", ""))
    if turn.call is not None:
        return t("proof.try.said_call")
    return input_words(turn, t)


def span(seconds: int) -> str:
    """A stretch of time in its two largest units: `1 d 1 h`, `25 min`."""
    parts = (
        (seconds // 86_400, "d"),
        (seconds // 3_600 % 24, "h"),
        (seconds // 60 % 60, "min"),
        (seconds % 60, "s"),
    )
    return " ".join(f"{n} {unit}" for n, unit in [p for p in parts if p[0]][:2]) or "0 s"


def _nothing(bubble: Bubble) -> None:
    """A trial has no quotes and no reactions."""
