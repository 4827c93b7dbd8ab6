"""The layer above both frameworks: it says who asks (`scope["user"]`), refuses what another site makes a browser
send, leads people to what they must do first, notes refusals, and adds the headers that every answer carries.

A request that a browser sends for another site bears that site's `Origin` (or says so in `Sec-Fetch-Site`). Unsafe
methods and sockets are refused then. Requests with an API key carry no ambient rights, so they may come from anywhere;
webhooks prove themselves by their signature, and the webchat has its own list of sites.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from engine.api.problems import problem
from engine.api.sessions import Sessions, api_key
from engine.services import auditing
from engine.services.principal import Principal
from engine.services.runtime import Runtime

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

ANONYMOUS = ("/webhooks/", "/_fake/", "/_nicegui/", "/webchat/", "/ws/webchat/", "/health/")
"""Where nobody asks who it is."""
OPEN_TO_SITES = ("/webhooks/", "/webchat/", "/ws/webchat/", "/health/")
"""What other sites' pages may reach: they prove themselves otherwise, or there is nothing to protect."""
FIRST = "/settings/me"
"""Where somebody is led who must do something first."""
_BEFORE = (
    FIRST,
    "/api/",
    "/ui-static/",
    "/login",
    "/logout",
    "/idioma/",
    "/tema/",
    "/schema",
    "/ws/",
    "/favicon",
)
_SAFE = ("GET", "HEAD", "OPTIONS")
_REFUSED = (403, 404)
_CLOSED = {4403: 403, 4404: 404, 1008: 403}
_DIGITS = re.compile(r"(?<=/)\d+(?=/|$)")
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
)


class Gate:
    def __init__(self, app: App, sessions: Sessions, rt: Runtime, *, public_url: str = "") -> None:
        self._app = app
        self._rt = rt
        self._sessions = sessions
        self._public = urlsplit(public_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        anonymous = scope["path"].startswith(ANONYMOUS)
        if not scope["path"].startswith(OPEN_TO_SITES) and self._foreign(scope, headers):
            await _refuse(scope, receive, send)
            return
        user = scope["user"] = None if anonymous else await self._sessions.who(headers)
        auditing.asked_by(user, (scope.get("client") or ("",))[0])
        if user is not None and user.pending and _is_page(scope):
            await _lead(scope, send)
            return
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            match message["type"]:
                case "http.response.start":
                    status = message["status"]
                    given = {name.lower() for name, _ in message["headers"]}
                    message["headers"] = [*message["headers"], *(h for h in _HEADERS if h[0] not in given)]
                case "websocket.close":
                    status = _CLOSED.get(message.get("code", 1000), 0)
            await send(message)

        await self._app(scope, receive, send_with_headers)
        if user is not None and status in _REFUSED:
            await self._note(scope, user, status)

    async def _note(self, scope: Scope, user: Principal, status: int) -> None:
        """A refusal goes into the log: a right that is missing, or an id that is not there (or of another company)."""
        template = _template(scope)
        if status == 403 or (scope["path"].startswith(("/api/", "/ws/")) and "{" in template):
            await auditing.refused(self._rt, user, f"{scope.get('method', 'WS')} {template}", status)

    def _foreign(self, scope: Scope, headers: Mapping[str, str]) -> bool:
        """Whether another site made a browser send this."""
        if scope["type"] == "http" and (scope["method"] in _SAFE or api_key(headers)):
            return False
        origin = headers.get("origin", "")
        if not origin:
            return headers.get("sec-fetch-site", "") in ("cross-site", "same-site")
        ours = {headers.get("host", "").lower(), self._public.lower()} - {""}
        return urlsplit(origin).netloc.lower() not in ours


def _template(scope: Scope) -> str:
    """The route's path with names for its ids; what frameworks leave in the scope, else numbers are taken out."""
    found = scope.get("path_template") or getattr(scope.get("route"), "path", "")
    return str(found) or _DIGITS.sub("{}", scope["path"])[:200]


def _is_page(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] == "GET" and not scope["path"].startswith(_BEFORE)


async def _lead(scope: Scope, send: Send) -> None:
    head = [(b"location", FIRST.encode()), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 303, "headers": head})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": "origin"})
        return
    body = problem(403, "access:foreign-origin", "the request comes from another site")
    head = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": head})
    await send({"type": "http.response.body", "body": body})
