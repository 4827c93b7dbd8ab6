"""The panel of faults: what a presenter can break, and what is broken now."""

from __future__ import annotations

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from builder_ui.elements.native import node, press, word
from builder_ui.simulator.visitor import Visitor
from builder_ui.texts import Texts
from engine.services.demo import Demo

ERP = ("", "down", "slow", "wrong")
ONCE: tuple[tuple[str, int | str], ...] = (("pair", 131056), ("server", 131000), ("timeout", "timeout"))


class Faults:
    """Of the ERP; with a `visitor` also of the network between WhatsApp and us."""

    def __init__(self, demo: Demo, visitor: Visitor | None, t: Texts) -> None:
        self._demo, self._visitor, self._t = demo, visitor, t
        with node("section", "card"):
            with node("div", "card-head"):
                word("h2", t("faults.erp"))
            self._erp = ui.radio(
                {mode: t(f"faults.erp_{mode or 'well'}") for mode in ERP}, value="", on_change=self._set_erp
            )
            self._erp.props["aria-label"] = t("faults.erp")
            word("p", t("faults.erp_more"), "quiet")
        if visitor is not None:
            self._network(visitor)

    def _network(self, visitor: Visitor) -> None:
        with node("section", "card"):
            with node("div", "card-head"):
                word("h2", self._t("faults.webhooks"))
            self._twice = ui.switch(
                self._t("faults.twice"), on_change=lambda e: setattr(visitor, "twice", bool(e.value))
            )
            self._shuffled = ui.switch(
                self._t("faults.shuffled"), on_change=lambda e: visitor.shuffle(bool(e.value))
            )
            self._twice.props["aria-label"] = self._t("faults.twice")
            self._shuffled.props["aria-label"] = self._t("faults.shuffled")
        with node("section", "card"):
            with node("div", "card-head"):
                word("h2", self._t("faults.graph"))
            word("p", self._t("faults.graph_more"), "quiet")
            with node("div", "choices"):
                for name, error in ONCE:
                    self._once(visitor, name, error)
            self._planned = word("p", "", "quiet")
        self.refresh()

    def refresh(self) -> None:
        """Tell what is still to go wrong."""
        if self._visitor is not None:
            planned = self._visitor.planned
            self._planned.text = self._t("faults.planned", what=", ".join(planned)) if planned else ""

    def forgive(self) -> None:
        """Everything works again."""
        self._demo.erp.fault("")
        self._erp.value = ""
        if self._visitor is not None:
            self._visitor.forgive()
            self._twice.value, self._shuffled.value = False, False
            self.refresh()

    def _once(self, visitor: Visitor, name: str, error: int | str) -> None:
        def plan() -> None:
            visitor.fail_next(error)
            self.refresh()

        press(self._t(f"faults.{name}"), plan, "choice", icon="bolt")

    def _set_erp(self, event: ValueChangeEventArguments[str]) -> None:
        match event.value:
            case "" | "down" | "slow" | "wrong" as mode:
                self._demo.erp.fault(mode)
