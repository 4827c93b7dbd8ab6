"""Screens refuse who lacks the right: by the table of pages, in one place, with a page that says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from nicegui import ui

from builder_ui.elements.native import node, word
from builder_ui.elements.states import empty
from builder_ui.shell import shell
from builder_ui.visit import to_login, visit
from engine.services.demo import Demo
from engine.services.permissions import page_right
from engine.services.principal import Principal

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]
REFUSED = "/forbidden"


class Guard:
    """Between the cookie of the screens and their pages. Somebody who is not logged in is the pages' matter."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            user: Principal | None = scope.get("user")
            right = page_right(scope["path"].rstrip("/"))
            if user is not None and right and not user.may(right):
                scope = {**scope, "path": REFUSED, "raw_path": REFUSED.encode(), "refused_right": right}
        await self._app(scope, receive, send)


def register(demo: Demo | None) -> None:
    @ui.page(REFUSED)
    async def refused(request: Request) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        t = seen.t
        ui.context.client.status_code = 403
        with shell(seen, t("forbidden.title"), demo=demo is not None), node("div", "card forbidden"):
            word("h1", t("forbidden.title"), "unseen")
            empty("lock", t("forbidden.title"), t("forbidden.more"))
            with node("div", "forbidden-ways"):
                word("a", t("forbidden.start"), "btn primary", href="/")
                word("a", t("settings.me"), "btn ghost", href="/settings/me")
        return None
