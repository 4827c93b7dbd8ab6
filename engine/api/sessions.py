"""Who is asking: the session cookie, an API key or an access token, looked up once in a few seconds and not for every
asset."""

from __future__ import annotations

import time
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from engine.services import keys, logins, tokens
from engine.services.principal import Principal
from engine.services.runtime import Runtime

COOKIE = "sid"
FRESH_SECONDS = 5.0
"""How long another process may not know that a session or key was ended."""
_MOST = 10_000


class Sessions:
    """Principals by their token, kept for a moment."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._known: dict[str, tuple[float, Principal | None]] = {}

    async def who(self, headers: Mapping[str, str]) -> Principal | None:
        """The principal of a request by its lower-case headers: an API key or access token if there is one, else the
        cookie."""
        key = api_key(headers)
        if key:
            return await self._look_up(("jwt:" if key.count(".") == 2 else "key:") + key)
        token = cookie(headers.get("cookie", ""))
        return await self._look_up("sid:" + token) if token else None

    def forget(self, token: str) -> None:
        """The session has ended: from now on nobody is let in with it here."""
        self._known.pop("sid:" + token, None)

    async def _look_up(self, name: str) -> Principal | None:
        now = time.monotonic()
        known = self._known.get(name)
        if known is not None and known[0] > now:
            return known[1]
        kind, _, token = name.partition(":")
        match kind:
            case "key":
                found = await keys.api_principal(self._rt, token)
            case "jwt":
                found = await tokens.bearer(self._rt, token)
            case _:
                found = await logins.who(self._rt, token)
        if len(self._known) >= _MOST:
            self._known.clear()
        # what somebody must do first they may have done by the next request
        if found is not None and not found.pending:
            self._known[name] = (now + FRESH_SECONDS, found)
        return found


def api_key(headers: Mapping[str, str]) -> str:
    """The key in `X-API-Key`, or key or access token in `Authorization: Bearer`; "" where there is none."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    return headers.get("x-api-key", "") or (credentials.strip() if scheme.lower() == "bearer" else "")


def cookie(header: str, name: str = COOKIE) -> str:
    """The session token, or another value, of a Cookie header."""
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found is not None else ""
