"""The flows of the company (`/flows`): find one, see how it stands, open it, and make new ones."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import background_tasks, ui
from nicegui.element import Element

from builder_ui.elements.chooser import fold
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import Tone, empty
from builder_ui.flows.gallery import Gallery
from builder_ui.flows.importing import Importing
from builder_ui.flows.picture import picture
from builder_ui.flows.row import Row
from builder_ui.flows.starting import Starting
from builder_ui.shell import shell
from builder_ui.visit import Visit, to_login, visit
from engine.core.errors import TramaError
from engine.services import flow_list, flows, gallery
from engine.services.demo import Demo
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import FlowLine

STATES = ("all", "live", "changed", "draft", "broken", "archived")
KINDS = ("chatbot", "triage", "collection", "campaign", "subflow")


def register(rt: Runtime, demo: Demo | None) -> None:
    @ui.page("/flows")
    async def page(request: Request) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        with shell(seen, seen.t("flows.title"), demo=demo is not None):
            listing = Listing(rt, seen, seen.principal)
            await listing.load()
        return None


def serve_files(host: FastAPI, rt: Runtime) -> None:
    """Pictures of templates, a flow as a file, and the old address of the list."""

    @host.get("/fluxos")
    async def moved() -> RedirectResponse:
        return RedirectResponse("/flows", status_code=308)

    @host.get("/templates/{ident}.svg")
    async def template_picture(ident: str) -> Response:
        try:
            svg = picture(gallery.document(ident))
        except TramaError:
            return Response(status_code=404)
        headers = {"cache-control": "max-age=3600", "content-security-policy": "default-src 'none'"}
        return Response(svg, media_type="image/svg+xml", headers=headers)

    @host.get("/flows/{flow_id}/file")
    async def file(request: Request, flow_id: str) -> Response:
        principal: Principal | None = request.scope.get("user")
        if principal is None or not principal.may("flows:read"):
            return Response(status_code=403)
        try:
            document = await flows.export(rt, principal.tenant, flow_id)
        except TramaError:
            return Response(status_code=404)
        # a flow's id is small letters, digits and _: it cannot break out of the header
        headers = {"content-disposition": f'attachment; filename="{flow_id}.json"'}
        return Response(document, media_type="application/json", headers=headers)


class Listing:
    """The list with its search, filters and dialogs."""

    def __init__(self, rt: Runtime, seen: Visit, principal: Principal) -> None:
        self.rt, self.t, self.principal = rt, seen.t, principal
        self.may = principal.may("flows:write")
        self.rows: dict[str, Row] = {}
        self._state = "all"
        self._work: asyncio.Task[None] | None = None
        self._archived = False
        t = self.t
        self.starting = Starting(self)
        self.gallery = Gallery(self)
        self.importing = Importing(self)
        with node("header", "page-head"):
            word("h1", t("flows.title"))
            node("div", "grow")
            if self.may:
                press(t("flows.import"), self.importing.open, "ghost", icon="upload_file")
                press(t("flows.templates"), self.gallery.open, "ghost", icon="grid_view")
                press(t("flows.new"), self.starting.open, "primary", icon="add")
        with node("div", "filters"):
            self._search = ui.input(placeholder=t("flows.search")).props("dense outlined clearable")
            self._search.props["aria-label"] = t("flows.search")
            self._search.on_value_change(self._sift)
            self._kind = self._select(
                "kind", {"": t("flows.every-kind"), **{k: t(f"flowkind.{k}") for k in KINDS}}
            )
            self._tag = self._select("tag", {"": t("flows.every-tag")})
            with node("div", "segments", role="group", aria_label=t("flows.state")):
                self._segments = {state: self._segment(state) for state in STATES}
        self._count = word("p", "", "quiet", role="status")
        self._body = node("div", "")

    def _select(self, name: str, options: dict[str, str]) -> Any:
        select = ui.select(options, value="").props("dense outlined options-dense")
        select.props["aria-label"] = self.t(f"flows.{name}")
        select.on_value_change(self._sift)
        return select

    def _segment(self, state: str) -> Element:
        button = node("button", "segment", type="button", aria_pressed="true" if state == "all" else "false")
        button.on("click", lambda: self._choose(state), args=[])
        with button:
            word("span", self.t(f"flows.state.{state}"))
        return button

    async def _choose(self, state: str) -> None:
        self._state = state
        for name, button in self._segments.items():
            button.props["aria-pressed"] = "true" if name == state else "false"
            button.update()
        if (state == "archived") != self._archived:
            self._archived = state == "archived"
            await self.load()
        self._sift()

    async def load(self) -> None:
        """Read the list anew."""
        lines = await flow_list.lines(self.rt, self.principal.tenant, archived=self._archived)
        tags = sorted({tag for line in lines for tag in line.tags})
        options = {"": self.t("flows.every-tag"), **{tag: tag for tag in tags}}
        self._tag.set_options(options, value=self._tag.value if self._tag.value in options else "")
        self._body.clear()
        self.rows = {}
        with self._body:
            if lines:
                self._table(lines)
            else:
                self._teach()
        self._sift()
        if self._work is not None:
            self._work.cancel()
        self._work = background_tasks.create(self._examine(), name="check of flows")

    def _teach(self) -> None:
        t = self.t
        if self._archived:
            empty("inventory_2", t("flows.none-archived"))
            return
        with node("div", "card teach"):
            empty("account_tree", t("flows.none"), t("flows.none-more"))
            if self.may:
                with node("div", "teach-deeds"):
                    press(t("flows.templates"), self.gallery.open, "primary", icon="grid_view")
                    press(t("flows.new"), self.starting.open, "ghost", icon="add")

    def _table(self, lines: list[FlowLine]) -> None:
        t = self.t
        with node("div", "table-wrap card"), node("table", "table flows-table"):
            word("caption", t("flows.title"), "unseen")
            with node("thead"), node("tr"):
                for key in ("name", "kind", "live", "problems", "tests", "today", "changed"):
                    word("th", t(f"flows.{key}"), scope="col")
                with node("th", scope="col"):
                    word("span", t("flows.deeds"), "unseen")
            with node("tbody"):
                for line in lines:
                    self.rows[line.id] = Row(self, line)

    def _sift(self) -> None:
        wanted = fold(self._search.value or "").split()
        shown = 0
        for row in self.rows.values():
            line = row.line
            text = fold(f"{line.name} {line.id} {line.description} {' '.join(line.tags)}")
            fits = (
                all(w in text for w in wanted)
                and self._kind.value in ("", line.kind)
                and (not self._tag.value or self._tag.value in line.tags)
                and row.stands(self._state)
            )
            row.element.set_visibility(fits)
            shown += fits
        self._count.text = self.t("flows.count", n=shown, all=len(self.rows))

    async def _examine(self) -> None:
        """Check and test one flow after the other and write it into its line."""
        checker = await flows.checker(self.rt, self.principal.tenant)
        for ident, row in list(self.rows.items()):
            draft = await flows.flow(self.rt, self.principal.tenant, ident)
            problems = checker.check(draft.document)
            row.tell_problems(problems)
            run = checker.run_tests(draft.document)
            tone: Tone = "plain" if not run.ran else "bad" if run.failed else "good"
            row.tell_tests(self.t("flows.ran", good=run.ran - len(run.failed), all=run.ran), tone)
        self._sift()

    async def carry_out(self, deed: Any, said: str) -> bool:
        """A change of the list: tell what went wrong, or that it is done, and show the list as it is then."""
        try:
            await deed
        except TramaError as fault:
            ui.notify(self.t.known("refused", fault.code), caption=fault.detail[:200], type="warning")
            return False
        if said:
            ui.notify(said, position="bottom", timeout=3000)
        await self.load()
        return True

    async def copy(self, ident: str) -> None:
        draft = await flows.flow(self.rt, self.principal.tenant, ident)
        text = msgspec.json.format(msgspec.json.encode(draft.document), indent=2).decode()
        ui.clipboard.write(text)
        ui.notify(self.t("flows.copied"), position="bottom", timeout=2500)
