"""The pages of contacts: the list, a card, duplicates, fields and tags, imports."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse
from nicegui import ui

from builder_ui.contacts.card import Card
from builder_ui.contacts.declaring import Declaring
from builder_ui.contacts.importing import Files, Import, problem
from builder_ui.contacts.listing import Listing
from builder_ui.contacts.twins import Pairs
from builder_ui.elements.native import node, word
from builder_ui.elements.states import empty
from builder_ui.settings.frame import Hand
from builder_ui.shell import shell
from builder_ui.visit import Visit, to_login, visit
from engine.core.errors import TramaError
from engine.services import contact_import, contact_tables
from engine.services.demo import Demo
from engine.services.runtime import Runtime


def register(rt: Runtime, demo: Demo | None) -> None:
    with_demo = demo is not None

    def refused(seen: Visit, right: str) -> bool:
        """The list is for everyone; what stands below it may want more, and says so."""
        assert seen.principal is not None
        if seen.principal.may(right):
            return False
        ui.context.client.status_code = 403
        with node("div", "card forbidden"):
            word("h1", seen.t("forbidden.title"), "unseen")
            empty("lock", seen.t("forbidden.title"), seen.t("forbidden.more"))
        return True

    @ui.page("/contacts")
    async def listing(request: Request) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        with shell(seen, seen.t("ct.title"), demo=with_demo):
            await Listing(Hand(rt, seen)).open()
        return None

    @ui.page("/contacts/duplicates")
    async def duplicates(request: Request) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        with shell(seen, seen.t("ct.duplicates"), demo=with_demo):
            if not refused(seen, "contacts:merge"):
                found = Pairs(Hand(rt, seen))
                # the page first: over a large base the search takes a second
                ui.timer(0.05, found.load, once=True)
        return None

    @ui.page("/contacts/fields")
    async def declaring(request: Request) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        with shell(seen, seen.t("ct.fields-and-tags"), demo=with_demo):
            if not refused(seen, "contacts:write"):
                await Declaring(Hand(rt, seen)).load()
        return None

    @ui.page("/contacts/import")
    async def files(request: Request) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        with shell(seen, seen.t("ct.import"), demo=with_demo):
            if not refused(seen, "contacts:import"):
                await Files(Hand(rt, seen)).load()
        return None

    @ui.page("/contacts/import/{ident}")
    async def importing(request: Request, ident: int) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        with shell(seen, seen.t("ct.import"), demo=with_demo):
            if not refused(seen, "contacts:import"):
                await Import(Hand(rt, seen), min(ident, 2**62)).load()
        return None

    @ui.page("/contacts/{ident}")
    async def card(request: Request, ident: int) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        with shell(seen, seen.t("ct.title"), demo=with_demo):
            await Card(Hand(rt, seen), max(0, min(ident, 2**62))).load()
        return None


def serve_files(host: FastAPI, rt: Runtime) -> None:
    """The report of an import for a spreadsheet, in the words of who asks."""

    @host.get("/contacts/import/{ident}/errors.csv")
    async def errors(request: Request, ident: int) -> Response:
        seen = visit(request)
        if seen.principal is None or not seen.principal.may("contacts:import"):
            return Response(status_code=403)
        try:
            await contact_import.one(rt, seen.principal.tenant, max(0, min(ident, 2**62)))
        except TramaError:
            return Response(status_code=404)
        lines = contact_tables.errors_csv(
            rt, seen.principal.tenant, ident, lambda code, value: problem(seen.t, code, value)
        )
        headers = {"content-disposition": f'attachment; filename="import-{ident}.csv"'}
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)
