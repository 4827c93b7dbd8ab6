"""Is all well, and what is to be done where it is not."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response
from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import TONES, chip
from builder_ui.shell import shell
from builder_ui.texts import Texts
from builder_ui.visit import to_login, visit
from engine.services import doctor
from engine.services.demo import Demo
from engine.services.doctor import Finding
from engine.services.runtime import Runtime


def register(rt: Runtime, demo: Demo | None) -> None:
    @ui.page("/saude")
    async def health(request: Request) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        t, company = seen.t, seen.principal.tenant
        with shell(seen, t("health.title"), demo=demo is not None):
            with node("header", "page-head"):
                word("h1", t("health.title"))
                again = press(t("health.again"), None, "ghost", icon="refresh")
            place = node("div", "cards")

            async def examine() -> None:
                found = await doctor.examine(rt, company)
                place.clear()
                with place:
                    for finding in found:
                        _finding(finding, t)

            again.on("click", examine, args=[])
            await examine()
        return None


def _finding(finding: Finding, t: Texts) -> None:
    with node("section", "card finding"):
        with node("div", "card-head"):
            kind, _, name = (
                finding.check.partition(" ")
                if finding.check.startswith("channel ")
                else (finding.check, "", "")
            )
            word("h2", f"{t.known('health.check', kind)} {name}".strip())
            chip(t(f"health.{finding.state}"), TONES[finding.state])
        if finding.detail:
            word("p", finding.detail, "quiet")
        if finding.todo:
            word("p", finding.todo)
