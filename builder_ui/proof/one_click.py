"""The button beside a conversation, wherever one is shown: it becomes a test of the flow that it went through."""

from __future__ import annotations

from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.proof.record import refusal
from builder_ui.texts import Texts
from engine.core.errors import TramaError
from engine.services import recording
from engine.services.editing import Author
from engine.services.people import Principal
from engine.services.recording import Filed
from engine.services.runtime import Runtime


class OneClick:
    """Into the slot where it is made. Nothing is shown to somebody who may not change flows."""

    def __init__(self, rt: Runtime, principal: Principal, t: Texts, conversation: int) -> None:
        self._rt, self._principal, self._t, self._conversation = rt, principal, t, conversation
        if principal.may("flows:write"):
            with node("div", "one-click") as self._root:
                press(t("proof.walk.to_test"), self._keep, "ghost small", icon="science")

    async def _keep(self) -> None:
        t, who = self._t, self._principal
        author = Author(person=who.person, name=who.name)
        with self._root:
            try:
                filed = await recording.keep(
                    self._rt,
                    who.tenant,
                    self._conversation,
                    author,
                    name=t("proof.try.default_name", date=f"#{self._conversation}"),
                    words=t("proof.try.to_test"),
                )
            except TramaError as fault:
                ui.notify(refusal(t, fault), type="warning")
                return
            self._told(filed)

    def _told(self, filed: Filed) -> None:
        """Where it is now, and what one should know of it."""
        t = self._t
        with ui.dialog(value=True), node("div", "proof-dialog", role="document"):
            word("h2", t("proof.try.test_saved", name=filed.name))
            with node("ul", "record-notes"):
                for note in filed.notes:
                    word("li", t(f"proof.note.{note.kind}", **note.about))
            with node("div", "proof-actions"), node("a", "btn primary", href=f"/flows/{filed.flow}"):
                word("span", t("proof.record.open_flow"))
