"""The agent's own switch: there, pausing with a reason, or gone; and how much they serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from builder_ui.elements.native import node, word
from engine.core.errors import TramaError
from engine.services import agents
from engine.services.views import AgentRow
from engine.services.views import Presence as State

if TYPE_CHECKING:
    from builder_ui.inbox.inbox import Inbox

REASONS = ("break", "lunch", "training", "meeting", "other")


class Presence:
    def __init__(self, desk: Inbox) -> None:
        self.desk = desk
        t = desk.t
        with node("button", "ib-presence", type="button", aria_haspopup="menu") as self._button:
            self._dot = node("span", "ib-dot")
            self._name = word("span", "", "ib-presence-name")
            self._load = word("span", "", "ib-presence-load")
            ui.icon("expand_more").props("aria-hidden=true")
            with ui.menu().props("auto-close") as menu:
                menu.props["aria-label"] = t("ib.presence")
                ui.menu_item(t("ib.state.online"), lambda: self.set("online"))
                for reason in REASONS:
                    ui.menu_item(
                        t("ib.pause", reason=t(f"ib.reason.{reason}")),
                        lambda r=reason: self.set("paused", t(f"ib.reason.{r}")),
                    )
                ui.menu_item(t("ib.state.offline"), lambda: self.set("offline"))

    async def refresh(self) -> None:
        desk = self.desk
        try:
            self._show(await agents.mine(desk.rt, desk.tenant, desk.person))
        except TramaError as fault:
            # who may look here but serves nobody (a role of one's own) has no switch
            if fault.code != "agent:unknown":
                raise
            self._button.set_visibility(False)

    async def set(self, state: State, reason: str = "") -> None:
        desk = self.desk
        try:
            self._show(await agents.set_state(desk.rt, desk.tenant, desk.person, state, reason=reason))
        except TramaError as fault:
            desk.refuse(fault.code)

    def _show(self, row: AgentRow) -> None:
        t = self.desk.t
        name = row.reason if row.state == "paused" and row.reason else t(f"ib.state.{row.state}")
        self._dot.classes(replace=f"ib-dot {row.state}")
        self._name.text = name
        self._load.text = f"{row.serving}/{row.most}" if row.most else str(row.serving)
        label = t("ib.presence_is", state=name, n=row.serving)
        self._button.props["aria-label"] = label
        self._button.props["title"] = label
        self._button.update()
