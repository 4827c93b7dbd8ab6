"""What both the trial and the tests need: the draft among the company's other flows, as they are live."""

from __future__ import annotations

from builder_ui.editor.desk import Desk
from engine.services import flows
from engine.services.flow_checks import Checker


class Bench:
    """The service keeps the checker until a flow is published, so asking is cheap."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def checker(self) -> Checker:
        return await flows.checker(self._desk.rt, self._desk.principal.tenant)
