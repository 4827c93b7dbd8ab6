"""Who talks in a trial: the channel, and a real contact or a made-up one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from nicegui import ui

from builder_ui.editor.desk import Desk
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import chip
from builder_ui.proof.words import channel_words
from engine.services import contacts, tryout
from engine.services.views import ContactRow

FOUND = 8


class People:
    """`channel`, `contact` (id) and `made_up` are the choice; `begin` is called when it was made."""

    def __init__(self, desk: Desk, begin: Callable[[], Awaitable[object]]) -> None:
        self._desk, self._t, self._begin = desk, desk.t, begin
        kinds = tryout.kinds()
        self.channel = "whatsapp_cloud" if "whatsapp_cloud" in kinds else kinds[0]
        self.contact: int | None = None
        self.made_up: dict[str, Any] = {"name": "Ana Lima", "phone": "5511955550000", "cpf": ""}
        t = desk.t
        with node("details", "try-who") as self._fold:
            with node("summary", "try-who-head"):
                ui.icon("person").props("aria-hidden=true")
                self._name = word("span", "", "try-who-name")
                self._on = word("span", "", "quiet")
            with node("div", "try-who-body"):
                self._kind = ui.select(
                    {k: channel_words(t, k) for k in kinds}, value=self.channel, label=t("proof.try.channel")
                ).props("dense outlined options-dense")
                self._words = ui.input(label=t("proof.try.find")).props(
                    "dense outlined clearable debounce=300"
                )
                self._words.on_value_change(self._search)
                self._results = node("div", "try-found", role="group", aria_label=t("proof.try.find"))
                word("div", t("proof.try.made_up"), "part")
                with node("div", "try-made-up"):
                    self._fields = {
                        name: ui.input(
                            label=t(f"proof.try.{name}"), value=str(self.made_up.get(name, ""))
                        ).props("dense outlined")
                        for name in ("name", "phone", "cpf", "tags")
                    }
                    self._json = ui.input(label=t("proof.try.fields"), value="").props("dense outlined")
                press(t("proof.try.apply"), self._apply, "primary small")
        self._show()

    def take(self, channel: str, contact: int | None, made_up: dict[str, Any]) -> None:
        """A choice that was made before."""
        if channel in tryout.kinds():
            self.channel = channel
        self.contact, self.made_up = contact, made_up
        self._kind.value = self.channel
        for name, line in self._fields.items():
            found = made_up.get(name, "")
            line.value = ", ".join(found) if isinstance(found, list) else str(found)
        self._json.value = msgspec.json.encode(made_up["fields"]).decode() if made_up.get("fields") else ""
        self._show()

    def named(self, name: str) -> None:
        """The name of the contact that is talking."""
        self._name.text = name or self._t("proof.try.made_up")

    def _show(self) -> None:
        self._name.text = str(self.made_up.get("name") or self._t("proof.try.made_up"))
        self._on.text = channel_words(self._t, self.channel)

    async def _search(self) -> None:
        words = (self._words.value or "").strip()
        self._results.clear()
        if len(words) < 2:
            return
        desk = self._desk
        found = await contacts.contacts(desk.rt, desk.principal.tenant, words=words, limit=FOUND)
        self._results.clear()
        with self._results:
            if not found:
                word("p", self._t("proof.try.find_none"), "quiet")
            for row in found:
                self._result(row)

    def _result(self, row: ContactRow) -> None:
        with press("", lambda: self._pick(row), "try-sample"):
            word("span", row.name or row.phone or str(row.id), "try-sample-title")
            word("span", row.phone or row.email, "try-sample-value")
            for tag in row.tags[:3]:
                chip(tag, "info")

    async def _pick(self, row: ContactRow) -> None:
        self.contact, self.made_up, self.channel = row.id, {}, str(self._kind.value)
        self._show()
        self._name.text = row.name or row.phone
        self._close()
        await self._begin()

    async def _apply(self) -> None:
        given: dict[str, Any] = {n: (f.value or "").strip() for n, f in self._fields.items()}
        given["tags"] = [tag.strip() for tag in given["tags"].split(",") if tag.strip()]
        try:
            given["fields"] = msgspec.json.decode((self._json.value or "{}").encode(), type=dict[str, Any])
        except msgspec.MsgspecError as fault:
            ui.notify(self._t("proof.try.bad_json", detail=str(fault)), type="warning")
            return
        self.contact, self.made_up, self.channel = None, given, str(self._kind.value)
        self._show()
        self._close()
        await self._begin()

    def _close(self) -> None:
        self._fold.run_method("removeAttribute", "open")
