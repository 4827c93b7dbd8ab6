"""One page of the builder: its parts, and what goes on between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import background_tasks, ui
from nicegui.element import Element

from builder_ui.canvas.element import Canvas
from builder_ui.editor import asks
from builder_ui.editor.answers import PANELS, Answers
from builder_ui.editor.board import Board
from builder_ui.editor.desk import Change
from builder_ui.editor.inserter import After, Inserter, Place
from builder_ui.editor.keep import Keep
from builder_ui.editor.marks import Marks, marks
from builder_ui.editor.panels import Panel, Panels
from builder_ui.editor.sides import Sides
from builder_ui.editor.step import StepPanel
from builder_ui.editor.together import Together
from builder_ui.editor.topbar import Topbar
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import Tone, empty
from builder_ui.outline.help import Help
from builder_ui.outline.outline import Outline
from builder_ui.outline.palette import CommandPalette
from builder_ui.outline.search import Search
from builder_ui.proof.problems import problems_panel
from builder_ui.proof.tests import tests_panel
from builder_ui.proof.tryit import TryPane, try_pane
from builder_ui.versions.live import Live, live_panel
from builder_ui.versions.publish import Publishing
from builder_ui.versions.versions import versions_panel
from engine.core.flow import FlowTest
from engine.core.node import Problem

FRESH = ("step", "versions")
"""Panels that are drawn anew each time that they are opened."""


class Editor:
    """Bar above, blocks or outline at the left, canvas in the middle, one panel at the right."""

    def __init__(self, board: Board, *, live: int | None) -> None:
        self.board, self.t = board, board.t
        self.together = Together(board)
        self.inserter = Inserter(board.t, self._insert)
        self.publishing = Publishing(board, on_live=self._went_live)
        self.help = Help(board.t)
        self.search = Search(board)
        self.figures: Live | None = None
        self._tried: TryPane | None = None
        self._marks: Marks | None = None
        self._empty_words: list[Element] = []
        answers = Answers(self)
        with node("div", "editor"):
            keep = Keep(board, lambda: self.panels.open("step"))
            self._step = StepPanel(board, self.together, keep, self._step_again)
            self.topbar = Topbar(
                board,
                self.together,
                live=live,
                publish=self.publishing.open,
                try_it=self._try,
                help_=self.help.open,
                fold=lambda side: self.sides.fold(side),
            )
            self.sides = Sides(board.t, self.topbar.folded)
            with self.sides.body:
                self.sides.draw_left(self.pick, self._outline)
                with node("section", "editor-canvas", aria_label=board.t("editor.canvas")):
                    self.canvas = Canvas(
                        f"/flows/{board.flow_id}/graph.json", t=board.t, editable=board.editable
                    )
                    self._teach("editor.empty-more")
                    self._viewing = node("div", "canvas-viewing", role="status")
                    self._viewing.set_visibility(False)
                draws = self._draws()
                self.panels = Panels(
                    board.t, [Panel(n, icon, draws[n], fresh=n in FRESH) for n, icon in PANELS], "step"
                )
        board.canvas = self.canvas
        self.commands = CommandPalette(board.t, answers.everything)
        self._wire(answers)
        board.check_soon()

    def _draws(self) -> dict[str, Callable[[], object]]:
        board = self.board

        def figures() -> None:
            self.figures = live_panel(board)

        def trial() -> None:
            self._tried = try_pane(board)

        return {
            "step": self._step.draw,
            "try": trial,
            "problems": lambda: problems_panel(board),
            "tests": lambda: tests_panel(board, open_in_try=self._open_test),
            "versions": lambda: versions_panel(board, on_live=self._went_live),
            "live": figures,
        }

    def _outline(self) -> Callable[[], object]:
        self._teach("editor.empty-script")
        outline = Outline(
            self.board,
            insert=self.inserter.open,
            open_step=lambda: self.panels.open("step"),
            help_=lambda: self.help.open(),
        )
        return outline.show

    def _teach(self, more: str) -> None:
        """What an empty canvas, or an empty outline, says."""
        t = self.t
        with node("div", "canvas-empty") as told:
            empty("account_tree", t("editor.empty"), t(more))
            press(t("editor.first"), lambda: self.inserter.open(None, None), "primary", icon="add")
        told.set_visibility(not self.board.document.nodes)
        self._empty_words.append(told)

    def _wire(self, answers: Answers) -> None:
        board, canvas = self.board, self.canvas
        canvas.on_command(answers.command)
        canvas.on_ask(answers.ask)
        canvas.on_select(board.selected_on_canvas)
        board.on_select(self._selected)
        board.on_change(self._changed)
        board.on_problems(self._problems)
        board.on_view(self._viewed)
        self.together.start()
        ui.on("trama-key", answers.key)
        self.panels.on_open(self._opened)
        # a phone shows the outline in the canvas's place
        ui.run_javascript("window.tramaNarrow?.()")
        client = ui.context.client
        client.on_connect(board.refresh)
        client.on_delete(self._closed)

    def _closed(self) -> None:
        self.together.stop()
        self.board.close()

    def _opened(self, panel: str) -> None:
        self.sides.unfold("right")
        if self._tried is not None:
            # the way of the trial is drawn while one looks at the trial
            self._tried.shown(panel == "try")

    def _viewed(self, version: int | None) -> None:
        """An old version looks like the draft: it is said above it that it is not."""
        self._viewing.clear()
        self._viewing.set_visibility(version is not None)
        if version is None:
            return

        def back() -> None:
            self.board.paint("diff", None)
            self.board.view(None)

        with self._viewing:
            word("span", self.t("versions.looking", n=version))
            press(self.t("versions.back"), back, "ghost small", icon="undo")

    def _step_again(self) -> None:
        if self.panels.current == "step":
            self.panels.open("step")

    def _try(self) -> None:
        self.panels.open("try")
        ui.run_javascript("window.tramaReveal?.('.panel')")

    async def _open_test(self, test: FlowTest, turn: int) -> None:
        """A test in the pane where one can go on from any of its turns."""
        self.panels.open("try")
        if self._tried is not None:
            await self._tried.load(test, turn)

    async def pick(self, kind: str) -> None:
        """A block was taken from the palette without a place."""
        await asks.insert(self.board, kind)

    async def _insert(self, kind: str, at: Place, after: After) -> None:
        if await asks.insert(self.board, kind, at, after) is not None:
            self.panels.open("step")

    def _selected(self, ids: tuple[str, ...]) -> None:
        """Beside the live figures a step is selected to see the people behind its figure."""
        if self.panels.current == "live" and self.figures is not None and len(ids) == 1:
            background_tasks.create(self.figures.show(ids[0], None), name="people of a step")

    def _changed(self, change: Change) -> None:
        for told in self._empty_words:
            told.set_visibility(not self.board.document.nodes)

    def _problems(self, found: Sequence[Problem]) -> None:
        shown = marks(self.board.document, found, self.t)
        if shown != self._marks:
            self._marks = shown
            self.canvas.marks(shown)
        errors = sum(p.severity == "error" for p in found)
        warnings = sum(p.severity == "warning" for p in found)
        tone: Tone = "bad" if errors else "warn" if warnings else "plain"
        # a flow that nobody has begun has no faults yet that anybody made
        count = (errors or warnings) if self.board.document.nodes else 0
        self.panels.count("problems", str(count or ""), tone)

    def _went_live(self, version: int | None) -> None:
        self.topbar.live(version)
