"""The webchat's doors: the visitor's socket, the script that a site embeds, and a page to try it on."""

from __future__ import annotations

import asyncio
import hashlib
import time
from functools import cache
from html import escape
from importlib import resources
from typing import Any

from litestar import Request, Response, WebSocket, get, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.params import SkipValidation

from engine.api.duplex import POLICY, TOO_BIG, both_ways
from engine.api.pages import Ident
from engine.core.errors import TramaError
from engine.services import webchat
from engine.services.intake import Intake
from engine.services.runtime import Runtime
from engine.services.webchat import FRAME_BYTES, Visit

HELLO_SECONDS = 10
FRAMES_A_SECOND, FRAMES_AT_ONCE = 3.0, 30
MOST_IMPATIENCE = 50
"""Frames beyond the rate after which a connection is ended."""

Socket = WebSocket[Any, Any, Any]


class Patience:
    """A bucket of frames that one connection may send."""

    def __init__(self) -> None:
        self._left, self._at = float(FRAMES_AT_ONCE), time.monotonic()
        self.worn = 0

    def wait(self) -> float:
        """Seconds to wait before the next frame is taken, 0 when it is taken now."""
        now = time.monotonic()
        self._left = min(FRAMES_AT_ONCE, self._left + (now - self._at) * FRAMES_A_SECOND)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return 0.0
        self.worn += 1
        return (1 - self._left) / FRAMES_A_SECOND


@websocket("/ws/webchat/{channel:int}")
async def talk(
    socket: Socket,
    channel: Ident,
    rt: NamedDependency[SkipValidation[Runtime]],
    intake: NamedDependency[SkipValidation[Intake]],
) -> None:
    """A refused visitor is told why by the closing reason, after the handshake: browsers show nothing of one that
    fails."""
    await socket.accept()
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            hello = await socket.receive_text()
        visit = await webchat.open_visit(
            rt,
            intake,
            channel,
            hello=hello if len(hello) <= FRAME_BYTES else "",
            origin=socket.headers.get("origin", ""),
            host=socket.headers.get("host", ""),
        )
    except TramaError as fault:
        await socket.close(POLICY, fault.code)
        return
    except TimeoutError:
        await socket.close(POLICY, "webchat:no-hello")
        return
    except WebSocketDisconnect:
        return
    await both_ways(socket, _hear(socket, visit), _tell(socket, visit))


async def _tell(socket: Socket, visit: Visit) -> None:
    async for frame in visit.frames():
        await socket.send_text(frame.decode())


async def _hear(socket: Socket, visit: Visit) -> None:
    patience = Patience()
    while True:
        raw = await socket.receive_text()
        if len(raw.encode("utf-8", "replace")) > FRAME_BYTES:
            await socket.close(TOO_BIG, "webchat:too-large")
            return
        wait = patience.wait()
        if wait:
            if patience.worn > MOST_IMPATIENCE:
                await socket.close(POLICY, "webchat:too-fast")
                return
            await socket.send_text(webchat.slow(raw, wait).decode())
            continue
        for frame in await visit.receive(raw):
            await socket.send_text(frame.decode())


@cache
def _script() -> tuple[bytes, str]:
    body = resources.files("builder_ui").joinpath("widget", "webchat.js").read_bytes()
    return body, f'"{hashlib.sha256(body).hexdigest()[:24]}"'


@get("/webchat/{channel:int}/widget.js", include_in_schema=False)
async def widget(
    request: Request[Any, Any, Any], channel: Ident, rt: NamedDependency[SkipValidation[Runtime]]
) -> Response[bytes]:
    """The script of `<script src="…/webchat/3/widget.js" async></script>`."""
    await webchat.settings_of(rt, channel)
    body, etag = _script()
    headers = {
        "etag": etag,
        "cache-control": "public, max-age=300",
        "cross-origin-resource-policy": "cross-origin",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers=headers, media_type="text/javascript")
    return Response(body, headers=headers, media_type="text/javascript; charset=utf-8")


@get("/webchat/{channel:int}/demo", include_in_schema=False)
async def demo(channel: Ident, rt: NamedDependency[SkipValidation[Runtime]]) -> Response[str]:
    """A page that embeds the widget as a site would."""
    settings = await webchat.settings_of(rt, channel)
    title = escape(settings.title or "Webchat")
    page = f"""<!doctype html>
<html lang="pt-BR">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
  main {{ max-width: 40rem; margin: 12vh auto; padding: 0 1.5rem }}
  code {{ background: color-mix(in srgb, currentColor 10%, transparent); padding: .15em .4em; border-radius: .3em }}
</style>
<main>
  <h1>{title}</h1>
  <p>Esta página mostra o atendimento como ele aparece em um site. Abra a conversa no canto inferior direito.</p>
  <p>Para incluí-lo em uma página:</p>
  <p><code>&lt;script src="…/webchat/{channel}/widget.js" async&gt;&lt;/script&gt;</code></p>
</main>
<script src="/webchat/{channel}/widget.js" async></script>
</html>
"""
    return Response(page, media_type="text/html; charset=utf-8")
