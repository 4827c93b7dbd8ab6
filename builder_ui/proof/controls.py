"""What the hands do in a trial: write, send media, make something happen, and let time pass."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import msgspec
from nicegui import ui

from builder_ui.editor.desk import Desk
from builder_ui.elements.native import node, press, word
from builder_ui.proof.dialogs import ask_text
from builder_ui.proof.starts import Start, starts
from engine.core.flow import TestTurn

MEDIA: dict[str, dict[str, Any]] = {
    "image": {"kind": "image", "url": "https://example.com/foto.jpg", "mime": "image/jpeg"},
    "audio": {"kind": "audio", "url": "https://example.com/audio.ogg", "mime": "audio/ogg", "voice": True},
    "document": {"kind": "document", "url": "https://example.com/conta.pdf", "filename": "conta.pdf"},
}
PLACE = {"latitude": -23.55052, "longitude": -46.63331}


@dataclass(frozen=True)
class Standing:
    """The trial's clock in the company's zone, and when something happens by itself."""

    now: datetime
    due: datetime | None


class Controls:
    """Into the slot where it is made. `give` takes what was done, `stands` tells the clock."""

    def __init__(
        self,
        desk: Desk,
        give: Callable[[TestTurn], Awaitable[object]],
        stands: Callable[[], Awaitable[Standing]],
    ) -> None:
        self._desk, self._t, self._give, self._stands = desk, desk.t, give, stands
        with node("div", "try-controls") as self._root:
            self._clock()
            self._composer()

    def tell(self, now: datetime | None) -> None:
        self._time.text = now.strftime("%d/%m %H:%M") if now is not None else ""

    # -- time ---------------------------------------------------------------------------------------------------

    def _clock(self) -> None:
        t = self._t
        with node("div", "try-bar"):
            ui.icon("schedule").props("aria-hidden=true")
            self._time = word("span", "", "try-time", role="timer", aria_label=t("proof.try.clock"))
            press(t("proof.try.plus_hour"), self._leaper(timedelta(hours=1)), "ghost small")
            press(t("proof.try.plus_day"), self._leaper(timedelta(hours=25)), "ghost small")
            press(t("proof.try.tomorrow"), self._to_morning, "ghost small")
            with (
                press("", None, "round small", icon="more_horiz", label=t("proof.try.clock")),
                ui.menu(),
                node("div", "try-menu"),
            ):
                press(t("proof.try.next_timer"), self._to_timer, "menu-line", icon="alarm")
                self._minutes = ui.number(label=t("proof.try.custom"), value=30, min=1, max=525_600)
                self._minutes.props("dense outlined")
                press(t("proof.try.travel"), self._custom, "primary small")

    def _leaper(self, by: timedelta) -> Callable[[], Awaitable[None]]:
        async def leap() -> None:
            await self._pass(by)

        return leap

    async def _pass(self, by: timedelta) -> None:
        await self._give(TestTurn(advance=f"PT{max(1, int(by.total_seconds()))}S"))

    async def _to_morning(self) -> None:
        now = (await self._stands()).now
        day = now.date() if now.time() < time(9) else now.date() + timedelta(days=1)
        await self._pass(datetime.combine(day, time(9), now.tzinfo) - now)

    async def _to_timer(self) -> None:
        standing = await self._stands()
        if standing.due is None:
            ui.notify(self._t("proof.try.no_timer"))
            return
        await self._pass(standing.due - standing.now)

    async def _custom(self) -> None:
        await self._pass(timedelta(minutes=float(self._minutes.value or 1)))

    # -- saying and sending -------------------------------------------------------------------------------------

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

    def _typed(self) -> str:
        text, self._input.value = (self._input.value or "").strip(), ""
        return text

    async def _send(self) -> None:
        text = self._typed()
        if text:
            await self._give(TestTurn(text=text))

    def _sender(self, kind: str) -> Callable[[], Awaitable[None]]:
        async def send() -> None:
            caption = self._typed()
            media = MEDIA[kind] | ({"caption": caption} if caption and kind != "audio" else {})
            await self._give(TestTurn(media=media))

        return send

    async def _send_place(self) -> None:
        await self._give(TestTurn(location=PLACE))

    # -- making something happen --------------------------------------------------------------------------------

    def _list_starts(self) -> None:
        """Triggers may have changed since the menu was last open."""
        self._starts.clear()
        with self._starts:
            word("div", self._t("proof.try.start"), "part")
            for start in starts(self._desk.document, self._t):
                press(start.title, self._starter(start), "menu-line")

    def _starter(self, start: Start) -> Callable[[], Awaitable[None]]:
        async def begin() -> None:
            await self.start(start)

        return begin

    async def start(self, start: Start) -> None:
        """Begin in this way; an event asks for its data first."""
        turn = await self._with_data(start) if start.event else start.turn
        if turn is not None:
            await self._give(turn)

    async def _with_data(self, start: Start) -> TestTurn | None:
        """The event with the data that the person gives; None when they thought better of it."""
        t = self._t
        data = msgspec.json.encode((start.turn.event or {}).get("data", {})).decode()
        with self._root:
            typed = await ask_text(
                t, start.title, data, more=t("proof.try.event_data"), yes=t("proof.try.happens")
            )
            if typed is None:
                return None
            try:
                found = msgspec.json.decode(typed.encode(), type=dict[str, Any])
            except msgspec.MsgspecError as fault:
                ui.notify(t("proof.try.bad_json", detail=str(fault)), type="warning")
                return None
        return TestTurn(event={"name": start.event, "data": found})
