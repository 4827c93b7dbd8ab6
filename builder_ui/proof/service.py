"""The card of a service that the flow waits for: what it was asked, and with what one may answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import Tone, chip, pairs
from builder_ui.simulator.reasons import value
from builder_ui.texts import Texts
from engine.core.effects import Call
from engine.services.tryout import READING, Sample

_TONES: dict[str, Tone] = {
    "ready": "info",
    "test": "plain",
    "conversation": "plain",
    "live": "good",
    "fault": "bad",
}


class ServiceCard:
    """Draws into its own slot; hidden while nothing is waited for."""

    def __init__(
        self,
        t: Texts,
        answer: Callable[[Call, dict[str, Any]], Awaitable[object]],
        live: Callable[[Call], Awaitable[object]] | None,
    ) -> None:
        """`live` None: whoever is here may not make the company's services do something."""
        self._t, self._answer, self._live = t, answer, live
        self._place = node("section", "try-service", aria_live="polite")
        self._place.set_visibility(False)

    def hide(self) -> None:
        self._place.set_visibility(False)
        self._place.clear()

    def show(self, call: Call, samples: list[Sample]) -> None:
        t = self._t
        self._place.clear()
        self._place.set_visibility(True)
        with self._place:
            with node("div", "card-head"):
                ui.icon("sync_alt").props("aria-hidden=true")
                service = t.known("proof.service", call.service)
                asked = t.known("proof.operation", call.operation)
                word("h3", t("proof.try.waiting", service=service, operation=asked))
            if call.args:
                with node("details", "more"):
                    word("summary", t("proof.try.asked_with"))
                    pairs([(name, value(v)) for name, v in call.args.items()])
            word("div", t("proof.try.answer_with"), "part")
            with node("div", "try-samples", role="group", aria_label=t("proof.try.answer_with")):
                for sample in samples:
                    self._sample(call, sample)
            with node("details", "more"):
                word("summary", t("proof.try.by_hand"))
                first: Any = next((s.value for s in samples if not s.error), {})
                self._text = ui.textarea(value=_pretty(first)).props("dense outlined autogrow")
                self._text.classes("try-json").props["aria-label"] = t("proof.try.by_hand")
                press(t("proof.try.answer"), lambda: self._by_hand(call), "primary small")
            ask = self._live
            if ask is not None:
                mark = "" if (call.service, call.operation) in READING else "careful"
                press(t("proof.try.live"), lambda: ask(call), f"ghost small {mark}", icon="bolt")

    def _sample(self, call: Call, sample: Sample) -> None:
        t = self._t
        title = t.known("proof.fault", sample.title) if sample.source == "fault" else sample.title
        shown = sample.error if sample.error else value(sample.value)
        with press("", lambda: self._answer(call, sample.answer), "try-sample", title=shown[:300]):
            chip(t(f"proof.source.{sample.source}"), _TONES[sample.source])
            word("span", title or shown, "try-sample-title")
            if title:
                word("span", shown, "try-sample-value")

    async def _by_hand(self, call: Call) -> None:
        try:
            found = msgspec.json.decode((self._text.value or "").encode())
        except msgspec.DecodeError as fault:
            ui.notify(self._t("proof.try.bad_json", detail=str(fault)), type="warning")
            return
        await self._answer(call, {"value": found})


def _pretty(found: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()
