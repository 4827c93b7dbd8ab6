"""The panel of faults: what a presenter can break, and what is broken now."""

from __future__ import annotations

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from builder_ui.elements.native import node, press, word
from builder_ui.simulator.visitor import Visitor
from builder_ui.texts import Texts

ERP = ("", "down", "slow", "wrong")
ONCE: tuple[tuple[str, int | str], ...] = (("pair", 131056), ("server", 131000), ("timeout", "timeout"))


class Faults:
    def __init__(self, visitor: Visitor, t: Texts) -> None:
        self._visitor, self._t = visitor, t
        with node("section", "card"):
            with node("div", "card-head"):
                word("h2", t("faults.erp"))
            self._erp = ui.radio(
                {mode: t(f"faults.erp_{mode or 'well'}") for mode in ERP}, value="", on_change=self._set_erp
            )
            self._erp.props["aria-label"] = t("faults.erp")
            word("p", t("faults.erp_more"), "quiet")
        with node("section", "card"):
            with node("div", "card-head"):
                word("h2", t("faults.webhooks"))
            self._twice = ui.switch(t("faults.twice"), on_change=self._set_twice)
            self._shuffled = ui.switch(t("faults.shuffled"), on_change=self._set_shuffled)
            self._twice.props["aria-label"] = t("faults.twice")
            self._shuffled.props["aria-label"] = t("faults.shuffled")
        with node("section", "card"):
            with node("div", "card-head"):
                word("h2", t("faults.graph"))
            word("p", t("faults.graph_more"), "quiet")
            with node("div", "choices"):
                for name, error in ONCE:
                    self._once(name, error)
            self._planned = word("p", "", "quiet")
        self.refresh()

    def refresh(self) -> None:
        planned = self._visitor.planned
        self._planned.text = self._t("faults.planned", what=", ".join(planned)) if planned else ""

    def forgive(self) -> None:
        """Everything works again."""
        self._visitor.forgive()
        self._visitor.demo.erp.fault("")
        self._erp.value, self._twice.value, self._shuffled.value = "", False, False
        self.refresh()

    def _once(self, name: str, error: int | str) -> None:
        def plan() -> None:
            self._visitor.fail_next(error)
            self.refresh()

        press(self._t(f"faults.{name}"), plan, "choice", icon="bolt")

    def _set_erp(self, event: ValueChangeEventArguments[str]) -> None:
        match event.value:
            case "" | "down" | "slow" | "wrong" as mode:
                self._visitor.demo.erp.fault(mode)

    def _set_twice(self, event: ValueChangeEventArguments[bool | None]) -> None:
        self._visitor.twice = bool(event.value)

    def _set_shuffled(self, event: ValueChangeEventArguments[bool | None]) -> None:
        self._visitor.shuffle(bool(event.value))
