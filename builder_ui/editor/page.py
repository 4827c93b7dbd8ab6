"""The builder: `/flows/{id}`. Canvas in the middle, palette or outline at the left, one panel at the right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response
from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from builder_ui.canvas.element import Ask, Canvas, Sent
from builder_ui.editor import asks
from builder_ui.editor.board import Board
from builder_ui.editor.desk import Change
from builder_ui.editor.held import Held
from builder_ui.editor.inserter import Inserter
from builder_ui.editor.keep import Keep
from builder_ui.editor.marks import Marks, marks
from builder_ui.editor.palette import entries, palette
from builder_ui.editor.panels import Panel, Panels
from builder_ui.editor.together import Together
from builder_ui.editor.topbar import Deed, Topbar
from builder_ui.editor.views import graph
from builder_ui.elements.chooser import Choice
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import Tone, empty
from builder_ui.form.form import flow_settings, settings_form
from builder_ui.outline.help import Help
from builder_ui.outline.outline import Outline
from builder_ui.outline.palette import CommandPalette
from builder_ui.outline.search import Search
from builder_ui.proof.problems import problems_panel
from builder_ui.proof.tests import tests_panel
from builder_ui.proof.tryit import TryPane, try_pane
from builder_ui.shell import shell
from builder_ui.texts import Texts
from builder_ui.versions.live import Live, live_panel
from builder_ui.versions.publish import Publishing
from builder_ui.versions.versions import versions_panel
from builder_ui.visit import to_login, visit
from engine.core.edit.commands import read
from engine.core.errors import TramaError
from engine.core.flow import FlowTest
from engine.core.node import Problem
from engine.services import flows
from engine.services.demo import Demo
from engine.services.people import Principal
from engine.services.presence import Peer
from engine.services.runtime import Runtime

PANELS = (
    ("step", "tune"),
    ("try", "play_circle"),
    ("problems", "error_outline"),
    ("tests", "checklist"),
    ("versions", "history"),
    ("live", "insights"),
)


def register(rt: Runtime, demo: Demo | None) -> None:
    @ui.page("/flows/{flow_id}")
    async def editor(request: Request, flow_id: str) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        try:
            draft = await flows.flow(rt, seen.principal.tenant, flow_id)
        except TramaError as fault:
            if fault.code != "flow:unknown":
                raise
            with shell(seen, seen.t("flows.title"), demo=demo is not None):
                word("h1", seen.t("flows.title"), "unseen")
                empty("account_tree", seen.t("editor.no-flow"), seen.t("editor.no-flow-more"))
                with node("div", "centred"):
                    link = node("a", "btn ghost", href="/flows")
                    with link:
                        word("span", seen.t("editor.back"))
            return None
        board = Board(rt, seen.principal, seen.t, flow_id, draft.document, draft.row.draft_rev)
        with shell(seen, draft.document.name, demo=demo is not None, wide=True, slim=True):
            Editor(board, live=draft.row.live_version)
        return None


def serve_graphs(host: FastAPI, rt: Runtime) -> None:
    """`/flows/{id}/graph.json`: what the canvas draws; `?version=3` for a published version."""

    @host.get("/flows/{flow_id}/graph.json")
    async def graph_json(request: Request, flow_id: str, version: int = 0) -> Response:
        principal: Principal | None = request.scope.get("user")
        if principal is None or not principal.may("flows:read"):
            return Response(status_code=403)
        try:
            if version:
                document, rev = await flows.version(rt, principal.tenant, flow_id, version), 0
            else:
                draft = await flows.flow(rt, principal.tenant, flow_id)
                document, rev = draft.document, draft.row.draft_rev
        except TramaError as fault:
            return Response(msgspec.json.encode({"code": fault.code}), 404, media_type="application/json")
        body = msgspec.json.encode(graph(document, rev, visit(request).t))
        return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


class Editor:
    """The parts of one page and what goes on between them."""

    def __init__(self, board: Board, *, live: int | None) -> None:
        self.board, self.t = board, board.t
        self.together = Together(board)
        self.inserter = Inserter(board.t, self._insert)
        self.publishing = Publishing(board, on_live=self._went_live)
        self.help = Help(board.t)
        self.search = Search(board)
        self._form_of: tuple[str, ...] | None = None
        self._marks: Marks | None = None
        self._live: Live | None = None
        self._held = False
        self._folded: set[str] = set()
        self._empty_words: list[Element] = []
        self._tried: TryPane | None = None
        with node("div", "editor"):
            self.keep = Keep(board, lambda: self.panels.open("step"))
            self.topbar = Topbar(
                board,
                self.together,
                live=live,
                publish=self.publishing.open,
                try_it=self._try,
                help_=self.help.open,
                fold=self._fold,
            )
            with node("div", "editor-body") as self._body:
                self._left(board.t)
                with node("section", "editor-canvas", aria_label=board.t("editor.canvas")):
                    self.canvas = Canvas(
                        f"/flows/{board.flow_id}/graph.json", t=board.t, editable=board.editable
                    )
                    self._empty_words.append(self._teach(board.t, board.t("editor.empty-more")))
                self.panels = Panels(
                    board.t,
                    [Panel(n, icon, self._draws(n), fresh=n in ("step", "versions")) for n, icon in PANELS],
                    "step",
                )
        board.canvas = self.canvas
        self.commands = CommandPalette(board.t, self._everything)
        self._wire()
        board.check_soon()

    def _draws(self, name: str) -> Callable[[], object]:
        board = self.board
        parts: dict[str, Callable[[], object]] = {
            "step": self._draw_step,
            "try": self._draw_try,
            "problems": lambda: problems_panel(board),
            "tests": lambda: tests_panel(board, open_in_try=self._open_test),
            "versions": lambda: versions_panel(board, on_live=self._went_live),
            "live": self._draw_live,
        }
        return parts[name]

    def _try(self) -> None:
        self.panels.open("try")
        ui.run_javascript("window.tramaReveal?.('.panel')")

    def _draw_try(self) -> None:
        self._tried = try_pane(self.board)

    async def _open_test(self, test: FlowTest, turn: int) -> None:
        """A test in the pane where one can go on from any of its turns."""
        self.panels.open("try")
        if self._tried is not None:
            await self._tried.load(test, turn)

    def _draw_live(self) -> None:
        self._live = live_panel(self.board)

    def _left(self, t: Texts) -> None:
        with node("aside", "editor-left", aria_label=t("editor.left")):
            with node("div", "left-tabs", role="tablist"):
                self._left_tabs = {name: self._left_tab(name) for name in ("palette", "outline")}
            self._left_bodies: dict[str, Element] = {}
            with node("div", "left-body", role="tabpanel", aria_labelledby="left-palette") as body:
                self._left_bodies["palette"] = body
                palette(t, self._pick)
            with node(
                "div", "left-body outline-body", role="tabpanel", aria_labelledby="left-outline"
            ) as body:
                self._left_bodies["outline"] = body
                self._empty_words.append(self._teach(t, t("editor.empty-script")))
                self.outline = Outline(
                    self.board,
                    insert=self.inserter.open,
                    open_step=lambda: self.panels.open("step"),
                    help_=lambda: self.help.open(),
                )
        self.left("palette")

    def _left_tab(self, name: str) -> Element:
        tab = node("button", "left-tab", type="button", role="tab", id=f"left-{name}", aria_selected="false")
        tab.on("click", lambda: self.left(name), args=[])
        with tab:
            word("span", self.t(f"editor.{name}"))
        return tab

    def left(self, name: str) -> None:
        """Show the palette or the outline."""
        self._unfold("left")
        for other, body in self._left_bodies.items():
            body.set_visibility(other == name)
            self._left_tabs[other].props["aria-selected"] = "true" if other == name else "false"
            self._left_tabs[other].update()
        if name == "outline":
            self._body.classes(add="scripted")
            self.outline.show()
        else:
            self._body.classes(remove="scripted")

    def _fold(self, side: str) -> None:
        """Make room for the canvas, or bring the blocks ("left") or the panel ("right") back."""
        self._folded ^= {side}
        self._room()

    def _room(self) -> None:
        for side in ("left", "right"):
            folded = side in self._folded
            self._body.classes(add=f"no-{side}" if folded else "", remove="" if folded else f"no-{side}")
            self.topbar.folded(side, folded)

    def _unfold(self, side: str) -> None:
        if side in self._folded:
            self._fold(side)

    def _teach(self, t: Texts, more: str) -> Element:
        """What an empty canvas says."""
        with node("div", "canvas-empty") as word_:
            empty("account_tree", t("editor.empty"), more)
            press(t("editor.first"), lambda: self.inserter.open(None, None), "primary", icon="add")
        word_.set_visibility(not self.board.document.nodes)
        return word_

    def _wire(self) -> None:
        board, canvas = self.board, self.canvas
        canvas.on_command(self._command)
        canvas.on_ask(self._ask)
        canvas.on_select(board.selected_on_canvas)
        board.on_select(self._selected)
        board.on_change(self._changed)
        board.on_problems(self._problems)
        self.together.on_peers(self._peers)
        self.together.start()
        ui.on("trama-key", self._key)
        self.panels.on_open(lambda _: self._unfold("right"))
        # a phone shows the outline in the canvas's place
        ui.run_javascript("window.tramaNarrow?.()")
        client = ui.context.client
        client.on_connect(board.refresh)
        client.on_delete(self._closed)

    async def _key(self, event: GenericEventArguments) -> None:
        """A key of the whole page, pressed where nothing else wanted it."""
        deeds: dict[str, Deed] = {
            "palette": self.commands.open,
            "help": self.help.open,
            "search": self.search.open,
            "undo": self.board.undo,
            "redo": self.board.redo,
            "outline": lambda: self.left("outline"),
        }
        done = deeds[event.args]() if event.args in deeds else None
        if isinstance(done, Awaitable):
            await done

    def _everything(self) -> list[Choice]:
        """What the command palette offers."""
        t, board = self.t, self.board
        found = [
            Choice(lambda p=name: self.panels.open(p), icon, t("commands.show", what=t(f"panel.{name}")))
            for name, icon in PANELS
        ]
        found += [
            Choice(self.search.open, "search", t("keys.search"), key="Ctrl F"),
            Choice(self.help.open, "keyboard", t("keys.help"), key="?"),
            Choice(
                lambda: self.left("outline"),
                "format_list_numbered",
                t("commands.show", what=t("editor.outline")),
            ),
            Choice(lambda: self.left("palette"), "widgets", t("commands.show", what=t("editor.palette"))),
            Choice(lambda: ui.navigate.to("/flows"), "account_tree", t("editor.back")),
        ]
        if board.editable:
            found += [
                Choice(board.undo, "undo", t("keys.undo"), key="Ctrl Z"),
                Choice(board.redo, "redo", t("keys.redo"), key="Ctrl Y"),
                Choice(self.publishing.open, "rocket_launch", t("editor.publish")),
            ]
            found += [
                Choice(lambda k=kind: self._pick(k), icon, t("commands.insert", what=title), summary)
                for _, kind, icon, title, summary in entries(t)
            ]
        return found

    def _closed(self) -> None:
        self.together.stop()
        self.board.close()

    async def _pick(self, kind: str) -> None:
        await asks.insert(self.board, kind)

    async def _insert(self, kind: str, at: Any, after: Any) -> None:
        if await asks.insert(self.board, kind, at, after) is not None:
            self.panels.open("step")

    async def _command(self, sent: Sent) -> None:
        try:
            command = read(sent.command)
        except TramaError as fault:
            self.canvas.refuse(sent.token, fault.detail)
            return
        done, message = await self.board.attempt(
            command, token=sent.token, editor=sent.editor, canvas_token=sent.token
        )
        if not done:
            self.canvas.refuse(sent.token, message)

    async def _ask(self, ask: Ask) -> None:
        board, data = self.board, ask.data
        match ask.kind:
            case "insert":
                after = data.get("edge") or data.get("from")
                if data.get("kind"):
                    await asks.insert(board, str(data["kind"]), data.get("at"), after, reveal=False)
                elif board.editable:
                    self.inserter.open(data.get("at"), after)
            case "paste":
                await asks.paste(board, str(data.get("text", "")), data.get("at"))
            case "duplicate":
                await asks.duplicate(board, data.get("ids", ()))
            case "delete":
                await asks.delete(
                    board, [*data.get("ids", ()), *data.get("notes", ())], data.get("edges", ())
                )
            case "group":
                await asks.group(board, data.get("ids", ()))
            case "note":
                await asks.note(board, data.get("at"))
            case "open":
                board.select([str(data.get("id", ""))], reveal=False)
                self.panels.open("step")
                self.panels.body("step").run_method("querySelector", "input, textarea")
            case "undo":
                await board.undo()
            case "redo":
                await board.redo()
            case "search":
                self.search.open()
            case "palette":
                self.commands.open()
            case "help":
                self.help.open()
            case "exit":
                self.panels.open("live")
                if self._live is not None:
                    await self._live.show(str(data.get("id", "")), str(data.get("exit", "")) or None)

    def _selected(self, ids: tuple[str, ...]) -> None:
        if self.panels.current == "step":
            self.panels.open("step")

    def _changed(self, change: Change) -> None:
        for told in self._empty_words:
            told.set_visibility(not self.board.document.nodes)
        if (
            self.panels.current == "step"
            and self._form_of is not None
            and len(self.board.selection) != len(self._form_of)
        ):
            self.panels.open("step")

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

    def _draw_step(self) -> None:
        """The form of the one selected step, else what belongs to the whole flow."""
        board = self.board
        nodes = {str(n.get("id")) for n in board.document.nodes}
        chosen = [i for i in board.selection if i in nodes]
        self._form_of = board.selection
        self.keep.show(chosen[0] if len(chosen) == 1 else "" if not chosen else "-")
        if len(chosen) == 1:
            self.together.lock(chosen[0])
            holder = self.together.holder(chosen[0])
            self._held = holder is not None
            if holder is not None:
                self._show_holder(chosen[0], holder)
            settings_form(Held(board) if holder is not None else board, chosen[0])
            return
        self.together.lock("")
        if len(chosen) > 1:
            empty("select_all", self.t("editor.many", n=len(chosen)), self.t("editor.many-more"))
            return
        flow_settings(board)

    def _show_holder(self, ident: str, holder: Peer) -> None:
        """Somebody else has this step's form open: it only shows here, until it is taken over."""

        def take() -> None:
            self.together.take(ident)
            self.panels.open("step")

        with node("div", "lock", role="status"):
            ui.icon("lock").props("aria-hidden=true")
            word("span", self.t("editor.locked", who=holder.name))
            if self.board.editable:
                press(self.t("editor.locked-take"), take, "ghost small")

    def _peers(self) -> None:
        """Somebody let go of a step, or took it: the form says so."""
        chosen = self.board.selection
        if self.panels.current == "step" and len(chosen) == 1:
            held = self.together.holder(chosen[0]) is not None
            if held != self._held:
                self.panels.open("step")

    def _went_live(self, version: int | None) -> None:
        self.topbar.live(version)
