"""The host of the screens: a FastAPI application that NiceGUI fills, for `engine.app` to put beside the API."""

from __future__ import annotations

import hashlib
import hmac
from importlib.resources import as_file, files

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import ui
from nicegui.storage import Storage
from starlette.middleware.sessions import SessionMiddleware
from starlette.staticfiles import StaticFiles

from builder_ui import guard, leaving
from builder_ui.contacts import page as contacts
from builder_ui.editor import page as editor
from builder_ui.flows import page as flows
from builder_ui.inbox import page as inbox
from builder_ui.pages import conversations, demonstration, health, login
from builder_ui.settings import page as settings
from builder_ui.shell import STATIC
from builder_ui.simulator.visitor import new_number
from builder_ui.supervision import page as supervision
from builder_ui.texts import DEFAULT, LANGUAGES
from builder_ui.visit import COOKIE, THEMES
from engine.services.demo import Demo
from engine.services.people import Principal
from engine.services.runtime import Runtime

RECONNECT_SECONDS = 60.0
_INLINE = ("image/png", "image/jpeg", "image/webp", "image/gif", "audio/", "video/mp4")


def create(rt: Runtime, demo: Demo | None = None) -> FastAPI:
    """The host, once in a process (NiceGUI keeps its pages in the process). With `demo` the simulator is there.

    Its cookie is signed with a key derived from the installation's secret key.
    """
    host = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    secret = hmac.new(rt.settings.secret_key, b"trama screens", hashlib.sha256).hexdigest()
    host.add_middleware(guard.Guard)
    host.add_middleware(
        SessionMiddleware,
        secret_key=secret,
        session_cookie=COOKIE,
        same_site="lax",
        https_only=rt.settings.public_url.startswith("https://"),
        max_age=30 * 24 * 3600,
    )
    with as_file(files("builder_ui").joinpath("static")) as folder:
        host.mount(STATIC, StaticFiles(directory=folder), name="static")
    _preferences(host)
    if demo is not None:
        _stage(host, demo)
        demonstration.register(rt, demo)
    login.register(demo)
    flows.register(rt, demo)
    flows.serve_files(host, rt)
    editor.serve_graphs(host, rt)
    editor.register(rt, demo)
    conversations.register(rt, demo)
    inbox.register(rt, demo)
    inbox.serve_attachments(host, rt)
    contacts.register(rt, demo)
    contacts.serve_files(host, rt)
    health.register(rt, demo)
    supervision.register(rt, demo)
    settings.register(host, rt, demo)
    guard.register(demo)
    leaving.register(rt)

    @host.get("/")
    async def start(request: Request) -> RedirectResponse:
        """Where the work is: the inbox for who only answers, the flows for who may change them."""
        user: Principal | None = request.scope.get("user")
        if user is None:
            return RedirectResponse("/demonstracao" if demo is not None else "/flows", status_code=303)
        to = "/flows" if user.may("flows:write") or not user.may("conversations:write") else "/inbox"
        return RedirectResponse(
            "/supervision" if to == "/inbox" and user.may("supervision:write") else to, 303
        )

    # the class's attribute is the one that is read
    Storage.path = rt.settings.data_dir / "screens"
    ui.run_with(
        host,
        title="Trama",
        favicon=_text("mark.svg"),
        reconnect_timeout=RECONNECT_SECONDS,
        tailwind=False,
        language=DEFAULT,
        storage_secret=secret,
        show_welcome_message=False,
    )
    return host


def _text(name: str) -> str:
    return files("builder_ui").joinpath("static", name).read_text(encoding="utf-8")


def _back(request: Request) -> str:
    target = request.query_params.get("next", "/")
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else "/"


def _preferences(host: FastAPI) -> None:
    @host.get("/idioma/{language}")
    async def language(language: str, request: Request) -> RedirectResponse:
        if language in LANGUAGES:
            request.session["language"] = language
        return RedirectResponse(_back(request), status_code=303)

    @host.get("/tema/{theme}")
    async def theme(theme: str, request: Request) -> RedirectResponse:
        if theme in THEMES:
            request.session["theme"] = theme
        return RedirectResponse(_back(request), status_code=303)


def _stage(host: FastAPI, demo: Demo) -> None:
    @host.get("/demonstracao/nova")
    async def anew(request: Request) -> RedirectResponse:
        """Another phone number: a conversation from the beginning, with customers who owe again what others paid,
        unless somebody is about to pay."""
        request.session["number"] = new_number()
        if all(link["status"] == "paid" for link in demo.erp.ledger.links.values()):
            demo.erp.reset()
        return RedirectResponse("/demonstracao", status_code=303)

    @host.get("/demonstracao/media/{ident}")
    async def media(ident: str) -> Response:
        """What a phone sent or got. Only pictures and sounds are shown, all else is given as a file."""
        if ident not in demo.graph.media:
            return Response(status_code=404)
        data, mime = demo.graph.media[ident]
        headers = {"content-security-policy": "default-src 'none'; sandbox", "cache-control": "private"}
        if mime.startswith(_INLINE):
            return Response(data, media_type=mime, headers=headers)
        headers["content-disposition"] = "attachment"
        return Response(data, media_type="application/octet-stream", headers=headers)
