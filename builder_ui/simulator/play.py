"""The scripted plays: a list of steps that the product plays by itself, at the pace of somebody who reads along."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from nicegui import background_tasks, ui

from builder_ui.elements.native import node, press, word
from builder_ui.simulator.phone import Phone
from builder_ui.simulator.transcript import Bubble, Option
from builder_ui.simulator.visitor import Visitor
from builder_ui.texts import Texts

READ_SECONDS, READ_PER_CHARACTER, READ_MOST = 1.2, 0.02, 5.0
ANSWER_SECONDS = 20.0


@dataclass(frozen=True)
class Step:
    """`does`: say the words, press the option of that title, or pay the open charge. `key` tells what to look at."""

    key: str
    does: Literal["say", "press", "pay"]
    words: str = ""


PLAYS: dict[str, tuple[Step, ...]] = {
    "maria": (
        Step("play.maria_cpf", "say", "111.111.111-11"),
        Step("play.maria_help", "say", "ajuda"),
        Step("play.maria_menu", "say", "menu"),
    ),
    "joao": (
        Step("play.joao_cpf", "say", "222.222.222-22"),
        Step("play.joao_negotiate", "press", "Negociar"),
        Step("play.joao_cash", "press", "À vista"),
        Step("play.joao_yes", "say", "sim"),
        Step("play.joao_pay", "pay"),
    ),
}


class Play:
    """`pay` pays the customer's open charge; `fresh` opens the books anew before a play begins."""

    def __init__(
        self,
        visitor: Visitor,
        phone: Phone,
        t: Texts,
        pay: Callable[[], Awaitable[bool]],
        fresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._visitor, self._phone, self._t, self._pay, self._fresh = visitor, phone, t, pay, fresh
        self._name, self._at = "", 0
        self._task: asyncio.Task[None] | None = None
        self._choose = node("div", "choices plays")
        with self._choose:
            for name in PLAYS:
                self._offer(name)
        self._place = node("div", "cards")

    def stop(self) -> None:
        """The automatic play ends where it stands."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _offer(self, name: str) -> None:
        press(self._t(f"play.{name}"), lambda: self._begin(name), "choice tall", icon="play_circle")

    async def _begin(self, name: str) -> None:
        self.stop()
        self._name, self._at = name, 0
        await self._fresh()
        self._draw()

    def _draw(self) -> None:
        t, steps = self._t, PLAYS[self._name]
        self._place.clear()
        with self._place, node("section", "card"):
            with node("div", "card-head"):
                word("h2", t(f"play.{self._name}"))
            with node("ol", "script"):
                for number, step in enumerate(steps):
                    state = "past" if number < self._at else "next" if number == self._at else ""
                    with node("li", state):
                        word("span", t(step.key))
                        if step.words:
                            word("span", step.words, "mono")
            with node("div", "choices"):
                if self._at < len(steps):
                    press(t("play.step"), self._step, "primary", icon="skip_next")
                    if self._task is None:
                        press(t("play.auto"), self._auto, "ghost", icon="play_arrow")
                    else:
                        press(t("play.pause"), self._pause, "ghost", icon="pause")
                else:
                    word("p", t("play.over"), "quiet")

    async def _step(self) -> None:
        steps = PLAYS[self._name]
        if self._at >= len(steps):
            return
        step = steps[self._at]
        if not await self._do(step):
            ui.notify(self._t("play.cannot", what=step.words), type="warning")
            return
        self._at += 1
        self._draw()

    async def _do(self, step: Step) -> bool:
        """Whether it could be done."""
        match step.does:
            case "say":
                await self._phone.send(step.words)
            case "press":
                found = self._option(step.words)
                if found is None:
                    return False
                await self._phone.act(self._visitor.chooses(*found))
            case "pay":
                return await self._pay()
        return True

    def _option(self, title: str) -> tuple[Bubble, Option, bool] | None:
        """The latest button or row of that title."""
        for bubble in reversed(list(self._visitor.transcript.bubbles.values())):
            for option in bubble.buttons:
                if option.title == title:
                    return bubble, option, False
            for _, rows in bubble.sections:
                for row in rows:
                    if row.title == title:
                        return bubble, row, True
        return None

    def _pause(self) -> None:
        self.stop()
        self._draw()

    def _auto(self) -> None:
        self._task = background_tasks.create(self._run(), name="scripted play", context=self._place)
        self._draw()

    async def _run(self) -> None:
        while self._at < len(PLAYS[self._name]):
            before = len(self._visitor.transcript.bubbles)
            at = self._at
            await self._step()
            if self._at == at:
                break
            await self._read(before + 1)
        self._task = None
        self._draw()

    async def _read(self, after: int) -> None:
        """Wait for the answers, then as long as somebody needs to read them."""
        quiet = 0.0
        waited = 0.0
        seen = after
        while waited < ANSWER_SECONDS and quiet < READ_SECONDS:
            await asyncio.sleep(0.2)
            waited += 0.2
            count = len(self._visitor.transcript.bubbles)
            quiet = 0.0 if count != seen or count <= after else quiet + 0.2
            seen = count
        fresh = list(self._visitor.transcript.bubbles.values())[after:]
        letters = sum(len(b.text) for b in fresh if b.kind != "pix")
        await asyncio.sleep(min(READ_MOST, letters * READ_PER_CHARACTER))
