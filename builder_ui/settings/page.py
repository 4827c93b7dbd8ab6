"""All pages of the settings, and the way in."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse

from builder_ui.settings import audit, channels, company, keys, me, people, queue, queues, teams
from builder_ui.settings.frame import sections
from builder_ui.visit import to_login
from engine.services.demo import Demo
from engine.services.principal import Principal
from engine.services.runtime import Runtime


def register(host: FastAPI, rt: Runtime, demo: Demo | None) -> None:
    for part in (people, teams, company, queues, queue, channels, keys, audit, me):
        part.register(rt, demo)

    @host.get("/settings")
    async def settings(request: Request) -> RedirectResponse:
        """To the first part that the person may see."""
        principal: Principal | None = request.scope.get("user")
        if principal is None:
            return to_login(request)
        found = sections(principal)
        return RedirectResponse(found[min(1, len(found) - 1)].path, status_code=303)
