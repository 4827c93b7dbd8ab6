"""Signed notes (JWT, RFC 7519): HS256 and nothing else, by the clock of the runtime.

Each use has a key of its own, derived from the installation's, and names its audience: a note for one is none for
another.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import jwt

from engine.services.runtime import Runtime

_ALGORITHM = "HS256"


def sign(rt: Runtime, audience: str, seconds: int, claims: dict[str, Any]) -> str:
    now = rt.now()
    timed = {"iss": issuer(rt), "aud": audience, "iat": now, "exp": now + timedelta(seconds=seconds)}
    return jwt.encode(claims | timed, key(rt, audience), algorithm=_ALGORITHM)


def read(rt: Runtime, audience: str, token: str, required: list[str]) -> dict[str, Any] | None:
    """Its claims; None when it is not ours, not for this, or over."""
    try:
        found: dict[str, Any] = jwt.decode(
            token,
            key(rt, audience),
            algorithms=[_ALGORITHM],
            audience=audience,
            issuer=issuer(rt),
            options={
                "require": ["iss", "aud", "iat", "exp", *required],
                "verify_exp": False,
                "verify_iat": False,
            },
        )
        over = int(found["exp"]) <= rt.now().timestamp()
    except (jwt.InvalidTokenError, UnicodeError, ValueError, TypeError):
        return None
    return None if over else found


def issuer(rt: Runtime) -> str:
    return rt.settings.public_url or "trama"


def key(rt: Runtime, audience: str) -> bytes:
    return hmac.new(rt.settings.secret_key, b"trama notes " + audience.encode(), hashlib.sha256).digest()
