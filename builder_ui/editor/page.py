"""The builder's addresses: the page `/flows/{id}` and what its canvas fetches."""

from __future__ import annotations

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response
from nicegui import ui

from builder_ui.editor.board import Board
from builder_ui.editor.editor import Editor
from builder_ui.editor.views import graph
from builder_ui.elements.native import node, word
from builder_ui.elements.states import empty
from builder_ui.shell import shell
from builder_ui.visit import to_login, visit
from engine.core.errors import TramaError
from engine.services import flows
from engine.services.demo import Demo
from engine.services.people import Principal
from engine.services.runtime import Runtime


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
