"""A conversation that took place, turn by turn, on the canvas: the way through the version on which it ran, with what
was said, the values that rules read and the exits that were taken.
"""

from __future__ import annotations

from collections.abc import Callable

from builder_ui.editor.desk import Desk
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import TONES, chip, empty
from builder_ui.elements.text import formatted
from builder_ui.proof.record import record_test
from builder_ui.proof.steps import draw_steps
from builder_ui.simulator import reasons
from builder_ui.simulator.bubbles import ZONE
from engine.core.errors import TramaError
from engine.core.flow import Flow
from engine.core.trace import Step
from engine.core.tryout import drawn
from engine.nodes import open_flow
from engine.services import conversations, flows, traces
from engine.services.views import MessageRow, TraceRow

TURNS = 200


def walk_pane(
    desk: Desk,
    conversation: int,
    *,
    on_version: Callable[[int], object] | None = None,
    on_close: Callable[[], object] | None = None,
) -> Walk:
    """Call `await load()` once the page is there. `on_version` hears on which version of this flow the turn ran that is
    looked at, so that the page can show that one."""
    return Walk(desk, conversation, on_version, on_close)


class Walk:
    """Into the slot where it is made. Arrow keys go from turn to turn while it has the focus."""

    def __init__(
        self,
        desk: Desk,
        conversation: int,
        on_version: Callable[[int], object] | None,
        on_close: Callable[[], object] | None,
    ) -> None:
        self._desk, self._t, self._conversation = desk, desk.t, conversation
        self._on_version, self._on_close = on_version, on_close
        self._rows: list[TraceRow] = []
        self._said: list[MessageRow] = []
        self._flows: dict[tuple[str, int], Flow | None] = {}
        self._at = 0
        t = desk.t
        with node("section", "proof walk", aria_label=t("proof.walk.title"), tabindex=0) as root:
            root.on("keydown.left", self.previous, args=[])
            root.on("keydown.right", self.next, args=[])
            with node("div", "walk-bar"):
                press("", self.previous, "round small", icon="chevron_left", label=t("proof.walk.previous"))
                press("", self.next, "round small", icon="chevron_right", label=t("proof.walk.next"))
                self._where = word("span", "", "walk-where", role="status")
                press(t("proof.walk.to_test"), self._record, "ghost small", icon="science")
                if on_close is not None:
                    press("", self._close, "round small", icon="close", label=t("proof.walk.close"))
            self._place = node("div", "proof-scroll")
        self._root = root

    async def load(self) -> None:
        """Read the turns, and stand at the last one that went through this flow."""
        rt, tenant, t = self._desk.rt, self._desk.principal.tenant, self._t
        try:
            found = await traces.traces(rt, tenant, self._conversation, limit=TURNS)
            self._said = await conversations.messages(rt, tenant, self._conversation, limit=TURNS)
        except TramaError:
            found = []
        self._rows = [row for row in reversed(found) if row.trace.steps or row.trace.note]
        if not self._rows:
            with self._place:
                empty("search_off", t("proof.walk.none"))
            return
        for step in {(s.flow, s.version) for row in self._rows for s in row.trace.steps}:
            await self._read(*step)
        here = [n for n, row in enumerate(self._rows) if self._mine(row)]
        self._at = here[-1] if here else len(self._rows) - 1
        self._show()

    async def previous(self) -> None:
        self._to(self._at - 1)

    async def next(self) -> None:
        self._to(self._at + 1)

    def _to(self, at: int) -> None:
        if self._rows and 0 <= at < len(self._rows):
            self._at = at
            self._show()

    def _mine(self, row: TraceRow) -> list[Step]:
        return [s for s in row.trace.steps if s.flow == self._desk.document.id]

    async def _read(self, ident: str, version: int) -> None:
        desk = self._desk
        try:
            document = await flows.version(desk.rt, desk.principal.tenant, ident, version)
            self._flows[(ident, version)] = open_flow(document, version)
        except TramaError:
            # a version that cannot be read any more: its steps are shown by their ids
            self._flows[(ident, version)] = None

    def _flow_of(self, step: Step) -> Flow | None:
        return self._flows.get((step.flow, step.version))

    def _show(self) -> None:
        t, row = self._t, self._rows[self._at]
        mine = self._mine(row)
        where = t("proof.walk.turn", n=self._at + 1, all=len(self._rows))
        if mine:
            where += f" · {t('proof.walk.version', n=mine[0].version)}"
            if self._on_version is not None:
                self._on_version(mine[0].version)
        self._where.text = where
        self._point("")
        self._place.clear()
        with self._place, node("div", "walk-turn"):
            with node("header", "turn-head"):
                word("span", t.known("event", row.event.get("type", row.kind)), "turn-kind")
                chip(t.known("outcome", row.outcome), TONES.get(row.outcome, "plain"))
                word("time", row.at.astimezone(ZONE).strftime("%d/%m %H:%M:%S"), "turn-time")
            cause = reasons.cause(row.event)
            if cause:
                word("div", cause, "turn-cause")
            if row.trace.note:
                word("div", row.trace.note, "turn-note")
            if row.trace.steps and not mine:
                flow = self._flow_of(row.trace.steps[0])
                name = flow.document.name if flow is not None else row.trace.steps[0].flow
                word("div", t("proof.walk.elsewhere", flow=name), "turn-note")
            draw_steps(
                row.trace.steps, self._flow_of, t, here=self._desk.document.id, go=self._go, point=self._point
            )
            said = [m for m in reversed(self._said) if m.direction == "out" and m.created_at == row.at]
            if said:
                word("div", t("proof.walk.said"), "part")
                for message in said:
                    with node("div", "bubble theirs walk-said"):
                        formatted(message.text)

    def _point(self, ident: str) -> None:
        mine = self._mine(self._rows[self._at]) if self._rows else []
        path = drawn(mine, self._desk.document.id)
        if ident:
            path["now"] = ident
        self._desk.paint("path", path if mine else None)

    def _go(self, ident: str) -> None:
        self._desk.select([ident])

    async def _record(self) -> None:
        with self._root:
            await record_test(self._desk, self._conversation)

    def _close(self) -> None:
        self._desk.paint("path", None)
        if self._on_close is not None:
            self._on_close()
