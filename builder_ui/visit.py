"""Who looks at a page, and how they want it: language, colours, login. Kept in the signed cookie of the screens."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse

from builder_ui.texts import DEFAULT, LANGUAGES, Texts
from engine.services.people import Principal

COOKIE = "ui_session"
THEMES = {"auto": None, "light": False, "dark": True}


@dataclass(frozen=True)
class Visit:
    """`dark` None follows the browser. `path` is the page."""

    path: str
    t: Texts
    theme: str
    principal: Principal | None

    @property
    def dark(self) -> bool | None:
        return THEMES[self.theme]


def visit(request: Request) -> Visit:
    wanted = request.session.get("language", "")
    language = wanted if wanted in LANGUAGES else DEFAULT
    theme = request.session.get("theme", "auto")
    return Visit(
        path=request.url.path,
        t=Texts(language),
        theme=theme if theme in THEMES else "auto",
        principal=request.scope.get("user"),
    )


def to_login(request: Request) -> RedirectResponse:
    """To the login page, and back here afterwards."""
    return RedirectResponse(f"/login?next={quote(request.url.path, safe='/')}", status_code=303)
