"""The inbox's addresses: `/inbox`, `/inbox/{conversation}` and the attachments that its bubbles show."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from nicegui import ui

from builder_ui.elements.native import word
from builder_ui.elements.states import empty
from builder_ui.inbox.inbox import Inbox
from builder_ui.shell import shell
from builder_ui.visit import to_login, visit
from engine.core.errors import TramaError
from engine.services import media, thread
from engine.services.demo import Demo
from engine.services.people import Principal
from engine.services.runtime import Runtime

INLINE = ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/", "video/mp4", "video/3gpp")
BIGGEST = 2**63 - 1


def register(rt: Runtime, demo: Demo | None) -> None:
    @ui.page("/inbox")
    @ui.page("/inbox/{conversation}")
    async def inbox(request: Request, conversation: int = 0) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        if seen.principal.person is None or not seen.principal.may("conversations:write"):
            with shell(seen, seen.t("ib.title"), demo=demo is not None):
                word("h1", seen.t("ib.title"))
                empty("lock", seen.t("ib.forbidden"), seen.t("ib.forbidden_more"))
            ui.context.client.status_code = 403
            return None
        if not 0 <= conversation <= BIGGEST:
            return RedirectResponse("/inbox", status_code=303)
        with shell(seen, seen.t("ib.title"), demo=demo is not None, wide=True, slim=True):
            word("h1", seen.t("ib.title"), "unseen")
            await Inbox(rt, seen, seen.principal).start(conversation)
        return None


def serve_attachments(host: FastAPI, rt: Runtime) -> None:
    @host.get("/inbox/media/{conversation}/{message}")
    async def attachment(request: Request, conversation: int, message: int) -> Response:
        """Our copy of what came in. Only pictures, sounds and films are shown in place."""
        principal: Principal | None = request.scope.get("user")
        if principal is None or not principal.may("conversations:read"):
            return Response(status_code=403)
        if not (0 <= conversation <= BIGGEST and 0 <= message <= BIGGEST):
            return Response(status_code=404)
        try:
            found = await thread.message(rt, principal.tenant, conversation, message)
        except TramaError:
            return Response(status_code=404)
        path = media.path_of(rt, principal.tenant, str(found.content.get("stored", "")))
        if path is None or found.revoked_at is not None:
            return Response(status_code=404)
        mime = str(found.content.get("mime", "")).partition(";")[0].strip().lower()
        shown = mime.startswith(INLINE)
        name = str(found.content.get("filename", "")) or f"{found.content.get('kind', 'anexo')}-{message}"
        return FileResponse(
            path,
            media_type=mime if shown else "application/octet-stream",
            filename=name,
            content_disposition_type="inline" if shown else "attachment",
            headers={
                "content-security-policy": "default-src 'none'; sandbox",
                "cache-control": "private, max-age=3600",
                "x-content-type-options": "nosniff",
            },
        )
