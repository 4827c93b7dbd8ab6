"""The flows of the company: what each is, which version is live, and whether its check and tests are green."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response
from nicegui import background_tasks, ui
from nicegui.element import Element

from builder_ui.elements.native import node, word
from builder_ui.elements.states import Tone, chip, empty
from builder_ui.shell import shell
from builder_ui.texts import Texts
from builder_ui.visit import to_login, visit
from engine.core.errors import TramaError
from engine.services import flows as service
from engine.services.demo import Demo
from engine.services.runtime import Runtime
from engine.services.views import FlowRow


def register(rt: Runtime, demo: Demo | None) -> None:
    @ui.page("/fluxos")
    async def flows(request: Request) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        t, tenant = seen.t, seen.principal.tenant
        rows = await service.flows(rt, tenant)
        with shell(seen, t("flows.title"), demo=demo is not None):
            with node("header", "page-head"):
                word("h1", t("flows.title"))
                search = ui.input(placeholder=t("flows.search")).props("dense outlined clearable")
                search.props["aria-label"] = t("flows.search")
            if not rows:
                empty("account_tree", t("flows.none"))
                return None
            cells = _table(rows, t)
        shown = {row.id: cells[row.id][0] for row in rows}

        def sift() -> None:
            words = (search.value or "").casefold()
            for row in rows:
                shown[row.id].set_visibility(words in f"{row.name} {row.id} {row.kind}".casefold())

        search.on_value_change(sift)
        work = background_tasks.create(
            _examine(rt, tenant, cells, t), name="check of flows", context=cells[rows[0].id][0]
        )
        ui.context.client.on_delete(lambda: work.cancel())
        return None


def _table(rows: list[FlowRow], t: Texts) -> dict[str, tuple[Element, Element, Element]]:
    """The line, the cell of problems and the cell of tests of each flow."""
    cells = {}
    with node("div", "table-wrap card"), node("table", "table"):
        word("caption", t("flows.title"), "unseen")
        with node("thead"), node("tr"):
            for key in ("name", "kind", "live", "problems", "tests", "changed"):
                word("th", t(f"flows.{key}"), scope="col")
        with node("tbody"):
            for row in rows:
                line = node("tr")
                with line:
                    with node("td"):
                        word("div", row.name, "strong")
                        word("div", row.id, "mono quiet")
                    word("td", t.known("flowkind", row.kind))
                    with node("td"):
                        live = row.live_version
                        chip(
                            f"v{live}" if live is not None else t("flows.draft"),
                            "good" if live is not None else "plain",
                        )
                    problems, tests = node("td"), node("td")
                    for cell in (problems, tests):
                        with cell:
                            ui.spinner(size="1em")
                    word("td", row.updated_at.strftime("%d/%m/%Y"))
                cells[row.id] = (line, problems, tests)
    return cells


async def _examine(
    rt: Runtime, tenant: int, cells: dict[str, tuple[Element, Element, Element]], t: Texts
) -> None:
    """Check and test one flow after the other and write it into its line."""
    for ident, (_, problems, tests) in cells.items():
        try:
            told = await service.check(rt, tenant, ident)
            ran = await service.test(rt, tenant, ident)
        except TramaError as fault:
            problems.clear()
            tests.clear()
            with problems:
                chip(fault.code, "bad")
            continue
        found = [p for p in told if p.severity != "info"]
        errors = sum(p.severity == "error" for p in found)
        problems.clear()
        with problems:
            if found:
                chip(t("flows.found", n=len(found)), "bad" if errors else "warn")
                word("div", ", ".join(sorted({p.code for p in found})), "quiet")
            else:
                chip(t("flows.clean"), "good")
        tests.clear()
        with tests:
            good = ran.ran - len(ran.failed)
            tone: Tone = "plain" if not ran.ran else "bad" if ran.failed else "good"
            chip(t("flows.ran", good=good, all=ran.ran), tone)
