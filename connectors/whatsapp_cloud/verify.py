"""Whether a webhook call comes from Meta."""

from __future__ import annotations

import hashlib
import hmac
import re

from connectors.contract import Received, Reply
from connectors.whatsapp_cloud.settings import Settings

SIGNATURE = "x-hub-signature-256"
_HEADER = re.compile(r"sha256=([0-9a-f]{64})", re.ASCII)
_CHALLENGE = re.compile(r"[\x20-\x7e]{1,256}", re.ASCII)


def signature(secret: str, body: bytes) -> str:
    """The header value for `body`: HMAC-SHA256 over the bytes exactly as they travel."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def verify(settings: Settings, received: Received) -> bool:
    """Constant time. An empty secret verifies nothing: it would let everybody in."""
    header = received.headers.get(SIGNATURE, "")
    if not settings.app_secret or not _HEADER.fullmatch(header):
        return False
    return hmac.compare_digest(signature(settings.app_secret, received.body).encode(), header.encode())


def handshake(settings: Settings, received: Received) -> Reply:
    """`GET ?hub.mode=subscribe&hub.verify_token=…&hub.challenge=…`: the challenge back as text, else 403."""
    query = received.query
    given = query.get("hub.verify_token", "").encode("utf-8", "replace")
    known = settings.verify_token.encode()
    challenge = query.get("hub.challenge", "")
    if (
        known
        and query.get("hub.mode") == "subscribe"
        and hmac.compare_digest(given, known)
        and _CHALLENGE.fullmatch(challenge)
    ):
        return Reply(status=200, body=challenge.encode())
    return Reply(status=403, body=b"verify token does not match")
