"""Publishing: what is checked, what changes for people, who is inside, and then one button."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from nicegui import background_tasks, ui
from nicegui.element import Element

from builder_ui.editor.board import Board
from builder_ui.editor.desk import Change
from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import chip
from builder_ui.proof.words import Names, sentence
from builder_ui.versions import shown
from engine.core.errors import TramaError
from engine.core.flow import Document
from engine.core.node import Problem
from engine.services import flows, traffic
from engine.services.flow_checks import TestRun
from engine.services.flows import Override


class Publishing:
    """`open()` looks at the draft anew each time. `on_live` is told the version that went live."""

    def __init__(self, board: Board, *, on_live: Callable[[int | None], object]) -> None:
        self._board, self._on_live = board, on_live
        self._rev = 0
        t = board.t
        with named_dialog(t("publish.title")) as self._dialog, node("div", "card dialog publish"):
            word("h2", t("publish.title"))
            self._body = node("div", "publish-body")
            self._note = ui.input(t("publish.note")).props("dense outlined maxlength=500")
            with node("div", "publish-override") as self._override:
                self._despite = ui.checkbox(t("publish.despite"), on_change=self._weigh)
                self._reason = ui.input(t("publish.reason"), on_change=self._weigh).props(
                    "dense outlined maxlength=500"
                )
            with node("div", "dialog-deeds"):
                press(t("publish.later"), self._dialog.close, "ghost")
                self._go = press(t("publish.go"), self._publish, "primary", icon="rocket_launch")
        self._blocked = True
        board.on_change(self._changed)

    def _changed(self, change: Change) -> None:
        """The draft became another one while it was looked at: what is shown would not be what goes live."""
        if self._dialog.value and self._rev and change.rev != self._rev:
            background_tasks.create(self._look(), name="publishing looks again")

    async def open(self) -> None:
        await self._board.settled()
        self._note.set_value("")
        self._despite.set_value(False)
        self._reason.set_value("")
        self._dialog.open()
        await self._look()

    async def _look(self) -> None:
        """Judge the draft as it is now, and show it."""
        board, t = self._board, self._board.t
        document, self._rev = board.document, board.rev
        self._override.set_visibility(False)
        self._blocked = True
        self._weigh()
        self._body.clear()
        with self._body, node("div", "publish-wait", role="status"):
            ui.spinner(size="1.4em")
            word("span", t("publish.looking"))
        checker = await flows.checker(board.rt, board.principal.tenant)
        problems = await asyncio.to_thread(checker.check, document)
        run = await asyncio.to_thread(checker.run_tests, document)
        standing = await traffic.standing(board.rt, board.principal.tenant, board.flow_id)
        live = await self._live()
        self._body.clear()
        with self._body:
            self._checks(document, problems, run)
            self._changes(live, document)
            inside = sum(s.people for s in standing)
            word("p", t("publish.inside", n=inside) if inside else t("publish.nobody"), "publish-inside")
        errors = any(p.severity == "error" for p in problems)
        self._blocked = errors or bool(run.failed)
        readable = not any(p.code in ("flow:bad-node", "flow:same-id") for p in problems)
        self._override.set_visibility(self._blocked and readable and "administrator" in board.principal.roles)
        self._weigh()

    async def _live(self) -> Document | None:
        board = self._board
        draft = await flows.flow(board.rt, board.principal.tenant, board.flow_id)
        number = draft.row.live_version
        if number is None:
            return None
        return await flows.version(board.rt, board.principal.tenant, board.flow_id, number)

    def _checks(self, document: Document, problems: list[Problem], run: TestRun) -> None:
        t = self._board.t
        names = Names(document, t)
        errors = [p for p in problems if p.severity == "error"]
        warnings = [p for p in problems if p.severity == "warning"]
        with node("section", "publish-part"):
            with node("div", "card-head"):
                word("h3", t("publish.problems"))
                if errors:
                    chip(t("publish.errors", n=len(errors)), "bad")
                if warnings:
                    chip(t("publish.warnings", n=len(warnings)), "warn")
                if not errors and not warnings:
                    chip(t("publish.none"), "good")
            for problem in errors[:6]:
                self._line(f"{names.step(problem.node)}: {sentence(t, problem, names)}" if problem.node else
                           sentence(t, problem, names), problem.node)  # fmt: skip
        with node("section", "publish-part"):
            with node("div", "card-head"):
                word("h3", t("publish.tests"))
                if not run.ran:
                    chip(t("publish.no-tests"), "warn")
                else:
                    good = run.ran - len(run.failed)
                    chip(t("publish.ran", good=good, all=run.ran), "bad" if run.failed else "good")
            for verdict in [v for v in run.verdicts if v.failures][:6]:
                self._line(verdict.test, "")
            if not run.ran:
                word("p", t("publish.no-tests-more"), "quiet")

    def _line(self, text: str, ident: str) -> None:
        if not ident:
            word("div", text, "publish-line")
            return
        link = node("button", "publish-line diff-words", type="button")
        link.on("click", lambda: self._go_to(ident), args=[])
        with link:
            word("span", text)

    def _go_to(self, ident: str) -> None:
        self._dialog.close()
        self._board.select([ident])

    def _changes(self, live: Document | None, draft: Document) -> None:
        t, board = self._board.t, self._board
        with node("section", "publish-part"):
            with node("div", "card-head"):
                word("h3", t("publish.changes"))
                if live is None:
                    chip(t("publish.first"), "info")
            if live is None:
                word("p", t("publish.first-more"), "quiet")
                return
            found, told = shown.compare(live, draft, t)
            shown.draw(board, told)
            if not found.nothing:
                layer = shown.layer(live, found, told, t)

                def on_canvas() -> None:
                    self._dialog.close()
                    board.paint("diff", layer)
                    ui.notify(
                        t("publish.painted"), position="top", timeout=0, close_button=t("publish.unpaint"),
                        on_dismiss=lambda: board.paint("diff", None),
                    )  # fmt: skip

                press(t("publish.on-canvas"), on_canvas, "ghost", icon="difference")

    def _weigh(self) -> None:
        despite = bool(self._despite.value) and bool((self._reason.value or "").strip())
        self._reason.set_visibility(bool(self._despite.value))
        self._enable(not self._blocked or despite)

    def _enable(self, may: bool) -> None:
        element: Element = self._go
        if may:
            element.props.pop("disabled", None)
        else:
            element.props["disabled"] = True
        element.update()

    async def _publish(self) -> None:
        board, t = self._board, self._board.t
        override = None
        if self._blocked:
            override = Override(by=board.principal, reason=self._reason.value or "")
        try:
            done = await flows.publish(
                board.rt, board.principal.tenant, board.flow_id, rev=self._rev, note=self._note.value or "",
                person=board.principal.person, override=override,
            )  # fmt: skip
        except TramaError as fault:
            ui.notify(
                t.known("refused", fault.code), caption=fault.detail[:300], type="warning", timeout=8000
            )
            if fault.code == "flow:changed-meanwhile":
                await self._look()
            return
        self._dialog.close()
        board.paint("diff", None)
        self._on_live(done.version)
        ui.notify(t("publish.done", n=done.version), type="positive", position="top", timeout=5000)
